"""Cards as Slack shows them."""

from pathlib import Path
from typing import Any

from bot.cards import Cards, with_last_line
from bot.channels.fingerprint import fingerprint_of
from bot.channels.slack.block_limits import faults, modal_faults
from bot.channels.slack.blocks import forms_of, to_blocks
from bot.channels.slack.card_words import TEXT_AS_WRITTEN, plain_text
from bot.channels.slack.form_cards import has_fields_anywhere
from bot.channels.slack.pictures import picture_of
from bot.channels.slack.sections import section_action, section_modal, sections, shown
from bot.channels.slack.web_api import View
from bot.desk.rules.messages import Attachment, Outgoing
from bot.errors import CardError

MAX_PARTS = 50  # ours: Slack would take more buttons than anybody presses to read one text
OWN = "slack"  # the folder of cards/ with templates for Slack alone


class SlackCards:
    """The templates of a folder, filled for Slack. In the demo every card says DEMO.

    A card that has a template of its own in the folder `slack/` is filled from that one, with the same values. Either
    is an Adaptive Card and goes through the same translator. Raises CardError for a template that cannot be read, or
    that has no twin.
    """

    def __init__(self, folder: Path, *, is_demo: bool) -> None:
        self._cards = Cards(folder)
        self._own = Cards(folder / OWN, place=f"cards/{OWN}")
        self.is_demo = is_demo
        strangers = sorted(set(self._own.names()) - set(self._cards.names()))
        if strangers:
            raise CardError(
                f"cards/{OWN}/{strangers[0]}.json: there is no cards/{strangers[0]}.json with the same values."
            )

    def names(self) -> tuple[str, ...]:
        """The names of all cards."""
        return self._cards.names()

    def own_names(self) -> tuple[str, ...]:
        """The names of the cards with a template for Slack alone."""
        return self._own.names()

    def filled(self, outgoing: Outgoing) -> dict[str, Any]:
        """The filled card, for `to_blocks`, `to_modal` and `sections`."""
        cards = self._own if outgoing.card in self._own.names() else self._cards
        card = cards.fill(outgoing.card, {**outgoing.values, "is_demo": self.is_demo})
        return with_last_line(card, outgoing.quiet_line.on_card) if outgoing.quiet_line else card

    def message(self, outgoing: Outgoing, *, picture: str = "") -> dict[str, Any]:
        """The message that shows a card: arguments of chat.postMessage and chat.update without the conversation.

        What has no room in one message is behind buttons; `sections` of the filled card has it.
        """
        card = self.filled(outgoing)
        return {"text": plain_text(card), "blocks": list(shown(card, picture=picture).blocks), **TEXT_AS_WRITTEN}

    def sections(self, outgoing: Outgoing) -> dict[str, View]:
        """The parts of a card that have no room in its message, as modal views, by the action_id of their buttons."""
        parts = sections(self.filled(outgoing))
        return {section_action(place): section_modal(part) for place, part in enumerate(parts)}

    def forms(self, outgoing: Outgoing) -> dict[str, dict[str, Any]]:
        """The forms that the buttons of a card open, as cards, by their action_id."""
        card = self.filled(outgoing)
        return forms_of(card) if has_fields_anywhere(card) else {}  # most have none, and translating takes its time

    def picture(self, outgoing: Outgoing) -> Attachment | None:
        """The picture of a card, which a message cannot hold; None if it has none."""
        return picture_of(self.filled(outgoing))

    def fits(self, outgoing: Outgoing) -> bool:
        """Whether one message in Slack can show the whole card."""
        card = self.filled(outgoing)
        return not faults(to_blocks(card), plain_text(card))

    def can_be_read(self, outgoing: Outgoing) -> bool:
        """Whether people can read the whole card, in its message or section by section in modals."""
        card = self.filled(outgoing)
        part = shown(card)
        views = [section_modal(section) for section in part.sections]
        if len(views) > MAX_PARTS or faults(part.blocks, plain_text(card)):
            return False
        return not any(modal_faults(view) for view in views)

    def fingerprint(self, outgoing: Outgoing) -> str:
        """SHA-256 of the card as it is filled for Slack, in hexadecimal."""
        return fingerprint_of(self.filled(outgoing))
