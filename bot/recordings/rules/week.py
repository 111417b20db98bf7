"""A week of recorded lessons in words: what is announced, recorded, due, gone and not gone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import OVERDUE, Recording, RecordingState
from bot.school.rules.calendar import LONDON, spoken

MARKS: Mapping[RecordingState, str] = {
    RecordingState.PLANNED: "○",
    RecordingState.ANNOUNCED: "◔",
    RecordingState.TAKEN_BACK: "–",
    RecordingState.NOT_RECORDED: "–",
    RecordingState.RECORDED: "◑",
    RecordingState.REMINDED: "◕",
    RecordingState.GONE: "✓",
    RecordingState.REMOVED: "✓",
    RecordingState.STILL_THERE: "!",
    RecordingState.GONE_EARLY: "!",
    RecordingState.LOCKED: "!",
    RecordingState.UNCHECKED: "?",
}
COUNTED: Mapping[str, frozenset[RecordingState]] = {
    "planned": frozenset({RecordingState.PLANNED}),
    "announced": frozenset({RecordingState.ANNOUNCED}),
    "recorded": frozenset({RecordingState.RECORDED, RecordingState.REMINDED}),
    "not recorded": frozenset({RecordingState.NOT_RECORDED}),
    "taken back": frozenset({RecordingState.TAKEN_BACK}),
    "gone": frozenset({RecordingState.GONE, RecordingState.REMOVED}),
    "gone too early": frozenset({RecordingState.GONE_EARLY}),
    "not gone": OVERDUE,
}


@dataclass(frozen=True, slots=True)
class Week:
    """The lessons of one week, and those of earlier weeks whose recordings are not gone though their time is over."""

    begins: date
    lessons: tuple[Recording, ...]
    overdue: tuple[Recording, ...]

    @classmethod
    def of(cls, recordings: Iterable[Recording], day: date) -> "Week":
        """The week that holds a day."""
        begins = day - timedelta(days=day.weekday())
        held = sorted(recordings, key=lambda one: (one.lesson.starts, one.lesson.label))
        mine = tuple(one for one in held if begins <= one.lesson.day < begins + timedelta(days=7))
        return cls(begins, mine, tuple(one for one in held if one.state in OVERDUE and one not in mine))

    @property
    def sum(self) -> str:
        """How many stand where: parts that add up."""
        held = Counter(one.state for one in self.lessons)
        parts = [(sum(held[state] for state in states), name) for name, states in COUNTED.items()]
        found = [f"{number} {name}" for number, name in parts if number]
        whole = "1 lesson" if len(self.lessons) == 1 else f"{len(self.lessons)} lessons"
        return f"{whole} = {' + '.join(found)}." if found else "No lessons with a notice in this week."


def named(one: Recording) -> str:
    """A lesson as people call it: its name, day and hour.

    >>> from bot.recordings.rules.lesson import Lesson
    >>> at = datetime(2026, 9, 8, 10, tzinfo=LONDON)
    >>> named(Recording(Lesson("", "", "Year 4 maths", at, at, 21)))
    'Year 4 maths, Tuesday 8 September, 10:00'
    """
    at = one.lesson.starts.astimezone(LONDON)
    return f"{one.lesson.label or 'A lesson whose details were erased'}, {spoken(at.date())}, {at:%H:%M}"


def standing(one: Recording, now: datetime) -> str:
    """Where a recording stands, in words with a mark before them; never by colour alone."""
    return f"{MARKS[one.state]} {_says(one, now)}"


_SAID: Mapping[RecordingState, str] = {
    RecordingState.NOT_RECORDED: "not recorded{unannounced}",
    RecordingState.RECORDED: "recorded, there until {last}{unannounced}",
    RecordingState.REMINDED: "recorded, there until {last}; the teacher was reminded{unannounced}",
    RecordingState.GONE: "gone, as promised",
    RecordingState.REMOVED: "taken away",
    RecordingState.GONE_EARLY: "GONE TOO EARLY: it should have been there until {last}",
    RecordingState.LOCKED: "LOCKED by a retention label; it should be gone since {last}",
    RecordingState.STILL_THERE: "STILL THERE; it should be gone since {last}",
    RecordingState.UNCHECKED: "NOBODY KNOWS whether it is gone; it should be since {last}",
}


def _says(one: Recording, now: datetime) -> str:
    last = _last(one.lesson)
    match one.state:
        case RecordingState.PLANNED:
            return "the notice will go up" if now < one.lesson.starts else "the notice did NOT go up"
        case RecordingState.ANNOUNCED if now < one.lesson.ends:
            return "announced"
        case RecordingState.ANNOUNCED:
            return f"announced; nobody has said whether it was recorded, so taken to be there until {last}"
        case RecordingState.TAKEN_BACK:
            return "the lesson is off" if one.is_off else "the notice was taken back"
    return _SAID[one.state].format(last=last, unannounced="" if one.shown else "; NO notice was put up")


def _last(lesson: Lesson) -> str:
    """Its last day; one that was put at the end of all time spoils no list it stands in."""
    try:
        return spoken(lesson.last)
    except OverflowError:
        return "a day that cannot be reckoned"
