"""What the school calls a lesson, and which recordings are of which lesson."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.people.rules.conversations import Address
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import RecordingFile
from bot.recordings.rules.timetable import (
    CalendarEntry,
    SeenRecording,
    TenantAccess,
    Timetable,
    is_lesson,
    recordings_of_lesson,
)
from bot.school.rules.calendar import LONDON

TEN = datetime(2026, 9, 7, 10, tzinfo=LONDON)
THREAD = "19:meeting_NTA1@thread.v2"
CHANNEL = "19:Maths-4_x@thread.tacv2"
ENTRY = CalendarEntry(
    "i1", "s1", "Year 4 maths", TEN, TEN + timedelta(hours=1), ("Lesson",), is_online=True, thread=THREAD
)
LESSON = Lesson("l1", "p1", "Year 4 maths", TEN, TEN + timedelta(hours=1), 21, Address("msteams", conversation=THREAD))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("subject", "rule", "is_a_lesson"),
    [
        ("Year 4 maths", Timetable(subjects=("Year 4",)), True),
        ("YEAR  4 maths", Timetable(subjects=("year 4",)), True),
        ("Maths for year 4", Timetable(subjects=("Year 4",)), True),
        ("Year 40 reunion", Timetable(subjects=("Year 4",)), False),
        ("Aftermaths", Timetable(subjects=("maths",)), False),
        ("Maths: fractions", Timetable(subjects=("maths",)), True),
        ("(C++) club", Timetable(subjects=("c++",)), True),
        ("Staff meeting", Timetable(subjects=("maths",)), False),
        ("Staff meeting", Timetable(subjects=("",)), False),
        ("Staff meeting", Timetable(), False),
        ("Staff meeting", Timetable(frozenset({"lesson"})), True),
        ("Staff meeting", Timetable(frozenset({"less"})), False),
    ],
)
def test_a_lesson_is_what_a_category_or_a_whole_word_of_the_subject_says(subject, rule, is_a_lesson):
    assert is_lesson(replace(ENTRY, subject=subject), rule) is is_a_lesson


def test_nothing_offline_and_nothing_that_takes_all_day_is_a_lesson():
    rule = Timetable(frozenset({"Lesson"}))
    sunday = datetime(2026, 3, 29, tzinfo=LONDON)  # the clocks go forward

    assert is_lesson(ENTRY, rule) and not is_lesson(replace(ENTRY, is_online=False), rule)
    assert not is_lesson(replace(ENTRY, starts=sunday, ends=sunday + timedelta(days=1)), rule)
    assert not is_lesson(replace(ENTRY, ends=TEN + hours(24)), rule)


def test_a_cancelled_lesson_is_still_known_as_one():
    assert is_lesson(replace(ENTRY, is_cancelled=True), Timetable(frozenset({"Lesson"})))


@pytest.mark.parametrize(
    ("at", "is_ours"),
    [
        (TEN - hours(0.26), False),
        (TEN - hours(0.25), True),
        (TEN + hours(0.5), True),
        (TEN + hours(4), True),
        (TEN + hours(4.01), False),
        (TEN + timedelta(days=7), False),  # the same series, a week later
    ],
)
def test_a_recording_belongs_to_the_lesson_of_its_time(at, is_ours):
    assert bool(recordings_of_lesson([SeenRecording(at.astimezone(UTC), THREAD)], LESSON)) is is_ours


def test_the_times_around_a_lesson_are_hours_that_pass_when_the_clocks_go_back():
    night = datetime(2026, 10, 25, 0, 30, tzinfo=LONDON)
    lesson = replace(LESSON, starts=night, ends=night + hours(0.5))  # ends at one o'clock, which comes twice

    assert recordings_of_lesson([SeenRecording(datetime(2026, 10, 25, 3, tzinfo=UTC), THREAD)], lesson)
    assert not recordings_of_lesson([SeenRecording(datetime(2026, 10, 25, 3, 1, tzinfo=UTC), THREAD)], lesson)


def test_a_recording_of_another_conversation_or_of_none_is_not_the_lessons():
    assert (
        recordings_of_lesson([SeenRecording(TEN, "19:meeting_other@thread.v2"), SeenRecording(TEN, "")], LESSON) == ()
    )
    assert recordings_of_lesson([SeenRecording(TEN, "")], replace(LESSON, address=None)) == ()


def test_a_lesson_out_of_a_calendar_is_recorded_where_it_was_held_wherever_its_notice_goes():
    from_calendar = replace(LESSON, thread=CHANNEL)

    assert recordings_of_lesson([SeenRecording(TEN, CHANNEL)], from_calendar) == (SeenRecording(TEN, CHANNEL),)
    assert recordings_of_lesson([SeenRecording(TEN, THREAD)], from_calendar) == ()


def test_of_two_lessons_in_a_row_each_has_what_began_while_it_was_on():
    second = replace(LESSON, id="l2", starts=TEN + hours(1), ends=TEN + hours(2))
    of_first, of_second = SeenRecording(TEN + hours(0.5), THREAD), SeenRecording(TEN + hours(1.5), THREAD)

    assert recordings_of_lesson([of_first, of_second], LESSON, [second]) == (of_first,)
    assert recordings_of_lesson([of_first, of_second], second, [LESSON]) == (of_second,)


def test_a_recording_listed_twice_counts_once_and_two_recordings_count_twice():
    file = RecordingFile("d", "1", "https://school.example/1.mp4")
    by_link, by_file = SeenRecording(TEN, THREAD, file.address), SeenRecording(TEN + hours(1), THREAD, "", file)
    second = SeenRecording(TEN + hours(0.5), THREAD, "https://school.example/2.mp4")
    bare = SeenRecording(TEN + hours(0.1), THREAD)

    assert recordings_of_lesson([by_file, by_link, by_file, second, second], LESSON) == (second, by_file)
    assert recordings_of_lesson([bare, bare, SeenRecording(TEN, THREAD)], LESSON) == (SeenRecording(TEN, THREAD), bare)


def test_nothing_is_looked_at_until_the_school_says_so():
    assert not TenantAccess().is_on and not TenantAccess().calendars
    assert TenantAccess(Timetable(subjects=("maths",))).calendars
    switched_on = (
        TenantAccess(Timetable(subjects=("maths",))),
        TenantAccess(chats=True),
        TenantAccess(recordings=True),
        TenantAccess(files=True),
        TenantAccess(pupils_messages="DPIA 2026-3"),
    )
    assert all(access.is_on for access in switched_on)
