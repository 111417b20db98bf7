"""When agreement cards come: within somebody's hours, once, and again if their day passed."""

from dataclasses import replace
from datetime import date, datetime, time
from itertools import pairwise

import pytest

from bot.campaigns.rules.campaign import Campaign, Question
from bot.campaigns.rules.first_cards import cards_to_plan, put_off
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import ReminderSettings, digests
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.person import KnownPerson, Person
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import LONDON, Calendar, Period

CALENDAR = Calendar(terms=(Period(date(2026, 9, 2), date(2026, 10, 23)),))
PERSON = Person("t", "A teacher", "", "a", frozenset(), hours=(time(8, 45), time(15)))
CAMPAIGN = Campaign("c", "AUP", "1", "v", "v", frozenset(), date(2026, 9, 7), date(2026, 9, 28), frozenset("p"))
DAY = date(2026, 9, 7)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=LONDON)


def projection(released: str = "p") -> CampaignProjection:
    return CampaignProjection(campaigns={"c": CAMPAIGN}, released={CAMPAIGN.subject: frozenset(released)})


def staff(now: datetime, person: Person = PERSON) -> Staff:
    return Staff({"p": KnownPerson("p", "t", "", "", "")}, {"t": person}, CALENDAR, now.date())


def plan(now: datetime, *cards: Message, person: Person = PERSON, released: str = "p") -> list[Message]:
    return cards_to_plan(projection(released), staff(now, person), cards, now)


def card(day: int, state: DeliveryState = DeliveryState.SENT, **changes: object) -> Message:
    message = Message(
        MessageKind.AGREEMENT, CAMPAIGN.subject, "p", date(2026, 9, day), state=state, expires_at=at(day, 15)
    )
    return replace(message, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        (at(7, 6), at(7, 8, 45), at(7, 15)),
        (at(7, 9, 30), at(7, 9, 30), at(7, 15)),
        (at(7, 15), at(8, 8, 45), at(8, 15)),
        (at(11, 18), at(14, 8, 45), at(14, 15)),
    ],
    ids=["before work", "at work", "after work", "before a weekend"],
)
def test_a_card_is_planned_for_the_next_hours_of_its_person_and_for_no_longer(now, begins, ends):
    (planned,) = plan(now)

    assert (planned.on, planned.not_before, planned.expires_at) == (begins.date(), begins, ends)


def test_people_who_were_not_released_or_for_whom_no_day_is_known_get_none():
    assert plan(at(7), released="") == []
    assert plan(at(7).replace(month=12)) == []


@pytest.mark.parametrize("state", list(DeliveryState))
def test_if_a_card_is_to_come_came_may_have_come_or_failed_for_good_there_is_no_second(state: DeliveryState):
    assert plan(at(7, 10), card(7, state)) == []


def test_a_card_whose_day_passed_is_planned_for_the_next_day_its_person_works():
    (planned,) = plan(at(9), card(7, DeliveryState.DUE), person=replace(PERSON, days=frozenset({0, 3})))

    assert (planned.on, planned.not_before) == (date(2026, 9, 10), at(10, 8, 45))
    assert plan(at(9), card(7, DeliveryState.DUE), planned, person=replace(PERSON, days=frozenset({0, 3}))) == []


def test_somebody_who_asked_for_time_gets_it_again_from_that_day_on_whatever_became_of_the_row():
    with_time = replace(projection(), time_until={("c", "p"): date(2026, 9, 21)})

    def again(now: datetime, *cards: Message) -> list[int]:
        return [planned.on.day for planned in cards_to_plan(with_time, staff(now), cards, now)]

    assert again(at(8), card(7)) == [21]
    assert again(at(8)) == [21]  # the card was asked for by a word before it came
    assert again(at(8), card(7), card(21, DeliveryState.DUE)) == []
    assert again(at(23, 18), card(7)) == [24]
    assert again(at(23), card(7), card(21, DeliveryState.DUE)) == [23]
    assert again(at(23), card(7), card(21)) == []


def test_a_card_that_was_put_off_comes_again_from_that_day_on():
    later = put_off(card(7), date(2026, 9, 8))

    assert [planned.on.day for planned in plan(at(7, 10), later)] == [8]
    assert [planned.on.day for planned in plan(at(10), later)] == [10]
    assert plan(at(10), later, card(8)) == []


def test_through_any_stop_each_is_planned_for_a_later_day_than_the_one_before():
    cards: list[Message] = []
    for day in (7, 8, 10, 11, 12, 13, 14, 21):
        cards += plan(at(day, 18), *cards)

    assert [planned.on.day for planned in cards] == [8, 9, 11, 14, 15, 22]
    assert all(before.on < after.on for before, after in pairwise(cards))


def test_the_days_of_rest_are_counted_from_the_card_that_went():
    missed = card(7, DeliveryState.DUE)
    (late,) = plan(at(16), missed)
    cards = [missed, replace(late, state=DeliveryState.SENT)]
    settings = ReminderSettings(before=(7, 6, 5))  # the 17th, the 18th and the 21st

    reminded = [day for day in (17, 18, 21) if digests(projection(), staff(at(day)), cards, settings, at(day))]

    assert reminded == [21]


def test_somebody_who_waits_for_an_answer_gets_no_card_until_there_is_one():
    asking = replace(projection(), questions={"p": Question(3, "p", DAY)})

    assert cards_to_plan(asking, staff(at(8)), (), at(8)) == []
    assert cards_to_plan(projection(), staff(at(8)), (), at(8)) != []


def test_cards_of_an_older_text_do_not_count():
    older = card(7, subject=replace(CAMPAIGN.subject, text="older"))

    assert [planned.on.day for planned in plan(at(8), older)] == [8]
