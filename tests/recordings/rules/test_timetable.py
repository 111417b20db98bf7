"""What the school calls a lesson, and which recordings are of which lesson."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import RecordingFile
from bot.recordings.rules.timetable import (
    CalendarEntry,
    SeenRecording,
    TenantAccess,
    Timetable,
    is_lesson,
    of_lesson,
    thread_of,
)
from bot.school.rules.calendar import LONDON

TEN = datetime(2026, 9, 7, 10, tzinfo=LONDON)
THREAD = "19:meeting_NTA1@thread.v2"
CHANNEL = "19:Maths-4_x@thread.tacv2"
ENTRY = CalendarEntry(
    "i1", "s1", "Year 4 maths", TEN, TEN + timedelta(hours=1), ("Lesson",), is_online=True, thread=THREAD
)
LESSON = Lesson("l1", "p1", "Year 4 maths", TEN, TEN + timedelta(hours=1), 21, THREAD)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def join(thread: str, after: str = "/0", context: str = '{"Tid":"t","Oid":"A1"}', host: str = "teams.microsoft.com"):
    return f"https://{host}/l/meetup-join/{quote(thread, safe='')}{after}?context={quote(context)}"


@pytest.mark.parametrize(
    ("subject", "rule", "is_one"),
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
def test_a_lesson_is_what_a_category_or_a_whole_word_of_the_subject_says(subject, rule, is_one):
    assert is_lesson(replace(ENTRY, subject=subject), rule) is is_one


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
    assert bool(of_lesson([SeenRecording(at.astimezone(UTC), THREAD)], LESSON)) is is_ours


def test_the_times_around_a_lesson_are_hours_that_pass_when_the_clocks_go_back():
    night = datetime(2026, 10, 25, 0, 30, tzinfo=LONDON)
    lesson = replace(LESSON, starts=night, ends=night + hours(0.5))  # ends at one o'clock, which comes twice

    assert of_lesson([SeenRecording(datetime(2026, 10, 25, 3, tzinfo=UTC), THREAD)], lesson)
    assert not of_lesson([SeenRecording(datetime(2026, 10, 25, 3, 1, tzinfo=UTC), THREAD)], lesson)


def test_a_recording_of_another_conversation_or_of_none_is_not_the_lessons():
    assert of_lesson([SeenRecording(TEN, "19:meeting_other@thread.v2"), SeenRecording(TEN, "")], LESSON) == ()
    assert of_lesson([SeenRecording(TEN, "")], replace(LESSON, place="")) == ()


def test_a_thread_in_a_channel_is_the_channel():
    in_channel = replace(LESSON, place=f"{CHANNEL};messageid=1611234567890")

    assert of_lesson([SeenRecording(TEN, CHANNEL)], in_channel) == (SeenRecording(TEN, CHANNEL),)


def test_a_recording_told_of_twice_counts_once_and_two_recordings_count_twice():
    file = RecordingFile("d", "1", "https://school.example/1.mp4")
    by_link, by_file = SeenRecording(TEN, THREAD, file.address), SeenRecording(TEN + hours(1), THREAD, "", file)
    second = SeenRecording(TEN + hours(0.5), THREAD, "https://school.example/2.mp4")
    bare = SeenRecording(TEN + hours(0.1), THREAD)

    assert of_lesson([by_file, by_link, by_file, second, second], LESSON) == (second, by_file)
    assert of_lesson([bare, bare, SeenRecording(TEN, THREAD)], LESSON) == (SeenRecording(TEN, THREAD), bare)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (join(THREAD), (THREAD, "a1")),
        (join(CHANNEL, "/1611234567890"), (CHANNEL, "a1")),
        (join(CHANNEL, ""), (CHANNEL, "a1")),
        (join(THREAD, host="teams.cloud.microsoft"), (THREAD, "a1")),
        (join(THREAD).replace("%3A", "%3a"), (THREAD, "a1")),
        (f'https://teams.microsoft.com/l/meetup-join/{THREAD}/0?context={{"Oid":"B2"}}', (THREAD, "b2")),
        (join(THREAD, context="{"), (THREAD, "")),
        (join(THREAD, context="[1]"), (THREAD, "")),
        (join(THREAD, context='{"Oid":7}'), (THREAD, "")),
        (join(THREAD).partition("?")[0], (THREAD, "")),
        (join(THREAD, host="teams.microsoft.com.evil.example"), ("", "")),
        (join(THREAD).replace("https", "http"), ("", "")),
        (join("19:../../x@thread.v2"), ("", "")),
        (join("19:one@unq.gbl.spaces"), ("", "")),
        ("https://teams.microsoft.com/meet/25512345?p=abc", ("", "")),
        ("https://[", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_link_to_join_tells_conversation_and_organiser_and_any_other_tells_nothing(url, found):
    assert thread_of(url) == found


def test_nothing_is_watched_until_the_school_says_so():
    assert not TenantAccess().is_on and not TenantAccess().calendars
    assert TenantAccess(Timetable(subjects=("maths",))).calendars
    for one in (
        TenantAccess(Timetable(subjects=("maths",))),
        TenantAccess(chats=True),
        TenantAccess(recordings=True),
        TenantAccess(files=True),
    ):
        assert one.is_on
    assert TenantAccess(pupils_messages="DPIA 2026-3").is_on
