"""Days, times, lengths and zones as calendar files write them. What cannot be read raises BadInput with its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bot.errors import BadInput
from bot.outside import clean_line
from bot.school.rules.calendar import LONDON, written
from bot.school.rules.ics_lines import Field, ZoneEntry

FIRST_YEAR, LAST_YEAR = 1990, 2100
ONE_DAY = timedelta(days=1)
MAX_SHOWN_CHARS = 40
# Outlook's and old phones' names for London that are in no table of zones.
NAMES_OF_LONDON = frozenset(
    {
        "europe/london",
        "london",
        "gmt standard time",
        "gmt daylight time",
        "gmt summer time",
        "greenwich mean time",
        "british summer time",
        "british time",
        "uk time",
        "bst",
        "gmt/bst",
        "gb",
        "gb-eire",
    }
)
LONDON_OFFSETS = frozenset({"+0000", "+0100"})
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?(Z?)", re.ASCII | re.IGNORECASE)
_LENGTH = re.compile(
    r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.ASCII | re.IGNORECASE
)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?", re.ASCII)
_ZONE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day (`local` is its midnight), or a time of day on the clock of a zone."""

    local: datetime  # without a zone of its own
    zone: tzinfo
    is_day: bool

    @property
    def instant(self) -> datetime:
        """The moment in UTC."""
        return self.local.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def in_london(self) -> datetime:
        """The moment in London time; a day is London's."""
        return self.local.replace(tzinfo=LONDON) if self.is_day else self.instant.astimezone(LONDON)

    @property
    def day(self) -> date:
        """The day in London."""
        return self.in_london.date()

    def moved_to(self, zone: tzinfo) -> "Moment":
        """The same moment on the clock of another zone; a day stays what it is."""
        return self if self.is_day else Moment(self.instant.astimezone(zone).replace(tzinfo=None), zone, is_day=False)


@dataclass(frozen=True, slots=True)
class Zones:
    """The names that a file may use for time zones: the world's, Windows', and those that it describes itself."""

    windows: Mapping[str, str]
    described: Mapping[str, ZoneEntry]

    def named(self, name: str) -> tzinfo | None:
        """The zone of that name; None if it is not known. Windows' "GMT Standard Time" is London, in summer as well."""
        folded = clean_line(name).casefold()
        if folded in NAMES_OF_LONDON or ("london" in folded and "edinburgh" in folded):
            return LONDON
        # "/freeassociation.sourceforge.net/Europe/Paris" is what some programs make of "Europe/Paris".
        own_name = "/".join(name.split("/")[-2:]) if name.startswith("/") else name
        return _world_zone(self.windows.get(name, own_name)) or self._described(name)

    def _described(self, name: str) -> tzinfo | None:
        """A zone by the file's own description of it: by its place, or by its offsets where they leave no doubt."""
        entry = self.described.get(name)
        if entry is None:
            return None
        if entry.place and (zone := _world_zone(entry.place)):
            return zone
        if entry.offsets == LONDON_OFFSETS:
            return LONDON
        matches = [_OFFSET.fullmatch(offset) for offset in entry.offsets]
        if len(matches) != 1 or not (match := matches[0]):
            return None
        size = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(size if match[1] == "+" else -size) if size < ONE_DAY else None


def _world_zone(name: str) -> tzinfo | None:
    if not _ZONE_KEY.fullmatch(name[:61]):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, or the name of a folder of zones
        return None


def moment(value: str, field: Field, zones: Zones) -> Moment:
    """A day or a time of one of an entry's fields. A time without a zone is London's."""
    if match := _DAY.fullmatch(value):
        parts, is_day, is_utc = match.groups(), True, False
    elif match := _TIME.fullmatch(value):
        parts, is_day, is_utc = match.groups("0")[:6], False, bool(match[7])
    else:
        raise BadInput(f"line {field.line}: {field.name} {shown(value)} is not a day or a time")
    year, month, day, *clock = (int(part) for part in parts)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInput(f"line {field.line}: {field.name} is in the year {year}")
    try:
        hour, minute, second = clock or (0, 0, 0)
        local = datetime.combine(date(year, month, day), time(hour, minute, min(second, 59)))
    except ValueError:
        raise BadInput(f"line {field.line}: {field.name} {shown(value)} does not exist") from None
    return Moment(local, UTC if is_utc else _zone(field, zones, is_day=is_day), is_day)


def _zone(field: Field, zones: Zones, *, is_day: bool) -> tzinfo:
    name = field.parameters.get("TZID", "")
    if is_day or not name:
        return LONDON
    zone = zones.named(name)
    if zone is None:
        raise BadInput(f"line {field.line}: the time zone {shown(name)} is not known")
    return zone


def length(field: Field) -> timedelta:
    """How long an entry lasts that says so instead of when it ends."""
    match = _LENGTH.fullmatch(field.value)
    if not match or not any(match.groups()):
        raise BadInput(f"line {field.line}: {field.name} {shown(field.value)} is not a length of time")
    weeks, days, hours, minutes, seconds = (int(part) for part in match.groups("0"))
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def checked_end(local: datetime, size: timedelta, line: int) -> datetime:
    """When something ends that begins at `local`; raises BadInput if that is beyond the last year that is read."""
    if size > datetime(LAST_YEAR, 12, 31) - local:  # noqa: DTZ001 - local times carry their zone beside them
        raise BadInput(f"line {line}: it ends after {written(date(LAST_YEAR, 12, 31))}")
    return local + size


def shown(value: str) -> str:
    """What a file says, short enough for a sentence."""
    return f'"{clean_line(value, MAX_SHOWN_CHARS)}"'
