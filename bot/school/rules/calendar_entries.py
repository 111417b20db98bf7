"""What each entry of a school's calendar file says: the days it is on, or why it is left alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.errors import BadInput
from bot.outside import clean_line
from bot.school.rules.calendar import Period
from bot.school.rules.calendar_titles import Meaning, is_cancelled, meanings
from bot.school.rules.ics_lines import Field, FileEntries, FileEntry
from bot.school.rules.ics_repeats import MAX_OCCURRENCES, Budget, read_rule, repeated
from bot.school.rules.ics_times import LAST_YEAR, ONE_DAY, Moment, Zones, checked_end, length, moment

READ_BEFORE, READ_AFTER = timedelta(days=800), timedelta(days=1200)  # around today
BEFORE_SCHOOL, AFTER_SCHOOL = time(6), time(19)
NOON = time(12)
MAX_ENTRIES = 10_000  # in one file: twenty years of a busy school
LONGEST_COUNTED = timedelta(days=70)  # longer ones are terms, whose days are not counted one by one, or are left alone
MAX_EXCEPTIONS = 2_000  # days that a repeated entry leaves out or adds
NOT_ABOUT_SCHOOL_DAYS = "its title does not clearly say that there is a term, an INSET day or a day without school"
ESCAPES = (("\\n", " "), ("\\N", " "), ("\\;", ";"), ("\\,", ","))


@dataclass(frozen=True, slots=True)
class LeftEntry:
    """An entry that changes nothing, and why. `is_in_doubt` if its title does speak of school days."""

    line: int
    title: str
    why: str
    is_in_doubt: bool = True

    @property
    def says(self) -> str:
        """Why, as a sentence with the line in the file."""
        why = self.why if self.why.startswith("line ") else f"line {self.line}: {self.why}"
        return f"L{why[1:]}."


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """An entry whose title speaks of school days, and the days it is on, by occurrence."""

    line: int
    title: str
    meanings: frozenset[Meaning]
    periods: tuple[Period, ...]


@dataclass
class _Exceptions:
    """The occurrences of a repeated entry that it leaves out, or that other entries replace."""

    days: set[date] = field(default_factory=set)
    instants: set[datetime] = field(default_factory=set)
    days_of_instants: set[date] = field(default_factory=set)  # for entries of whole days
    from_day: date | None = None  # all from this day on

    def add(self, left_out: Moment, *, is_and_future: bool = False) -> None:
        if left_out.is_day:
            self.days.add(left_out.day)
        else:
            self.instants.add(left_out.instant)
            self.days_of_instants.add(left_out.day)
        if is_and_future:
            self.from_day = min(left_out.day, self.from_day or left_out.day)

    def has(self, start: Moment) -> bool:
        if self.from_day and start.day >= self.from_day:
            return True
        of_instants = start.day in self.days_of_instants if start.is_day else start.instant in self.instants
        return of_instants or start.day in self.days


@dataclass(frozen=True, slots=True)
class _Reading:
    """What all entries of a file share while they are read."""

    zones: Zones
    zone: tzinfo | None  # the whole file's
    today: date
    is_called_off: bool
    replaced: Mapping[str, _Exceptions]  # by UID
    cancelled_series: frozenset[str]  # UIDs
    budget: Budget


def read_entries(file: FileEntries, zones: Zones, today: date) -> list[DatedEntry | LeftEntry]:
    """Every entry of the file in its order, with its days or with why it is left alone."""
    reading = _Reading(
        zones=zones,
        zone=zones.named(file.zone) if file.zone else None,
        today=today,
        is_called_off=file.method.upper() == "CANCEL",
        replaced=_replaced(file.entries[:MAX_ENTRIES], zones),
        cancelled_series=_cancelled_series(file.entries[:MAX_ENTRIES]),
        budget=Budget(),
    )
    too_many = f"the file has more than {MAX_ENTRIES:,} entries"
    surplus = [LeftEntry(entry.line, title_of(entry), too_many) for entry in file.entries[MAX_ENTRIES:]]
    return [*(_read(entry, reading) for entry in file.entries[:MAX_ENTRIES]), *surplus]


def _replaced(entries: Iterable[FileEntry], zones: Zones) -> dict[str, _Exceptions]:
    """The occurrences of each series that entries of their own replace, also where these entries are cancelled."""
    replaced: dict[str, _Exceptions] = {}
    for entry in entries:
        for recurrence in entry.all("RECURRENCE-ID"):
            try:
                start = moment(recurrence.value, recurrence, zones)
            except BadInput:
                continue  # the entry itself is left alone with this reason
            is_and_future = recurrence.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
            replaced.setdefault(_value(entry, "UID"), _Exceptions()).add(start, is_and_future=is_and_future)
    return replaced


def _cancelled_series(entries: Iterable[FileEntry]) -> frozenset[str]:
    """The UIDs of series that are cancelled as a whole."""
    series = [entry for entry in entries if entry.all("UID") and not entry.all("RECURRENCE-ID")]
    going_ahead = {_value(entry, "UID") for entry in series if not _is_cancelled(entry)}
    return frozenset(_value(entry, "UID") for entry in series) - going_ahead


def _is_cancelled(entry: FileEntry) -> bool:
    return bool(_states(entry) & {"CANCELLED", "CANCELED"}) or is_cancelled(title_of(entry))


def _states(entry: FileEntry) -> frozenset[str]:
    """What the entry says of itself; programs that add a state do not always take the one before away."""
    return frozenset(state.value.strip().upper() for state in entry.all("STATUS"))


def _read(entry: FileEntry, reading: _Reading) -> DatedEntry | LeftEntry:
    title = title_of(entry)
    if not entry.is_complete:
        return LeftEntry(entry.line, title, f"line {entry.line}: the entry has no end in the file")
    if len({summary.value for summary in entry.all("SUMMARY")}) > 1:
        return LeftEntry(entry.line, title, f"line {entry.line}: it has more than one title")
    if reading.is_called_off or _is_cancelled(entry):
        return LeftEntry(entry.line, title, "it is cancelled")
    if entry.all("RECURRENCE-ID") and _value(entry, "UID") in reading.cancelled_series:
        return LeftEntry(entry.line, title, "its series is cancelled")
    said = meanings(title)
    if not said:
        return LeftEntry(entry.line, title, NOT_ABOUT_SCHOOL_DAYS, is_in_doubt=False)
    if "TENTATIVE" in _states(entry):
        return LeftEntry(entry.line, title, "it is marked as not certain yet")
    try:
        return DatedEntry(entry.line, title, said, tuple(_periods(entry, said, reading)))
    except BadInput as error:
        return LeftEntry(entry.line, title, str(error))


def title_of(entry: FileEntry) -> str:
    """An entry's title as people write it, on one line; empty if it has none."""
    parts = _value(entry, "SUMMARY")[:2_000].split("\\\\")
    for escaped, char in ESCAPES:
        parts = [part.replace(escaped, char) for part in parts]
    return clean_line("\\".join(parts))


