"""Reading the groups by night: once, within a minute, and after trouble not before an hour has gone by."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.desk.tick import report, tick
from bot.errors import GraphError, StoreError
from bot.evidence.records import Records
from bot.outbox.rules.message import MessageKind
from bot.people.roster_sync import AGAIN, RosterSync
from bot.people.rules.directory import Account, Directory, DirectoryEntry, Sources
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import LONDON, Calendar
from tests.fakes import FakeStore, policy

IT = Person("it1", "The IT lead", "", "i1", frozenset({Role.STAFF, Role.IT}))
HELD = Directory({"i1": DirectoryEntry(Account("i1", "The IT lead", "", ""), frozenset({Role.STAFF}), "it1")})
NIGHT = datetime(2026, 9, 7, 3, 30, tzinfo=LONDON)


@dataclass
class FakeGroups:
    """The school's tenant: it answers, fails, or never says anything."""

    asked: int = 0
    fails: bool = False
    is_silent: bool = False

    async def members(self, group: str) -> tuple[Account, ...]:
        self.asked += 1
        if self.is_silent:
            await asyncio.Event().wait()
        if self.fails:
            raise GraphError("Graph refused (500).", 500)
        return (Account("i1", "The IT lead", "", ""),)

    async def toast(self, account: str, about: str, words: str) -> None:
        return None


@dataclass
class FakeGroupRoster:
    held: Directory = HELD
    is_full: bool = False

    def rows(self) -> tuple[Person, ...]:
        return (IT,)

    def people(self) -> tuple[Person, ...]:
        return (IT,)

    def take_over(self, directory: Directory) -> None:
        if self.is_full:
            raise StoreError("The staff list could not be kept: no space left.")
        self.held = directory


@dataclass
class Night:
    groups: FakeGroups = field(default_factory=FakeGroups)
    roster: FakeGroupRoster = field(default_factory=FakeGroupRoster)
    store: FakeStore = field(default_factory=FakeStore)
    now: datetime = NIGHT

    def __post_init__(self) -> None:
        records = Records(policy(), self.roster, self.store, Calendar(), lambda: self.now, lambda outgoing: "")
        self.sync = RosterSync(records, self.roster, self.groups, Sources({Role.STAFF: ("g",)}), time_limit=0.01)

    async def tick(self) -> dict[str, str]:
        undone = await tick({"sync_roster": self.sync.nightly})
        await report(undone, self.sync.records)
        return undone

    async def ticks_of_an_hour(self) -> int:
        """How often the groups were asked for in sixty ticks, a minute apart."""
        before = self.groups.asked
        for _ in range(60):
            await self.tick()
            self.now += timedelta(minutes=1)
        return self.groups.asked - before


@pytest.fixture
def night() -> Night:
    return Night()


async def test_groups_that_never_come_hold_nothing_up_and_are_told_to_the_it_lead(night: Night):
    night.groups.is_silent = True

    assert "Reading the school's groups took longer than" in (await night.tick())["sync_roster"]
    (slot,) = await night.store.slots()
    assert slot.sort is MessageKind.FAULT and "took longer than" in slot.words


async def test_after_trouble_the_groups_are_asked_for_once_an_hour_until_they_come(night: Night):
    night.groups.fails = True
    assert [await night.ticks_of_an_hour(), await night.ticks_of_an_hour()] == [1, 1]

    night.groups.fails = False
    assert [await night.ticks_of_an_hour(), await night.ticks_of_an_hour()] == [1, 0]


async def test_a_roster_that_could_not_be_kept_is_read_again_the_same_night(night: Night):
    night.roster.is_full = True
    assert "could not be kept" in (await night.tick())["sync_roster"]

    night.now += AGAIN
    night.roster.is_full = False
    assert await night.tick() == {}
    assert night.groups.asked == 2
