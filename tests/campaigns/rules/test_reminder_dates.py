"""When reminders come: on the right days, never too many, and the same whenever they are worked out."""

import os
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import cycle, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaigns.rules.campaign import Campaign, KnownPerson
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import Past, Reminder, ReminderSettings, coming, digests, told_after
from bot.campaigns.rules.standing import Signatory, Staff, Standing
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person
from bot.school.rules.calendar import LONDON, Calendar, Period, bank_holidays

TERMS = tuple(
    Period(date.fromisoformat(first), date.fromisoformat(last))
    for year in range(2024, 2036)
    for first, last in (
        (f"{year}-09-03", f"{year}-10-23"),
        (f"{year}-11-03", f"{year}-12-18"),
        (f"{year + 1}-01-05", f"{year + 1}-02-12"),
        (f"{year + 1}-02-22", f"{year + 1}-03-27"),
        (f"{year + 1}-04-14", f"{year + 1}-05-22"),
        (f"{year + 1}-06-02", f"{year + 1}-07-21"),
    )
)
CALENDAR = Calendar(terms=TERMS, inset=frozenset(date(year, 9, 2) for year in range(2024, 2036)))
RHYTHM = ReminderSettings()
EVERY_DAY = frozenset(range(5))


def waiting(days: frozenset[int] = EVERY_DAY, due: date = date(2026, 10, 9), **more: object) -> Signatory:
    person = Person("t", "A teacher", "", "a", frozenset(), days=days)
    standing = more.get("standing", Standing.PENDING)
    assert isinstance(standing, Standing)
    return Signatory("p", "A teacher", person, due, standing, None, is_asking=bool(more.get("is_asking")))


def days_of(reminders: tuple[Reminder, ...]) -> list[str]:
    return [f"{one.on:%a %d %b}" for one in reminders]


def test_four_before_the_last_day_and_two_after_it_the_sixth_being_the_last():
    found = coming(waiting(), Past(date(2026, 9, 7)), CALENDAR, RHYTHM, date(2026, 9, 7))

    assert days_of(found) == ["Mon 21 Sep", "Wed 30 Sep", "Tue 06 Oct", "Thu 08 Oct", "Fri 16 Oct", "Fri 23 Oct"]
    assert [one.is_last for one in found] == [False] * 5 + [True]
    past = Past(date(2026, 9, 7), [one.on for one in found])
    assert told_after(waiting(), past, CALENDAR, RHYTHM, date(2026, 10, 23)) == date(2026, 10, 30)
    assert told_after(waiting(), Past(date(2026, 9, 7), [found[0].on]), CALENDAR, RHYTHM, date(2026, 9, 21)) is None


def test_somebody_part_time_is_reminded_on_their_own_days_only_and_before_the_last_day():
    found = coming(waiting(frozenset({0, 1})), Past(date(2026, 9, 7)), CALENDAR, RHYTHM, date(2026, 9, 7))

    assert days_of(found)[:3] == ["Mon 21 Sep", "Tue 29 Sep", "Tue 06 Oct"]
    assert {one.on.weekday() for one in found} <= {0, 1}


def test_nobody_is_reminded_in_the_first_days_after_a_card_nor_before_one():
    assert days_of(coming(waiting(), Past(date(2026, 9, 18)), CALENDAR, RHYTHM, date(2026, 9, 18)))[0] == "Wed 30 Sep"
    assert coming(waiting(), Past(None), CALENDAR, RHYTHM, date(2026, 9, 18)) == ()


@pytest.mark.parametrize(
    "left_alone",
    [{"standing": one} for one in Standing if one not in {Standing.PENDING, Standing.OVERDUE}] + [{"is_asking": True}],
)
def test_whoever_is_left_alone_gets_none(left_alone):
    assert coming(waiting(**left_alone), Past(date(2026, 9, 7)), CALENDAR, RHYTHM, date(2026, 9, 7)) == ()


def test_reminders_rest_over_a_holiday_and_go_on_after_it():
    one = waiting(due=date(2026, 12, 16))

    found = coming(one, Past(date(2026, 11, 23)), CALENDAR, RHYTHM, date(2026, 11, 23))

    assert days_of(found)[-2:] == ["Wed 06 Jan", "Wed 13 Jan"]


