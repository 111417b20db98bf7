"""What teachers type about a lesson, line by line, and what must hold of every line."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.recordings.notice_form import problem_with
from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.recordings.rules.spoken_dates import parse_lesson
from bot.school.rules.calendar import LONDON

TABLE = Path(__file__).with_name("lesson_words.txt")
MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)
NAMES = (
    "Year 4 maths",
    "Y5/6 guided reading",
    "White Rose 3.10",
    "Unit 3.10",
    "2026 review",
    "1066",
    "3D shapes",
    "Phase 5 phonics",
    "KS2 singing",
    "Chapter 12",
    "Room 12 science",
)
DAYS = {
    "tomorrow": date(2026, 9, 8),
    "on Wednesday": date(2026, 9, 9),
    "Monday next": date(2026, 9, 14),
    "Friday week": date(2026, 9, 18),
    "Friday fortnight": date(2026, 9, 25),
    "a week on Thursday": date(2026, 9, 17),
    "in a fortnight": date(2026, 9, 21),
    "the day after tomorrow": date(2026, 9, 9),
    "on 12/10": date(2026, 10, 12),
    "on the 12th of next month": date(2026, 10, 12),
    "Tues 15/9": date(2026, 9, 15),
    "on 5 January 2027": date(2027, 1, 5),
    "Thursday next week": date(2026, 9, 17),
}
TIMES = {
    "10am": time(10),
    "at 2": time(14),
    "at 0915": time(9, 15),
    "1430 hours": time(14, 30),
    "half past nine": time(9, 30),
    "at ten to two": time(13, 50),
    "11:05": time(11, 5),
    "2 o'clock": time(14),
    "noon": time(12),
    "at nine thirty": time(9, 30),
}


def rows() -> Iterator[tuple[datetime, str, str, str]]:
    at = MONDAY
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("at "):
            at = datetime.fromisoformat(line[3:]).replace(tzinfo=LONDON)
        elif not line.startswith("#"):
            text, begins, name = [*line.split(" | "), ""][:3]
            yield at, text, begins, name


def begins_at(parsed: ParsedLesson) -> datetime | None:
    return datetime.combine(parsed.day, parsed.begins) if parsed.day and parsed.begins else None


@pytest.mark.parametrize(("at", "text", "begins", "name"), list(rows()))
def test_a_line_is_read_as_it_is_meant_or_the_form_asks(at: datetime, text: str, begins: str, name: str):
    parsed = parse_lesson(text, at)

    if begins == "ask":
        assert problem_with(parsed, at.date()), parsed
    else:
        assert problem_with(parsed, at.date()) == ""
        assert (begins_at(parsed), parsed.label) == (datetime.fromisoformat(begins), name)


def test_the_table_has_more_than_two_hundred_lines():
    assert len(list(rows())) > 200


def test_any_name_day_and_time_are_read_in_any_order():
    chance = random.Random(16)

    for _ in range(1_000):
        name, day, at = chance.choice(NAMES), chance.choice(list(DAYS)), chance.choice(list(TIMES))
        parts = chance.choice([[name, day, at], [day, at, name], [name, at, day], [at, day, name]])
        text = chance.choice([", ", " "]).join(parts)
        parsed = parse_lesson(text, MONDAY)

        assert begins_at(parsed) == datetime.combine(DAYS[day], TIMES[at]), text
        assert (parsed.label, problem_with(parsed, MONDAY.date())) == (name, ""), text


def test_two_days_or_two_times_that_differ_are_never_half_taken():
    chance = random.Random(17)

    for _ in range(1_000):
        name, (day, other_day) = chance.choice(NAMES), chance.sample(list(DAYS), 2)
        at, other_at = chance.sample(list(TIMES), 2)
        link = chance.choice([" or ", " and ", ", ", "/", " & ", " to "])
        if DAYS[day] != DAYS[other_day]:
            text = f"{name} {day}{link}{other_day} {at}"
            assert problem_with(parse_lesson(text, MONDAY), MONDAY.date()), text
        if TIMES[at] != TIMES[other_at] and link != " to ":
            text = f"{name} {day} {at}{link}{other_at}"
            assert problem_with(parse_lesson(text, MONDAY), MONDAY.date()), text


@pytest.mark.parametrize(
    "words",
    [
        *("every other", "alternate", "not", "before", "after", "the first", "last", "or", "about", "either", "maybe"),
        *("early", "late", "except", "unless", "the week after", "Good", "Easter", "half term", "bank holiday", "by"),
    ],
)
@pytest.mark.parametrize("day", ["Tuesday", "Friday"])
def test_a_word_before_a_day_that_changes_it_makes_the_form_ask(words: str, day: str):
    assert problem_with(parse_lesson(f"Year 4 maths {words} {day} 10am", MONDAY), MONDAY.date())


def test_what_is_taken_without_a_question_is_never_past():
    for text in ("1/9/26 10am", "4 September 10am", "yesterday 10am", "last Tuesday 10am", "Tuesday last 10am"):
        for back in range(0, 60, 7):
            at = MONDAY + timedelta(days=back)
            assert problem_with(parse_lesson(f"Year 4 maths {text}", at), at.date()), text
