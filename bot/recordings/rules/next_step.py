"""What should happen next to a recording: computed from what is known of it and the clock, as often as you like."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.people.rules.person import Person
from bot.recordings.rules.recording import AVAILABLE, OVERDUE, UPCOMING, Recording, RecordingState
from bot.school.rules.calendar import LONDON, Calendar

ASKED_AFTER = timedelta(minutes=10)  # the lesson's end
SEARCHED_AFTER = timedelta(hours=1)  # the lesson's end, and then once on each of the next two days
FOUND_WITHIN = timedelta(hours=24)  # while the tenant may still know of a recording, the teacher is not asked
LAST_SEARCH = timedelta(days=2)  # after the lesson's day
ASKED_AGAIN = timedelta(days=1)  # after "not yet"
ASKED_LATER = timedelta(days=7)  # once the headteacher knows
MAX_QUESTIONS = 4  # whether it is gone
LOOKED_AGAIN, LOOKED_LATER = timedelta(days=1), timedelta(days=7)  # the second once the headteacher knows


class Step(StrEnum):
    """What should happen next to a recording."""

    SEARCH = "search"  # search whether the tenant has a recording
    ASK_RECORDED = "ask_recorded"  # ask the teacher whether it was recorded
    LOOK = "look"  # look whether its files are there
    REMIND = "remind"  # remind the teacher of the last day
    ASK_GONE = "ask_gone"  # ask the teacher whether it is gone
    TELL_HEAD = "tell_head"  # tell the headteacher


@dataclass(frozen=True, slots=True)
class Visibility:
    """What the school lets us see in its tenant: whether a lesson was recorded, and whether a file is there."""

    may_search: bool = False
    may_look: bool = False


NOTHING_VISIBLE = Visibility()


def next_step(
    recording: Recording,
    now: datetime,
    calendar: Calendar,
    teacher: Person | None,
    visibility: Visibility = NOTHING_VISIBLE,
) -> Step | None:
    """What should happen next to a recording; None if nothing is due at this instant.

    `teacher` is None if they have left: then nobody is asked, and the headteacher is told.
    """
    today = now.astimezone(LONDON).date()
    if recording.state is RecordingState.GONE_EARLY:
        return None if recording.head_told_on else Step.TELL_HEAD
    step = _whether_recorded(recording, now, today, teacher, visibility)
    if step:
        return step
    if recording.state in AVAILABLE and today <= recording.lesson.last_day:
        return _until_its_last_day(recording, today, calendar, teacher, visibility)
    if recording.state in AVAILABLE | OVERDUE and today > recording.lesson.last_day:
        return _after_its_last_day(recording, now, today, teacher, visibility)
    return None


def _whether_recorded(
    recording: Recording, now: datetime, today: date, teacher: Person | None, visibility: Visibility
) -> Step | None:
    lesson = recording.lesson
    since_its_end = now - lesson.ends
    is_unanswered = recording.state in UPCOMING and not recording.is_answered
    is_time_to_ask = since_its_end >= (FOUND_WITHIN if visibility.may_search else ASKED_AFTER)
    may_ask = teacher is not None and not recording.is_asked_recorded and today <= lesson.last_day
    if is_unanswered and is_time_to_ask and may_ask:
        return Step.ASK_RECORDED
    is_worth_searching = is_unanswered or recording.state is RecordingState.RECORDED
    may_search = visibility.may_search and is_worth_searching and today <= lesson.day + LAST_SEARCH
    return Step.SEARCH if may_search and since_its_end >= SEARCHED_AFTER and recording.searched_on != today else None


def _until_its_last_day(
    recording: Recording, today: date, calendar: Calendar, teacher: Person | None, visibility: Visibility
) -> Step | None:
    """The reminder, and just before it a look whether there is anything to remind of."""
    if teacher is None or recording.state is RecordingState.REMINDED:
        return None
    if not recording.lesson.is_time_to_remind(today, teacher, calendar):
        return None
    may_look = visibility.may_look and recording.files and recording.looked_on != today
    return Step.LOOK if may_look else Step.REMIND


def _after_its_last_day(
    recording: Recording, now: datetime, today: date, teacher: Person | None, visibility: Visibility
) -> Step | None:
    if visibility.may_look and recording.files and _is_time_to_look(recording, today):
        return Step.LOOK
    may_ask_more = len(recording.asked_gone_on) < MAX_QUESTIONS
    may_ask = teacher is not None and recording.state is not RecordingState.LOCKED and may_ask_more
    if may_ask and not recording.asked_gone_on:
        return Step.ASK_GONE
    if recording.head_told_on is None and now >= recording.head_told_from:
        return Step.TELL_HEAD
    return Step.ASK_GONE if may_ask and _is_time_to_ask_again(recording, today) else None


def _is_time_to_look(recording: Recording, today: date) -> bool:
    is_known = recording.head_told_on is not None or recording.state is RecordingState.LOCKED
    wait = LOOKED_LATER if is_known else LOOKED_AGAIN
    looked_on = recording.looked_on
    return looked_on is None or looked_on < recording.lesson.first_day_gone or looked_on + wait <= today


def _is_time_to_ask_again(recording: Recording, today: date) -> bool:
    """A day after "not yet", and a week after the headteacher was told."""
    last_asked_on, not_yet_on, head_told_on = recording.asked_gone_on[-1], recording.not_yet_on, recording.head_told_on
    if not_yet_on is not None and not_yet_on >= last_asked_on and not_yet_on + ASKED_AGAIN <= today:
        return True
    return head_told_on is not None and max(last_asked_on, head_told_on) + ASKED_LATER <= today
