"""Reading the groups: by night once and within a minute, on demand, and never much at once without confirmation."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from bot.desk.routing import RoutingTable, run
from bot.desk.rules.messages import CommandRequest, Incoming, Outgoing
from bot.desk.tick import run_duties
from bot.errors import BadInput, GraphError, NotAllowed, StoreError
from bot.evidence.context import Context
from bot.evidence.ports import Store
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.roster.rules.directory import Account, Directory, DirectoryEntry, Sources, people
from bot.roster.sync import AGAIN_AFTER, RosterSync
from bot.school.rules.calendar import LONDON
from bot.school.rules.settings import Contacts, SchoolSettings
from tests.fakes import shown

IT = Person("it1", "The IT lead", "", "i1", frozenset({Role.STAFF, Role.IT}))
HEAD = Person("h1", "The head", "", "h1", frozenset({Role.STAFF, Role.HEAD}))
TEACHER = Person("t1", "A teacher", "", "t1", frozenset({Role.STAFF}))
NIGHT = datetime(2026, 9, 7, 3, 30, tzinfo=LONDON)
SCHOOL = SchoolSettings("school", "School", Contacts("lead", "01234", "the head", "chair"), {})


def account(person: Person) -> Account:
    return Account(person.account, person.name, "", "")


def adopted(*members: Person) -> Directory:
    entries = {p.account: DirectoryEntry(account(p), frozenset({Role.STAFF}), p.id) for p in members}
    return Directory(entries)


@dataclass
class FakeGroups:
    """The school's tenant: it answers, fails, or never says anything."""

    members_now: list[Account]
    asked: int = 0
    fails: bool = False
    is_silent: bool = False

    async def members_of(self, groups: Collection[str]) -> dict[str, tuple[Account, ...]]:
        self.asked += 1
        if self.is_silent:
            await asyncio.Event().wait()
        if self.fails:
            raise GraphError("Graph refused (500).", 500)
        return dict.fromkeys(groups, tuple(self.members_now))


@dataclass
class FakeGroupRoster:
    listed: tuple[Person, ...]
    directory: Directory
    is_full: bool = False

    def rows(self) -> tuple[Person, ...]:
        return self.listed

    def people(self) -> tuple[Person, ...]:
        return people(self.directory, self.listed)

    def adopt(self, directory: Directory) -> None:
        if self.is_full:
            raise StoreError("The staff list could not be kept: no space left.")
        self.directory = directory


@dataclass
class FakeOutbox:
    """What a sync needs of the store: pseudonyms, and messages by their key."""

    messages: dict[str, Message] = field(default_factory=dict)

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        return {person.id: f"pseudonym of {person.id}" for person in people}

    async def keep_messages(self, *messages: Message) -> int:
        new = {message.key: message for message in messages if message.key not in self.messages}
        self.messages |= new
        return len(new)


class School:
    """A school whose staff list comes from groups, with a sync that takes a hundredth of a second at most."""

    def __init__(self, *listed: Person) -> None:
        self.now = NIGHT
        self.groups = FakeGroups([account(person) for person in listed])
        self.roster = FakeGroupRoster(listed, adopted(*listed))
        self.outbox = FakeOutbox()
        context = Context(SCHOOL, self.roster, cast(Store, self.outbox), lambda: self.now)
        sources = Sources({Role.STAFF: ("g",)})
        self.sync = RosterSync(context, self.roster, self.groups, sources, time_limit=0.01)
        self.routes = RoutingTable(self.sync.commands())

    def joins(self, number: int) -> None:
        """So many people are in the groups from now on."""
        self.groups.members_now += [Account(f"n{index}", f"New {index}", "", "") for index in range(number)]

    async def tick(self) -> dict[str, str]:
        return await run_duties(self.sync.duties())

    async def ticks_of_an_hour(self) -> int:
        """How often the groups were asked for in sixty ticks, a minute apart."""
        before = self.groups.asked
        for _ in range(60):
            await self.tick()
            self.now += timedelta(minutes=1)
        return self.groups.asked - before

    async def says(self, person: Person, text: str = "", verb: str = "", **inputs: str) -> Outgoing:
        caller = Caller("school", "test", "", person.account, Proof.DEMO)
        incoming = Incoming(caller, "chat", text, verb, inputs)
        command = self.routes.command_for(incoming, person, self.now.date())
        assert command
        reply = await run(command, incoming, person, self.now.date())
        assert reply
        return reply

    async def render(self, message: Message) -> Outgoing | None:
        return await (await self.sync.renderers())[MessageKind.SYNC](message)


@pytest.fixture
def school() -> School:
    return School(IT, HEAD, TEACHER)


