"""Syncs the roster with the school's groups: nightly and on demand, and never much at once without a person's word."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, time

from bot.errors import BadInput, GraphError
from bot.flows.records import Records
from bot.flows.show import note
from bot.ports import DirectoryRoster, Tenant
from bot.rules.acts import Act, refuse_unless
from bot.rules.directory import Directory, Sources, directory, doubts
from bot.rules.people import Person, Role
from bot.rules.slots import Slot, Sort
from bot.rules.talk import Incoming, Outgoing, said_plainly

AT_NIGHT = time(3)
MOST_NAMES = 40
WORDS = {"sync": "sync", "sync the staff list": "sync", "read the groups": "sync"}
CANNOT = "The groups could not be read, so nothing was changed. {why}"


@dataclass(frozen=True, slots=True)
class Change:
    """What a sync would change, and why it must wait for a person's word, if it must."""

    before: Directory
    after: Directory
    why: tuple[str, ...]

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
        return hashlib.sha256("\n".join([*sorted(self.after.entries), *self.why]).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Sync:
    """The part of the desk that reads the groups; for the IT lead and the head."""

    records: Records
    roster: DirectoryRoster
    tenant: Tenant
    sources: Sources
    _last: date | None = None
    _waiting: Change | None = field(default=None)

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        does = _VERBS.get(incoming.verb or WORDS.get(said_plainly(incoming), ""))
        if does is None:
            return None
        refuse_unless(person, Act.SYNC, self.records.today)
        try:
            return await does(self, incoming)
        except GraphError as seen:
            raise BadInput(CANNOT.format(why=seen)) from seen

    async def nightly(self) -> bool:
        """Reads the groups once a night; whether it did. A doubtful change waits, and whoever cares is told."""
        if self._last == self.records.today or self.records.now().time() < AT_NIGHT:
            return False
        change = await self._change()
        self._last = self.records.today
        if not change.why:
            self.roster.take_over(change.after)
            return True
        self._waiting = change
        carers = [one for one in self.roster.people() if Role.IT in one.roles and one.works_here(self._last)]
        known = await self.records.store.enrol(carers)
        slots = [Slot(Sort.SYNC, change.digest, one, self._last) for one in known.values()]
        await self.records.store.keep_slots(*slots)
        return True

    def card(self, slot: Slot) -> Outgoing | None:
        """The change that waits, as it is told; None where it waits no longer."""
        return _shown(self._waiting) if self._waiting and self._waiting.digest == slot.subject else None

    async def _change(self) -> Change:
        members = {
            role: tuple({one.id: one for group in groups for one in await self.tenant.members(group)}.values())
            for role, groups in self.sources.groups.items()
        }
        pupils = frozenset([one.id for group in self.sources.pupils for one in await self.tenant.members(group)])
        before = self.roster.held
        after = directory(members, before, self.roster.rows(), self.sources)
        return Change(before, after, doubts(before, after, pupils))

    async def _now(self, incoming: Incoming) -> Outgoing:
        change = await self._change()
        if change.why:
            self._waiting = change
            return _shown(change)
        self.roster.take_over(change.after)
        return note(_said(change))

    async def _take_over(self, incoming: Incoming) -> Outgoing:
        change = await self._change()
        if change.digest != incoming.inputs.get("digest"):  # the groups have changed since
            self._waiting = change
            return _shown(change)
        self.roster.take_over(change.after)
        self._waiting = None
        return note(_said(change))


_VERBS: dict[str, Callable[[Sync, Incoming], Awaitable[Outgoing]]] = {
    "sync": Sync._now,
    "take_over": Sync._take_over,
}


def _said(change: Change) -> str:
    lines = [f"The staff list has {len(change.after.entries)} people from the groups."]
    lines += [f"New: {', '.join(change.came)}."] if change.came else []
    lines += [f"Gone: {', '.join(change.went)}."] if change.went else []
    lines += [f"Left out: {one.name}, who {one.why}." for one in change.after.left_out]
    return "\n\n".join(lines)


def _shown(change: Change) -> Outgoing:
    """The change as a card, to be taken over by one press."""
    names = [f"New: {one}" for one in change.came] + [f"Gone: {one}" for one in change.went]
    names += [f"Left out: {one.name}, who {one.why}" for one in change.after.left_out]
    more = [f"and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    says = f"Nothing was changed yet. {' '.join(change.why)}"
    values = {
        "fallback": "A change of the staff list waits for you",
        "heading": "A change of the staff list",
        "says": says,
        "names": [{"text": one} for one in [*names[:MOST_NAMES], *more]],
        "has_what": True,
        "what": "If this is right, take it over. If not, put the groups in order first; I look again every night.",
        "campaign": "",
        "may_preview": False,
        "may_take": True,
        "digest": change.digest,
    }
    return Outgoing("names", values, "\n".join([says, *names[:MOST_NAMES]]), is_for_one=True, is_beside=True)
