"""Pupils' messages are searched only where the school has assessed it, and only for the recording."""

from pathlib import Path

from bot.ask.understanding import Understanding
from bot.recordings.rules.recording import RecordingState
from bot.settings import Settings
from tests.journeys.tenant import joined
from tests.journeys.test_lessons_in_a_tenant import (
    HOUR,
    MEETING,
    TEN,
    VIDEO,
    all_on,
    confirmed,
    maths,
    only,
    take_over,
    until,
)
from tests.standins.graph_lessons import message, told


async def test_searching_pupils_messages_wants_an_assessment_and_keeps_only_the_recording(
    settings: Settings, tmp_path: Path, understanding: Understanding
):
    def change(text: str) -> str:
        return all_on(text).replace("pupils_messages = false", 'pupils_messages = "DPIA 2026-3"')

    async with joined(settings, tmp_path, understanding, change) as at:
        await take_over(at)
        lessons = at.graph.lessons
        lessons.calendars["a1"], lessons.joined[MEETING] = [maths(thread=MEETING)], 0
        await confirmed(at, place=MEETING)
        link = lessons.put("d2", "f7", name="maths.mp4", file=VIDEO)
        lessons.shares[link] = "d2/f7"
        secret = told("m1", TEN + HOUR, link)
        lessons.messages[MEETING] = [secret, message("m2", TEN + HOUR, "I hate fractions, says Tom")]
        await until(at, TEN.date(), 13)

        recording = await only(at)
        assert (recording.state, recording.files[0].item) == (RecordingState.RECORDED, "f7")
        text = "".join(entry.what.text + entry.who.text for entry in await at.context.store.entries())
        assert "fractions" not in text and "Tom" not in text
