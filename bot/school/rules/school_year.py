"""Terms, closing days and INSET days from the dated entries of a calendar file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.school.rules.calendar import Calendar, Period
from bot.school.rules.calendar_entries import DatedEntry, LeftEntry
from bot.school.rules.calendar_titles import Meaning
from bot.school.rules.ics_times import ONE_DAY

# Two weeks off are 16 days with their weekends; summer holidays take six to nine weeks. Some schools call the seven
# weeks before a half-term "Autumn half term 1". The longest terms take 19 weeks; some files give half a year as one.
MAX_INSET, MAX_HALF_TERM, MAX_HOLIDAY = timedelta(days=10), timedelta(days=16), timedelta(days=70)
MIN_TERM, MAX_TERM, MAX_PAIRED_TERM = timedelta(days=12), timedelta(days=200), timedelta(days=140)
MAX_STAGGERED_START = timedelta(days=14)  # from "first day of term" to "children return"
MARKERS = frozenset({Meaning.STARTS, Meaning.RETURNS, Meaning.ENDS, Meaning.PAUSES})


@dataclass(frozen=True, slots=True)
class TakenEntry:
    """An entry that counts: as what, and on which days."""

    line: int
    title: str
    counts_as: str
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a calendar file says. Each of its entries is in `taken` or in `left`, in the order of the file."""

    terms: tuple[Period, ...] = ()
    closed: frozenset[date] = frozenset()
    inset: frozenset[date] = frozenset()
    taken: tuple[TakenEntry, ...] = ()
    left: tuple[LeftEntry, ...] = ()

    @property
    def in_doubt(self) -> tuple[LeftEntry, ...]:
        """The entries that were left alone although their titles speak of school days."""
        return tuple(entry for entry in self.left if entry.is_in_doubt)

    @property
    def closed_in_term(self) -> list[date]:
        """The weekdays of a term without school by the file; all weekdays without school if it has no terms."""
        weekdays = (day for day in sorted(self.closed) if day.weekday() < 5)
        return [day for day in weekdays if not self.terms or any(term.covers(day) for term in self.terms)]

    def added_to(self, calendar: Calendar) -> Calendar:
        """The calendar with the file's terms in place of its own, if the file has any, and the file's days added."""
        return replace(
            calendar,
            terms=self.terms or calendar.terms,
            closed=calendar.closed | self.closed,
            inset=calendar.inset | self.inset,
        )


@dataclass(frozen=True, slots=True)
class _Marker:
    """A day on which a term begins or ends, by the entry with that number."""

    day: date
    meaning: Meaning
    number: int

    @property
    def is_start(self) -> bool:
        return self.meaning in (Meaning.STARTS, Meaning.RETURNS)


def school_year(entries: Sequence[DatedEntry | LeftEntry]) -> CalendarFile:
    """What the entries say together."""
    read = [_fitting(entry) for entry in entries]
    markers = [marker for number, entry in enumerate(read) for marker in _markers(number, entry)]
    terms, used = _paired(sorted(markers, key=lambda marker: (marker.day, not marker.is_start, marker.meaning)))
    read = [_without_pair(entry) if _is_unpaired(n, entry, used) else entry for n, entry in enumerate(read)]
    dated = [entry for entry in read if isinstance(entry, DatedEntry)]
    inset = set(_days_of(dated, lambda said: Meaning.INSET in said))
    closed = set(_days_of(dated, lambda said: bool(said & {Meaning.CLOSED, Meaning.HOLIDAY, Meaning.HALF_TERM})))
    spans = [period for entry in dated if Meaning.TERM in entry.meanings for period in entry.periods]
    return CalendarFile(
        terms=_merged([*terms, *spans]),
        closed=frozenset(closed - inset),
        inset=frozenset(inset),
        taken=tuple(_taken(entry) for entry in dated),
        left=tuple(entry for entry in read if isinstance(entry, LeftEntry)),
    )


def _days_of(entries: Iterable[DatedEntry], is_meant: Callable[[frozenset[Meaning]], bool]) -> Iterator[date]:
    for entry in entries:
        if is_meant(entry.meanings):
            for period in entry.periods:
                yield from (period.begins + timedelta(days=number) for number in range(period.length.days))


def _taken(entry: DatedEntry) -> TakenEntry:
    return TakenEntry(entry.line, entry.title, " and ".join(sorted(entry.meanings)), entry.periods)


