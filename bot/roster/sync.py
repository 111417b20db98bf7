"""Syncs the staff list with the school's groups, every night and on demand; a large change waits for confirmation."""

import asyncio
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, card_beside, note
from bot.desk.rules.requests import Press, request_card, understood
from bot.desk.tick import Duty
from bot.errors import BadInput, ChannelError, GraphError
from bot.evidence.context import Context
from bot.outbox.render import Renderer
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person, Role
from bot.roster.ports import DirectoryRoster, GroupTenant
from bot.roster.rules.directory import Account, Directory, RoleChange, Sources, directory, doubts, people, role_changes

AT_NIGHT = time(3)
AGAIN_AFTER = timedelta(hours=1)  # a night's sync that failed
TIME_LIMIT = 60.0  # seconds for all groups together: the first tick, and with it the start, waits for them
MAX_LINES = 40
WORDS = ("sync", "sync the staff list", "read the groups")
CANNOT = "The groups could not be read, so nothing was changed. {why}"
TOO_LONG = "Reading the school's groups took longer than {seconds:.0f} seconds."
WHAT = "If this is right, {who} confirms it. If not, put the groups in order first; I look again every night."


@dataclass(frozen=True, slots=True)
class StaffListChange:
    """What a sync would change. `doubts` are sentences that say why it must wait for confirmation, if it must."""

    before: Directory
    after: Directory
    role_changes: tuple[RoleChange, ...]
    doubts: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """Whose roles would change, and who would come, go and be left out, by name; the first 40 if there are more."""
        lines = [line for change in self.role_changes for line in change.lines]
        lines += [f"New: {name}" for name in self.coming] + [f"Gone: {name}" for name in self.going]
        lines += [f"Left out: {left_out.name}, who {left_out.why}" for left_out in self.after.left_out]
        more = [f"and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
        return [*lines[:MAX_LINES], *more]

    @property
    def coming(self) -> list[str]:
        """Names of people who would come."""
        return [entry.account.name or id for id, entry in self.after.entries.items() if id not in self.before.entries]

    @property
    def going(self) -> list[str]:
        """Names of people who would go."""
        return [entry.account.name or id for id, entry in self.before.entries.items() if id not in self.after.entries]

    @property
    def digest(self) -> str:
        """Different for every different change."""
        entries = [f"{id} {' '.join(sorted(entry.roles))}" for id, entry in sorted(self.after.entries.items())]
        changes = [f"{change.account} {sorted(change.gains)} {sorted(change.loses)}" for change in self.role_changes]
        return hashlib.sha256("\n".join([*entries, *changes, *self.doubts]).encode()).hexdigest()[:16]


@dataclass(slots=True)
class RosterSync:
    """Reads the groups, for the IT lead and the headteacher.

    The IT lead confirms a change that is in doubt; the headteacher only if nobody on the staff list is the IT lead.
    """

    context: Context
    roster: DirectoryRoster
    tenant: GroupTenant
    sources: Sources
    time_limit: float = TIME_LIMIT
    _last_night: date | None = None
    _not_before: datetime | None = None
    _waiting: StaffListChange | None = None

    def commands(self) -> tuple[Command, ...]:
        """What people can ask for: a sync, and that a change which waits is adopted."""
        return (
            Command("sync", self._sync, Permission.SYNC, words=WORDS),
            Command("request_sync", self._request, Permission.SYNC, intents=("sync",), shows_only=True),
            Command("take_over", self._take_over, Permission.SYNC),
        )

    async def renderers(self) -> Mapping[MessageKind, Renderer]:
        """How its messages are rendered."""
        return {MessageKind.SYNC: self._render}

    def duties(self) -> Mapping[str, Duty]:
        """What it does by the clock."""
        return {"sync_roster": self.nightly}

    async def nightly(self) -> bool:
        """Reads the groups once a night, and returns whether it did. A change in doubt waits, and is reported.

        Raises GraphError or ChannelError if they could not be read; the next try is an hour later, however often it is
        called.
        """
        now = self.context.now()
        is_too_soon = self._not_before is not None and now < self._not_before
        if self._last_night == now.date() or now.time() < AT_NIGHT or is_too_soon:
            return False
        self._not_before = now + AGAIN_AFTER
        change = await self._change()
        if change.doubts:
            await self._ask_for_confirmation(change)
        else:
            self.roster.adopt(change.after)
        self._last_night = now.date()
        return True

    async def _ask_for_confirmation(self, change: StaffListChange) -> None:
        self._waiting = change
        recipients = self.context.it_leads() or self.context.with_role(Role.HEAD)
        pseudonyms = (await self.context.store.enrol(recipients)).values()
        subject, today = Subject(name=change.digest), self.context.today
        messages = [Message(MessageKind.SYNC, subject, pseudonym, today) for pseudonym in pseudonyms]
        await self.context.store.keep_messages(*messages)

    async def _render(self, message: Message) -> Outgoing | None:
        """The change that waits; None if it does not wait any more."""
        change = self._waiting
        return self._card(change) if change and change.digest == message.subject.name else None

    async def _change(self) -> StaffListChange:
        """What the groups say now, against what was adopted last. Raises GraphError or ChannelError."""
        try:
            async with asyncio.timeout(self.time_limit):
                members = await self.tenant.members_of(self.sources.every_group)
        except TimeoutError as error:
            raise GraphError(TOO_LONG.format(seconds=self.time_limit)) from error
        before, rows, source = self.roster.directory, self.roster.rows(), self.sources.source
        pupils = frozenset(account.id for account in _merged(members, self.sources.pupils))
        by_role = {role: _merged(members, groups) for role, groups in self.sources.groups.items()}
        after = directory(by_role, before, rows, self.sources)
        changes = role_changes(self.roster.people(), people(after, rows, source), source)
        return StaffListChange(before, after, changes, doubts(before, after, pupils, changes, source))

    async def _change_on_demand(self) -> StaffListChange:
        """The same, when somebody asked for it. Raises BadInput."""
        try:
            return await self._change()
        except (GraphError, ChannelError) as error:
            raise BadInput(CANNOT.format(why=error)) from error

    async def _sync(self, incoming: Incoming, person: Person) -> Outgoing:
        change = await self._change_on_demand()
        if change.doubts:
            self._waiting = change
            return self._card(change)
        self.roster.adopt(change.after)
        return note(_report(change))

    async def _request(self, incoming: Incoming, person: Person) -> Outgoing:
        """The button that reads the groups, for somebody who asked for it in their own words."""
        says = understood("read the staff list from the school's groups again")
        return request_card("Read the staff list again?", [says], [Press("Read it now", "sync")])

    async def _take_over(self, incoming: Incoming, person: Person) -> Outgoing:
        if self.context.it_leads():
            refuse_unless(person, Permission.TAKE_OVER, self.context.today)
        change = await self._change_on_demand()
        if change.digest != incoming.inputs.get("digest"):  # the groups have changed since
            self._waiting = change
            return self._card(change)
        self.roster.adopt(change.after)
        self._waiting = None
        return note(_report(change))

    def _card(self, change: StaffListChange) -> Outgoing:
        """The change as a card, to be confirmed with one button."""
        who = "the IT lead" if self.context.it_leads() else self.context.headteacher
        says = f"Nothing was changed yet. {' '.join(change.doubts)}"
        values = {
            "fallback": "A change of the staff list waits for you",
            "heading": "A change of the staff list",
            "says": says,
            "names": [{"text": line} for line in change.lines],
            "what": WHAT.format(who=who),
            "campaign": "",
            "may_preview": False,
            "may_take": True,
            "digest": change.digest,
        }
        return card_beside("names", values, "\n".join([says, *change.lines]))


def _merged(members: Mapping[str, tuple[Account, ...]], groups: Collection[str]) -> tuple[Account, ...]:
    """Everybody in any of these groups, once."""
    return tuple({account.id: account for group in groups for account in members[group]}.values())


def _report(change: StaffListChange) -> str:
    says = f"The staff list has {len(change.after.entries)} people from the groups."
    return "\n\n".join([says, *(f"{line}." for line in change.lines)])
