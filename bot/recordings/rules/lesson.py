"""A lesson whose recording children are told about. `last_day.py` says for how long it is kept."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.people.rules.conversations import Address
from bot.people.rules.person import Person
from bot.recordings.rules.last_day import last_day_of
from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.school.rules.calendar import LONDON, Calendar

GRACE = timedelta(hours=48)  # from the first look or question, until the headteacher is told
REMINDED_BEFORE = timedelta(days=3)  # the last day
MAX_WEEKS = 52  # of a series
SERIES_WITHOUT_TERMS = timedelta(weeks=6) - timedelta(days=1)  # how long a series is if no term is known
WEEKEND = timedelta(days=3)  # a longer wait for a working day is a holiday


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as it was planned. Instants carry a time zone.

    Its recording is promised to be there for `kept_days`. `teacher` is a pseudonym. `label` is empty once the teacher's
    details were erased. `address` is the conversation its notice goes to, None if the teacher copies it by hand.
    `series` joins lessons that repeat. `source` is the calendar's id of it and `thread` the conversation it was held
    in, both empty if it did not come from a calendar.
    """

    id: str
    teacher: str
    label: str
    starts: datetime
    ends: datetime
    kept_days: int
    address: Address | None = None
    series: str = ""
    source: str = ""
    thread: str = ""

    @property
    def conversation(self) -> str:
        """The id of the conversation its notice goes to; empty if the teacher copies it by hand."""
        return self.address.conversation if self.address else ""

    @property
    def recorded_in(self) -> str:
        """The id of the conversation in which its recording is expected; empty if none is known."""
        return self.thread or self.conversation

    @property
    def is_posted_shortly_before(self) -> bool:
        """Whether its notice goes up shortly before it, as those of series and of calendars do, and not at once."""
        return bool(self.series or self.source)

    @property
    def day(self) -> date:
        """Day 0: the lesson's day in London.

        >>> at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
        >>> Lesson("", "", "", at, at, 21).day
        datetime.date(2026, 7, 2)
        """
        return self.starts.astimezone(LONDON).date()

    @property
    def last_day(self) -> date:
        """The last day on which the recording is there, to its end."""
        return last_day_of(self.day, self.kept_days)

    @property
    def first_day_gone(self) -> date:
        """The first day on which the recording should be gone."""
        return self.last_day + timedelta(days=1)

    def on(self, day: date) -> "Lesson":
        """The lesson as if it began on another day, at the same London time."""
        return replace(self, starts=datetime.combine(day, self.starts.astimezone(LONDON).time(), LONDON))

    def reminded_on(self, teacher: Person, calendar: Calendar) -> date | None:
        """The teacher's last working day after the lesson, up to three days before the last day; None if there is none.

        >>> at = datetime(2026, 9, 7, 10, tzinfo=LONDON)
        >>> part_time = Person("", "", "", "", frozenset(), days=frozenset({0, 1}))
        >>> Lesson("", "", "", at, at, 21).reminded_on(part_time, Calendar())  # by Friday 25 September
        datetime.date(2026, 9, 22)
        """
        days = (self.day + timedelta(days=number) for number in range(self.kept_days - REMINDED_BEFORE.days, 0, -1))
        return next((day for day in days if calendar.may_be_written_to(teacher, day)), None)

    def is_time_to_remind(self, today: date, teacher: Person, calendar: Calendar) -> bool:
        """Whether today is the day of the reminder, or a later one up to the last if that day was missed."""
        if not (self.day < today <= self.last_day and calendar.may_be_written_to(teacher, today)):
            return False
        days_left = range(1, (self.last_day - REMINDED_BEFORE - today).days + 1)
        return not any(calendar.may_be_written_to(teacher, today + timedelta(days=number)) for number in days_left)

    def teacher_is_back_on(self, teacher: Person, calendar: Calendar) -> date | None:
        """The teacher's first working day on which it should be gone; None if none is known."""
        moment = calendar.first_moment_after(teacher, self.last_day)
        return moment.date() if moment else None

    def is_over_in_a_holiday(self, teacher: Person, calendar: Calendar) -> bool:
        """Whether the teacher's first working day on which it should be gone is later than after a weekend."""
        day = self.teacher_is_back_on(teacher, calendar)
        return day is None or day - self.first_day_gone > WEEKEND


def lessons_of(
    parsed: ParsedLesson,
    teacher: str,
    address: Address | None,
    kept_days: int,
    usual_length: timedelta,
    calendar: Calendar,
) -> tuple[Lesson, ...]:
    """The lesson that was described, or every lesson of a weekly series; none unless name, day and hour are known.

    The same words of the same teacher give the same ids, so a second press plans nothing twice.
    """
    if not parsed.label or parsed.day is None or parsed.begins is None:
        return ()
    days = weekly(parsed.day, parsed.until, calendar) if parsed.is_weekly else (parsed.day,)
    series = _id(teacher, parsed.label, "weekly", days[0].isoformat()) if parsed.is_weekly and days else ""
    lessons = []
    for day in days:
        starts = datetime.combine(day, parsed.begins, LONDON)
        ends = datetime.combine(day, parsed.ends, LONDON) if parsed.ends else starts + usual_length
        id = _id(teacher, parsed.label, starts.isoformat())
        lessons.append(Lesson(id, teacher, parsed.label, starts, ends, kept_days, address, series))
    return tuple(lessons)


def _id(*parts: str) -> str:
    return hashlib.sha256("\n".join(part.casefold() for part in parts).encode()).hexdigest()[:16]


def weekly(first: date, until: date | None, calendar: Calendar) -> tuple[date, ...]:
    """The days of a weekly lesson: the same weekday, only on days with lessons, so never in a half-term.

    Without a last day it goes on to the end of the term, or for six weeks if no term is known.

    >>> weekly(date(2026, 12, 11), date(2027, 1, 10), Calendar())  # New Year's Day is a Friday
    (datetime.date(2026, 12, 11), datetime.date(2026, 12, 18), datetime.date(2027, 1, 8))
    """
    term = calendar.term_of(first)
    end = until or (term.ends if term else first + SERIES_WITHOUT_TERMS)
    days = (first + timedelta(weeks=number) for number in range(MAX_WEEKS))
    return tuple(day for day in days if day <= end and calendar.are_pupils_in(day))


def head_told_from(first_day: date) -> datetime:
    """When the headteacher may be told: 48 hours after the beginning of the day on which looking or asking began.

    >>> head_told_from(date(2026, 10, 25)).isoformat()  # the clocks go back
    '2026-10-26T23:00:00+00:00'
    """
    return datetime.combine(first_day, time(), LONDON).astimezone(UTC) + GRACE
