"""A recorded lesson from the notice until its recording is gone, over HTTP, with a clock that is moved; no tenant."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot.ask.understanding import Understanding
from bot.evidence.rules.ledger import Event, EventKind, verify
from bot.outbox.rules.message import MessageKind
from bot.recordings.rules.recording import RecordingState
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.lessons import (
    HEAD,
    IT,
    MONDAY,
    NOTICE,
    TEACHER,
    announced,
    in_class,
    kinds,
    last_message_to,
    only,
    recordings,
    sent,
    until,
)
from tests.journeys.school import School, parts, school, words


@pytest.fixture
async def at(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with school(settings, understanding) as at:
        at.now = MONDAY
        yield at


async def test_what_was_understood_is_shown_and_nothing_is_posted_before_post(at: School):
    shown = words(await at.says(TEACHER, NOTICE))

    for text in ("Year 4 maths", "Tuesday 8 September 2026, 10:00 to 11:00", "the end of Tuesday 29 September"):
        assert text in shown
    assert "Everyone in this class can watch it here until the end of Tuesday 29 September." in shown
    assert "for a period of 21 days." in shown
    await at.tick()
    assert await recordings(at) == []

    card = (await at.says(TEACHER, NOTICE))["card"]
    assert "nothing is kept" in (await at.press_on(TEACHER, card, "Cancel"))["text"]
    assert await recordings(at) == []


async def test_a_single_lesson_from_the_notice_until_its_recording_is_gone(at: School):
    left = await announced(at)
    assert "It goes up in Year 4 within a minute." in words(left)
    (notice,) = await in_class(at)
    assert notice.startswith("The lesson on Tuesday 8 September will be recorded.")
    assert (await only(at)).state is RecordingState.ANNOUNCED

    await until(at, 8, hour=11)
    assert await sent(at, MessageKind.WAS_RECORDED) == []
    await at.after(minutes=10)
    await at.tick()
    question = await last_message_to(at, TEACHER)
    assert "Was it recorded?" in question and "Year 4 maths, Tuesday 8 September, 10:00" in question
    lesson = (await only(at)).lesson.id
    reply = await at.presses(TEACHER, "was_recorded", lesson=lesson, answer="yes")
    assert "until the end of Tuesday 29 September. I will remind you on Friday 25 September." in reply["text"]

    await until(at, 24, hour=17)
    assert await sent(at, MessageKind.DUE_SOON) == []
    await until(at, 25, hour=10)
    assert len(await sent(at, MessageKind.DUE_SOON, TEACHER)) == 1
    assert (await only(at)).state is RecordingState.REMINDED

    await until(at, 29, hour=17)
    assert await sent(at, MessageKind.IS_GONE) == []
    await until(at, 30, hour=10)
    assert "Is the recording gone?" in await last_message_to(at, TEACHER)
    reply = await at.presses(TEACHER, "is_gone", lesson=lesson, answer="yes")
    assert "the recording is gone, and nothing more is needed" in reply["text"]

    await until(at, 7, 10)
    assert (await only(at)).state is RecordingState.REMOVED
    assert await sent(at, MessageKind.NOT_GONE) == []
    assert await kinds(at) == ["lesson", "announce", "ask", "record", "remind", "ask", "look"]
    verify(await at.store.entries())


async def test_not_yet_asks_again_and_then_the_headteacher_is_told(at: School):
    await announced(at)
    await until(at, 30, hour=10)
    lesson = (await only(at)).lesson.id
    reply = await at.presses(TEACHER, "is_gone", lesson=lesson, answer="no")
    assert "I will ask you once more tomorrow." in reply["text"]

    await until(at, 1, 10, hour=10)
    assert len(await sent(at, MessageKind.IS_GONE, TEACHER)) == 2
    assert await sent(at, MessageKind.NOT_GONE) == []
    await until(at, 2, 10, hour=10)
    assert len(await sent(at, MessageKind.NOT_GONE, HEAD)) == 1
    message = await last_message_to(at, HEAD)
    assert "STILL THERE; its last day was Tuesday 29 September" in message and "A class teacher" in message
    assert (await only(at)).state is RecordingState.STILL_THERE

    reply = await at.presses(HEAD, "is_gone", lesson=lesson, answer="yes")
    assert "nothing more is needed" in reply["text"]
    assert (await only(at)).state is RecordingState.REMOVED


async def test_a_teacher_who_never_answers_is_asked_and_then_the_headteacher_is_told(at: School):
    await announced(at)
    await until(at, 20, 11)

    assert (await only(at)).state is RecordingState.UNCHECKED
    assert len(await sent(at, MessageKind.WAS_RECORDED, TEACHER)) == 1
    assert len(await sent(at, MessageKind.DUE_SOON, TEACHER)) == 1
    assert len(await sent(at, MessageKind.IS_GONE, TEACHER)) == 4
    assert len(await sent(at, MessageKind.NOT_GONE, HEAD)) == 1


async def test_a_weekly_series_leaves_half_term_out_and_each_notice_goes_up_a_quarter_of_an_hour_before(at: School):
    at.now = datetime(2026, 10, 5, 9, tzinfo=LONDON)
    left = await announced(at, "recording notice for Year 4 maths every Tuesday 10am until 17 November")
    assert "a quarter of an hour before each" in words(left)
    days = [recording.lesson.day.isoformat()[5:] for recording in await recordings(at)]
    assert sorted(days) == ["10-06", "10-13", "10-20", "11-03", "11-10", "11-17"]
    assert await in_class(at) == []

    at.now = datetime(2026, 10, 6, 9, 44, tzinfo=LONDON)
    await at.tick()
    assert await in_class(at) == []
    await at.after(minutes=1)
    await at.tick()
    (notice,) = await in_class(at)
    assert notice.startswith("Today's lesson will be recorded.") and "Tuesday 27 October" in notice

    await until(at, 6, 10, hour=12)
    first = next(recording for recording in await recordings(at) if recording.shown)
    reply = await at.presses(TEACHER, "was_recorded", lesson=first.lesson.id, answer="yes")
    assert "Wednesday 28 October is in a holiday" in reply["text"]
    await until(at, 23, 10, hour=12)
    reminder = await last_message_to(at, TEACHER)
    assert "is in a holiday" in reminder and "I will ask you on Monday 2 November, when you are back." in reminder

    reply = await at.presses(TEACHER, "take_back_all", lesson=first.lesson.id)
    assert "Taken back: 3 lessons" in reply["text"]
    await until(at, 30, 11)
    assert len(await in_class(at)) == 3


async def test_a_bot_that_was_switched_off_on_day_22_catches_up(at: School):
    await announced(at)
    await until(at, 28)
    at.now = datetime(2026, 10, 5, 9, tzinfo=LONDON)
    await at.tick()
    await at.tick()

    assert len(await sent(at, MessageKind.IS_GONE, TEACHER)) == 1
    assert await sent(at, MessageKind.NOT_GONE) == []  # the teacher has two days, as they would have had
    await until(at, 7, 10, hour=10)
    assert len(await sent(at, MessageKind.NOT_GONE, HEAD)) == 1


async def test_a_recording_that_went_too_early_is_told_to_the_headteacher(at: School):
    await announced(at)
    await until(at, 8, hour=12)
    lesson = (await only(at)).lesson.id
    await at.presses(TEACHER, "was_recorded", lesson=lesson, answer="yes")
    await until(at, 25, hour=10)
    reply = await at.presses(TEACHER, "is_gone", lesson=lesson, answer="yes")
    assert "it went too early" in reply["text"]
    await until(at, 28, hour=12)

    assert (await only(at)).state is RecordingState.GONE_EARLY
    assert "GONE TOO EARLY" in await last_message_to(at, HEAD)
    await until(at, 10, 10)
    assert len(await sent(at, MessageKind.NOT_GONE, HEAD)) == 1


async def test_what_is_missing_is_asked_for_and_what_is_wrong_is_said_plainly(at: School):
    form = await at.says(TEACHER, "recording notice for Year 4 maths")
    assert "When is the lesson?" in words(form)
    wrong = await at.press_on(
        TEACHER, form["card"], "Show me", label="Year 4 maths", day="2026-09-08", begins="10:00", ends="09:00"
    )
    assert "would end before it begins" in words(wrong)
    right = await at.press_on(TEACHER, wrong["card"], "Show me", label="Year 4 maths", day="2026-09-08", begins="10:00")
    assert "10:00 to 11:00" in words(right)
    changing = await at.press_on(TEACHER, right["card"], "Change")
    assert next(part for part in parts(changing["card"]) if part.get("id") == "day")["value"] == "2026-09-08"
    weekend = words(await at.says(TEACHER, "recording notice for Year 4 maths Saturday 10am"))
    assert "Saturday 12 September is not a school day here." in weekend


async def test_a_lesson_that_is_over_can_be_kept_in_mind_without_a_notice(at: School):
    at.now = datetime(2026, 9, 8, 12, tzinfo=LONDON)
    shown = await at.says(TEACHER, "recording notice for Year 4 maths today 10am")
    assert "That lesson is over, so no notice will go up." in words(shown)
    await at.press_on(TEACHER, shown["card"], "Keep it in mind")
    assert (await only(at)).state is RecordingState.RECORDED
    assert "NO notice was put up" in words(await at.says(HEAD, "lessons"))
    await until(at, 30, hour=10)
    assert len(await sent(at, MessageKind.IS_GONE, TEACHER)) == 1


async def test_the_head_sees_each_week_and_the_it_lead_says_that_the_tenant_deletes_by_itself(at: School):
    await announced(at)
    shown = await at.says(HEAD, "lessons")
    assert "1 lesson = 1 announced." in words(shown)
    assert "-NewMeetingRecordingExpirationDays 21" in words(shown)
    before = await at.press_on(HEAD, shown["card"], "The week before")
    assert "No lessons with a notice in this week." in words(before)
    page = await at.asks("/lessons", account=HEAD, token=at.token)
    assert "Year 4 maths, Tuesday 8 September, 10:00 (A class teacher)" in page and "DEMO" in page

    request = await last_message_to(at, IT)
    assert "When Teams deletes recordings" in request and len(await sent(at, MessageKind.EXPIRY)) == 1
    await at.presses(IT, "expiry_done")
    shown = words(await at.says(HEAD, "lessons"))
    assert "since Monday 7 September 2026, Teams itself deletes new recordings" in shown
    assert "Only the IT lead" in (await at.presses(TEACHER, "expiry_done"))["text"]


async def test_the_campaigns_summary_says_what_is_wrong_with_recordings(at: School):
    await at.presses(HEAD, "publish", weight="material")
    await at.presses(HEAD, "open", audience="staff", due="2026-12-01", anyway="true")
    assert "Recorded lessons" not in words(await at.says(HEAD, "summary"))
    await announced(at)
    await until(at, 20, 10)

    summary = words(await at.says(HEAD, "summary"))
    assert "Recorded lessons: 1 not gone though their last day has passed" in summary
    assert "NewMeetingRecordingExpirationDays" not in summary  # "lessons" has the IT lead's command


async def test_my_lessons_shows_ones_own_and_what_may_be_said_about_them(at: School):
    assert "You have no lessons" in (await at.says(TEACHER, "my lessons"))["text"]
    await announced(at)
    mine = await at.says(TEACHER, "my lessons")
    opened = await at.press_on(TEACHER, mine["card"], "Open: Year 4 maths, 8 September")
    titles = [part["title"] for part in parts(opened["card"]) if part.get("type") == "Action.Execute"]
    assert titles == ["Take it back", "The lesson is off", "Another time"]
    await until(at, 8, hour=12)
    opened = await at.presses(TEACHER, "my_lesson", lesson=(await only(at)).lesson.id)
    titles = [part["title"] for part in parts(opened["card"]) if part.get("type") == "Action.Execute"]
    assert titles == ["It was recorded", "It was not recorded"]


async def test_erasing_a_teacher_takes_the_lessons_names_and_the_ledger_is_whole(at: School):
    await announced(at)
    pseudonym = (await only(at)).lesson.teacher
    assert "a lesson on Tuesday 8 September 2026, 10:00 was planned" in (await at.says(TEACHER, "my record"))["text"]
    await at.store.erase(pseudonym, Event(EventKind.ERASE, at.now, subject=pseudonym))
    await at.tick()

    assert (await only(at)).lesson.label == ""
    text = "".join(entry.who.text + entry.what.text for entry in await at.store.entries())
    assert "Year 4 maths" not in text
    verify(await at.store.entries())
