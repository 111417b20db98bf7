"""A teacher plans a notice: it is shown first, nothing is posted before Post, and nothing is planned twice."""

from datetime import datetime

import pytest

from bot.desk.rules.messages import Outgoing
from bot.errors import BadInput, NotAllowed
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.conversations import Address, Conversation, ConversationKind
from bot.people.rules.person import Person, Role
from bot.recordings.rules.recording import RecordingState
from bot.school.rules.calendar import LONDON
from tests.recordings.little_school import (
    CHANNEL,
    CLASS,
    HEAD,
    HOUR,
    IT,
    MONDAY,
    NOTICE,
    OTHER,
    TEACHER,
    TEN,
    YEAR_4,
    LittleSchool,
    texts_in,
)


@pytest.fixture
async def school() -> LittleSchool:
    school = LittleSchool()
    await school.store.keep_conversation(YEAR_4)
    return school


async def preview(school: LittleSchool, text: str = NOTICE, person: Person = TEACHER) -> Outgoing:
    outgoing = await school.sees(person, text)
    assert outgoing
    return outgoing


async def test_what_was_understood_and_what_children_read_is_shown_and_nothing_is_planned(school: LittleSchool):
    shown = await preview(school)

    assert shown.card == "announcing" and shown.values["place"] == CLASS
    assert {"title": "When", "value": "Tuesday 8 September 2026, 10:00 to 11:00"} in shown.values["facts"]
    assert "until the end of Tuesday 29 September" in shown.values["says"]
    assert "21 days" in shown.values["quote"]
    assert await school.recordings() == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("recording notice for Year 4 maths", "When is the lesson?"),
        ("recording notice tomorrow 10am", "What is the lesson called?"),
        (f"recording notice for {'x' * 61} tomorrow 10am", "60 characters or fewer"),
        ("recording notice for Year 4 maths 9 September 2029 10am", "more than a year ahead"),
        ("recording notice for maths every Saturday 10am", "No lesson falls on a school day"),
    ],
)
async def test_the_form_asks_for_what_is_missing_or_wrong(school: LittleSchool, text: str, problem: str):
    shown = await preview(school, text)

    assert shown.card == "planning" and problem in shown.values["problem"]


async def test_a_question_about_notices_is_not_a_request_for_one(school: LittleSchool):
    assert await school.sees(TEACHER, "recording notices - who may post them?") is None
    assert await school.sees(IT, "recording notices?") is None


async def test_only_people_who_teach_may_plan_a_notice(school: LittleSchool):
    governor = Person("g", "A governor", "", "g", frozenset({Role.GOVERNOR}))

    with pytest.raises(NotAllowed, match="announce that a lesson is recorded"):
        await school.sees(governor, NOTICE)
    for verb in ("notice", "notice_preview", "notice_post", "notice_copy", "notice_track", "notice_cancel"):
        with pytest.raises(NotAllowed):
            await school.sees(governor, verb=verb)


async def test_post_plans_the_lesson_where_the_teacher_chose(school: LittleSchool):
    left = await school.plan()

    recording = await school.recording()
    assert "It goes up in Year 4 within a minute." in left.text
    assert recording.state is RecordingState.PLANNED
    assert recording.lesson.address == Address(CHANNEL, conversation=CLASS)
    (facts,) = await school.facts_of(EventKind.LESSON)
    assert (facts["place"], facts["channel"], facts["kept"]) == (CLASS, CHANNEL, 21)
    assert school.heartbeat.wanted.is_set()


async def test_a_second_press_plans_nothing_twice(school: LittleSchool):
    await school.plan()

    assert "planned already, for Year 4" in (await school.plan()).text
    assert len(await school.recordings()) == 1


async def test_a_second_teacher_of_the_same_lesson_hears_that_there_is_a_notice(school: LittleSchool):
    await school.plan()

    with pytest.raises(BadInput, match="already a notice for a lesson at that time"):
        await school.plan(person=OTHER)


async def test_words_that_were_taken_back_can_be_planned_again(school: LittleSchool):
    await school.plan()
    await school.reply(TEACHER, verb="take_back", lesson=(await school.recording()).lesson.id)

    await school.plan()

    first, second = await school.recordings()
    assert second.lesson.id == f"{first.lesson.id}-2"


async def test_a_series_is_planned_on_school_days_to_come(school: LittleSchool):
    school.now = datetime(2026, 10, 6, 12, tzinfo=LONDON)  # today's lesson is over
    left = await school.plan("recording notice for Year 4 maths every Tuesday 10am until 17 November")

    days = [recording.lesson.day.isoformat()[5:] for recording in await school.recordings()]
    assert days == ["10-13", "10-20", "11-03", "11-10", "11-17"]
    assert "a quarter of an hour before each" in left.text


async def test_a_place_the_bot_or_the_teacher_has_left_is_refused(school: LittleSchool):
    shown = await preview(school)

    with pytest.raises(BadInput, match="choose another place; nothing was posted"):
        await school.sees(TEACHER, verb="notice_post", **texts_in(shown.values), place="19:elsewhere")
    assert await school.recordings() == ()


async def test_the_chat_of_a_meeting_is_not_offered_to_a_teacher_who_types(school: LittleSchool):
    meeting = Conversation(CHANNEL, "19:meeting_1", ConversationKind.MEETING, "", "", name="Maths")
    await school.store.keep_conversation(meeting)

    shown = await preview(school)

    assert [place["value"] for place in shown.values["places"]] == [CLASS]


async def test_copy_gives_the_words_and_plans_the_lesson_without_a_chat(school: LittleSchool):
    shown = await preview(school)
    copy = await school.reply(TEACHER, verb="notice_copy", **texts_in(shown.values))

    assert "Everyone in this class can watch it here" in copy and "Our promise" in copy
    assert (await school.recording()).lesson.address is None


async def test_a_lesson_that_is_over_can_be_followed_without_a_notice(school: LittleSchool):
    school.now = TEN + 2 * HOUR
    shown = await preview(school, "recording notice for Year 4 maths today 10am")
    assert shown.values["places"] == [] and "no notice will go up" in shown.text

    reply = await school.reply(TEACHER, verb="notice_track", **texts_in(shown.values))

    assert "until the end of Tuesday 29 September" in reply
    assert (await school.recording()).state is RecordingState.RECORDED


async def test_cancel_keeps_nothing(school: LittleSchool):
    assert "nothing is kept" in await school.reply(TEACHER, verb="notice_cancel")
    assert await school.store.entries() == ()


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({"day": "2026-09-08", "begins": "10:00", "ends": "09:00"}, "would end before it begins"),
        ({"day": "tomorrow", "begins": "10:00"}, "Please choose a day, and an hour"),
        ({"day": "2026-09-08", "begins": "10:00+05:00"}, "Please choose a day, and an hour"),
        ({"day": "2026-09-08", "begins": "10:00", "until": "2026-09-01"}, "last day of the series is before the first"),
    ],
)
async def test_a_form_that_makes_no_sense_comes_back_with_a_sentence(school: LittleSchool, inputs, problem):
    shown = await school.sees(TEACHER, verb="notice_preview", label="Art", **inputs)

    assert shown and shown.card == "planning" and problem in shown.values["problem"]


async def test_a_day_without_lessons_is_pointed_out(school: LittleSchool):
    shown = await preview(school, "recording notice for Year 4 maths Saturday 10am")

    assert shown.values["warnings"] == [{"text": "Saturday 12 September is not a school day here."}]


async def test_the_headteacher_may_plan_a_notice_as_well(school: LittleSchool):
    assert school.now == MONDAY
    assert (await preview(school, person=HEAD)).card == "announcing"
