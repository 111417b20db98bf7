"""A week of recorded lessons in words: what is announced, recorded, due, gone and not gone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import OVERDUE, Recording, RecordingState
from bot.school.rules.calendar import LONDON, monday_of, spoken

WEEK = timedelta(days=7)
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
    """The lessons of one week, and those of other weeks whose recordings should be gone and are not known to be."""

    begins: date
    lessons: tuple[Recording, ...]
    overdue: tuple[Recording, ...]

    @classmethod
    def of(cls, recordings: Iterable[Recording], day: date) -> "Week":
        """The week that holds a day."""
        begins = monday_of(day)
        in_order = sorted(recordings, key=lambda recording: (recording.lesson.starts, recording.lesson.label))
        lessons = tuple(recording for recording in in_order if begins <= recording.lesson.day < begins + WEEK)
        overdue = (recording for recording in in_order if recording.state in OVERDUE and recording not in lessons)
        return cls(begins, lessons, tuple(overdue))

    @property
    def sum(self) -> str:
        """How many lessons there are and in which states, as a sum."""
        numbers = Counter(recording.state for recording in self.lessons)
        totals = {name: sum(numbers[state] for state in states) for name, states in COUNTED.items()}
        parts = [f"{number} {name}" for name, number in totals.items() if number]
        whole = "1 lesson" if len(self.lessons) == 1 else f"{len(self.lessons)} lessons"
        return f"{whole} = {' + '.join(parts)}." if parts else "No lessons with a notice in this week."


def lesson_name(recording: Recording) -> str:
    """What people call a lesson: its name, day and hour.

    >>> at = datetime(2026, 9, 8, 10, tzinfo=LONDON)
    >>> lesson_name(Recording(Lesson("", "", "Year 4 maths", at, at, 21)))
    'Year 4 maths, Tuesday 8 September, 10:00'
    """
    starts = recording.lesson.starts.astimezone(LONDON)
    label = recording.lesson.label or "A lesson whose details were erased"
    return f"{label}, {spoken(starts.date())}, {starts:%H:%M}"


def state_in_words(recording: Recording, now: datetime) -> str:
    """The state of a recording, in words with a mark before them; never by colour alone."""
    return f"{MARKS[recording.state]} {_words(recording, now)}"


_WORDS: Mapping[RecordingState, str] = {
    RecordingState.NOT_RECORDED: "not recorded{no_notice}",
    RecordingState.RECORDED: "recorded, there until {last}{no_notice}",
    RecordingState.REMINDED: "recorded, there until {last}; the teacher was reminded{no_notice}",
    RecordingState.GONE: "gone, as promised",
    RecordingState.REMOVED: "deleted",
    RecordingState.GONE_EARLY: "GONE TOO EARLY: it should have been there until {last}",
    RecordingState.LOCKED: "LOCKED by a retention label; its last day was {last}",
    RecordingState.STILL_THERE: "STILL THERE; its last day was {last}",
    RecordingState.UNCHECKED: "NOBODY KNOWS whether it is gone; its last day was {last}",
}


def _words(recording: Recording, now: datetime) -> str:
    last = _last_day(recording.lesson)
    match recording.state:
        case RecordingState.PLANNED:
            return "the notice will go up" if now < recording.lesson.starts else "the notice did NOT go up"
        case RecordingState.ANNOUNCED if now < recording.lesson.ends:
            return "announced"
        case RecordingState.ANNOUNCED:
            return f"announced; nobody has said whether it was recorded, so it counts as there until {last}"
        case RecordingState.TAKEN_BACK:
            return "the lesson is off" if recording.is_off else "the notice was taken back"
    no_notice = "" if recording.shown else "; NO notice was put up"
    return _WORDS[recording.state].format(last=last, no_notice=no_notice)


def _last_day(lesson: Lesson) -> str:
    """Its last day in words; a lesson in the year 9999 must not break the list it is in."""
    try:
        return spoken(lesson.last_day)
    except OverflowError:
        return "a day that cannot be worked out"
