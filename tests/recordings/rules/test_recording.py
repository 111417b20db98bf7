"""The states of a recorded lesson, and what is left to do about it."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

from bot.outbox.rules.message import Wording
from bot.recordings.rules.recording import AVAILABLE, MAY_BECOME, OVERDUE, RecordingState
from bot.settings import ROOT
from tests.recordings.rules.lessons import MESSAGE, SHOWN, TEN, lesson, recording

DAY = timedelta(days=1)


def test_every_state_but_the_last_ones_leads_somewhere_and_each_can_be_reached():
    reached = {RecordingState.PLANNED} | {state for states in MAY_BECOME.values() for state in states}

    assert set(MAY_BECOME) == set(RecordingState) == reached
    assert {state for state, states in MAY_BECOME.items() if not states} == {
        RecordingState.TAKEN_BACK,
        RecordingState.GONE,
        RecordingState.REMOVED,
        RecordingState.GONE_EARLY,
    }
    assert not AVAILABLE & OVERDUE


def test_a_recording_never_becomes_what_it_may_not():
    for state, other in product(RecordingState, RecordingState):
        after = recording(state).become(other).state
        assert after is (other if other in MAY_BECOME[state] else state)


def test_the_drawing_in_the_documents_shows_exactly_the_states_and_ways_there_are():
    text = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)", text, re.MULTILINE))
    named = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))

    assert drawn == {(state.value, next.value) for state, states in MAY_BECOME.items() for next in states}
    assert named == {state.value for state in RecordingState}


def test_a_notice_speaks_of_the_lessons_day_until_the_lesson_is_off_or_was_not_recorded():
    assert recording().says == Wording("says", TEN.date())
    assert recording(moves=1).says == Wording("moved", TEN.date())
    assert recording(RecordingState.TAKEN_BACK).says == Wording("taken_back")
    assert recording(RecordingState.TAKEN_BACK, is_off=True).says == Wording("cancelled")
    assert recording(RecordingState.NOT_RECORDED).says == Wording("not_recorded")


def test_a_notice_is_wrong_once_it_says_something_else_unless_somebody_copied_it():
    moved = recording(shown=SHOWN, message=MESSAGE, moves=1)

    assert moved.is_notice_wrong and not replace(moved, moves=0).is_notice_wrong
    assert not replace(moved, is_by_hand=True).is_notice_wrong


def test_a_notice_nobody_has_seen_a_day_after_its_lesson_is_not_expected_any_more():
    taken_back = recording(RecordingState.TAKEN_BACK)
    ends = taken_back.lesson.ends

    assert not taken_back.is_settled  # its notice may turn up
    assert taken_back.is_open(ends + DAY) and not taken_back.is_open(ends + DAY + timedelta(minutes=1))


def test_a_notice_that_is_copied_by_hand_is_never_expected():
    assert recording(RecordingState.TAKEN_BACK, lesson=lesson(address=None)).is_settled


def test_one_that_went_too_early_stays_open_until_the_headteacher_was_told():
    gone_early = recording(RecordingState.GONE_EARLY, shown=SHOWN, message=MESSAGE)

    assert gone_early.is_open(TEN + 100 * DAY) and not gone_early.is_settled
    assert replace(gone_early, head_told_on=TEN.date()).is_settled
