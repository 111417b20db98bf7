"""A lesson on Tuesday 8 September 2026, whose day 21 is Tuesday 29 September, its teacher and their calendar."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.outbox.rules.message import Wording
from bot.people.rules.conversations import Address, SentMessage
from bot.people.rules.person import Person
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import Recording, RecordingFile, RecordingState
from bot.school.rules.calendar import LONDON, Calendar, Period

TEN = datetime(2026, 9, 8, 10, tzinfo=LONDON)
CALENDAR = Calendar(
    terms=(
        Period(date(2026, 9, 2), date(2026, 10, 23)),
        Period(date(2026, 11, 2), date(2026, 12, 18)),
        Period(date(2027, 1, 5), date(2027, 3, 24)),
    ),
    inset=frozenset({date(2026, 9, 1)}),
)
TEACHER = Person("t", "A teacher", "", "a", frozenset())
PART_TIME = replace(TEACHER, days=frozenset({0, 1}))
FILES = (RecordingFile("d", "i"),)
PLACE = Address("msteams", conversation="c")
MESSAGE = SentMessage("msteams", "c", "m")
SHOWN = Wording("says", TEN.date())


def lesson(starts: datetime = TEN, **changes: object) -> Lesson:
    usual = Lesson("l", "p", "Year 4 maths", starts, starts + timedelta(hours=1), 21, PLACE)
    return replace(usual, **changes)  # type: ignore[arg-type]


def recording(state: RecordingState = RecordingState.ANNOUNCED, starts: datetime = TEN, **changes: object) -> Recording:
    return replace(Recording(lesson(starts), state), **changes)  # type: ignore[arg-type]


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON)