def test_the_head_is_told_of_nobody_before_their_own_last_day_is_over():
    five = [date(2026, 9, 21), date(2026, 9, 30), date(2026, 10, 6), date(2026, 10, 8), date(2026, 10, 16)]
    extended = waiting(due=date(2026, 12, 11))
    (sixth,) = coming(extended, Past(date(2026, 9, 7), five), CALENDAR, RHYTHM, date(2026, 10, 17))
    past = Past(date(2026, 9, 7), [*five, sixth.on])

    assert (sixth.on, sixth.is_last) == (date(2026, 11, 23), True)
    assert told_after(extended, past, CALENDAR, RHYTHM, sixth.on) == date(2026, 12, 11)


SHORT = Calendar(terms=(Period(date(2026, 9, 2), date(2026, 10, 9)),))


def test_where_no_more_days_are_known_the_last_one_is_the_last_that_can_be():
    found = coming(waiting(), Past(date(2026, 9, 7)), SHORT, RHYTHM, date(2026, 9, 7))

    assert days_of(found) == ["Mon 21 Sep", "Wed 30 Sep", "Tue 06 Oct", "Thu 08 Oct"]
    assert [one.is_last for one in found] == [False, False, False, True]
    had = [one.on for one in found]
    told = [
        told_after(waiting(), Past(date(2026, 9, 7), had[:number]), SHORT, RHYTHM, had[number - 1]) for number in (3, 4)
    ]
    assert told == [None, date(2026, 10, 15)]


def test_whoever_could_be_given_no_reminder_at_all_has_until_their_last_day():
    late = waiting(due=date(2026, 10, 30))
    past = Past(date(2026, 10, 9))

    assert coming(late, past, SHORT, RHYTHM, date(2026, 10, 9)) == ()
    assert told_after(late, past, SHORT, RHYTHM, date(2026, 10, 12)) == date(2026, 10, 30)
    assert told_after(late, Past(), SHORT, RHYTHM, date(2026, 10, 12)) is None


def test_a_last_one_that_was_missed_is_the_last_as_well():
    past = Past(date(2026, 9, 7), [date(2026, 9, 21)])

    assert told_after(waiting(), past, SHORT, RHYTHM, date(2026, 10, 8)) is None
    assert told_after(waiting(), past, SHORT, RHYTHM, date(2026, 10, 9)) == date(2026, 10, 9)


def test_of_whoever_will_have_left_by_then_nobody_is_told():
    one = waiting()
    assert one.person
    leaver = replace(one, person=replace(one.person, ends=date(2026, 10, 30)))
    past = Past(date(2026, 9, 7), [date(2026, 10, day) for day in (1, 6, 7, 8, 16, 23)])

    assert told_after(leaver, past, CALENDAR, RHYTHM, date(2026, 10, 23)) is None


def test_whoever_the_head_was_told_about_is_written_to_no_more_whatever_days_become_known():
    past = Past(date(2026, 9, 7), [date(2026, 9, 21)], is_told=True)

    assert coming(waiting(), past, CALENDAR, RHYTHM, date(2026, 9, 22)) == ()


def test_inset_days_can_be_left_out():
    one = waiting(due=date(2027, 9, 3))
    strict = Calendar(terms=TERMS, inset=CALENDAR.inset, nudges_on_inset=False)

    with_inset = coming(one, Past(date(2027, 7, 1)), CALENDAR, RHYTHM, date(2027, 7, 1))
    without = coming(one, Past(date(2027, 7, 1)), strict, RHYTHM, date(2027, 7, 1))
    assert date(2027, 9, 2) in [each.on for each in with_inset]
    assert date(2027, 9, 2) not in [each.on for each in without]


EXAMPLES = 3_000 if os.environ.get("STAFFROOM_SOAK") else 80
PATTERNS = st.frozensets(st.integers(0, 6), min_size=1)
DAYS = st.dates(date(2025, 9, 3), date(2035, 6, 30))


