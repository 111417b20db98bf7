"""The translation that the real mode uses: cards as Block Kit, and what comes back from there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.channels.slack.blocks import forms_of
from bot.channels.slack.buttons import Press, read_press
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.form_fields import inputs_of
from bot.channels.slack.modal import metadata_of, to_modal
from bot.channels.slack.pictures import picture_of
from bot.channels.slack.sections import section_action, section_in, section_modal, sections
from bot.channels.slack.translation import Card
from bot.channels.slack.web_api import SlackMessage, View
from bot.desk.rules.messages import Attachment, Outgoing


class BlockKit:
    """The templates of a folder as Slack shows them."""

    def __init__(self, folder: Path, *, is_demo: bool = False) -> None:
        self._cards = SlackCards(folder, is_demo=is_demo)

    def message(self, outgoing: Outgoing) -> SlackMessage:
        """The message that shows a card, with the whole in words as its text."""
        return self._cards.message(outgoing)

    def sections(self, outgoing: Outgoing) -> Mapping[str, View]:
        """The parts of a card that have no room in its message, as modal views, by the action_id of their buttons."""
        parts = sections(self._cards.filled(outgoing))
        return {section_action(place): section_modal(part) for place, part in enumerate(parts)}

    def section_in(self, data: Mapping[str, Any]) -> View | None:
        """The part that a button carries in its data, as a modal view; None if it was too large for the button."""
        part = section_in(data)
        return section_modal(part) if part else None

    def picture(self, outgoing: Outgoing) -> Attachment | None:
        """The picture of a card, which a message cannot hold; None if it has none."""
        return picture_of(self._cards.filled(outgoing))

    def forms(self, outgoing: Outgoing) -> Mapping[str, Card]:
        """The forms that the buttons of a card open, by their action_id."""
        card = self._cards.filled(outgoing)
        return forms_of(card) if _has_fields(card) else {}  # most have none, and translating takes its time

    def fits(self, outgoing: Outgoing) -> bool:
        """Whether one message in Slack can show the whole card."""
        return self._cards.fits(outgoing)

    def fingerprint(self, outgoing: Outgoing) -> str:
        """SHA-256 of the card as it is filled for Slack, in hexadecimal."""
        return self._cards.fingerprint(outgoing)

    def modal(self, form: Card, shown_in: Mapping[str, str]) -> View:
        """A form as a modal view that remembers where its card is shown."""
        return to_modal(form, shown_in=shown_in)

    def read_press(self, action: Mapping[str, Any]) -> Press:
        """A pressed button, from an action as Slack sends it."""
        return read_press(action)

    def inputs_of(self, state: Any) -> dict[str, str]:
        """What was filled in, by the ids of the card's fields, from the state of a view."""
        return inputs_of(state)

    def metadata_of(self, view: View) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The data of a form's button, and where its card is shown."""
        return metadata_of(view)


def _has_fields(part: Any) -> bool:
    """Whether there is a field to fill in somewhere in a card."""
    if isinstance(part, Mapping):
        return str(part.get("type", "")).startswith("Input.") or any(_has_fields(inner) for inner in part.values())
    return isinstance(part, list) and any(_has_fields(inner) for inner in part)
