"""Where a recorded lesson stands, and what should happen next: from the notice to the empty shelf.

    the notice | the lesson: was it recorded? ... the reminder, by day 18 ... day 21 | is it gone? | 48 hours: the head

What a recording is follows from what the ledger says of it (rules/shelf.py); what should happen next is computed from
that and the clock, as often as one likes. docs/states.md draws the states.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.people.rules.person import Person
from bot.recordings.rules.lesson import Lesson, told_from
from bot.school.rules.calendar import LONDON, Calendar

ASKED_AFTER = timedelta(minutes=10)  # after a lesson's end
SOUGHT_AFTER = timedelta(hours=1)  # after it, and once on each of the two days that follow
FOUND_WITHIN = timedelta(hours=24)  # while the tenant may know of a recording the teacher is not asked
LAST_SOUGHT = timedelta(days=2)
ASKED_AGAIN = timedelta(days=1)  # after "not yet"
ASKED_LATER = timedelta(days=7)  # once the headteacher knows
MOST_ASKED = 4  # times
LOOKED_AGAIN, LOOKED_LATER = timedelta(days=1), timedelta(days=7)  # later is once the headteacher knows


class RecordingState(StrEnum):
    """Where a recorded lesson stands."""

    PLANNED = "planned"  # the notice has not gone up yet
    ANNOUNCED = "announced"  # the notice stands in the lesson's chat
    TAKEN_BACK = "taken_back"  # the notice was a mistake, or the lesson is off
    NOT_RECORDED = "not_recorded"  # the lesson was not recorded
    RECORDED = "recorded"  # there is a recording, and time until its last day
    REMINDED = "reminded"  # the teacher was reminded of the last day
    GONE = "gone"  # it was seen to be gone when its time was over, as promised
    REMOVED = "removed"  # somebody says they took it away, or it went after the headteacher was told
    STILL_THERE = "still_there"  # its time is over, it is there, and the headteacher was told
    GONE_EARLY = "gone_early"  # it went before its last day
    LOCKED = "locked"  # a retention label keeps it from being taken away
    UNCHECKED = "unchecked"  # nobody can say whether it is gone


_LATER = frozenset(
    {
        RecordingState.GONE,
        RecordingState.REMOVED,
        RecordingState.STILL_THERE,
        RecordingState.GONE_EARLY,
        RecordingState.LOCKED,
        RecordingState.UNCHECKED,
    }
)
MAY_BECOME: Mapping[RecordingState, frozenset[RecordingState]] = {
    RecordingState.PLANNED: frozenset(
        {RecordingState.ANNOUNCED, RecordingState.TAKEN_BACK, RecordingState.NOT_RECORDED, RecordingState.RECORDED}
    ),
    RecordingState.ANNOUNCED: _LATER
    | {RecordingState.TAKEN_BACK, RecordingState.NOT_RECORDED, RecordingState.RECORDED, RecordingState.REMINDED},
    RecordingState.TAKEN_BACK: frozenset(),
    RecordingState.NOT_RECORDED: frozenset({RecordingState.RECORDED}),
    RecordingState.RECORDED: _LATER | {RecordingState.NOT_RECORDED, RecordingState.REMINDED},
    RecordingState.REMINDED: _LATER | {RecordingState.NOT_RECORDED},
    RecordingState.GONE: frozenset(),
    RecordingState.REMOVED: frozenset(),
    RecordingState.STILL_THERE: frozenset({RecordingState.REMOVED, RecordingState.LOCKED}),
    RecordingState.GONE_EARLY: frozenset(),
    RecordingState.LOCKED: frozenset({RecordingState.REMOVED, RecordingState.STILL_THERE}),
    RecordingState.UNCHECKED: frozenset(
        {
            RecordingState.NOT_RECORDED,
            RecordingState.GONE,
            RecordingState.REMOVED,
            RecordingState.STILL_THERE,
            RecordingState.LOCKED,
        }
    ),
}
AVAILABLE = frozenset(
    {RecordingState.ANNOUNCED, RecordingState.RECORDED, RecordingState.REMINDED}
)  # as far as anybody knows, and in its time
ENDED = frozenset(
    {
        RecordingState.TAKEN_BACK,
        RecordingState.NOT_RECORDED,
        RecordingState.GONE,
        RecordingState.REMOVED,
        RecordingState.GONE_EARLY,
    }
)
# Its time is over, and it is not known to be gone.
OVERDUE = frozenset({RecordingState.STILL_THERE, RecordingState.LOCKED, RecordingState.UNCHECKED})


class FileState(StrEnum):
    """What a look at a recording's file finds, or what somebody says who looked."""

    THERE = "there"
    GONE = "gone"
    LOCKED = "locked"  # there, and a retention label holds it
    FORBIDDEN = "forbidden"  # we may not look