HOURS = st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1])
# Days from one look to the next, none where somebody looks twice a day, and the times of the looks.
LOOKS = st.lists(st.tuples(st.integers(0, 15), st.times()), min_size=1, max_size=12).filter(
    lambda looks: any(step for step, _ in looks)
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(PATTERNS, HOURS, DAYS, st.integers(1, 60), LOOKS)
def test_over_ten_years_and_every_pattern_each_falls_right_and_none_is_too_many(days, hours, since, length, looks):
    """Somebody looks every few days, after stops of any length: what is planned never depends on when or how often."""
    one = waiting(days, since + timedelta(days=length))
    assert one.person
    person = replace(one.person, hours=hours)
    every = ReminderSettings(most=1_000)
    possible = [each.on for each in coming(one, Past(since), CALENDAR, every, since)]
    campaign = Campaign("c", "AUP", "1", "v", "v", frozenset(), since, one.due, frozenset("p"))
    register = CampaignProjection(campaigns={"c": campaign}, released={campaign.subject: frozenset("p")})
    slots = [Message(MessageKind.AGREEMENT, campaign.subject, "p", since)]
    today, ends = since, one.due + timedelta(days=75)
    for step, at in cycle(looks):
        today += timedelta(days=step)
        if today > ends:
            break
        had = [each.on for each in slots[1:]]
        left = [day for day in possible if day >= today and day not in had][: RHYTHM.most - len(had)]
        assert [each.on for each in coming(one, Past(since, had), CALENDAR, RHYTHM, today)] == left
        school = Staff({"p": KnownPerson("p", "t", "", "", "")}, {"t": person}, frozenset(), CALENDAR, today)
        now = datetime.combine(today, at, LONDON)
        made = digests(register, school, slots, RHYTHM, now)
        assert made == digests(register, school, slots[::-1], RHYTHM, now)
        begin, end = CALENDAR.working_hours(person, today)
        is_due = left[:1] == [today] and now < end
        assert [(each.on, each.not_before, each.expires_at) for each in made] == [(today, begin, end)] * is_due
        slots += made
    had = [each.on for each in slots[1:]]
    assert len(had) <= RHYTHM.most and all(before < after for before, after in pairwise(had))
    for on in had:
        assert on.weekday() in days and on.weekday() < 5 and on not in bank_holidays(on.year, "ENG")
        assert any(term.covers(on) for term in TERMS) or on in CALENDAR.inset
        assert on > since + timedelta(days=RHYTHM.rest)


@settings(max_examples=300, deadline=None)
@given(
    HOURS,
    st.builds(datetime.combine, DAYS, st.times()),
    PATTERNS,
)
def test_the_first_hour_somebody_may_be_written_to_is_one_of_theirs(hours, at, days):
    person = Person("t", "", "", "a", frozenset(), days=days, hours=hours)
    now = at.replace(tzinfo=LONDON)

    found = CALENDAR.first_moment(person, now)

    if found is None:
        assert not days & set(range(5))
        return
    assert found >= now and found.date().weekday() in days and CALENDAR.may_be_written_to(person, found.date())
    assert hours[0] <= found.time() <= hours[1]
    only_quiet = hours[0] >= time(18) or hours[1] <= time(7, 30)
    assert only_quiet or time(7, 30) <= found.time() <= time(18)


@pytest.mark.parametrize("day", [date(2026, 10, 23), date(2026, 11, 3), date(2027, 3, 26), date(2027, 4, 14)])
def test_hours_are_londons_on_both_sides_of_the_clock_changes(day: date):
    person = Person("t", "", "", "a", frozenset(), hours=(time(8, 45), time(15, 30)))

    begin, end = CALENDAR.working_hours(person, day)

    assert (begin.time(), end.time(), begin.tzinfo) == (time(8, 45), time(15, 30), LONDON)


def test_one_digest_a_day_holds_all_campaigns_and_nobody_who_was_not_let_go():
    register = CampaignProjection()
    slots = []
    for id in ("a", "b", "c"):
        one = Campaign(
            id, "AUP", "1", id * 12, id * 12, frozenset(), date(2026, 9, 7), date(2026, 10, 9), frozenset("p")
        )
        register.campaigns[id] = one
        register.released[one.subject] = frozenset("p") if id != "c" else frozenset()
        slots.append(Message(MessageKind.AGREEMENT, one.subject, "p", date(2026, 9, 7)))
    person = Person("t", "A teacher", "", "a", frozenset(), hours=(time(8, 45), time(15)))
    known = {"p": KnownPerson("p", "t", "A teacher", "", "a")}
    at = datetime(2026, 9, 21, 8, tzinfo=LONDON)
    school = Staff(known, {"t": person}, frozenset(), CALENDAR, at.date())

    (made,) = digests(register, school, slots, RHYTHM, at)

    assert made.about == tuple(register.campaigns[id].subject for id in ("a", "b"))
    assert made.not_before == datetime(2026, 9, 21, 8, 45, tzinfo=LONDON)
    assert made.expires_at == datetime(2026, 9, 21, 15, tzinfo=LONDON)
    assert digests(register, school, [*slots, made], RHYTHM, at) == []
    assert digests(register, school, slots, RHYTHM, at.replace(hour=15)) == []
