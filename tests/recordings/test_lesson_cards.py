"""Cards about many lessons fit into a message of Teams, and what does not fit comes on another page."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.channels.teams.cards import TeamsCards
from bot.desk.rules.messages import Outgoing
from bot.recordings import cards, list_cards
from bot.recordings.follow_up import MAX_TOLD
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import Recording, RecordingFile, RecordingState
from bot.recordings.rules.week import Week
from bot.recordings.teacher_reply import MAX_OWN_LESSONS
from bot.school.rules.calendar import LONDON
from bot.settings import ROOT

CARDS = TeamsCards(ROOT / "cards", is_demo=True)
TEN = datetime(2026, 9, 7, 10, tzinfo=LONDON)
NOW = datetime(2026, 10, 14, 9, tzinfo=LONDON)
NAMES = {"t": "Ms Bartholomea Featherstonehaugh-Cholmondeley"}


def recordings(number: int, state: RecordingState, starts: datetime = TEN) -> list[Recording]:
    """As many, with names as long as they may be."""
    lessons = [
        Lesson(
            id=f"{index:016x}",
            teacher="t",
            label=f"Year 4 maths, group {index:02} ".ljust(cards.MAX_LABEL_CHARS, "ü"),
            starts=starts + timedelta(minutes=index),
            ends=starts + timedelta(minutes=index + 60),
            kept_days=21,
        )
        for index in range(number)
    ]
    return [Recording(lesson, state) for lesson in lessons]


def words(outgoing: Outgoing) -> str:
    return json.dumps(CARDS.message(outgoing), ensure_ascii=False)


def week(page: int = 0) -> Outgoing:
    overdue = recordings(40, RecordingState.STILL_THERE, TEN - timedelta(days=14))
    week = Week.of([*recordings(40, RecordingState.UNCHECKED), *overdue], TEN.date())
    return list_cards.week_card(week, NAMES, NOW, [cards.EXPIRY.format(days=21)], page)


def test_a_full_page_of_the_week_fits_into_a_message():
    page = week()

    assert len(page.values["rows"]) == list_cards.MAX_ROWS
    assert len(page.values["overdue"]) == list_cards.MAX_OVERDUE
    assert CARDS.fits(page)


def test_the_next_pages_show_the_rest_of_the_week():
    rows = [str(row["name"]) for page in range(3) for row in week(page).values["rows"]]

    assert len(rows) == len(set(rows)) == 40
    assert not week(2).values["more"] and "25 more of this week" in words(week())
    assert "25 more" not in words(week(1))


def test_as_many_as_the_headteacher_is_told_about_at_once_fit_into_a_message():
    message = list_cards.overdue_message(recordings(MAX_TOLD, RecordingState.STILL_THERE), NAMES, NOW, is_again=True)

    assert MAX_TOLD == 20 and CARDS.fits(message)


def test_somebodys_own_lessons_fit_into_a_message():
    assert CARDS.fits(list_cards.own_lessons(recordings(MAX_OWN_LESSONS, RecordingState.UNCHECKED), NOW))


def test_somebodys_own_lessons_offer_neither_another_week_nor_another_page():
    own = words(list_cards.own_lessons(recordings(2, RecordingState.UNCHECKED), NOW))

    assert "The week before" in words(week()) and '"page"' in words(week())
    assert "The week before" not in own and '"page"' not in own


@pytest.mark.parametrize(
    ("address", "is_offered"), [("https://school.example/1", True), ("", False), ("file:///1", False)]
)
def test_a_recording_is_opened_only_by_an_address_that_starts_with_https(address: str, is_offered: bool):
    recording = replace(recordings(1, RecordingState.UNCHECKED)[0], files=(RecordingFile("drive", "item", address),))

    assert ("Action.OpenUrl" in words(cards.gone_question(recording, "the headteacher"))) is is_offered


def test_the_card_of_one_lesson_offers_what_may_still_be_said_about_it():
    def titles(state: RecordingState, now: datetime = NOW) -> list[str]:
        (recording,) = recordings(1, state)
        return [button["title"] for button in cards.one_lesson(recording, now).values["buttons"]]

    before = TEN - timedelta(hours=1)
    assert titles(RecordingState.PLANNED, before) == [
        "Take it back",
        "The lesson is off",
        "Another time",
        "I have put it up",
    ]
    assert titles(RecordingState.ANNOUNCED) == ["It was recorded", "It was not recorded"]
    assert titles(RecordingState.RECORDED) == ["It is gone", "It was not recorded"]
    assert titles(RecordingState.STILL_THERE) == ["It is gone"]
    assert titles(RecordingState.REMOVED) == []
