"""A lesson whose recording children are told of, and the days of the promise.

"I will inform children that any online learning will be recorded and available on the chat function for everyone to
access and view, for a period of 21 days" (AUP-professional.8). Day 0 is the lesson's day in London; the recording is
there through the end of the last day, and no longer.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import PolicyFileError
from bot.people.rules.person import Person
from bot.recordings.rules.parsed_lesson import ParsedLesson
from bot.school.rules.calendar import LONDON, Calendar
from bot.school.rules.documents import Clause

GRACE = timedelta(hours=48)  # from the first look, until the headteacher is told
REMINDED_BEFORE = timedelta(days=3)  # the last day
MOST_WEEKS = 52
WITHOUT_TERMS = timedelta(weeks=6) - timedelta(days=1)
WEEKEND = timedelta(days=3)  # a longer wait for a working day is a holiday
_DAYS = re.compile(r"\b(\d{1,3}) days\b")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as it was planned. Instants carry a zone; `kept` is how many days its recording is promised to be there.

    `teacher` is a pseudonym; `label` is empty once the teacher's details were erased. `place` is the conversation the
    notice stands in, empty where somebody copies it; `series` joins lessons that repeat; `source` is the calendar's
    id of it and `thread` the meeting's own conversation, where it came from one.
    """

    id: str
    teacher: str
    label: str
    starts: datetime
    ends: datetime
    kept: int
    place: str = ""
    series: str = ""
    source: str = ""
    thread: str = ""

    @property
    def day(self) -> date:
        """Day 0: the lesson's day in London.

        >>> at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
        >>> Lesson("", "", "", at, at, 21).day
        datetime.date(2026, 7, 2)
        """
        return self.starts.astimezone(LONDON).date()

    @property
    def last(self) -> date:
        """The last day on which the recording is there, to its end.

        >>> at = datetime(2026, 10, 20, 10, tzinfo=LONDON)
        >>> Lesson("", "", "", at, at, 21).last  # across the end of summer time
        datetime.date(2026, 11, 10)
        """
        return self.day + timedelta(days=self.kept)

    @property
    def over(self) -> date:
        """The first day on which the recording should be gone."""
        return self.last + timedelta(days=1)

    def reminded_on(self, teacher: Person, calendar: Calendar) -> date | None:
        """The teacher's last working day between the lesson and three days before the last; None where there is none.

        >>> at = datetime(2026, 9, 7, 10, tzinfo=LONDON)
        >>> part_time = Person("", "", "", "", frozenset(), days=frozenset({0, 1}))
        >>> Lesson("", "", "", at, at, 21).reminded_on(part_time, Calendar())  # by Friday 25 September
        datetime.date(2026, 9, 22)
        """
        days = (self.day + timedelta(days=number) for number in range(self.kept - REMINDED_BEFORE.days, 0, -1))
        return next((day for day in days if calendar.may_be_written_to(teacher, day)), None)

    def is_time_to_remind(self, today: date, teacher: Person, calendar: Calendar) -> bool:
        """Whether today is that day, or the first one after it where it was missed and the last has not gone by."""
        if not (self.day < today <= self.last and calendar.may_be_written_to(teacher, today)):
            return False
        left = range(1, (self.last - REMINDED_BEFORE - today).days + 1)
        return not any(calendar.may_be_written_to(teacher, today + timedelta(days=number)) for number in left)

    def answered_on(self, teacher: Person, calendar: Calendar) -> date | None:
        """The teacher's first working day on which it should be gone; None where none is known."""
        at = calendar.next_to_write(teacher, self.last)
        return at.date() if at else None

    def is_over_in_a_holiday(self, teacher: Person, calendar: Calendar) -> bool:
        """Whether the day on which it should be gone is further from a working day of the teacher's than a weekend."""
        day = self.answered_on(teacher, calendar)
        return day is None or day - self.over > WEEKEND


def planned(
    meant: ParsedLesson, teacher: str, place: str, kept: int, lasts: timedelta, calendar: Calendar
) -> tuple[Lesson, ...]:
    """The lesson that is meant, or all of a weekly series; none where its name, day or hour is not known.

    The same words of the same teacher make the same ids, so that a second press plans nothing twice.
    """
    if not meant.label or meant.day is None or meant.begins is None:
        return ()
    days = weekly(meant.day, meant.until, calendar) if meant.is_weekly else (meant.day,)
    series = _id(teacher, meant.label, "weekly", days[0].isoformat()) if meant.is_weekly and days else ""
    found = []
    for day in days:
        starts = datetime.combine(day, meant.begins, LONDON)
        ends = datetime.combine(day, meant.ends, LONDON) if meant.ends else starts + lasts
        id = _id(teacher, meant.label, starts.isoformat())
        found.append(Lesson(id, teacher, meant.label, starts, ends, kept, place, series))
    return tuple(found)


def _id(*parts: str) -> str:
    return hashlib.sha256("\n".join(one.casefold() for one in parts).encode()).hexdigest()[:16]


def weekly(first: date, until: date | None, calendar: Calendar) -> tuple[date, ...]:
    """The days of a weekly lesson: the same weekday, on days with lessons only, so never in a half-term.

    Without a last day it goes on to the end of the term, or for six weeks where no term is known.

    >>> weekly(date(2026, 12, 11), date(2027, 1, 10), Calendar())  # New Year's Day is a Friday
    (datetime.date(2026, 12, 11), datetime.date(2026, 12, 18), datetime.date(2027, 1, 8))
    """
    term = calendar.term_of(first)
    end = until or (term.ends if term else first + WITHOUT_TERMS)
    days = (first + timedelta(weeks=number) for number in range(MOST_WEEKS))
    return tuple(day for day in days if day <= end and calendar.are_pupils_in(day))


def told_from(checked: date) -> datetime:
    """From when on the headteacher is told: 48 hours by the clock into the day on which looking began.

    >>> told_from(date(2026, 10, 25)).isoformat()  # the clocks go back
    '2026-10-26T23:00:00+00:00'
    """
    return datetime.combine(checked, time(), LONDON).astimezone(UTC) + GRACE


def kept_for(clause: Clause) -> timedelta:
    """How long a recording is there, in the clause's own number; raises PolicyFileError where it names none.

    >>> from bot.school.rules.documents import Modality
    >>> text = "available on the chat function for everyone to access and view, for a period of 21 days."
    >>> kept_for(Clause("C", "", "", "", text, Modality.MUST, frozenset(), ())).days
    21
    """
    found = _DAYS.search(clause.text)
    if found is None or not int(found[1]):
        raise PolicyFileError(f"{clause.id} does not say for how many days a recording is available.")
    return timedelta(days=int(found[1]))
