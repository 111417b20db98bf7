"""Syncs the roster with the school's groups: nightly and on demand, and never much at once without a person's word."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.ask.answer_card import note
from bot.desk.routing import verb_of
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput, GraphError
from bot.evidence.records import Records
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.directory import Account, Directory, RoleChange, Sources, directory, doubts, people, role_changes
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person, Role
from bot.ports import DirectoryRoster, Tenant

AT_NIGHT = time(3)
AGAIN = timedelta(hours=1)  # after which a night's reading that failed is tried again
LONGEST = 60.0  # seconds for all groups together: the first tick, and with it the start, waits for them
MOST_LINES = 40
WORDS = {"sync": "sync", "sync the staff list": "sync", "read the groups": "sync"}
CANNOT = "The groups could not be read, so nothing was changed. {why}"
TOO_LONG = "Reading the school's groups took longer than {seconds:.0f} seconds."
WHAT = "If this is right, {who} confirms it. If not, put the groups in order first; I look again every night."


@dataclass(frozen=True, slots=True)
class StaffListChange:
    """What a sync would change, and why it must wait for a person's word, if it must."""

    before: Directory
    after: Directory
    shifted: tuple[RoleChange, ...]
    why: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """Whose roles would change, and who would come, go and be left out, by name; not all where they are many."""
        lines = [line for one in self.shifted for line in one.lines]
        lines += [f"New: {one}" for one in self.came] + [f"Gone: {one}" for one in self.went]
        lines += [f"Left out: {one.name}, who {one.why}" for one in self.after.left_out]
        more = [f"and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
        return [*lines[:MOST_LINES], *more]

    @property
    def came(self) -> list[str]:
        """Names of those who would come."""
        return [one.account.name or id for id, one in self.after.entries.items() if id not in self.before.entries]

    @property
    def went(self) -> list[str]:
        """Names of those who would go."""
        return [one.account.name or id for id, one in self.before.entries.items() if id not in self.after.entries]

    @property
    def digest(self) -> str:
        """What tells this change from another."""
        entries = [f"{id} {' '.join(sorted(one.roles))}" for id, one in sorted(self.after.entries.items())]
        shifted = [f"{one.account} {sorted(one.gains)} {sorted(one.loses)}" for one in self.shifted]
        return hashlib.sha256("\n".join([*entries, *shifted, *self.why]).encode()).hexdigest()[:16]


@dataclass(slots=True)
class RosterSync:
    """The part of the desk that reads the groups; for the IT lead and the head.

    A doubtful change is the IT lead's to confirm, and the head's only where the roster has no IT lead.
    """

    records: Records
    roster: DirectoryRoster
    tenant: Tenant
    sources: Sources
    time_limit: float = LONGEST
    _last: date | None = None
    _not_before: datetime | None = None
    _waiting: StaffListChange | None = field(default=None)

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        does = _VERBS.get(verb_of(incoming, WORDS))
        if does is None:
            return None
        refuse_unless(person, Permission.SYNC, self.records.today)
        try:
            return await does(self, incoming, person)
        except GraphError as seen:
            raise BadInput(CANNOT.format(why=seen)) from seen

    async def nightly(self) -> bool:
        """Reads the groups once a night; whether it did. A doubtful change waits, and whoever cares is told.

        Raises GraphError where they could not be read; the next try is an hour later, however often it is called.
        """
        now = self.records.now()
        if self._last == now.date() or now.time() < AT_NIGHT or (self._not_before and now < self._not_before):
            return False
        self._not_before = now + AGAIN
        change = await self._change()
        if change.why:
            await self._ask_for_a_word(change)
        else:
            self.roster.take_over(change.after)
        self._last = now.date()
        return True

    async def _ask_for_a_word(self, change: StaffListChange) -> None:
        self._waiting = change
        carers = self._with(Role.IT) or self._with(Role.HEAD)
        known = await self.records.store.enrol(carers)
        slots = [Message(MessageKind.SYNC, change.digest, one, self.records.today) for one in known.values()]
        await self.records.store.keep_slots(*slots)

    def card(self, slot: Message) -> Outgoing | None:
        """The change that waits, as it is told; None where it waits no longer."""
        return self._shown(self._waiting) if self._waiting and self._waiting.digest == slot.subject else None

    def _with(self, role: Role) -> list[Person]:
        today = self.records.today
        return [one for one in self.roster.people() if role in one.roles and one.works_here(today)]

    async def _change(self) -> StaffListChange:
        try:
            async with asyncio.timeout(self.time_limit):
                members = {role: await self._members(*groups) for role, groups in self.sources.groups.items()}
                pupils = frozenset([one.id for one in await self._members(*self.sources.pupils)])
        except TimeoutError as seen:
            raise GraphError(TOO_LONG.format(seconds=self.time_limit)) from seen
        before, rows = self.roster.held, self.roster.rows()
        after = directory(members, before, rows, self.sources)
        shifted = role_changes(self.roster.people(), people(after, rows))
        return StaffListChange(before, after, shifted, doubts(before, after, pupils, shifted))

    async def _members(self, *groups: str) -> tuple[Account, ...]:
        """Everybody in any of these groups, once."""
        return tuple({one.id: one for group in groups for one in await self.tenant.members(group)}.values())

    async def _now(self, incoming: Incoming, person: Person) -> Outgoing:
        change = await self._change()
        if change.why:
            self._waiting = change
            return self._shown(change)
        self.roster.take_over(change.after)
        return note(_said(change))

    async def _take_over(self, incoming: Incoming, person: Person) -> Outgoing:
        if self._with(Role.IT):
            refuse_unless(person, Permission.TAKE_OVER, self.records.today)
        change = await self._change()
        if change.digest != incoming.inputs.get("digest"):  # the groups have changed since
            self._waiting = change
            return self._shown(change)
        self.roster.take_over(change.after)
        self._waiting = None
        return note(_said(change))

    def _shown(self, change: StaffListChange) -> Outgoing:
        """The change as a card, to be confirmed by one press."""
        who = "the IT lead" if self._with(Role.IT) else self.records.headteacher
        says = f"Nothing was changed yet. {' '.join(change.why)}"
        values = {
            "fallback": "A change of the staff list waits for you",
            "heading": "A change of the staff list",
            "says": says,
            "names": [{"text": one} for one in change.lines],
            "has_what": True,
            "what": WHAT.format(who=who),
            "campaign": "",
            "may_preview": False,
            "may_take": True,
            "digest": change.digest,
        }
        return Outgoing("names", values, "\n".join([says, *change.lines]), is_for_one=True, is_beside=True)


_VERBS: dict[str, Callable[[RosterSync, Incoming, Person], Awaitable[Outgoing]]] = {
    "sync": RosterSync._now,
    "take_over": RosterSync._take_over,
}


def _said(change: StaffListChange) -> str:
    says = f"The staff list has {len(change.after.entries)} people from the groups."
    return "\n\n".join([says, *(f"{line}." for line in change.lines)])
