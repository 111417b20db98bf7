"""When reminders come: on the right days, never too many, and the same whenever they are worked out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import cycle, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import (
    History,
    PersonalHistory,
    ReminderSettings,
    digests,
    reminders_to_come,
    reported_after,
)
from bot.campaigns.rules.standing import WAITING, Signatory, Standing
from bot.outbox.rules.message import NO_SUBJECT, Message, MessageKind
from bot.people.rules.person import KnownPerson, Person
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import LONDON, Calendar, Period, bank_holidays
from tests.examples import EXAMPLES

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
SETTINGS = ReminderSettings()
EVERY_DAY = frozenset(range(5))


def signatory(
    days: frozenset[int] = EVERY_DAY,
    due: date = date(2026, 10, 9),
    *,
    standing: Standing = Standing.PENDING,
    is_asking: bool = False,
    ends: date | None = None,
    hours: tuple[time, time] | None = None,
) -> Signatory:
    person = Person("t", "A teacher", "", "a", frozenset(), days=days, ends=ends, hours=hours)
    return Signatory("p", "A teacher", person, due, standing, None, is_asking)


CARD = date(2026, 9, 7)  # the day the card came


def days_to_come(
    person: Signatory, history: PersonalHistory, today: date = CARD, calendar: Calendar = CALENDAR
) -> list[date]:
    return [reminder.on for reminder in reminders_to_come(person, history, calendar, SETTINGS, today)]


def reported(person: Signatory, history: PersonalHistory, today: date, calendar: Calendar = CALENDAR) -> date | None:
    return reported_after(person, history, calendar, SETTINGS, today)


def in_words(days: Sequence[date]) -> list[str]:
    return [f"{day:%a %d %b}" for day in days]


def test_there_are_four_before_the_last_day_and_two_after_it():
    days = days_to_come(signatory(), PersonalHistory(CARD))

    assert in_words(days) == ["Mon 21 Sep", "Wed 30 Sep", "Tue 06 Oct", "Thu 08 Oct", "Fri 16 Oct", "Fri 23 Oct"]


def test_reminders_are_numbered_on_from_those_that_came_before():
    history = PersonalHistory(CARD, [date(2026, 9, 21), date(2026, 9, 30)])

    to_come = reminders_to_come(signatory(), history, CALENDAR, SETTINGS, date(2026, 10, 1))

    assert [reminder.number for reminder in to_come] == [3, 4, 5, 6]


def test_the_head_is_told_a_week_after_the_last_reminder_and_not_before_it():
    days = days_to_come(signatory(), PersonalHistory(CARD))

    assert reported(signatory(), PersonalHistory(CARD, days), days[-1]) == date(2026, 10, 30)
    for number in range(1, 6):
        assert reported(signatory(), PersonalHistory(CARD, days[:number]), days[number - 1]) is None


def test_somebody_part_time_is_reminded_on_their_own_days_only_and_before_the_last_day():
    days = days_to_come(signatory(frozenset({0, 1})), PersonalHistory(CARD))

    assert in_words(days[:3]) == ["Mon 21 Sep", "Tue 29 Sep", "Tue 06 Oct"]
    assert {day.weekday() for day in days} <= {0, 1}


def test_nobody_is_reminded_in_the_first_days_after_a_card_nor_before_one():
    day = date(2026, 9, 18)

    assert days_to_come(signatory(), PersonalHistory(day), day)[0] == date(2026, 9, 30)
    assert days_to_come(signatory(), PersonalHistory(None), day) == []


@pytest.mark.parametrize("standing", sorted(set(Standing) - WAITING))
def test_only_people_who_still_have_to_acknowledge_are_reminded(standing: Standing):
    assert days_to_come(signatory(standing=standing), PersonalHistory(CARD)) == []


def test_somebody_who_waits_for_an_answer_is_not_reminded():
    assert days_to_come(signatory(is_asking=True), PersonalHistory(CARD)) == []


def test_reminders_rest_over_a_holiday_and_go_on_after_it():
    november = date(2026, 11, 23)

    days = days_to_come(signatory(due=date(2026, 12, 16)), PersonalHistory(november), november)

    assert in_words(days[-2:]) == ["Wed 06 Jan", "Wed 13 Jan"]


def test_the_head_is_told_of_nobody_before_their_own_last_day_is_over():
    five = [date(2026, 9, 21), date(2026, 9, 30), date(2026, 10, 6), date(2026, 10, 8), date(2026, 10, 16)]
    extended = signatory(due=date(2026, 12, 11))

    (sixth,) = days_to_come(extended, PersonalHistory(CARD, five), date(2026, 10, 17))

    assert sixth == date(2026, 11, 23)
    assert reported(extended, PersonalHistory(CARD, [*five, sixth]), sixth) == date(2026, 12, 11)


SHORT = Calendar(terms=(Period(date(2026, 9, 2), date(2026, 10, 9)),))  # no term is known after October


def test_if_no_more_days_are_known_the_last_reminder_is_the_last_that_can_be():
    days = days_to_come(signatory(), PersonalHistory(CARD), calendar=SHORT)

    assert in_words(days) == ["Mon 21 Sep", "Wed 30 Sep", "Tue 06 Oct", "Thu 08 Oct"]
    assert reported(signatory(), PersonalHistory(CARD, days[:3]), days[2], SHORT) is None
    assert reported(signatory(), PersonalHistory(CARD, days), days[3], SHORT) == date(2026, 10, 15)


def test_somebody_who_could_be_given_no_reminder_at_all_has_until_their_last_day():
    late, history = signatory(due=date(2026, 10, 30)), PersonalHistory(date(2026, 10, 9))

    assert days_to_come(late, history, date(2026, 10, 9), SHORT) == []
    assert reported(late, history, date(2026, 10, 12), SHORT) == date(2026, 10, 30)
    assert reported(late, PersonalHistory(), date(2026, 10, 12), SHORT) is None


def test_a_reminder_that_was_missed_does_not_put_off_the_report():
    history = PersonalHistory(CARD, [date(2026, 9, 21)])

    assert reported(signatory(), history, date(2026, 10, 8), SHORT) is None
    assert reported(signatory(), history, date(2026, 10, 9), SHORT) == date(2026, 10, 9)


def test_nobody_is_told_of_somebody_who_will_have_left_by_then():
    history = PersonalHistory(CARD, [date(2026, 10, day) for day in (1, 6, 7, 8, 16, 23)])
    leaver = signatory(ends=date(2026, 10, 30))

    assert reported(leaver, history, date(2026, 10, 23)) is None
    assert reported(signatory(), history, date(2026, 10, 23)) == date(2026, 10, 30)


def test_somebody_the_head_was_told_of_is_reminded_no_more_whatever_days_become_known():
    history = PersonalHistory(CARD, [date(2026, 9, 21)], is_reported=True)

    assert days_to_come(signatory(), history, date(2026, 9, 22)) == []


def test_inset_days_can_be_left_out():
    late, history, july = signatory(due=date(2027, 9, 3)), PersonalHistory(date(2027, 7, 1)), date(2027, 7, 1)
    strict = Calendar(terms=TERMS, inset=CALENDAR.inset, nudges_on_inset=False)

    assert date(2027, 9, 2) in days_to_come(late, history, july)
    assert date(2027, 9, 2) not in days_to_come(late, history, july, strict)


def test_history_is_what_was_sent_and_counts_a_card_still_to_come():
    campaign = Campaign("c", "AUP", "1", "v", "v", frozenset(), CARD, date(2026, 9, 28), frozenset("p"))
    card = Message(MessageKind.AGREEMENT, campaign.subject, "p", CARD)
    reminder = replace(card, kind=MessageKind.NUDGE, subject=NO_SUBJECT, campaigns=(campaign.subject,))
    messages = [
        replace(reminder, on=date(2026, 9, 30)),
        replace(card, on=date(2026, 9, 14)),
        replace(reminder, on=date(2026, 9, 21)),
        card,
        replace(card, kind=MessageKind.STILL_OPEN, recipient="head", people=("p",)),
    ]

    history = History.of(messages)

    assert history.of_person(campaign, "p") == PersonalHistory(
        date(2026, 9, 14), [date(2026, 9, 21), date(2026, 9, 30)], is_reported=True
    )
    assert history.of_person(campaign, "head") == PersonalHistory()
    assert history.of_person(replace(campaign, asked="v2"), "p") == PersonalHistory()


PATTERNS = st.frozensets(st.integers(0, 6), min_size=1)
DAYS = st.dates(date(2025, 9, 3), date(2035, 6, 30))


HOURS = st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1])
# Days from one look to the next, none if somebody looks twice a day, and the times of the looks.
LOOKS = st.lists(st.tuples(st.integers(0, 15), st.times()), min_size=1, max_size=12).filter(
    lambda looks: any(step for step, _ in looks)
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(PATTERNS, HOURS, DAYS, st.integers(1, 60), LOOKS)
def test_over_ten_years_and_every_pattern_each_falls_right_and_none_is_too_many(days, hours, since, length, looks):
    """Somebody looks every few days, after stops of any length: what is planned never depends on when or how often."""
    person = signatory(days, since + timedelta(days=length), hours=hours)
    endless = ReminderSettings(most=1_000)
    possible = [reminder.on for reminder in reminders_to_come(person, PersonalHistory(since), CALENDAR, endless, since)]
    reminded: list[Message] = []
    today, last = since, person.due + timedelta(days=75)
    for step, at in cycle(looks):
        today += timedelta(days=step)
        if today > last:
            break
        past = [reminder.on for reminder in reminded]
        left = [day for day in possible if day >= today and day not in past][: SETTINGS.most - len(past)]
        assert days_to_come(person, PersonalHistory(since, past), today) == left
        reminded += reminded_at(datetime.combine(today, at, LONDON), person, since, reminded, left)
    fall_right([reminder.on for reminder in reminded], days, since)


def reminded_at(
    now: datetime, person: Signatory, since: date, earlier: Sequence[Message], left: Sequence[date]
) -> list[Message]:
    """The reminders of that moment, which are right; `left` are the days that are left for any."""
    assert person.person
    campaign = Campaign("c", "AUP", "1", "v", "v", frozenset(), since, person.due, frozenset("p"))
    projection = CampaignProjection(campaigns={"c": campaign}, released={campaign.subject: frozenset("p")})
    staff = Staff({"p": KnownPerson("p", "t", "", "", "")}, {"t": person.person}, CALENDAR, now.date())
    messages = [Message(MessageKind.AGREEMENT, campaign.subject, "p", since), *earlier]

    planned = digests(projection, staff, messages, SETTINGS, now)

    assert planned == digests(projection, staff, messages[::-1], SETTINGS, now)
    begin, end = CALENDAR.working_hours(person.person, now.date())
    is_due = list(left[:1]) == [now.date()] and now < end
    spans = [(message.on, message.not_before, message.expires_at) for message in planned]
    assert spans == [(now.date(), begin, end)] * is_due
    return planned


def fall_right(reminded: Sequence[date], days: frozenset[int], since: date) -> None:
    assert len(reminded) <= SETTINGS.most and all(before < after for before, after in pairwise(reminded))
    for day in reminded:
        assert day.weekday() in days and day.weekday() < 5 and day not in bank_holidays(day.year, "ENG")
        assert any(term.covers(day) for term in TERMS) or day in CALENDAR.inset
        assert day > since + timedelta(days=SETTINGS.rest)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    HOURS,
    st.builds(datetime.combine, DAYS, st.times()),
    PATTERNS,
)
def test_the_first_hour_somebody_may_be_written_to_is_one_of_theirs(hours, at, days):
    person = Person("t", "", "", "a", frozenset(), days=days, hours=hours)
    now = at.replace(tzinfo=LONDON)

    moment = CALENDAR.first_moment(person, now)

    if moment is None:
        assert not days & set(range(5))
        return
    assert moment >= now and moment.date().weekday() in days and CALENDAR.may_be_written_to(person, moment.date())
    assert hours[0] <= moment.time() <= hours[1]
    only_quiet = hours[0] >= time(18) or hours[1] <= time(7, 30)
    assert only_quiet or time(7, 30) <= moment.time() <= time(18)


@pytest.mark.parametrize("day", [date(2026, 10, 23), date(2026, 11, 3), date(2027, 3, 26), date(2027, 4, 14)])
def test_hours_are_londons_on_both_sides_of_the_clock_changes(day: date):
    person = Person("t", "", "", "a", frozenset(), hours=(time(8, 45), time(15, 30)))

    begin, end = CALENDAR.working_hours(person, day)

    assert (begin.time(), end.time(), begin.tzinfo) == (time(8, 45), time(15, 30), LONDON)


def test_one_digest_a_day_holds_all_campaigns_and_nobody_who_was_not_released():
    person = Person("t", "A teacher", "", "a", frozenset(), hours=(time(8, 45), time(15)))
    due = date(2026, 10, 9)
    campaigns = {
        id: Campaign(id, "AUP", "1", id * 12, id * 12, frozenset(), CARD, due, frozenset("p")) for id in ("a", "b", "c")
    }
    released = {campaigns[id].subject: frozenset("p") for id in ("a", "b")}
    projection = CampaignProjection(campaigns=campaigns, released=released)
    cards = [Message(MessageKind.AGREEMENT, campaign.subject, "p", CARD) for campaign in campaigns.values()]
    at = datetime(2026, 9, 21, 8, tzinfo=LONDON)
    staff = Staff({"p": KnownPerson("p", "t", "A teacher", "", "a")}, {"t": person}, CALENDAR, at.date())

    (reminder,) = digests(projection, staff, cards, SETTINGS, at)

    assert reminder.campaigns == tuple(campaigns[id].subject for id in ("a", "b"))
    assert reminder.not_before == datetime(2026, 9, 21, 8, 45, tzinfo=LONDON)
    assert reminder.expires_at == datetime(2026, 9, 21, 15, tzinfo=LONDON)
    assert digests(projection, staff, [*cards, reminder], SETTINGS, at) == []
    assert digests(projection, staff, cards, SETTINGS, at.replace(hour=15)) == []
