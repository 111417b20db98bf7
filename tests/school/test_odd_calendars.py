"""No calendar file stops or delays Staffroom, and no entry of one is lost uncounted."""

from datetime import date
from pathlib import Path
from time import perf_counter

import pytest

from bot.school.calendar_file import read_ics
from tests.school.odd_calendars import odd_calendar

TODAY = date(2026, 11, 23)


def entries_in(content: bytes) -> int:
    """How many entries begin in a file, counted on its lines alone."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = content.decode(encoding, errors="replace").replace("\r", "\n")
    return sum(line.strip() == "BEGIN:VEVENT" for line in text.split("\n"))


def test_in_300_odd_calendars_every_entry_is_taken_or_left_alone_with_its_reason(tmp_path: Path):
    file, taken, left = tmp_path / "calendar.ics", 0, 0

    for seed in range(300):
        content = odd_calendar(seed)
        file.write_bytes(content)
        read = read_ics(file, TODAY)
        assert len(read.taken) + len(read.left) == entries_in(content), seed
        assert all(entry.says.startswith("Line ") and entry.says.endswith(".") for entry in read.left), seed
        assert not read.inset & read.closed and list(read.terms) == sorted(read.terms, key=lambda term: term.begins)
        taken, left = taken + len(read.taken), left + len(read.left)

    assert taken > 50 and left > 500


def many(*lines: str) -> str:
    """As many such entries as fit into the largest file that is read."""
    entry = "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])
    return entry * (1_990_000 // len(entry))


@pytest.mark.long
@pytest.mark.parametrize(
    "body",
    [
        many("SUMMARY:x"),
        many("SUMMARY:INSET", "DTSTART:19900101", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
        many("SUMMARY:INSET", "DTSTART:20260901", "RRULE:FREQ=WEEKLY"),
        many("SUMMARY:Term starts", "DTSTART:20260901", "RRULE:FREQ=WEEKLY"),
        many("SUMMARY:Summer holidays", "DTSTART:20260901", "DURATION:P60D", "RRULE:FREQ=WEEKLY"),
        many("UID:1", "SUMMARY:INSET", "DTSTART:20260901", "RECURRENCE-ID:20260901"),
        many("SUMMARY:INSET", "DTSTART:20260901", "RDATE:" + ",".join(["20260902"] * 1_900)),
        "BEGIN:X\n" * 200_000 + "END:Y\n" * 50_000,
        "BEGIN:VEVENT\nSUMMARY:INSET" + "\n x" * 600_000,
        "BEGIN:VEVENT\nDTSTART" + ";A" * 900_000,
        'BEGIN:VEVENT\nSUMMARY;A="' + 'x"' * 900_000,
        "BEGIN:VEVENT\nEXDATE:" + "20260901," * 200_000,
    ],
    ids=range(12),
)
def test_the_largest_and_oddest_file_is_read_within_seconds(tmp_path: Path, body: str):
    file = tmp_path / "calendar.ics"
    file.write_text(f"BEGIN:VCALENDAR\n{body}\nEND:VCALENDAR\n")
    begun = perf_counter()

    read = read_ics(file, TODAY)

    assert perf_counter() - begun < 15  # about two seconds, on a machine that does nothing else
    assert len(read.taken) + len(read.left) == body.count("BEGIN:VEVENT\n")