async def test_who_asks_in_their_own_words_to_read_the_groups_gets_one_button(school: School):
    school.joins(1)
    command = school.routes.command_for_request(CommandRequest("sync"), IT, school.now.date())
    assert command and command.shows_only
    before, asked = school.roster.people(), school.groups.asked

    card = shown(await school.says(IT, verb=command.name))

    assert [button["verb"] for button in card.values["buttons"]] == ["sync"]
    assert (school.roster.people(), school.groups.asked) == (before, asked)


async def test_groups_that_never_answer_keep_nothing_waiting(school: School):
    school.groups.is_silent = True

    assert "Reading the school's groups took longer than" in (await school.tick())["sync_roster"]


async def test_after_trouble_the_groups_are_asked_for_once_an_hour_until_they_answer(school: School):
    school.groups.fails = True
    assert [await school.ticks_of_an_hour(), await school.ticks_of_an_hour()] == [1, 1]

    school.groups.fails = False
    assert [await school.ticks_of_an_hour(), await school.ticks_of_an_hour()] == [1, 0]


async def test_groups_are_read_at_night_and_not_before(school: School):
    school.now = NIGHT.replace(hour=2)
    await school.tick()
    assert school.groups.asked == 0

    school.now = NIGHT
    await school.tick()
    assert school.groups.asked == 1


async def test_a_staff_list_that_could_not_be_kept_is_read_again_the_same_night(school: School):
    school.roster.is_full = True
    assert "could not be kept" in (await school.tick())["sync_roster"]

    school.now += AGAIN_AFTER
    school.roster.is_full = False
    assert await school.tick() == {}
    assert school.groups.asked == 2


async def test_a_small_change_is_adopted_and_reported_in_words():
    school = School(IT, HEAD, *(Person(f"t{n}", f"T{n}", "", f"t{n}", frozenset({Role.STAFF})) for n in range(8)))
    school.joins(1)

    assert (await school.says(IT, "Sync!")).text == "The staff list has 11 people from the groups.\n\nNew: New 0."
    assert "n0" in school.roster.directory.entries


@pytest.mark.parametrize("text", ["sync", "Sync the staff list", "read the groups."])
async def test_a_sync_is_asked_for_in_words_by_the_it_lead_and_the_head_only(school: School, text: str):
    for person in (IT, HEAD):
        assert (await school.says(person, text)).text == "The staff list has 3 people from the groups."
    with pytest.raises(NotAllowed):
        await school.says(TEACHER, text)


async def test_a_sync_that_fails_says_why_and_changes_nothing(school: School):
    school.groups.fails = True

    with pytest.raises(BadInput, match=r"^The groups could not be read, so nothing was changed\. Graph refused \(500"):
        await school.says(IT, "sync")


async def test_a_large_change_waits_until_the_it_lead_confirms_it(school: School):
    school.joins(6)
    before = school.roster.directory

    card = await school.says(IT, "sync")
    assert card.text.startswith("Nothing was changed yet. 6 people would come at once.")
    assert card.values["what"].startswith("If this is right, the IT lead confirms it.")
    assert school.roster.directory is before

    digest = str(card.values["digest"])
    with pytest.raises(NotAllowed):
        await school.says(HEAD, verb="take_over", digest=digest)
    assert (await school.says(IT, verb="take_over", digest=digest)).text.startswith("The staff list has 9 people")
    assert len(school.roster.directory.entries) == 9


async def test_without_an_it_lead_the_head_confirms_it():
    school = School(HEAD, TEACHER)
    school.joins(6)

    card = await school.says(HEAD, "sync")
    assert card.values["what"].startswith("If this is right, the head confirms it.")
    await school.says(HEAD, verb="take_over", digest=str(card.values["digest"]))
    assert len(school.roster.directory.entries) == 8


async def test_what_has_changed_since_is_shown_again_and_not_adopted(school: School):
    school.joins(6)
    digest = str((await school.says(IT, "sync")).values["digest"])
    school.joins(7)

    card = await school.says(IT, verb="take_over", digest=digest)
    assert card.card == "names" and "n6" not in school.roster.directory.entries


async def test_a_change_that_waits_is_a_message_to_the_it_lead_until_somebody_confirms_it(school: School):
    school.joins(6)
    assert await school.tick() == {}

    (message,) = school.outbox.messages.values()
    assert (message.kind, message.recipient) == (MessageKind.SYNC, "pseudonym of it1")
    card = await school.render(message)
    assert card and card.is_for_asker_only and card.values["digest"] == message.subject.name

    await school.says(IT, verb="take_over", digest=message.subject.name)
    assert await school.render(message) is None


async def test_a_long_change_names_forty_and_says_how_many_more(school: School):
    school.joins(50)

    lines: list[Any] = (await school.says(IT, "sync")).values["names"]
    assert (len(lines), lines[-1]["text"]) == (41, "and 10 more")
