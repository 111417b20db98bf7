"""What buttons open in front of people: forms, and the parts of a card that have no room in its message.

A button carries what it opens if there is room in its 2,000 characters. The rest is kept here, in memory only: after a
restart people ask for the card again. A trigger lives three seconds, so nothing is asked before a view opens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.slack.buttons import PressedButton
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.modal import to_modal, with_place
from bot.channels.slack.payload import ButtonPress
from bot.channels.slack.refusals import TriggerExpired
from bot.channels.slack.sections import READ_SECTION, section_in, section_modal
from bot.channels.slack.web_api import SlackApi, View
from bot.desk.rules.messages import Outgoing

MAX_VIEWS = 2_000  # a hundred people with a card of twenty parts
PRESS_AGAIN = "That took too long to open. Please press the button again."
FORM_GONE = "That form is no longer open here. Please ask me for it again."
SECTION_GONE = "I no longer have that part here. Please ask me for it again: “agreement” or “policies”."


@dataclass(slots=True)
class Views:
    """Opens views, and keeps those that are too large for their buttons: by conversation, message and action_id."""

    cards: SlackCards
    api: SlackApi
    _kept: dict[tuple[str, str, str], Mapping[str, Any]] = field(default_factory=dict)  # oldest first

    def keep(self, conversation: str, message: str, outgoing: Outgoing) -> None:
        """Keeps what the buttons of a message open, and forgets the oldest if there are too many."""
        for action_id, opens in {**self.cards.forms(outgoing), **self.cards.sections(outgoing)}.items():
            self._kept.pop((conversation, message, action_id), None)
            self._kept[conversation, message, action_id] = opens
        while len(self._kept) > MAX_VIEWS:
            del self._kept[next(iter(self._kept))]

    async def open(self, press: ButtonPress, button: PressedButton, shown_in: Mapping[str, str]) -> str:
        """Opens what a button opens; returns what to say if that cannot be, else nothing. Raises ChannelError.

        `shown_in` is where the button was pressed; one in a modal belongs to the card that the modal belongs to.
        """
        place = press.modal.shown_in if press.modal else shown_in
        where = (place.get("conversation", ""), place.get("message", ""))
        kept = self._kept.get((*where, str(press.action.get("action_id"))))
        view = opened_section(button, kept, place) if button.verb == READ_SECTION else opened_form(button, kept, place)
        if view is None:
            return SECTION_GONE if button.verb == READ_SECTION else FORM_GONE
        try:
            await self._show(press, view)
        except TriggerExpired:
            return PRESS_AGAIN
        return ""

    async def _show(self, press: ButtonPress, view: View) -> None:
        """Over what the button was pressed in; in the place of a modal that has no room above it."""
        if press.modal is None:
            await self.api.open_view(press.trigger, view)
        elif press.modal.has_room_above:
            await self.api.push_view(press.trigger, view)
        else:
            await self.api.update_view(press.modal.id, view)

    def opens(self, button: PressedButton) -> bool:
        """Whether a button opens something instead of asking the desk."""
        return button.opens_form or button.verb == READ_SECTION


def opened_section(button: PressedButton, kept: Mapping[str, Any] | None, shown_in: Mapping[str, str]) -> View | None:
    """The part of a card that a button opens, which remembers where its card is: the button's own, else the `kept`."""
    part = section_in(button.data)
    view = section_modal(part) if part else kept
    return with_place(view, shown_in) if view else None


def opened_form(button: PressedButton, kept: Mapping[str, Any] | None, shown_in: Mapping[str, str]) -> View | None:
    """The form that a button opens, which remembers where its card is shown: the button's own, else what was `kept`."""
    form = button.form or kept
    return to_modal(form, shown_in=shown_in) if form else None
