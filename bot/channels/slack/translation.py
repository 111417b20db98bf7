"""What the channel needs of the translation of cards into Block Kit and back, and messages of one sentence."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from bot.card_text import cleaned
from bot.channels.slack.limits import MAX_TEXT_CHARS
from bot.channels.slack.web_api import SlackMessage, View
from bot.desk.rules.messages import Attachment, Outgoing

Card: TypeAlias = Mapping[str, Any]  # a filled Adaptive Card
MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class PressedButton(Protocol):
    """A pressed button: its verb, its data, and the form that it opens, as a card; empty if it carries none."""

    @property
    def verb(self) -> str: ...  # noqa: D102 - the class says it
    @property
    def data(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def opens_form(self) -> bool: ...  # noqa: D102
    @property
    def form(self) -> Card: ...  # noqa: D102


class Translation(Protocol):
    """Replies of the desk as Slack shows them, and what comes back from there as verbs and inputs.

    What comes back is read with BadInput for anything that the translation does not make.
    """

    def message(self, outgoing: Outgoing) -> SlackMessage:
        """The message that shows a card, with the whole in words as its text."""
        ...

    def sections(self, outgoing: Outgoing) -> Mapping[str, View]:
        """The parts of a card that have no room in its message, as modal views, by the action_id of their buttons."""
        ...

    def section_in(self, data: Mapping[str, Any]) -> View | None:
        """The part that a button carries in its data, as a modal view; None if it was too large for the button."""
        ...

    def picture(self, outgoing: Outgoing) -> Attachment | None:
        """The picture of a card, which a message cannot hold; None if it has none."""
        ...

    def forms(self, outgoing: Outgoing) -> Mapping[str, Card]:
        """The forms that the buttons of a card open, by their action_id."""
        ...

    def fits(self, outgoing: Outgoing) -> bool:
        """Whether one message in Slack can show the whole card."""
        ...

    def fingerprint(self, outgoing: Outgoing) -> str:
        """SHA-256 of the card as it is filled for Slack, in hexadecimal."""
        ...

    def modal(self, form: Card, shown_in: Mapping[str, str]) -> View:
        """A form as a modal view that remembers where its card is shown."""
        ...

    def read_press(self, action: Mapping[str, Any]) -> PressedButton:
        """A pressed button, from an action as Slack sends it."""
        ...

    def inputs_of(self, state: Any) -> dict[str, str]:
        """What was filled in, by the ids of the card's fields, from the state of a view."""
        ...

    def metadata_of(self, view: View) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The data of a form's button, and where its card is shown."""
        ...


def sentence(text: str) -> SlackMessage:
    """A message of one plain sentence."""
    escaped = cleaned(text).translate(MARKUP)
    return {"text": escaped if len(escaped) <= MAX_TEXT_CHARS else f"{escaped[: MAX_TEXT_CHARS - 1]}…"}
