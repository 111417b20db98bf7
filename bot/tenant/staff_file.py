"""The roster from a file: staff.csv, described in docs/staff-list.md."""

import csv
import logging
import re
from datetime import date, time
from pathlib import Path

from bot.errors import SettingsError
from bot.people.rules.person import Person, Role

LOG = logging.getLogger("staffroom.roster")
COLUMNS = ("id", "name", "email", "account", "roles")
MAY_STAND = ("days", "hours", "starts", "ends", "about")
MOST_TOLD = 10  # mistakes named at once
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ACCOUNT = re.compile(r"[A-Za-z0-9-]+")
_DAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:-(mon|tue|wed|thu|fri|sat|sun)[a-z]*)?")
_HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


class FileRoster:
    """Who works here.

    The file is read again when it has changed. One with a mistake changes nothing: the last good one stays in force.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = _stamp(file)
        self._people = _read(file)

    def people(self) -> tuple[Person, ...]:
        """Everybody in the file, in its order."""
        stamp = _stamp(self._file)
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._people = _read(self._file)
                LOG.info("staff_list_read people=%d", len(self._people))
            except SettingsError:
                LOG.warning("staff_list_refused")  # its sentence, which `doctor` tells, may hold an account
        return self._people


def _stamp(file: Path) -> tuple[int, int]:
    try:
        about = file.stat()
    except OSError:
        return (0, 0)
    return (about.st_mtime_ns, about.st_size)


def _read(file: Path) -> tuple[Person, ...]:
    """Everybody; raises SettingsError naming the first ten lines that are wrong, all at once."""
    rows = _rows(file)
    people, wrong = [], []
    for number, row in enumerate(rows, 2):
        try:
            people.append(_person(row))
        except ValueError as seen:
            wrong.append(f"line {number}: {seen}")
    wrong += _twice(people)
    if wrong:
        more = f"; and {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
        raise SettingsError(f"{file.name}, {'; '.join(wrong[:MOST_TOLD])}{more}.")
    return tuple(people)


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as seen:
        raise SettingsError(f"{file.name} cannot be read: {seen}.") from seen
    if not rows:
        raise SettingsError(f"{file.name} names nobody.")
    for column in COLUMNS:
        if column not in columns:
            raise SettingsError(f"{file.name}, line 1: the column {column!r} is missing.")
    for column in columns:
        if column not in COLUMNS + MAY_STAND or columns.count(column) > 1:
            raise SettingsError(f"{file.name}, line 1: the column {column!r} is not one of ours, or stands twice.")
    return rows


def _twice(people: list[Person]) -> list[str]:
    found = []
    for field in ("id", "account"):
        held = [getattr(one, field) for one in people if getattr(one, field)]
        found += [
            f"the {field} {value!r} stands twice" for value in sorted({one for one in held if held.count(one) > 1})
        ]
    return found


def _person(row: dict[str, str]) -> Person:
    """One line's person; raises ValueError with the reason."""
    if None in row:
        raise ValueError("there are more columns than in the first line")
    given = {column: (value or "").strip() for column, value in row.items()}
    if any(row.get(column) is None for column in COLUMNS):
        raise ValueError("there are fewer columns than in the first line")
    if not given["id"]:
        raise ValueError("the id is missing")
    if given["account"] and not _ACCOUNT.fullmatch(given["account"]):
        raise ValueError(f"{given['account']!r} is no account; leave it empty, or give its id")
    roles, until = _roles(given["roles"])
    starts, ends = _day(given.get("starts", "")), _day(given.get("ends", ""))
    if starts and ends and ends < starts:
        raise ValueError("ends lies before starts")
    return Person(
        id=given["id"],
        name=given["name"],
        email=given["email"],
        account=given["account"].lower(),
        roles=roles,
        about=given.get("about", ""),
        days=_days(given.get("days", "")),
        hours=_hours(given.get("hours", "")),
        starts=starts,
        ends=ends,
        delegate_until=until,
    )


def _roles(text: str) -> tuple[frozenset[Role], date | None]:
    """Roles, and until when a deputy stands in: `deputy:2027-08-31`."""
    roles, until = set(), None
    for word in text.split():
        name, _, day = word.partition(":")
        roles.add(Role(name.lower()))
        if day and name.lower() != Role.DEPUTY:
            raise ValueError(f"{word!r}: only a deputy stands in until a day")
        until = _day(day) or until
    return frozenset(roles), until


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is no day; write it like 2027-08-31") from None


def _days(text: str) -> frozenset[int]:
    """Weekdays: `Mon Tue Wed`, `Mon-Fri`, `Monday, Tuesday`; Monday to Friday where nothing is said."""
    if not text:
        return frozenset(range(5))
    days: set[int] = set()
    for word in re.split(r"[\s,;]+", text.lower()):
        match = _DAY.fullmatch(word)
        if not match:
            raise ValueError(f"days: {text!r} is not understood; write Mon Tue Wed, or Mon-Fri")
        first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
        if last < first:
            raise ValueError(f"days: {text!r} runs backwards")
        days |= set(range(first, last + 1))
    return frozenset(days)


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
