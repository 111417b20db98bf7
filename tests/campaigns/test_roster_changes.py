"""The staff list changes: new people are asked from then on, people who left are asked no more."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.campaigns.roster_changes import follow_roster
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person, Role
from tests.campaigns.campaign_school import ANNA, BEN, HEAD, IT, STAFF, CampaignSchool
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, days

NEW = Person("ne", "A newcomer", "", "new", STAFF)


@pytest.fixture
async def school() -> CampaignSchool:
    school = CampaignSchool()
    await school.open()
    await school.release()
    return school


def change(school: CampaignSchool, before: Person, after: Person | None) -> None:
    """The staff list, with another row in place of somebody's, or none."""
    others = tuple(person for person in school.roster.everybody if person.id != before.id)
    school.roster.everybody = (*others, *([after] if after else []))


async def left(school: CampaignSchool) -> set[tuple[str, str]]:
    """Pairs of campaign and name of everybody who has left; the campaign is empty for the school itself."""
    known = await school.store.everybody_known()
    return {(campaign, known[pseudonym].name) for campaign, pseudonym in (await school.projection()).left}


async def test_while_nothing_changes_nothing_is_recorded(school: CampaignSchool):
    before = await school.events()

    assert [await follow_roster(school.book) for _ in range(2)] == [0, 0]
    assert await school.events() == before


async def test_a_new_starter_is_asked_and_has_three_weeks_of_their_own(school: CampaignSchool):
    school.go_to(MONDAY + days(10))
    school.roster.everybody += (NEW,)

    assert [await follow_roster(school.book) for _ in range(2)] == [1, 0]
    (event,) = await school.events(EventKind.JOIN)
    assert event.facts == {"due": "2021-10-07"} and event.campaign == "AUP-2021-1"
    assert await school.pseudonym(NEW) in (await school.campaign()).people


async def test_nobodys_day_is_before_the_campaigns(school: CampaignSchool):
    await school.press(HEAD, "extend", due="2021-12-01")
    school.roster.everybody += (NEW,)

    await follow_roster(school.book)

    assert [event.facts for event in await school.events(EventKind.JOIN)] == [{"due": "2021-12-01"}]


async def test_somebody_of_another_role_or_who_is_yet_to_start_is_not_asked(school: CampaignSchool):
    office = replace(NEW, id="of2", roles=frozenset({Role.OFFICE}))
    later = replace(NEW, id="la", starts=MONDAY + days(1))
    school.roster.everybody += (office, later)

    assert await follow_roster(school.book) == 0
    school.go_to(MONDAY + days(1))
    assert await follow_roster(school.book) == 1


async def test_nothing_goes_to_a_new_starter_before_one_press(school: CampaignSchool):
    school.roster.everybody += (NEW,)
    await follow_roster(school.book)
    await school.campaigns.duties()["plan_cards"]()
    assert "A newcomer" not in await school.recipients(MessageKind.AGREEMENT)

    await school.release()
    assert "A newcomer" in await school.recipients(MessageKind.AGREEMENT)


@pytest.mark.parametrize("has_row", [True, False], ids=["last day passed", "no row any more"])
async def test_somebody_who_left_without_acknowledging_is_noted_for_the_campaign_and_the_school(school, has_row):
    change(school, ANNA, replace(ANNA, ends=MONDAY - days(1)) if has_row else None)

    assert [await follow_roster(school.book) for _ in range(2)] == [1, 0]
    assert await left(school) == {("AUP-2021-1", "Anna"), ("", "Anna")}


async def test_somebody_who_had_acknowledged_left_only_the_school(school: CampaignSchool):
    await school.acknowledge(ANNA)
    change(school, ANNA, None)

    await follow_roster(school.book)

    assert await left(school) == {("", "Anna")}


async def test_somebody_who_was_never_asked_leaves_the_school_as_well(school: CampaignSchool):
    await school.pseudonym(IT)
    change(school, IT, None)

    await follow_roster(school.book)

    assert await left(school) == {("", "The IT lead")}


async def test_somebody_who_comes_back_has_not_left_and_is_asked_as_before(school: CampaignSchool):
    change(school, BEN, None)
    await follow_roster(school.book)
    change(school, BEN, BEN)

    assert [await follow_roster(school.book) for _ in range(2)] == [1, 0]
    assert await left(school) == {("AUP-2021-1", "Ben")}
    assert (await school.write(BEN, "agreement")).card == "agreement"


async def test_somebody_who_leaves_twice_is_noted_twice_for_the_school(school: CampaignSchool):
    for row in (None, BEN, None):
        change(school, BEN, row)
        await follow_roster(school.book)

    assert [event.kind for event in await school.events(EventKind.LEAVE, EventKind.JOIN)] == [
        EventKind.LEAVE,
        EventKind.LEAVE,
        EventKind.JOIN,
        EventKind.LEAVE,
    ]


async def test_without_a_campaign_leavers_are_noted_all_the_same_because_their_details_are_kept_only_so_long():
    school = CampaignSchool()
    await school.pseudonym(ANNA)
    change(school, ANNA, None)

    assert await follow_roster(school.book) == 1
    assert await school.book.leavers() == {await school.pseudonym(ANNA): MONDAY}


class BusyStore(FakeStore):
    """A store that two processes use: after the first entry about a leaver, the other process looks as well."""

    def __init__(self) -> None:
        super().__init__()
        self.other: CampaignSchool | None = None

    async def append(self, event: Event, once: str | Head, messages: Sequence[Message] = ()) -> Entry:
        entry = await super().append(event, once, messages)
        other, self.other = self.other, None
        if other and event.kind is EventKind.LEAVE:
            await follow_roster(other.book)
        return entry


async def test_two_processes_that_look_at_once_note_a_leaver_once():
    store = BusyStore()
    school = CampaignSchool(store=store)
    await school.open()
    change(school, ANNA, None)
    store.other = replace(school, people=school.roster.everybody)

    await follow_roster(school.book)

    assert await left(school) == {("AUP-2021-1", "Anna"), ("", "Anna")}
    assert len(await school.events(EventKind.LEAVE)) == 2
