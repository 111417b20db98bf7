"""Which chat the card about a lesson in a calendar suggests: never one that goes by another name."""

from datetime import datetime

import pytest

from bot.people.rules.conversations import Conversation, ConversationKind
from bot.recordings.cards import found_lesson
from bot.recordings.rules.timetable import CalendarEntry
from bot.school.rules.calendar import LONDON

MEETING = "19:meeting_1"
TEN, ELEVEN = (datetime(2026, 9, 8, hour, tzinfo=LONDON) for hour in (10, 11))


@pytest.mark.parametrize(
    ("thread", "names", "suggested"),
    [
        ("19:maths", ["19:maths", "Reception", "Year 4"], "19:maths"),  # the channel it is held in
        (MEETING, ["Reception", "Year 4", MEETING], "Year 4"),
        (MEETING, ["Year 3", "Year 5", MEETING], MEETING),
        ("", ["Year 3", "Year 5"], ""),  # nowhere, until the teacher says where
        ("", [], ""),
    ],
)
def test_a_lesson_of_a_calendar_is_offered_the_chat_it_belongs_to(thread: str, names: list[str], suggested: str):
    entry = CalendarEntry("e1", "", "Year 4 maths", TEN, ELEVEN, thread=thread)
    conversations = [Conversation("msteams", name, ConversationKind.TEAM, "", "", name=name) for name in names]

    assert found_lesson(entry, "key", conversations).values["place"] == suggested
