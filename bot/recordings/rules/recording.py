"""The states of a recorded lesson, and all that is known of one.

    the notice | the lesson: was it recorded? ... the reminder, by day 18 ... day 21 | is it gone? | 48 hours: the head

A recording's state follows from what the ledger says about it (recording_events.py). What should happen next is
computed from that and the clock (next_step.py). docs/states.md draws the states.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.outbox.rules.message import Wording
from bot.people.rules.conversations import SentMessage
from bot.recordings.rules.lesson import Lesson, head_told_from

NOTICE_EXPECTED_FOR = timedelta(days=1)  # after its lesson


class RecordingState(StrEnum):
    """The state of a recorded lesson."""

    PLANNED = "planned"  # the notice has not gone up yet
    ANNOUNCED = "announced"  # the notice is in the lesson's chat
    TAKEN_BACK = "taken_back"  # the notice was a mistake, or the lesson is off
    NOT_RECORDED = "not_recorded"  # the lesson was not recorded
    RECORDED = "recorded"  # there is a recording, and time until its last day
    REMINDED = "reminded"  # the teacher was reminded of the last day
    GONE = "gone"  # a look after its last day found it gone, as promised
    REMOVED = "removed"  # somebody says they deleted it, or it went after the headteacher was told
    STILL_THERE = "still_there"  # its last day has passed, it is there, and the headteacher was told
    GONE_EARLY = "gone_early"  # it went before its last day
    LOCKED = "locked"  # a retention label keeps it from being deleted
    UNCHECKED = "unchecked"  # nobody can say whether it is gone


_AFTER_THE_LESSON = frozenset(
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
    RecordingState.ANNOUNCED: _AFTER_THE_LESSON
    | {RecordingState.TAKEN_BACK, RecordingState.NOT_RECORDED, RecordingState.RECORDED, RecordingState.REMINDED},
    RecordingState.TAKEN_BACK: frozenset(),
    RecordingState.NOT_RECORDED: frozenset({RecordingState.RECORDED}),
    RecordingState.RECORDED: _AFTER_THE_LESSON | {RecordingState.NOT_RECORDED, RecordingState.REMINDED},
    RecordingState.REMINDED: _AFTER_THE_LESSON | {RecordingState.NOT_RECORDED},
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
UPCOMING = frozenset({RecordingState.PLANNED, RecordingState.ANNOUNCED})  # as far as anybody has said
# There, as far as anybody knows, until its last day.
AVAILABLE = frozenset({RecordingState.ANNOUNCED, RecordingState.RECORDED, RecordingState.REMINDED})
ENDED = frozenset(
    {
        RecordingState.TAKEN_BACK,
        RecordingState.NOT_RECORDED,
        RecordingState.GONE,
        RecordingState.REMOVED,
        RecordingState.GONE_EARLY,
    }
)
# Its last day has passed, and it is not known to be gone.
OVERDUE = frozenset({RecordingState.STILL_THERE, RecordingState.LOCKED, RecordingState.UNCHECKED})


class FileState(StrEnum):
    """What a look at a recording's file finds, or what somebody says who looked."""

    THERE = "there"
    GONE = "gone"
    LOCKED = "locked"  # there, and a retention label holds it
    FORBIDDEN = "forbidden"  # we may not look


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording's file: the ids of its drive and its own, and where a person sees it."""

    drive: str
    item: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A lesson and all that is known of its recording. Days are London days; instants carry a time zone.

    `shown` is what the notice in the chat says, None while there is none, and `message` that notice itself, None if
    somebody copied it. `notices` counts how often a notice was posted or changed, `moves` how often the lesson moved.
    """

    lesson: Lesson
    state: RecordingState = RecordingState.PLANNED
    shown: Wording | None = None
    message: SentMessage | None = None
    notices: int = 0
    moves: int = 0
    is_moved_by_hand: bool = False  # by its teacher: from then on the calendar does not move it any more
    is_by_hand: bool = False  # somebody copied the notice, so it cannot be changed from here
    is_off: bool = False  # taken back because the lesson does not take place
    is_asked_recorded: bool = False  # the teacher was asked whether it was recorded
    is_answered: bool = False  # it is known whether it was recorded, by the teacher's word or by a search
    files: tuple[RecordingFile, ...] = ()
    searched_on: date | None = None  # when the tenant was last asked for recordings
    looked_on: date | None = None  # when its files were last looked at
    first_seen_on: date | None = None  # when a look first gave a result after its last day
    finding: FileState | None = None  # of the last look, or the last word of somebody who looked
    asked_gone_on: tuple[date, ...] = ()  # the days on which the teacher is asked whether it is gone
    not_yet_on: date | None = None  # when the teacher last said "not yet"
    head_told_on: date | None = None  # when the headteacher was told

    def become(self, state: RecordingState) -> "Recording":
        """The recording in another state; unchanged if it may not have that state next."""
        return replace(self, state=state) if state in MAY_BECOME[self.state] else self

    @property
    def says(self) -> Wording:
        """What the notice in the chat should say."""
        if self.state is RecordingState.TAKEN_BACK:
            return Wording("cancelled" if self.is_off else "taken_back")
        return Wording("not_recorded") if self.state is RecordingState.NOT_RECORDED else self.announces

    @property
    def announces(self) -> Wording:
        """What the notice says as long as the lesson takes place and is recorded."""
        return Wording("moved" if self.moves else "says", self.lesson.day)

    @property
    def is_notice_unconfirmed(self) -> bool:
        """Whether a notice was planned for a chat, and the ledger does not know that it went up."""
        return self.lesson.address is not None and self.shown is None

    @property
    def is_notice_wrong(self) -> bool:
        """Whether the notice in the chat says something that is not true any more, and can be changed from here."""
        return self.shown is not None and not self.is_by_hand and self.shown != self.says

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do, ever."""
        return self._is_ended and not self.is_notice_unconfirmed

    def is_open(self, now: datetime) -> bool:
        """Whether something is left to do. A notice that nobody has seen a day after its lesson is not expected."""
        is_expected = self.is_notice_unconfirmed and now <= self.lesson.ends + NOTICE_EXPECTED_FOR
        return not self._is_ended or is_expected

    @property
    def _is_ended(self) -> bool:
        is_told = self.state is not RecordingState.GONE_EARLY or self.head_told_on is not None
        return self.state in ENDED and is_told and not self.is_notice_wrong

    @property
    def is_looked_at(self) -> bool:
        """Whether its files were looked at after its last day, and the look gave a result."""
        was_looked_at = self.looked_on is not None and self.looked_on >= self.lesson.first_day_gone
        return was_looked_at and self.finding is not FileState.FORBIDDEN

    @property
    def is_there(self) -> bool:
        """Whether a look or a person found, after its last day, that it is there."""
        said_not_yet = self.not_yet_on is not None and self.not_yet_on >= self.lesson.first_day_gone
        return self.finding is FileState.THERE and (self.is_looked_at or said_not_yet)

    @property
    def head_told_from(self) -> datetime:
        """When the headteacher may be told that it is not gone: 48 hours after looking or asking began."""
        first_days = [self.first_seen_on or self.lesson.first_day_gone] if self.is_looked_at else []
        first_days += self.asked_gone_on[:1] if self.finding is not FileState.LOCKED else ()
        return head_told_from(min(first_days, default=self.lesson.first_day_gone))

    @property
    def link(self) -> str:
        """Where a person sees the recording; empty if that is not known."""
        return next((file.address for file in self.files if file.address), "")
