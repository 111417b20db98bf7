"""By the clock: cards for whoever needs one, summaries on Mondays, and which messages a plan is made from."""

from dataclasses import replace
from datetime import date

import pytest

from bot.campaigns.schedule import is_needed, plan_cards, plan_summaries
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.conversations import SentMessage
from bot.people.rules.person import Person, Role
from tests.campaigns.campaign_school import ANNA, CHAIR, EVERYBODY, HEAD, CampaignSchool
from tests.fakes import MONDAY, NINE, days

SENT = SentMessage("test", "chat", "m1")
NEXT_MONDAY = MONDAY + days(7)
DEPUTY = Person("de", "The deputy", "", "deputy", frozenset({Role.DEPUTY}), delegate_until=MONDAY + days(60))


@pytest.fixture
async def school() -> CampaignSchool:
    school = CampaignSchool()
    await school.open()
    return school


async def test_nobody_gets_a_card_before_the_headteacher_pressed_send(school: CampaignSchool):
    assert await plan_cards(school.book) == 0


async def test_cards_are_planned_once_however_often_that_is_looked_at(school: CampaignSchool):
    await school.release()

    assert [await plan_cards(school.book) for _ in range(3)] == [0, 0, 0]
    assert len(await school.messages(MessageKind.AGREEMENT)) == 4


async def test_a_card_that_was_not_sent_that_day_is_planned_for_the_next(school: CampaignSchool):
    await school.release()
    school.go_to(MONDAY + days(1))

    assert await plan_cards(school.book) == 4
    assert {card.on for card in await school.messages(MessageKind.AGREEMENT)} == {MONDAY, MONDAY + days(1)}


async def test_somebody_who_can_be_reached_after_all_is_planned_a_card(school: CampaignSchool):
    await school.release()
    await school.store.pin("test", "veras", "ve")

    assert await plan_cards(school.book) == 1
    assert "Vera" in await school.recipients(MessageKind.AGREEMENT)


async def summaries(school: CampaignSchool, day: date, hour: int = 9) -> int:
    school.go_to(day, hour)
    return await plan_summaries(school.book)


async def test_the_headteacher_gets_a_summary_each_monday_from_eight_on(school: CampaignSchool):
    assert await summaries(school, MONDAY) == 0  # it opened today
    assert await summaries(school, NEXT_MONDAY, 7) == 0
    assert await summaries(school, NEXT_MONDAY, 8) == 1
    assert await summaries(school, NEXT_MONDAY + days(1)) == 0
    assert await school.recipients(MessageKind.SUMMARY) == ["The headteacher"]


async def test_after_a_monday_without_school_the_summary_comes_on_the_next_school_day():
    bank_holiday = date(2021, 8, 30)
    school = CampaignSchool()
    school.go_to(date(2021, 8, 23))
    await school.open()

    assert await summaries(school, bank_holiday) == 0
    assert await summaries(school, date(2021, 8, 31)) == 1
    assert [message.on for message in await school.messages(MessageKind.SUMMARY)] == [bank_holiday]


async def test_a_closed_campaign_is_summed_up_once_more_and_no_more_after_two_weeks(school: CampaignSchool):
    school.go_to(MONDAY + days(2))
    await school.press(HEAD, "close")

    assert await summaries(school, MONDAY + days(2)) == 1
    assert await summaries(school, NEXT_MONDAY) == 0
    (message,) = await school.messages(MessageKind.SUMMARY)
    assert (message.subject, message.on) == (Subject(campaign="AUP-2021-1", name="closed"), MONDAY + days(2))


async def test_a_campaign_that_closed_long_ago_is_not_summed_up_again(school: CampaignSchool):
    await school.press(HEAD, "close")

    assert await summaries(school, MONDAY + days(14)) == 0


async def test_the_chair_gets_it_as_well_once_the_headteachers_own_day_has_passed(school: CampaignSchool):
    await school.release()
    assert await summaries(school, MONDAY + days(28)) == 2

    assert await school.recipients(MessageKind.SUMMARY) == ["The chair", "The headteacher"]


async def test_a_deputy_acting_for_the_headteacher_gets_it_too_and_without_either_the_chair(school: CampaignSchool):
    school.roster.everybody += (DEPUTY,)
    assert await summaries(school, NEXT_MONDAY) == 2
    assert await school.recipients(MessageKind.SUMMARY) == ["The deputy", "The headteacher"]

    school.roster.everybody = (CHAIR, ANNA)
    assert await summaries(school, NEXT_MONDAY) == 1
    assert "The chair" in await school.recipients(MessageKind.SUMMARY)


async def sent_card(school: CampaignSchool) -> Message:
    await school.release()
    return (await school.messages(MessageKind.AGREEMENT))[0].arrived(SENT, NINE)


async def test_while_a_campaign_runs_its_cards_and_reminders_are_needed(school: CampaignSchool):
    card = await sent_card(school)
    reminder = replace(card, kind=MessageKind.NUDGE, subject=Subject(), campaigns=(card.subject,))

    assert await is_needed(card, school.book) and await is_needed(reminder, school.book)
    await school.press(HEAD, "close")
    assert not await is_needed(card, school.book) and not await is_needed(reminder, school.book)


async def test_messages_about_other_things_are_not_needed(school: CampaignSchool):
    other = Message(MessageKind.REPLY, Subject(number=7), "p1", MONDAY)

    assert not await is_needed(other, school.book)


@pytest.mark.parametrize(("age", "needed"), [(13, True), (14, False)])
async def test_a_summary_is_needed_for_two_weeks(school: CampaignSchool, age: int, needed: bool):
    summary = Message(MessageKind.SUMMARY, Subject(campaign="AUP-2021-1"), "p1", MONDAY - days(age))

    assert await is_needed(summary, school.book) is needed


async def test_without_a_campaign_nothing_is_planned():
    school = CampaignSchool(people=EVERYBODY)

    assert [await plan_cards(school.book), await plan_summaries(school.book)] == [0, 0]
    assert await school.messages() == ()