class Step(StrEnum):
    """What should happen next to a recording."""

    FIND = "find"  # look whether the tenant knows of a recording
    ASK_RECORDED = "ask_recorded"  # ask the teacher whether it was recorded
    LOOK = "look"  # look whether its files are there
    REMIND = "remind"  # remind the teacher of the last day
    ASK_GONE = "ask_gone"  # ask the teacher whether it is gone
    TELL = "tell"  # tell the headteacher


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording's file: the ids of its drive and its own, and where a person sees it."""

    drive: str
    item: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A lesson and all that is known of its recording. Days are London days; instants carry a zone.

    `shown` is what the notice in the chat says by now, empty while there is none; `notices` counts how often one was
    put up or changed, `moves` how often the lesson was put to another time.
    """

    lesson: Lesson
    state: RecordingState = RecordingState.PLANNED
    shown: str = ""
    message: str = ""  # the channel's id of the notice
    notices: int = 0
    moves: int = 0
    is_moved_by_hand: bool = False  # by its teacher, so that the calendar has no say any more
    is_by_hand: bool = False  # somebody copied the notice; it cannot be changed from here
    is_off: bool = False  # taken back because the lesson does not take place
    asked_recorded: bool = False
    is_answered: bool = False  # somebody said, or it was found out, whether it was recorded
    files: tuple[RecordingFile, ...] = ()
    sought_on: date | None = None  # when the tenant was last asked for recordings, in vain
    looked_on: date | None = None  # when its files were last looked at
    seen_on: date | None = None  # when a look first saw something after its time was over
    found: FileState | None = None  # by the last look or word
    asked_gone: tuple[date, ...] = ()  # the days on which the teacher is asked
    not_yet_on: date | None = None  # when the teacher last said so
    told_on: date | None = None  # the headteacher

    def become(self, state: RecordingState) -> "Recording":
        """The recording in another state; itself where it may not become that."""
        return replace(self, state=state) if state in MAY_BECOME[self.state] else self

    @property
    def says(self) -> str:
        """What the notice in the chat should say: its words' name, and the lesson's day where they hold one."""
        if self.state is RecordingState.TAKEN_BACK:
            return "cancelled" if self.is_off else "taken_back"
        return "not_recorded" if self.state is RecordingState.NOT_RECORDED else self.announces

    @property
    def announces(self) -> str:
        """What it says as long as the lesson takes place and is recorded."""
        return f"{'moved' if self.moves else 'says'}/{self.lesson.day.isoformat()}"

    @property
    def is_unseen(self) -> bool:
        """Whether nothing is known of its notice having gone up."""
        return bool(self.lesson.place) and not self.shown

    @property
    def is_misread(self) -> bool:
        """Whether the notice in the chat says something that holds no longer, and can be changed."""
        return bool(self.shown) and not self.is_by_hand and self.shown != self.says

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do, ever."""
        is_told = self.state is not RecordingState.GONE_EARLY or self.told_on is not None
        return self.state in ENDED and is_told and not self.is_misread and not self.is_unseen

    @property
    def is_seen(self) -> bool:
        """Whether its files were looked at since its time was over, and something was seen."""
        was_looked_at = self.looked_on is not None and self.looked_on >= self.lesson.over
        return was_looked_at and self.found is not FileState.FORBIDDEN

    @property
    def is_there(self) -> bool:
        """Whether somebody saw or said, since its time was over, that it is there."""
        was_said = self.not_yet_on is not None and self.not_yet_on >= self.lesson.over
        return self.found is FileState.THERE and (self.is_seen or was_said)

    @property
    def told_from(self) -> datetime:
        """From when on the headteacher is told that it is not gone: 48 hours into the day looking or asking began."""
        began = [self.seen_on or self.lesson.over] if self.is_seen else []
        began += self.asked_gone[:1] if self.found is not FileState.LOCKED else ()
        return told_from(min(began, default=self.lesson.over))

    @property
    def link(self) -> str:
        """Where a person sees the recording; empty where that is not known."""
        return next((one.address for one in self.files if one.address), "")


