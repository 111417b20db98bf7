"""Cards about many lessons fit into a message of Teams, and what does not fit comes on another page."""

import json
from datetime import datetime, timedelta
from typing import Any

from bot.app import LARGEST_CARD
from bot.cards import Cards
from bot.channels.teams.cards import with_fallback
from bot.desk.rules.messages import Outgoing
from bot.recordings import cards
from bot.recordings.follow_up import MOST_TOLD
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import Recording, RecordingState
from bot.recordings.rules.week import Week
from bot.school.rules.calendar import LONDON
from bot.settings import ROOT

CARDS = Cards(ROOT / "cards", with_fallback)
TEN = datetime(2026, 9, 7, 10, tzinfo=LONDON)
NOW = datetime(2026, 10, 14, 9, tzinfo=LONDON)
NAMES = {"t": "Ms Bartholomea Featherstonehaugh-Cholmondeley"}


def recordings(number: int, state: RecordingState, starts: datetime = TEN) -> list[Recording]:
    """As many, with names as long as they may be."""
    made = []
    for one in range(number):
        at = starts + timedelta(minutes=one)
        label = f"Year 4 maths, group {one:02} ".ljust(cards.LONGEST_NAME, "ü")
        made.append(Recording(Lesson(f"{one:016x}", "t", label, at, at + timedelta(hours=1), 21, "c"), state))
    return made


def filled(outgoing: Outgoing) -> dict[str, Any]:
    return CARDS.fill(outgoing.card, {**outgoing.values, "is_demo": True})


def size(outgoing: Outgoing) -> int:
    return len(json.dumps(filled(outgoing), ensure_ascii=False).encode())


def week(page: int = 0) -> Outgoing:
    late = recordings(40, RecordingState.STILL_THERE, TEN - timedelta(days=14))
    made = Week.of([*recordings(40, RecordingState.UNCHECKED), *late], TEN.date())
    return cards.week(made, NAMES, NOW, [cards.EXPIRY.format(days=21)], page)


def test_a_full_page_of_the_week_fits_into_a_message():
    shown = week()

    assert (len(shown.values["rows"]), len(shown.values["overdue"])) == (cards.MOST_ROWS, cards.MOST_OVERDUE)
    assert size(shown) < LARGEST_CARD


def test_the_next_pages_show_the_rest_of_the_week():
    rows = [str(one["name"]) for page in range(3) for one in week(page).values["rows"]]

    assert len(rows) == len(set(rows)) == 40
    assert week(2).values["has_more"] is False and "25 more of this week" in json.dumps(filled(week()))
    assert "25 more" not in json.dumps(filled(week(1)))


def test_as_many_as_the_headteacher_is_told_of_at_once_fit_into_a_message():
    told = cards.overdue(recordings(MOST_TOLD, RecordingState.STILL_THERE), NAMES, NOW, is_again=True)

    assert MOST_TOLD == 20 and size(told) < LARGEST_CARD


def test_somebodys_own_lessons_fit_into_a_message():
    assert size(cards.mine(recordings(20, RecordingState.UNCHECKED), NOW)) < LARGEST_CARD
