"""The command `calendar` for a file that somebody tries by hand."""

import json
from pathlib import Path

import pytest

from bot.cli.doctor import calendar_file
from bot.school.rules.calendar_entries import NOT_ABOUT_SCHOOL_DAYS
from bot.settings import read_settings
from tests.cli.terminal import command

FILE = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Autumn term
DTSTART;VALUE=DATE:20260902
DTEND;VALUE=DATE:20261219
END:VEVENT
BEGIN:VEVENT
SUMMARY:Half term
DTSTART;VALUE=DATE:20261024
DTEND;VALUE=DATE:20261102
END:VEVENT
BEGIN:VEVENT
SUMMARY:INSET
DTSTART;VALUE=DATE:20260902
END:VEVENT
BEGIN:VEVENT
SUMMARY:INSET
DTSTART;VALUE=DATE:20261332
END:VEVENT
BEGIN:VEVENT
SUMMARY:Breakfast club closed
DTSTART;VALUE=DATE:20261109
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def ics(tmp_path: Path) -> Path:
    file = tmp_path / "calendar.ics"
    file.write_text(FILE)
    return file


def nowhere(folder: Path) -> dict[str, str]:
    """Settings that name a school, policies and data that are not there."""
    return {
        "STAFFROOM_SCHOOL": "none",
        "STAFFROOM_POLICIES": str(folder / "policies"),
        "STAFFROOM_DATA": str(folder / "data"),
    }


def test_a_program_is_told_what_the_file_says_without_any_school(ics: Path, tmp_path: Path):
    outcome = command("calendar", "--json", str(ics), **nowhere(tmp_path))

    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {
        "terms": [["2026-09-02", "2026-12-18"]],
        "inset": ["2026-09-02"],
        "closed": [f"2026-10-{day}" for day in range(26, 31)],
        "left": [
            {"title": "INSET", "why": 'Line 18: DTSTART "20261332" does not exist.'},
            {
                "title": "Breakfast club closed",
                "why": f"Line 20: {NOT_ABOUT_SCHOOL_DAYS}.",
            },
        ],
    }


def test_a_person_is_told_what_was_taken_what_was_left_and_why(ics: Path, tmp_path: Path):
    lines = command("calendar", str(ics), **nowhere(tmp_path)).out.splitlines()

    assert lines == [
        "calendar.ics has 5 entries: 3 taken, 2 left alone.",
        "Term: Wednesday 2 September 2026 to Friday 18 December 2026",
        "Taken:",
        "  line 2: Autumn term (term): Wednesday 2 September 2026 to Friday 18 December 2026",
        "  line 7: Half term (half-term): Saturday 24 October 2026 to Sunday 1 November 2026",
        "  line 12: INSET (INSET): Wednesday 2 September 2026",
        "Left alone, and may matter:",
        '  INSET: Line 18: DTSTART "20261332" does not exist.',
        "Left alone: their titles do not clearly say that there is a term, an INSET day or a day without school.",
        "  line 20: Breakfast club closed",
    ]


@pytest.mark.parametrize("content", [None, b"nonsense", b"BEGIN:VCALENDAR" + b" " * 3_000_000])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, content: bytes | None):
    file = tmp_path / "calendar.ics"
    if content is not None:
        file.write_bytes(content)

    outcome = command("calendar", "--json", str(file), **nowhere(tmp_path))

    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (1, "", 1)
    assert outcome.err.startswith("calendar.ics ") and outcome.err.endswith(".\n")


def test_doctor_and_the_start_say_what_was_left_alone_without_titles(ics: Path):
    (line,) = calendar_file(read_settings({"STAFFROOM_DATA": str(ics.parent)}))

    assert not line.is_well and "calendar" in line.remedy
    assert line.says == (
        '3 entries taken, 2 left alone, of which these may matter: Line 18: DTSTART "20261332" does not exist.'
    )