def _value(entry: FileEntry, name: str) -> str:
    return next((entry_field.value for entry_field in entry.all(name)), "")


def _only(entry: FileEntry, name: str) -> Field | None:
    """The field of that name; raises BadInput if there are several that differ."""
    fields = entry.all(name)
    if len({entry_field.value for entry_field in fields}) > 1:
        raise BadInput(f"line {fields[1].line}: it has {name} more than once")
    return fields[0] if fields else None


def _periods(entry: FileEntry, said: frozenset[Meaning], reading: _Reading) -> list[Period]:
    begins = _only(entry, "DTSTART")
    if begins is None:
        raise BadInput(f"line {entry.line}: it has no day")
    start = moment(begins.value, begins, reading.zones)
    size = _size(entry, start, reading.zones)
    repeats = any(entry.all(name) for name in ("RRULE", "RDATE", "EXRULE"))
    if repeats and start.zone == UTC and reading.zone:
        start = start.moved_to(reading.zone)  # it repeats on the clock of the people who made it
    starts = _starts(entry, start, reading) if repeats else [start]
    is_of_series = _only(entry, "RECURRENCE-ID")
    if is_of_series:
        moment(is_of_series.value, is_of_series, reading.zones)
        if is_of_series.parameters.get("RANGE"):
            raise BadInput(f"line {is_of_series.line}: it changes all later entries of its series, which is not read")
    periods = [_period(each_start, size, begins.line) for each_start in starts]
    since, until = reading.today - READ_BEFORE, reading.today + READ_AFTER
    periods = [period for period in periods if period.ends >= since and period.begins <= until]
    if not periods:
        raise BadInput(f"none of its days is between {since:%-d %B %Y} and {until:%-d %B %Y}")
    if not said & {Meaning.STARTS, Meaning.RETURNS, Meaning.ENDS, Meaning.PAUSES}:
        _refuse_afternoons(start, size)
    reading.budget.spend(sum(min(period.length, LONGEST_COUNTED).days for period in periods))
    return periods


def _refuse_afternoons(start: Moment, size: timedelta) -> None:
    """A day without lessons begins in the morning: "INSET" from 16:00 to 17:30 is a meeting."""
    begins = start.in_london
    is_after_noon = not start.is_day and begins.time() >= NOON
    if is_after_noon and (begins + size).date() == begins.date():
        raise BadInput(f"it only begins at {begins:%H:%M}")


