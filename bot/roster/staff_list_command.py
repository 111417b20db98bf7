"""What a school can ask about the staff list in its file, and how a new list in doubt is confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.desk.rules.requests import Press, request_card
from bot.desk.tick import Duty
from bot.errors import BadInput
from bot.evidence.context import Context
from bot.outbox.render import Renderer
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person, Role
from bot.roster.ports import ListRoster
from bot.roster.rules.list_change import ListChange
from bot.roster.sync import RosterSync

READ_BY_ITSELF = (
    "The staff list is a file here, and I read it again by myself as soon as it changes. If somebody is missing, "
    "the person who looks after Staffroom adds them there. Nothing was changed."
)
NOT_TAKEN = "The new staff list was not taken: {problem} The list that was accepted last is still used."
NOTHING_WAITS = "No change of the staff list is waiting. Nothing was changed."
HEADING = "A new staff list"
NOTHING_YET = "Nothing was changed yet. {doubts}"
WHAT = "If this is right, {who} confirms it. If not, put the file right; until then I use the list accepted last."
WORDS = ("staff list", "the staff list")


@dataclass(frozen=True, slots=True)
class StaffListCommands:
    """Shows how the file stands, and lets the IT lead confirm a list in doubt.

    The headteacher may confirm it only if nobody on the accepted list is the IT lead, as with groups.
    """

    context: Context
    roster: ListRoster
    sync: RosterSync | None = None  # with groups: it answers people who ask for the staff list in their own words

    def commands(self) -> tuple[Command, ...]:
        """What people can ask for: how the list stands, and that one which waits is accepted."""
        intents = () if self.sync else ("sync",)
        show = Command("staff_list", self._show, Permission.SYNC, words=WORDS, intents=intents, shows_only=True)
        return (show, Command("confirm_staff_list", self._confirm, Permission.SYNC))

    async def renderers(self) -> Mapping[MessageKind, Renderer]:
        """How messages about changes that wait are rendered, those of a sync with groups among them."""
        return {MessageKind.SYNC: self._render}

    def duties(self) -> Mapping[str, Duty]:
        """What it does by the clock."""
        return {"staff_list": self.report}

    async def report(self) -> bool:
        """Tells those who may confirm it that a list waits, once; returns whether it did."""
        change = self.roster.waiting
        if change is None:
            return False
        store, subject = self.context.store, Subject(name=change.digest)
        pseudonyms = (await store.enrol(self._confirmers())).values()
        told = {sent.recipient for sent in await store.messages(MessageKind.SYNC) if sent.subject == subject}
        today = self.context.today
        new = [Message(MessageKind.SYNC, subject, recipient, today) for recipient in {*pseudonyms} - told]
        return bool(await store.keep_messages(*new)) if new else False

    def _confirmers(self) -> tuple[Person, ...]:
        return self.context.it_leads() or self.context.with_role(Role.HEAD)

    async def _render(self, message: Message) -> Outgoing | None:
        """The list that waits; None if it does not wait any more."""
        change = self.roster.waiting
        if change and change.digest == message.subject.name:
            return self._card(change)
        renderers = await self.sync.renderers() if self.sync else {}
        return await renderers[MessageKind.SYNC](message) if renderers else None

    async def _show(self, incoming: Incoming, person: Person) -> Outgoing:
        if change := self.roster.waiting:
            return self._card(change)
        problem = self.roster.problem
        return note(NOT_TAKEN.format(problem=problem) if problem else READ_BY_ITSELF)

    async def _confirm(self, incoming: Incoming, person: Person) -> Outgoing:
        if self.context.it_leads():
            refuse_unless(person, Permission.TAKE_OVER, self.context.today)
        change = self.roster.waiting
        if change is None:
            return note(NOTHING_WAITS)
        try:
            self.roster.confirm(incoming.inputs.get("name", ""))
        except BadInput:  # the file has changed since the card was shown
            return self._card(change)
        says = f"The staff list has {len(change.after)} people in its file."
        return note("\n\n".join([says, *(f"{line}." for line in change.lines)]))

    def _card(self, change: ListChange) -> Outgoing:
        """The change as a card, to be confirmed with one button."""
        who = "the IT lead" if self.context.it_leads() else self.context.headteacher
        lines = [NOTHING_YET.format(doubts=" ".join(change.doubts)), *change.lines, WHAT.format(who=who)]
        return request_card(HEADING, lines, [Press("Confirm it", "confirm_staff_list", {"name": change.digest})])
