"""What should happen next to a recorded lesson: who is asked, what is looked at, and who is told, and when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.people.rules.person import Person
from bot.recordings.rules.lesson import head_told_from
from bot.recordings.rules.next_step import NOTHING_VISIBLE, Step, Visibility, next_step
from bot.recordings.rules.recording import UPCOMING, FileState, Recording, RecordingState
from bot.school.rules.calendar import LONDON, Calendar
from tests.examples import EXAMPLES
from tests.recordings.rules.lessons import CALENDAR, FILES, PART_TIME, TEACHER, TEN, at, recording

SEES = Visibility(may_search=True, may_look=True)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAY_22 = date(2026, 9, 30)


def step(
    recording: Recording,
    now: datetime,
    teacher: Person | None = TEACHER,
    visibility: Visibility = NOTHING_VISIBLE,
) -> Step | None:
    return next_step(recording, now, CALENDAR, teacher, visibility)


def step_if_seen(recording: Recording, now: datetime) -> Step | None:
    return step(recording, now, visibility=SEES)


@pytest.mark.parametrize(
    ("starts", "teacher"),
    [(TEN, TEACHER), (TEN, PART_TIME), (at(date(2026, 10, 12)), TEACHER), (at(date(2026, 12, 18)), TEACHER)],
)
def test_the_reminder_comes_first_on_its_day(starts: datetime, teacher: Person):
    answered = recording(starts=starts, is_answered=True)
    days = [answered.lesson.day + number * DAY for number in range(22)]

    first = next(day for day in days if step(answered, at(day), teacher) is Step.REMIND)

    assert first == answered.lesson.reminded_on(teacher, CALENDAR)


def test_a_teacher_without_a_working_day_before_day_18_is_reminded_on_the_first_after_it():
    answered = recording(starts=at(date(2026, 12, 17)), is_answered=True)

    assert step(answered, at(date(2026, 12, 18)), PART_TIME) is None
    assert step(answered, at(date(2027, 1, 5)), PART_TIME) is Step.REMIND


def test_a_missed_reminder_comes_later_but_never_after_the_last_day():
    recorded = recording(RecordingState.RECORDED, is_answered=True)

    assert step(recorded, at(date(2026, 9, 24))) is None
    assert step(recorded, at(date(2026, 9, 28))) is Step.REMIND
    assert step(recorded, at(date(2026, 9, 29))) is Step.REMIND
    assert step(recorded, at(DAY_22)) is Step.ASK_GONE
    assert step(recorded.become(RecordingState.REMINDED), at(date(2026, 9, 28))) is None


def test_whether_it_was_recorded_is_asked_once_ten_minutes_after_the_lesson():
    announced = recording()

    assert step(announced, TEN + 69 * MINUTE) is None
    assert step(announced, TEN + 70 * MINUTE) is Step.ASK_RECORDED
    assert step(replace(announced, is_asked_recorded=True), TEN + 70 * MINUTE) is None
    assert step(recording(RecordingState.PLANNED), TEN + 70 * MINUTE) is Step.ASK_RECORDED


@pytest.mark.parametrize("state", sorted(set(RecordingState) - UPCOMING))
def test_once_something_else_is_known_nobody_is_asked_whether_it_was_recorded(state: RecordingState):
    assert step(recording(state, head_told_on=TEN.date()), TEN + 70 * MINUTE) is None


def test_a_tenant_that_may_know_is_asked_first_and_the_teacher_a_day_later():
    announced = recording()

    assert step_if_seen(announced, TEN + 1.5 * HOUR) is None
    assert step_if_seen(announced, TEN + 2 * HOUR) is Step.SEARCH
    searched = replace(announced, searched_on=TEN.date())
    assert step_if_seen(searched, TEN + 3 * HOUR) is None
    assert step_if_seen(searched, TEN + DAY) is Step.SEARCH
    searched_twice = replace(announced, searched_on=TEN.date() + DAY)
    assert step_if_seen(searched_twice, TEN + 24 * HOUR) is None
    assert step_if_seen(searched_twice, TEN + 25 * HOUR) is Step.ASK_RECORDED


def test_a_teacher_who_never_answers_does_not_end_the_promise():
    asked = recording(is_asked_recorded=True)

    assert step(asked, at(date(2026, 9, 25))) is Step.REMIND
    assert step(asked, at(DAY_22)) is Step.ASK_GONE


def test_looking_begins_on_day_22_and_the_headteacher_is_told_48_hours_later():
    reminded = recording(RecordingState.REMINDED, is_answered=True, files=FILES)

    assert step_if_seen(reminded, at(date(2026, 9, 29), 23, 59)) is None
    assert step_if_seen(reminded, at(DAY_22, 0, 0)) is Step.LOOK
    on_day_22 = replace(reminded, looked_on=DAY_22, finding=FileState.THERE, asked_gone_on=(DAY_22,))
    assert step_if_seen(on_day_22, at(DAY_22, 12)) is None
    assert step_if_seen(on_day_22, at(DAY_22 + DAY)) is Step.LOOK
    on_day_23 = replace(on_day_22, looked_on=DAY_22 + DAY)
    assert step_if_seen(on_day_23, at(DAY_22 + DAY, 23, 59)) is None
    on_day_24 = replace(on_day_22, looked_on=DAY_22 + 2 * DAY)
    assert step_if_seen(on_day_24, at(DAY_22 + 2 * DAY, 0, 0)) is Step.TELL_HEAD


def test_if_only_the_teacher_can_look_the_48_hours_begin_when_they_are_asked():
    asked = recording(RecordingState.REMINDED, is_answered=True, asked_gone_on=(date(2026, 11, 2),))  # after half-term

    assert step(asked, at(date(2026, 11, 3))) is None
    assert step(asked, at(date(2026, 11, 4), 0, 0)) is Step.TELL_HEAD


def test_not_yet_is_asked_again_a_day_later_and_a_week_after_the_headteacher_knows():
    asked = recording(RecordingState.REMINDED, is_answered=True, asked_gone_on=(DAY_22,), finding=FileState.THERE)

    assert step(asked, at(DAY_22 + DAY)) is None  # nobody has answered
    not_yet = replace(asked, not_yet_on=DAY_22)
    assert step(not_yet, at(DAY_22 + DAY)) is Step.ASK_GONE
    asked_twice = replace(not_yet, asked_gone_on=(DAY_22, DAY_22 + DAY))
    head_knows = replace(asked_twice, state=RecordingState.STILL_THERE, head_told_on=DAY_22 + 2 * DAY)
    assert step(head_knows, at(DAY_22 + 8 * DAY)) is None
    assert step(head_knows, at(DAY_22 + 9 * DAY)) is Step.ASK_GONE
    asked_enough = replace(head_knows, asked_gone_on=(DAY_22,) * 4)
    assert step(asked_enough, at(date(2027, 1, 12))) is None


def test_a_teacher_who_has_left_is_not_asked_and_the_headteacher_is_told():
    recorded = recording(RecordingState.RECORDED, is_answered=True)

    assert step(recorded, at(date(2026, 9, 25)), None) is None
    assert step(recorded, at(DAY_22), None) is None
    assert step(recorded, at(date(2026, 10, 2), 0, 0), None) is Step.TELL_HEAD


def test_what_a_label_locks_is_told_once_and_looked_at_weekly():
    locked = recording(RecordingState.LOCKED, files=FILES, looked_on=DAY_22, finding=FileState.LOCKED)

    assert step_if_seen(locked, at(date(2026, 10, 1))) is None
    assert step_if_seen(locked, at(date(2026, 10, 2))) is Step.TELL_HEAD
    head_knows = replace(locked, head_told_on=date(2026, 10, 2))
    assert step_if_seen(head_knows, at(date(2026, 10, 6))) is None
    assert step_if_seen(head_knows, at(date(2026, 10, 7))) is Step.LOOK


def test_a_file_that_may_not_be_looked_at_is_asked_about_instead():
    unchecked = recording(RecordingState.UNCHECKED, files=FILES, looked_on=DAY_22, finding=FileState.FORBIDDEN)

    assert step_if_seen(unchecked, at(DAY_22)) is Step.ASK_GONE


def test_a_look_just_before_the_reminder_finds_whether_there_is_anything_to_remind_of():
    recorded = recording(RecordingState.RECORDED, is_answered=True, files=FILES)
    day = date(2026, 9, 25)

    assert step_if_seen(recorded, at(day)) is Step.LOOK
    assert step_if_seen(replace(recorded, looked_on=day), at(day)) is Step.REMIND


def test_one_that_went_early_is_told_and_that_is_all():
    gone_early = recording(RecordingState.GONE_EARLY)

    assert step(gone_early, at(date(2026, 9, 20))) is Step.TELL_HEAD
    assert step(replace(gone_early, head_told_on=date(2026, 9, 20)), at(DAY_22)) is None


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.datetimes(datetime(2025, 9, 1), datetime(2034, 7, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - see timezones
    st.frozensets(st.integers(0, 6), min_size=1),
    st.lists(st.sampled_from([1, 7, 60, 24 * 60, 7 * 24 * 60]), max_size=12),
)
def test_reminders_and_questions_fall_in_their_time_however_often_the_bot_was_stopped(starts, days, breaks):
    """Steps are followed minute by odd minute; stops of any length only make things late, never early or double."""
    teacher = replace(TEACHER, days=days)
    followed, now = recording(RecordingState.ANNOUNCED, starts), starts
    steps: list[Step] = []
    for minutes in [*breaks, *[6 * 60] * 160]:
        now += minutes * MINUTE
        due = next_step(followed, now, Calendar(), teacher)
        assert due == next_step(followed, now, Calendar(), teacher)
        today = now.astimezone(LONDON).date()
        match due:
            case Step.ASK_RECORDED:
                followed = replace(followed, is_asked_recorded=True)
                assert now >= followed.lesson.ends + 10 * MINUTE
            case Step.REMIND:
                assert followed.lesson.day < today <= followed.lesson.last_day
                followed = followed.become(RecordingState.REMINDED)
            case Step.ASK_GONE:
                assert today > followed.lesson.last_day
                followed = replace(followed, asked_gone_on=(*followed.asked_gone_on, today))
            case Step.TELL_HEAD:
                assert now >= head_told_from(followed.asked_gone_on[0])
                followed = replace(followed, head_told_on=today).become(RecordingState.UNCHECKED)
        steps += [due] if due else []
    assert all(steps.count(once) <= 1 for once in (Step.ASK_RECORDED, Step.REMIND, Step.TELL_HEAD))
    assert steps.count(Step.ASK_GONE) <= 4