def _size(entry: FileEntry, start: Moment, zones: Zones) -> timedelta:
    """How long an entry lasts. A day without an end is one day; a time without one has no length."""
    ends, lasts = _only(entry, "DTEND"), _only(entry, "DURATION")
    if ends and lasts:
        raise BadInput(f"line {lasts.line}: it has both DTEND and DURATION")
    if lasts:
        return length(lasts)
    if not ends:
        return ONE_DAY if start.is_day else timedelta()
    end = moment(ends.value, ends, zones)
    if end.is_day != start.is_day:
        raise BadInput(f"line {ends.line}: one of its ends is a day and the other a time")
    size = end.moved_to(start.zone).local - start.local
    if size < timedelta():
        raise BadInput(f"line {ends.line}: it ends before it begins")
    return size


def _period(start: Moment, size: timedelta, line: int) -> Period:
    """The days of an entry in London. An end at midnight is the end of the day before (RFC 5545, 3.6.1).

    Midnight in another zone is an hour of the night or the evening here: that part of a day closes no school.
    """
    ends_local = checked_end(start.local, size, line)
    begins, ends = start.in_london, Moment(ends_local, start.zone, is_day=start.is_day).in_london
    if ends.date() > begins.date() and ends.time() <= BEFORE_SCHOOL:
        ends -= ONE_DAY
    if ends.date() > begins.date() and begins.time() >= AFTER_SCHOOL:
        begins += ONE_DAY
    return Period(begins.date(), max(ends.date(), begins.date()))


def _starts(entry: FileEntry, start: Moment, reading: _Reading) -> list[Moment]:
    """When a repeated entry takes place, without what it leaves out and what other entries replace."""
    if exrule := _only(entry, "EXRULE"):
        raise BadInput(f"line {exrule.line}: it leaves out days by a rule, which is not read")
    rule = _only(entry, "RRULE")
    starts = _by_rule(rule, start, reading) if rule else [start]
    starts = list(dict.fromkeys([*starts, *_listed(entry, "RDATE", reading)]))
    if len(starts) > MAX_OCCURRENCES:
        raise BadInput(f"line {entry.line}: it repeats more than {MAX_OCCURRENCES} times")
    reading.budget.spend(len(starts))
    exceptions = _Exceptions()
    for left_out in _listed(entry, "EXDATE", reading):
        exceptions.add(left_out)
    others = reading.replaced.get(_value(entry, "UID")) or _Exceptions()
    remaining = [each for each in starts if not exceptions.has(each) and not others.has(each)]
    if not remaining:
        raise BadInput("all of its days are left out or replaced by other entries")
    return remaining


def _by_rule(rule_field: Field, start: Moment, reading: _Reading) -> list[Moment]:
    rule = read_rule(rule_field)
    last_day = reading.today + READ_AFTER
    until = _until(rule.until, rule_field, start, reading.zones) if rule.until else None

    def at(day: date) -> Moment:
        return Moment(datetime.combine(day, start.local.time()), start.zone, is_day=start.is_day)

    def is_over(day: date) -> bool:
        if day > last_day:
            return True
        if until is None:
            return False
        return at(day).day > until.day if start.is_day or until.is_day else at(day).instant > until.instant

    starts: list[Moment] = []
    for day in repeated(rule, start.local.date(), is_over, reading.budget):
        starts.append(at(day))
        if len(starts) > MAX_OCCURRENCES:
            raise BadInput(f"line {rule_field.line}: it repeats more than {MAX_OCCURRENCES} times")
    if not starts or starts[0] != start:
        raise BadInput(f"line {rule_field.line}: it begins on a day on which it does not repeat, or after its last one")
    return starts


def _until(text: str, rule_field: Field, start: Moment, zones: Zones) -> Moment | None:
    """The last moment of a rule; None if it is far away. A whole day counts to its end, also if midnight is given.

    Programs that know only the last day write it as its midnight, in UTC or without a zone.
    """
    if text[:4].isdecimal() and int(text[:4]) > LAST_YEAR:
        return None
    until = moment(text, Field("UNTIL", {}, text, rule_field.line), zones)
    if not until.is_day and until.local.time() == time():
        return Moment(until.local, until.zone, is_day=True)
    if not until.is_day and until.zone != UTC:
        return Moment(until.local, start.zone, is_day=False)
    return until


def _listed(entry: FileEntry, name: str, reading: _Reading) -> list[Moment]:
    """The moments in an entry's RDATE or EXDATE fields."""
    moments: list[Moment] = []
    for dates in entry.all(name):
        if dates.value.count(",") + len(moments) >= MAX_EXCEPTIONS:
            raise BadInput(f"line {dates.line}: {name} has more than {MAX_EXCEPTIONS} days")
        moments += [moment(text.strip(), dates, reading.zones) for text in dates.value.split(",") if text.strip()]
    return moments
