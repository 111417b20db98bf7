"""Reads a school's own calendar file, calendar.ics in the data folder: terms, closing days and INSET days.

The whole title of an entry decides what it means (`rules/calendar_titles.py`). Every entry is either taken or left
alone with a reason: none stops the others, none is lost, and no file takes long, whatever is in it.
"""

from datetime import date
from pathlib import Path

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from bot.errors import SettingsError
from bot.school.rules.calendar_entries import read_entries
from bot.school.rules.ics_lines import entries_of
from bot.school.rules.ics_times import Zones
from bot.school.rules.school_year import CalendarFile, school_year

MAX_FILE_BYTES = 2_000_000
ENCODINGS_BY_MARK = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def read_ics(file: Path, today: date) -> CalendarFile:
    """What a calendar file says about the time from 800 days before `today` to 1,200 days after it.

    Raises SettingsError if the file as a whole cannot be read.
    """
    entries = entries_of(_text(file))
    if entries is None:
        raise SettingsError(f"{file.name} cannot be read as a calendar: no line of it is BEGIN:VCALENDAR.")
    zones = Zones(WINDOWS_TO_OLSON, entries.zones)
    return school_year(read_entries(entries, zones, today))


def _text(file: Path) -> str:
    """The file's text, in UTF-8 or as older programs of Windows save it."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is not one of a file"
        raise SettingsError(f"{file.name} cannot be read as a calendar: {why}.") from error
    if len(content) > MAX_FILE_BYTES:
        raise SettingsError(f"{file.name} is larger than a school's calendar: more than 2 MB.")
    for mark, encoding in ENCODINGS_BY_MARK:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if 0 in content[:2]:  # UTF-16 without its mark: every other byte of English is zero
        return content.decode("utf-16-be" if content[0] == 0 else "utf-16-le", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
