"""The staff list from a file: staff.csv, described in docs/staff-list.md."""

import csv
import logging
import re
from collections import Counter
from datetime import date, time
from pathlib import Path

from bot.errors import SettingsError
from bot.people.rules.person import Person, Role

LOG = logging.getLogger("staffroom.roster")
COLUMNS = ("id", "name", "email", "account", "roles")
OPTIONAL_COLUMNS = ("days", "hours", "starts", "ends", "about")
MAX_MISTAKES_NAMED = 10
SHORT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ACCOUNT = re.compile(r"[A-Za-z0-9-]+")
_DAYS = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:-(mon|tue|wed|thu|fri|sat|sun)[a-z]*)?")
_HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


class FileRoster:
    """Who works here.

    The file is read again when it has changed. A file with a mistake changes nothing: the last good one stays in force.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp = _stamp(file)
        self._people = _read(file)

    def people(self) -> tuple[Person, ...]:
        """Everybody in the file, in its order; the same tuple until the file changes."""
        stamp = _stamp(self._file)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._people = _read(self._file)
                LOG.info("staff_list_read people=%d", len(self._people))
            except SettingsError:
                LOG.warning("staff_list_refused")  # its sentence, which `doctor` shows, may hold an account
        return self._people


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


def _read(file: Path) -> tuple[Person, ...]:
    """Everybody; raises SettingsError naming the first ten lines that are wrong, all at once."""
    people, mistakes = [], []
    for number, row in enumerate(_rows(file), 2):
        try:
            people.append(_person(row))
        except ValueError as error:
            mistakes.append(f"line {number}: {error}")
    mistakes += _repeated("id", [person.id for person in people])
    mistakes += _repeated("account", [person.account for person in people])
    if mistakes:
        more = f"; and {len(mistakes) - MAX_MISTAKES_NAMED} more" if len(mistakes) > MAX_MISTAKES_NAMED else ""
        raise SettingsError(f"{file.name}, {'; '.join(mistakes[:MAX_MISTAKES_NAMED])}{more}.")
    return tuple(people)


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{file.name} cannot be read: {error}.") from error
    if not rows:
        raise SettingsError(f"{file.name} names nobody.")
    for column in COLUMNS:
        if column not in columns:
            raise SettingsError(f"{file.name}, line 1: the column {column!r} is missing.")
    for column in columns:
        if column not in COLUMNS + OPTIONAL_COLUMNS or columns.count(column) > 1:
            raise SettingsError(f"{file.name}, line 1: the column {column!r} is not one of ours, or is there twice.")
    return rows


def _repeated(field: str, values: list[str]) -> list[str]:
    """A sentence for each value that more than one line has; empty values do not count."""
    counts = Counter(value for value in values if value)
    return [f"the {field} {value!r} is there twice" for value, count in sorted(counts.items()) if count > 1]


def _person(row: dict[str, str]) -> Person:
    """One line's person; raises ValueError with the reason."""
    if None in row:
        raise ValueError("there are more columns than in the first line")
    if any(row.get(column) is None for column in COLUMNS):
        raise ValueError("there are fewer columns than in the first line")
    fields = {column: (value or "").strip() for column, value in row.items()}
    if not fields["id"]:
        raise ValueError("the id is missing")
    if fields["account"] and not _ACCOUNT.fullmatch(fields["account"]):
        raise ValueError(f"{fields['account']!r} is not the id of an account; leave it empty, or give its id")
    roles, delegate_until = _roles(fields["roles"])
    starts, ends = _day(fields.get("starts", "")), _day(fields.get("ends", ""))
    if starts and ends and ends < starts:
        raise ValueError("ends is before starts")
    return Person(
        id=fields["id"],
        name=fields["name"],
        email=fields["email"],
        account=fields["account"].lower(),
        roles=roles,
        about=fields.get("about", ""),
        days=_weekdays(fields.get("days", "")),
        hours=_hours(fields.get("hours", "")),
        starts=starts,
        ends=ends,
        delegate_until=delegate_until,
    )


def _roles(text: str) -> tuple[frozenset[Role], date | None]:
    """Roles, and until when a deputy acts for the headteacher: `deputy:2027-08-31`."""
    roles, delegate_until = set(), None
    for word in text.split():
        name, _, day = word.partition(":")
        roles.add(Role(name.lower()))
        if day and name.lower() != Role.DEPUTY:
            raise ValueError(f"{word!r}: only a deputy acts for the headteacher until a day")
        delegate_until = _day(day) or delegate_until
    return frozenset(roles), delegate_until


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is not a day; write it like 2027-08-31") from None


def _weekdays(text: str) -> frozenset[int]:
    """Weekdays from 0, Monday: `Mon Tue Wed`, `Mon-Fri`, `Monday, Tuesday`; Monday to Friday if the text is empty."""
    if not text:
        return frozenset(range(5))
    weekdays: set[int] = set()
    for word in re.split(r"[\s,;]+", text.lower()):
        match = _DAYS.fullmatch(word)
        if not match:
            raise ValueError(f"days: {text!r} is not understood; write Mon Tue Wed, or Mon-Fri")
        first, last = SHORT_DAYS.index(match[1]), SHORT_DAYS.index(match[2] or match[1])
        if last < first:
            raise ValueError(f"days: {text!r} runs backwards")
        weekdays |= set(range(first, last + 1))
    return frozenset(weekdays)


def _hours(text: str) -> tuple[time, time] | None:
    if not text:
        return None
    match = _HOURS.fullmatch(text)
    try:
        begins, ends = (time.fromisoformat(part.zfill(5)) for part in match.groups()) if match else (None, None)
    except ValueError:
        begins, ends = None, None
    if begins is None or ends is None:
        raise ValueError(f"hours: {text!r} is not understood; write 08:30-15:15")
    if ends <= begins:
        raise ValueError(f"hours: {text!r} runs backwards")
    return begins, ends
