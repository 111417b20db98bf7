"""What buttons open in front of people: forms, and the parts of a card that have no room in its message.

A button carries what it opens if there is room in its 2,000 characters. The rest is kept here, in memory only: after a
restart people ask for the card again. A trigger lives three seconds, so nothing is asked before a view opens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channels.slack.payload import Press
from bot.channels.slack.refusals import TriggerExpired
from bot.channels.slack.sections import READ_SECTION
from bot.channels.slack.translation import Card, PressedButton, Translation
from bot.channels.slack.web_api import SlackApi, View
from bot.desk.rules.messages import Outgoing

MAX_VIEWS = 2_000  # a hundred people with a card of twenty parts
PRESS_AGAIN = "That took too long to open. Please press the button again."
FORM_GONE = "That form is no longer open here. Please ask me for it again."
SECTION_GONE = "I no longer have that part here. Please ask me for it again: “agreement” or “policies”."


@dataclass(slots=True)
class Views:
    """Opens views, and keeps those that are too large for their buttons: by conversation, message and action_id."""

    cards: Translation
    api: SlackApi
    _kept: dict[tuple[str, str, str], Card] = field(default_factory=dict)  # oldest first

    def keep(self, conversation: str, message: str, outgoing: Outgoing) -> None:
        """Keeps what the buttons of a message open, and forgets the oldest if there are too many."""
        for action_id, opens in {**self.cards.forms(outgoing), **self.cards.sections(outgoing)}.items():
            self._kept.pop((conversation, message, action_id), None)
            self._kept[conversation, message, action_id] = opens
        while len(self._kept) > MAX_VIEWS:
            del self._kept[next(iter(self._kept))]

    async def open(self, press: Press, button: PressedButton, shown_in: Mapping[str, str]) -> str:
        """Opens what a button opens; returns what to say if that cannot be, else nothing. Raises ChannelError."""
        kept = self._kept.get((press.conversation, press.message, str(press.action.get("action_id"))))
        view = self._section(button, kept) if button.verb == READ_SECTION else self._form(button, kept, shown_in)
        if view is None:
            return SECTION_GONE if button.verb == READ_SECTION else FORM_GONE
        try:
            await self.api.open_view(press.trigger, view)
        except TriggerExpired:
            return PRESS_AGAIN
        return ""

    def opens(self, button: PressedButton) -> bool:
        """Whether a button opens something instead of asking the desk."""
        return button.opens_form or button.verb == READ_SECTION

    def _section(self, button: PressedButton, kept: Card | None) -> View | None:
        return self.cards.section_in(button.data) or kept

    def _form(self, button: PressedButton, kept: Card | None, shown_in: Mapping[str, str]) -> View | None:
        form = button.form or kept
        return self.cards.modal(form, shown_in) if form else None
