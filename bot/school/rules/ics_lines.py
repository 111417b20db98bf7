"""The entries of a calendar file (iCalendar, RFC 5545) with the lines they are on. No shape of a file is refused."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MAX_DEPTH = 50  # of components in components; deeper ones are not told apart
ENTRY, ZONE, CALENDAR = "VEVENT", "VTIMEZONE", "VCALENDAR"
ENTRY_FIELDS = frozenset(
    ["UID", "SUMMARY", "STATUS", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"],
)
# Their values never have a colon. Outlook's names of zones do, and it does not always quote them.
DATE_FIELDS = frozenset(["DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID"])
NEVER_FOLDED = ("BEGIN:", "END:")  # an entry counts even if somebody pasted text under its first line
_FIELD = re.compile(r'([A-Za-z0-9-]+)((?:"[^"]*"|[^":])*):', re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";])*)')


@dataclass(frozen=True, slots=True)
class Field:
    """One property of an entry, as it is in the file. `parameters` have names in capitals and no quotes."""

    name: str
    parameters: Mapping[str, str]
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One VEVENT: its first line, its fields in order, and whether its end is in the file."""

    line: int
    fields: tuple[Field, ...]
    is_complete: bool

    def all(self, name: str) -> list[Field]:
        """All fields with that name."""
        return [entry_field for entry_field in self.fields if entry_field.name == name]


@dataclass(frozen=True, slots=True)
class ZoneEntry:
    """What a VTIMEZONE says of itself: the name of its place if it gives one, and its offsets, like "+0100"."""

    place: str
    offsets: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileEntries:
    """Everything of a calendar file that matters for school days: there is one entry for each BEGIN:VEVENT."""

    entries: tuple[FileEntry, ...]
    zones: Mapping[str, ZoneEntry]
    zone: str = ""  # X-WR-TIMEZONE, of the whole file
    method: str = ""


def entries_of(text: str) -> FileEntries | None:
    """The entries of a calendar file; None if the text is no calendar at all."""
    reader = _Reader()
    for number, line in _unfolded(text):
        reader.take(number, line)
    if not reader.is_calendar:
        return None
    reader.finish_entry(is_complete=False)
    zones = {name: ZoneEntry(place, frozenset(offsets)) for name, place, offsets in reader.zones if name}
    return FileEntries(tuple(reader.entries), zones, reader.about["X-WR-TIMEZONE"], reader.about["METHOD"])


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines with the number of their first one. A line that begins with a space continues the one before."""
    number, parts = 0, list[str]()
    for following, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if line[:1] in (" ", "\t") and parts:
            if not parts[0][:6].upper().startswith(NEVER_FOLDED):
                parts.append(line[1:])
            continue
        if parts:
            yield number, "".join(parts)
        number, parts = following, [line]
    yield number, "".join(parts)


@dataclass
class _Reader:
    """Goes through the lines once, without recursion: a file may nest as deeply as it likes."""

    entries: list[FileEntry] = field(default_factory=list)
    zones: list[tuple[str, str, set[str]]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=lambda: {"X-WR-TIMEZONE": "", "METHOD": ""})
    is_calendar: bool = False
    _open: list[str] = field(default_factory=list)  # the components we are in
    _entry_line: int = 0  # 0 outside of entries
    _fields: list[Field] = field(default_factory=list)

    def take(self, number: int, line: str) -> None:
        start = line[:80].strip().upper()
        if start.startswith("BEGIN:"):
            self._begin(number, start[6:].strip())
        elif start.startswith("END:"):
            self._end(start[4:].strip())
        elif self._open:
            self._take_field(number, line)

    def finish_entry(self, *, is_complete: bool) -> None:
        if self._entry_line:
            self.entries.append(FileEntry(self._entry_line, tuple(self._fields), is_complete))
        self._entry_line, self._fields = 0, []

    def _begin(self, number: int, component: str) -> None:
        if component == CALENDAR:
            self.is_calendar = True
        if component == ENTRY:
            self.finish_entry(is_complete=False)
            self._open = [CALENDAR]
            self._entry_line = number
        if component == ZONE:
            self.zones.append(("", "", set()))
        if len(self._open) < MAX_DEPTH:
            self._open.append(component)

    def _end(self, component: str) -> None:
        if component in (ENTRY, CALENDAR):
            self.finish_entry(is_complete=component == ENTRY)
        if component in self._open:
            while self._open.pop() != component:
                pass

    def _take_field(self, number: int, line: str) -> None:
        component = self._open[-1]
        name = _name_of(line)
        if component == ENTRY and self._entry_line and name in ENTRY_FIELDS:
            self._fields.append(_field(name, number, line))
        elif component == CALENDAR and name in self.about:
            self.about[name] = line.partition(":")[2].strip()
        elif ZONE in self._open and self.zones:
            self._take_zone_field(name, line.partition(":")[2].strip())

    def _take_zone_field(self, name: str, value: str) -> None:
        tzid, place, offsets = self.zones[-1]
        if name == "TZOFFSETTO":
            offsets.add(value[:10])
        self.zones[-1] = (
            value if name == "TZID" else tzid,
            value if name == "X-LIC-LOCATION" else place,
            offsets,
        )


def _name_of(line: str) -> str:
    match = _NAME.match(line[:40])
    return match.group().upper() if match else ""


def _field(name: str, number: int, line: str) -> Field:
    if name in DATE_FIELDS:
        head, _, value = line.rpartition(":")
    else:
        match = _FIELD.match(line)
        head, value = (line[: match.end() - 1], line[match.end() :]) if match else (line, "")
    parameters = {key.upper(): text.strip('" ') for key, text in _PARAMETER.findall(head[:2_000])}
    return Field(name, parameters, value.strip(), number)