@dataclass(frozen=True, slots=True)
class Visibility:
    """What the school lets us see in its tenant: whether a lesson was recorded, and whether a file is there."""

    finds: bool = False
    looks: bool = False


NOTHING_VISIBLE = Visibility()


def next_step(
    one: Recording, now: datetime, calendar: Calendar, teacher: Person | None, sight: Visibility = NOTHING_VISIBLE
) -> Step | None:
    """What should happen next to a recording; None when nothing is due at this instant.

    `teacher` is None for whoever has left: then nobody is asked, and the headteacher is told.
    """
    today = now.astimezone(LONDON).date()
    if one.state is RecordingState.GONE_EARLY:
        return None if one.told_on else Step.TELL
    step = _whether_recorded(one, now, today, teacher, sight)
    if step:
        return step
    if one.state in AVAILABLE and today <= one.lesson.last:
        return _in_its_time(one, today, calendar, teacher, sight)
    if one.state in AVAILABLE | OVERDUE and today > one.lesson.last:
        return _after_its_time(one, now, today, teacher, sight)
    return None


def _whether_recorded(
    one: Recording, now: datetime, today: date, teacher: Person | None, sight: Visibility
) -> Step | None:
    since, is_open = (
        now - one.lesson.ends,
        one.state in {RecordingState.PLANNED, RecordingState.ANNOUNCED} and not one.is_answered,
    )
    is_due = since >= (FOUND_WITHIN if sight.finds else ASKED_AFTER)
    if is_open and is_due and teacher and not one.asked_recorded and today <= one.lesson.last:
        return Step.ASK_RECORDED
    may_seek = (
        sight.finds and (is_open or one.state is RecordingState.RECORDED) and today <= one.lesson.day + LAST_SOUGHT
    )
    return Step.FIND if may_seek and since >= SOUGHT_AFTER and one.sought_on != today else None


def _in_its_time(
    one: Recording, today: date, calendar: Calendar, teacher: Person | None, sight: Visibility
) -> Step | None:
    """The reminder, and just before it a look whether there is anything to remind of."""
    if teacher is None or one.state is RecordingState.REMINDED:
        return None
    if not one.lesson.is_time_to_remind(today, teacher, calendar):
        return None
    return Step.LOOK if sight.looks and one.files and one.looked_on != today else Step.REMIND


def _after_its_time(
    one: Recording, now: datetime, today: date, teacher: Person | None, sight: Visibility
) -> Step | None:
    if sight.looks and one.files and _is_time_to_look(one, today):
        return Step.LOOK
    may_ask = teacher is not None and one.state is not RecordingState.LOCKED and len(one.asked_gone) < MOST_ASKED
    if may_ask and not one.asked_gone:
        return Step.ASK_GONE
    if one.told_on is None and now >= one.told_from:
        return Step.TELL
    return Step.ASK_GONE if may_ask and _is_time_to_ask_again(one, today) else None


def _is_time_to_look(one: Recording, today: date) -> bool:
    again = LOOKED_LATER if one.told_on or one.state is RecordingState.LOCKED else LOOKED_AGAIN
    return one.looked_on is None or one.looked_on < one.lesson.over or one.looked_on + again <= today


def _is_time_to_ask_again(one: Recording, today: date) -> bool:
    """A day after "not yet"; a week after the headteacher was told."""
    last = one.asked_gone[-1]
    said = one.not_yet_on is not None and one.not_yet_on >= last and one.not_yet_on + ASKED_AGAIN <= today
    return said or (one.told_on is not None and max(last, one.told_on) + ASKED_LATER <= today)
