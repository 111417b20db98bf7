"""The promise about a recorded lesson: its days, its states, and what should happen next."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.people.rules.person import Person
from bot.recordings.rules.lesson import Lesson, told_from, weekly
from bot.recordings.rules.recording import (
    AVAILABLE,
    MAY_BECOME,
    NOTHING_VISIBLE,
    OVERDUE,
    FileState,
    Recording,
    RecordingFile,
    RecordingState,
    Step,
    Visibility,
    next_step,
)
from bot.school.rules.calendar import LONDON, Calendar, Period
from bot.settings import ROOT

TEN = datetime(2026, 9, 8, 10, tzinfo=LONDON)  # a Tuesday; day 21 is Tuesday 29 September
CALENDAR = Calendar(
    terms=(
        Period(date(2026, 9, 2), date(2026, 10, 23)),
        Period(date(2026, 11, 2), date(2026, 12, 18)),
        Period(date(2027, 1, 5), date(2027, 3, 24)),
    ),
    inset=frozenset({date(2026, 9, 1)}),
)
TEACHER = Person("t", "A teacher", "", "a", frozenset())
PART_TIME = replace(TEACHER, days=frozenset({0, 1}))
SEES = Visibility(finds=True, looks=True)
FILES = (RecordingFile("d", "i"),)


def lesson(starts: datetime = TEN, **more: object) -> Lesson:
    return replace(Lesson("l", "p", "Year 4 maths", starts, starts + timedelta(hours=1), 21, "c"), **more)  # type: ignore[arg-type]


def recording(state: RecordingState = RecordingState.ANNOUNCED, starts: datetime = TEN, **more: object) -> Recording:
    return replace(Recording(lesson(starts), state), **more)  # type: ignore[arg-type]


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON)


def step(
    one: Recording, now: datetime, teacher: Person | None = TEACHER, sight: Visibility = NOTHING_VISIBLE
) -> Step | None:
    return next_step(one, now, CALENDAR, teacher, sight)


@pytest.mark.parametrize(
    ("starts", "last"),
    [
        (datetime(2026, 9, 8, 10, tzinfo=LONDON), date(2026, 9, 29)),
        (datetime(2026, 10, 20, 10, tzinfo=LONDON), date(2026, 11, 10)),  # the clocks go back in between
        (datetime(2027, 3, 20, 10, tzinfo=LONDON), date(2027, 4, 10)),  # and forward
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), date(2026, 7, 23)),  # already tomorrow in London
        (datetime(2026, 12, 15, 9, tzinfo=LONDON), date(2027, 1, 5)),
        (datetime(2028, 2, 10, 9, tzinfo=LONDON), date(2028, 3, 2)),  # over 29 February
    ],
)
def test_day_0_is_the_lessons_day_in_london_and_day_21_the_last(starts: datetime, last: date):
    assert (lesson(starts).last, lesson(starts).over) == (last, last + timedelta(days=1))


@pytest.mark.parametrize(
    ("starts", "teacher", "on"),
    [
        (TEN, TEACHER, date(2026, 9, 25)),  # day 17, a Friday: day 18 is a Saturday
        (TEN, PART_TIME, date(2026, 9, 22)),
        (at(date(2026, 10, 12)), TEACHER, date(2026, 10, 23)),  # before half-term, for day 18 falls in it
        (at(date(2026, 12, 18)), TEACHER, date(2027, 1, 5)),  # the first day of the next term is day 18
    ],
)
def test_the_reminder_falls_on_the_teachers_last_working_day_up_to_day_18(starts, teacher, on):
    one = lesson(starts)

    assert one.reminded_on(teacher, CALENDAR) == on
    first = next(
        (
            day
            for day in (one.day + timedelta(days=number) for number in range(22))
            if step(recording(starts=starts, is_answered=True), at(day), teacher) is Step.REMIND
        ),
        None,
    )
    assert first == on


def test_where_the_teacher_works_on_no_day_before_day_18_the_reminder_comes_on_the_first_after_it():
    one = recording(starts=at(date(2026, 12, 17)), is_answered=True)

    assert one.lesson.reminded_on(PART_TIME, CALENDAR) is None
    assert step(one, at(date(2026, 12, 18)), PART_TIME) is None
    assert step(one, at(date(2027, 1, 5)), PART_TIME) is Step.REMIND


def test_a_reminder_missed_comes_later_but_never_after_the_last_day():
    one = recording(RecordingState.RECORDED, is_answered=True)

    assert step(one, at(date(2026, 9, 24))) is None
    assert step(one, at(date(2026, 9, 28))) is Step.REMIND
    assert step(one, at(date(2026, 9, 29))) is Step.REMIND
    assert step(one, at(date(2026, 9, 30))) is Step.ASK_GONE
    assert step(one.become(RecordingState.REMINDED), at(date(2026, 9, 28))) is None


@pytest.mark.parametrize(
    ("starts", "teacher", "is_holiday"),
    [
        (TEN, TEACHER, False),
        (at(date(2026, 9, 11)), TEACHER, False),  # day 22 is a Saturday
        (at(date(2026, 10, 6)), TEACHER, True),  # day 22 lies in half-term
        (at(date(2027, 3, 10)), TEACHER, True),  # beyond the terms that are known
    ],
)
def test_it_is_known_before_whether_day_22_falls_in_a_holiday(starts: datetime, teacher: Person, is_holiday: bool):
    assert lesson(starts).is_over_in_a_holiday(teacher, CALENDAR) is is_holiday


def test_a_weekly_lesson_leaves_out_half_term_bank_holidays_and_ends_with_the_term():
    autumn = weekly(date(2026, 10, 13), date(2026, 11, 10), CALENDAR)
    assert autumn == (date(2026, 10, 13), date(2026, 10, 20), date(2026, 11, 3), date(2026, 11, 10))
    assert weekly(date(2026, 10, 13), None, CALENDAR)[-1] == date(2026, 10, 20)
    assert len(weekly(date(2026, 9, 8), None, Calendar())) == 6


def test_whether_it_was_recorded_is_asked_ten_minutes_after_the_lesson_once():
    one = recording()

    assert step(one, TEN + timedelta(minutes=69)) is None
    assert step(one, TEN + timedelta(minutes=70)) is Step.ASK_RECORDED
    assert step(replace(one, asked_recorded=True), TEN + timedelta(minutes=70)) is None
    assert step(recording(RecordingState.PLANNED), TEN + timedelta(minutes=70)) is Step.ASK_RECORDED
    for state in RecordingState:
        if state not in {RecordingState.PLANNED, RecordingState.ANNOUNCED}:
            assert step(recording(state, told_on=TEN.date()), TEN + timedelta(minutes=70)) is None


def test_where_the_tenant_may_know_it_is_asked_first_and_the_teacher_a_day_later():
    one = recording()

    assert step(one, TEN + timedelta(hours=1, minutes=30), sight=SEES) is None
    assert step(one, TEN + timedelta(hours=2), sight=SEES) is Step.FIND
    sought = replace(one, sought_on=TEN.date())
    assert step(sought, TEN + timedelta(hours=3), sight=SEES) is None
    assert step(sought, TEN + timedelta(days=1), sight=SEES) is Step.FIND
    again = replace(one, sought_on=TEN.date() + timedelta(days=1))
    assert step(again, TEN + timedelta(hours=24), sight=SEES) is None
    assert step(again, TEN + timedelta(hours=25), sight=SEES) is Step.ASK_RECORDED


def test_nobody_saying_that_it_was_recorded_does_not_end_the_promise():
    one = recording(asked_recorded=True)

    assert step(one, at(date(2026, 9, 25))) is Step.REMIND
    assert step(one, at(date(2026, 9, 30))) is Step.ASK_GONE


def test_looking_begins_on_day_22_and_the_headteacher_is_told_48_hours_later():
    one = recording(RecordingState.REMINDED, is_answered=True, files=FILES)

    assert step(one, at(date(2026, 9, 29), 23, 59), sight=SEES) is None
    assert step(one, at(date(2026, 9, 30), 0, 0), sight=SEES) is Step.LOOK
    seen = replace(one, looked_on=date(2026, 9, 30), found=FileState.THERE, asked_gone=(date(2026, 9, 30),))
    assert step(seen, at(date(2026, 9, 30), 12), sight=SEES) is None
    assert step(seen, at(date(2026, 10, 1)), sight=SEES) is Step.LOOK
    later = replace(seen, looked_on=date(2026, 10, 1))
    assert step(later, at(date(2026, 10, 1), 23, 59), sight=SEES) is None
    last = replace(seen, looked_on=date(2026, 10, 2))
    assert step(last, at(date(2026, 10, 2), 0, 0), sight=SEES) is Step.TELL


def test_where_only_the_teacher_can_look_the_48_hours_begin_when_they_are_asked():
    one = recording(RecordingState.REMINDED, is_answered=True, asked_gone=(date(2026, 11, 2),))  # after half-term

    assert step(one, at(date(2026, 11, 3))) is None
    assert step(one, at(date(2026, 11, 4), 0, 0)) is Step.TELL


def test_not_yet_asks_again_a_day_later_and_a_week_after_the_headteacher_knows():
    one = recording(RecordingState.REMINDED, is_answered=True, asked_gone=(date(2026, 9, 30),), found=FileState.THERE)

    assert step(one, at(date(2026, 10, 1))) is None  # nobody said a word
    said = replace(one, not_yet_on=date(2026, 9, 30))
    assert step(said, at(date(2026, 10, 1))) is Step.ASK_GONE
    again = replace(said, asked_gone=(date(2026, 9, 30), date(2026, 10, 1)))
    told = replace(again, state=RecordingState.STILL_THERE, told_on=date(2026, 10, 2))
    assert step(told, at(date(2026, 10, 8))) is None
    assert step(told, at(date(2026, 10, 9))) is Step.ASK_GONE
    enough = replace(told, asked_gone=(date(2026, 9, 30),) * 4)
    assert step(enough, at(date(2027, 1, 12))) is None


def test_whoever_has_left_is_not_asked_and_the_headteacher_is_told():
    one = recording(RecordingState.RECORDED, is_answered=True)

    assert step(one, at(date(2026, 9, 25)), None) is None
    assert step(one, at(date(2026, 9, 30)), None) is None
    assert step(one, at(date(2026, 10, 2), 0, 0), None) is Step.TELL


def test_what_a_label_locks_is_told_once_and_looked_at_weekly():
    one = recording(RecordingState.LOCKED, files=FILES, looked_on=date(2026, 9, 30), found=FileState.LOCKED)

    assert step(one, at(date(2026, 10, 1)), sight=SEES) is None
    assert step(one, at(date(2026, 10, 2)), sight=SEES) is Step.TELL
    told = replace(one, told_on=date(2026, 10, 2))
    assert step(told, at(date(2026, 10, 6)), sight=SEES) is None
    assert step(told, at(date(2026, 10, 7)), sight=SEES) is Step.LOOK


def test_a_file_that_may_not_be_looked_at_is_asked_about_instead():
    one = recording(RecordingState.UNCHECKED, files=FILES, looked_on=date(2026, 9, 30), found=FileState.FORBIDDEN)

    assert step(one, at(date(2026, 9, 30)), sight=SEES) is Step.ASK_GONE


def test_before_reminding_it_is_looked_whether_there_is_anything_to_remind_of():
    one = recording(RecordingState.RECORDED, is_answered=True, files=FILES)

    assert step(one, at(date(2026, 9, 25)), sight=SEES) is Step.LOOK
    assert step(replace(one, looked_on=date(2026, 9, 25)), at(date(2026, 9, 25)), sight=SEES) is Step.REMIND


def test_one_that_went_early_is_told_and_that_is_all():
    assert step(recording(RecordingState.GONE_EARLY), at(date(2026, 9, 20))) is Step.TELL
    assert step(recording(RecordingState.GONE_EARLY, told_on=date(2026, 9, 20)), at(date(2026, 9, 30))) is None


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28), date(2026, 9, 30)])
def test_48_hours_are_48_hours_over_both_clock_changes(day: date):
    begins = datetime.combine(day, time(), LONDON)

    assert told_from(day).timestamp() - begins.timestamp() == 48 * 3600


def test_every_state_but_the_last_ones_leads_somewhere_and_each_can_be_reached():
    reached = {RecordingState.PLANNED} | {to for found in MAY_BECOME.values() for to in found}

    assert set(MAY_BECOME) == set(RecordingState) == reached
    assert {state for state, to in MAY_BECOME.items() if not to} == {
        RecordingState.TAKEN_BACK,
        RecordingState.GONE,
        RecordingState.REMOVED,
        RecordingState.GONE_EARLY,
    }
    assert not AVAILABLE & OVERDUE


def test_a_recording_never_becomes_what_it_may_not():
    for state, other in product(RecordingState, RecordingState):
        after = recording(state).become(other).state
        assert after is (other if other in MAY_BECOME[state] else state)


def test_the_drawing_in_the_documents_shows_exactly_the_states_and_ways_there_are():
    text = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)", text, re.MULTILINE))
    named = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))

    assert drawn == {(state.value, to.value) for state, found in MAY_BECOME.items() for to in found}
    assert named == {state.value for state in RecordingState}


@settings(max_examples=150, deadline=None)
@given(
    st.datetimes(datetime(2025, 9, 1), datetime(2034, 7, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - see timezones
    st.frozensets(st.integers(0, 6), min_size=1),
    st.lists(st.sampled_from([1, 7, 60, 24 * 60, 7 * 24 * 60]), max_size=12),
)
def test_whenever_one_looks_reminders_and_questions_fall_in_their_time_and_always_the_same(starts, days, breaks):
    """Steps are followed minute by odd minute; stops of any length only make things late, never early or double."""
    teacher = replace(TEACHER, days=days)
    one, now = recording(RecordingState.ANNOUNCED, starts), starts
    done: list[Step] = []
    for minutes in [*breaks, *[6 * 60] * 160]:
        now += timedelta(minutes=minutes)
        found = next_step(one, now, Calendar(), teacher)
        assert found == next_step(one, now, Calendar(), teacher)
        today = now.astimezone(LONDON).date()
        match found:
            case Step.ASK_RECORDED:
                one = replace(one, asked_recorded=True)
                assert now >= one.lesson.ends + timedelta(minutes=10)
            case Step.REMIND:
                assert one.lesson.day < today <= one.lesson.last
                one = one.become(RecordingState.REMINDED)
            case Step.ASK_GONE:
                assert today > one.lesson.last
                one = replace(one, asked_gone=(*one.asked_gone, today))
            case Step.TELL:
                assert now >= told_from(one.asked_gone[0])
                one = replace(one, told_on=today).become(RecordingState.UNCHECKED)
        done += [found] if found else []
    assert [done.count(each) for each in (Step.ASK_RECORDED, Step.REMIND, Step.TELL)] <= [1, 1, 1]
    assert done.count(Step.ASK_GONE) <= 4