def _fitting(entry: DatedEntry | LeftEntry) -> DatedEntry | LeftEntry:
    """The entry with the one meaning its length allows; left alone if it is too long or too short for its title."""
    if isinstance(entry, LeftEntry):
        return entry
    shortest = min(period.length for period in entry.periods)
    longest = max(period.length for period in entry.periods)
    if entry.meanings == {Meaning.NUMBERED_HALF}:
        is_holiday = longest <= MAX_HALF_TERM
        entry = replace(entry, meanings=frozenset({Meaning.HALF_TERM if is_holiday else Meaning.TERM}))
    for meaning, least, most in (
        (Meaning.INSET, ONE_DAY, MAX_INSET),
        (Meaning.HALF_TERM, ONE_DAY, MAX_HALF_TERM),
        (Meaning.HOLIDAY, ONE_DAY, MAX_HOLIDAY),
        (Meaning.CLOSED, ONE_DAY, MAX_HOLIDAY),
        (Meaning.TERM, MIN_TERM, MAX_TERM),
        *((marker, ONE_DAY, ONE_DAY) for marker in MARKERS),
    ):
        if meaning in entry.meanings and not (least <= shortest and longest <= most):
            size = longest if longest > most else shortest
            why = f"its title means {meaning.value}, but it lasts {size.days} {'day' if size == ONE_DAY else 'days'}"
            return LeftEntry(entry.line, entry.title, why)
    return entry


def _markers(number: int, entry: DatedEntry | LeftEntry) -> Iterator[_Marker]:
    if isinstance(entry, DatedEntry):
        for meaning in entry.meanings & MARKERS:
            yield from (_Marker(period.begins, meaning, number) for period in entry.periods)


def _is_unpaired(number: int, entry: DatedEntry | LeftEntry, used: set[int]) -> bool:
    return isinstance(entry, DatedEntry) and bool(entry.meanings & MARKERS) and number not in used


def _without_pair(entry: DatedEntry | LeftEntry) -> DatedEntry | LeftEntry:
    """An entry whose first or last day of a term has no partner: what else it says still counts."""
    if isinstance(entry, DatedEntry) and Meaning.INSET in entry.meanings:
        return replace(entry, meanings=frozenset({Meaning.INSET}))
    is_start = isinstance(entry, DatedEntry) and entry.meanings & {Meaning.STARTS, Meaning.RETURNS}
    missing = "a last day of that term after it" if is_start else "a first day of that term before it"
    return LeftEntry(entry.line, entry.title, f"the file does not have {missing}")


def _paired(markers: Sequence[_Marker]) -> tuple[list[Period], set[int]]:
    """Terms from first days and last days, in order of their days, and the numbers of the entries that gave them.

    "School closes for half term" ends a term only if a day of return follows; without one, the half-term's own entry
    says more. "Children return" within a term, as after a half-term that is an entry, begins no new one.
    """
    terms: list[Period] = []
    used: set[int] = set()
    first: _Marker | None = None
    next_ends = _next_ends(markers)
    for index, marker in enumerate(markers):
        if marker.is_start:
            if first is None or not _is_within(first, marker, next_ends[index]):
                first = marker
            elif first.day == marker.day:
                used.add(marker.number)
        elif first and _may_end(first, marker, markers[index + 1 : index + 2]):
            terms.append(Period(first.day, marker.day))
            used |= {first.number, marker.number}
            first = None
        elif terms and terms[-1].ends == marker.day:
            used.add(marker.number)
    return terms, used


def _next_ends(markers: Sequence[_Marker]) -> list[date | None]:
    """For each marker, the next last day of a term after it."""
    next_end: date | None = None
    reversed_ends: list[date | None] = []
    for marker in reversed(markers):
        reversed_ends.append(next_end)
        next_end = marker.day if marker.meaning is Meaning.ENDS else next_end
    return reversed_ends[::-1]


def _is_within(first: _Marker, start: _Marker, next_end: date | None) -> bool:
    """Whether a day of return is within the term that began on an earlier day and has not ended yet."""
    if start.day - first.day <= MAX_STAGGERED_START:
        return True
    is_one_term = next_end is not None and next_end - first.day <= MAX_PAIRED_TERM
    return start.meaning is Meaning.RETURNS and is_one_term


def _may_end(first: _Marker, end: _Marker, following: Sequence[_Marker]) -> bool:
    """Whether a term may end on that day; `following` is the marker after it, if there is one."""
    if not ONE_DAY <= end.day - first.day <= MAX_PAIRED_TERM:
        return False
    return end.meaning is Meaning.ENDS or bool(following and following[0].is_start)


def _merged(terms: Iterable[Period]) -> tuple[Period, ...]:
    """Terms in order. Terms that overlap or touch become one, so that the last term in the list also ends last."""
    merged: list[Period] = []
    for term in sorted(terms, key=lambda term: term.begins):
        if merged and term.begins <= merged[-1].ends + ONE_DAY:
            earlier = merged.pop()
            term = Period(earlier.begins, max(earlier.ends, term.ends))
        merged.append(term)
    return tuple(merged)
