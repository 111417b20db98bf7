"""When agreement cards come: within somebody's hours, once, and anew where their day went by."""

from dataclasses import replace
from datetime import date, datetime, time
from itertools import pairwise

import pytest

from bot.campaigns.rules.campaign import Campaign, KnownPerson
from bot.campaigns.rules.first_cards import deliveries, put_off
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import ReminderSettings, digests
from bot.campaigns.rules.standing import Staff
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.person import Person
from bot.school.rules.calendar import LONDON, Calendar, Period

CALENDAR = Calendar(terms=(Period(date(2026, 9, 2), date(2026, 10, 23)),))
PERSON = Person("t", "A teacher", "", "a", frozenset(), hours=(time(8, 45), time(15)))
CAMPAIGN = Campaign("c", "AUP", "1", "v", "v", frozenset(), date(2026, 9, 7), date(2026, 9, 28), frozenset("p"))
DAY = date(2026, 9, 7)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=LONDON)


def register(released: str = "p") -> CampaignProjection:
    return CampaignProjection(campaigns={"c": CAMPAIGN}, released={CAMPAIGN.subject: frozenset(released)})


def school(now: datetime, person: Person = PERSON) -> Staff:
    return Staff({"p": KnownPerson("p", "t", "", "", "")}, {"t": person}, frozenset(), CALENDAR, now.date())


def planned(now: datetime, *slots: Message, person: Person = PERSON, released: str = "p") -> list[Message]:
    return deliveries(register(released), school(now, person), slots, now)


def card(day: int, state: DeliveryState = DeliveryState.SENT, **more: object) -> Message:
    made = Message(
        MessageKind.AGREEMENT, CAMPAIGN.subject, "p", date(2026, 9, day), state=state, expires_at=at(day, 15)
    )
    return replace(made, **more)  # type: ignore[arg-type]


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
    (made,) = planned(now)

    assert (made.on, made.not_before, made.expires_at) == (begins.date(), begins, ends)


def test_nobody_gets_one_who_was_not_let_go_or_for_whom_no_day_is_known():
    assert planned(at(7), released="") == []
    assert planned(at(7).replace(month=12)) == []


@pytest.mark.parametrize("state", list(DeliveryState))
def test_where_one_is_on_its_way_came_may_have_come_or_failed_for_good_there_is_no_second(state: DeliveryState):
    assert planned(at(7, 10), card(7, state)) == []


def test_a_card_whose_day_went_by_is_planned_for_the_next_day_its_person_works():
    (made,) = planned(at(9), card(7, DeliveryState.DUE), person=replace(PERSON, days=frozenset({0, 3})))

    assert (made.on, made.not_before) == (date(2026, 9, 10), at(10, 8, 45))
    assert planned(at(9), card(7, DeliveryState.DUE), made, person=replace(PERSON, days=frozenset({0, 3}))) == []


def test_whoever_asked_for_time_gets_it_again_from_that_day_on_whatever_became_of_the_row():
    asked = register()
    asked.time_until["c", "p"] = date(2026, 9, 21)

    def again(now: datetime, *slots: Message) -> list[int]:
        return [one.on.day for one in deliveries(asked, school(now), slots, now)]

    assert again(at(8), card(7)) == [21]
    assert again(at(8)) == [21]  # the card was asked for by a word before it came
    assert again(at(8), card(7), card(21, DeliveryState.DUE)) == []
    assert again(at(23, 18), card(7)) == [24]
    assert again(at(23), card(7), card(21, DeliveryState.DUE)) == [23]
    assert again(at(23), card(7), card(21)) == []


def test_a_card_that_was_put_off_comes_again_from_that_day_on():
    later = put_off(card(7), date(2026, 9, 8))

    assert [one.on.day for one in planned(at(7, 10), later)] == [8]
    assert [one.on.day for one in planned(at(10), later)] == [10]
    assert planned(at(10), later, card(8)) == []


def test_through_any_stop_each_is_planned_for_a_later_day_than_the_one_before():
    slots: list[Message] = []
    for day in (7, 8, 10, 11, 12, 13, 14, 21):
        slots += planned(at(day, 18), *slots)

    assert [one.on.day for one in slots] == [8, 9, 11, 14, 15, 22]
    assert all(before.on < after.on for before, after in pairwise(slots))


def test_the_days_of_rest_are_counted_from_the_card_that_went():
    missed = card(7, DeliveryState.DUE)
    (late,) = planned(at(16), missed)
    slots = [missed, replace(late, state=DeliveryState.SENT)]
    rhythm = ReminderSettings(before=(7, 6, 5))  # the 17th, the 18th and the 21st

    reminded = [day for day in (17, 18, 21) if digests(register(), school(at(day)), slots, rhythm, at(day))]

    assert reminded == [21]
