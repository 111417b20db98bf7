"""A week of recorded lessons in words: what is announced, recorded, due, gone and not gone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import OVERDUE, Recording, State
from bot.school.rules.calendar import LONDON, spoken

MARKS: Mapping[State, str] = {
    State.PLANNED: "○",
    State.ANNOUNCED: "◔",
    State.TAKEN_BACK: "–",
    State.NOT_RECORDED: "–",
    State.RECORDED: "◑",
    State.REMINDED: "◕",
    State.GONE: "✓",
    State.REMOVED: "✓",
    State.STILL_THERE: "!",
    State.GONE_EARLY: "!",
    State.LOCKED: "!",
    State.UNCHECKED: "?",
}
COUNTED: Mapping[str, frozenset[State]] = {
    "planned": frozenset({State.PLANNED}),
    "announced": frozenset({State.ANNOUNCED}),
    "recorded": frozenset({State.RECORDED, State.REMINDED}),
    "not recorded": frozenset({State.NOT_RECORDED}),
    "taken back": frozenset({State.TAKEN_BACK}),
    "gone": frozenset({State.GONE, State.REMOVED}),
    "gone too early": frozenset({State.GONE_EARLY}),
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


_SAID: Mapping[State, str] = {
    State.NOT_RECORDED: "not recorded{unannounced}",
    State.RECORDED: "recorded, there until {last}{unannounced}",
    State.REMINDED: "recorded, there until {last}; the teacher was reminded{unannounced}",
    State.GONE: "gone, as promised",
    State.REMOVED: "taken away",
    State.GONE_EARLY: "GONE TOO EARLY: it should have been there until {last}",
    State.LOCKED: "LOCKED by a retention label; it should be gone since {last}",
    State.STILL_THERE: "STILL THERE; it should be gone since {last}",
    State.UNCHECKED: "NOBODY KNOWS whether it is gone; it should be since {last}",
}


def _says(one: Recording, now: datetime) -> str:
    last = _last(one.lesson)
    match one.state:
        case State.PLANNED:
            return "the notice will go up" if now < one.lesson.starts else "the notice did NOT go up"
        case State.ANNOUNCED if now < one.lesson.ends:
            return "announced"
        case State.ANNOUNCED:
            return f"announced; nobody has said whether it was recorded, so taken to be there until {last}"
        case State.TAKEN_BACK:
            return "the lesson is off" if one.is_off else "the notice was taken back"
    return _SAID[one.state].format(last=last, unannounced="" if one.shown else "; NO notice was put up")


def _last(lesson: Lesson) -> str:
    """Its last day; one that was put at the end of all time spoils no list it stands in."""
    try:
        return spoken(lesson.last)
    except OverflowError:
        return "a day that cannot be reckoned"
