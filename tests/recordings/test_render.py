"""What a message about a lesson says is decided when it goes out, and nothing goes out that nobody needs any more."""

from dataclasses import replace

import pytest

from bot.desk.rules.messages import Outgoing
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import Message, MessageKind, Subject, Wording
from bot.recordings.rules.notices import SEEN_TWICE
from tests.recordings.little_school import CLASS, DAY, HEAD, HOUR, IT, TEACHER, TEN, LittleSchool


@pytest.fixture
async def school() -> LittleSchool:
    """A lesson whose notice is planned."""
    school = LittleSchool()
    await school.plan()
    return school


async def render(school: LittleSchool, message: Message) -> Outgoing | None:
    return await (await school.lessons.renderers())[message.kind](message)


async def text_of(school: LittleSchool, message: Message) -> str:
    outgoing = await render(school, message)
    assert outgoing
    return outgoing.text


async def message(school: LittleSchool, kind: MessageKind, **changes: object) -> Message:
    """A message to the teacher about the only lesson."""
    lesson = (await school.recording()).lesson
    usual = Message(kind, Subject(recording=lesson.id), lesson.teacher, lesson.day)
    return replace(usual, **changes)  # type: ignore[arg-type]


async def press(school: LittleSchool, verb: str, answer: str = "", **inputs: str) -> None:
    id = (await school.recording()).lesson.id
    await school.reply(TEACHER, verb=verb, lesson=id, answer=answer, **inputs)


async def announce(school: LittleSchool) -> None:
    for _ in range(2):
        await school.lessons.duties()["post_notices"]()
        await school.arrives(MessageKind.NOTICE)


async def test_a_notice_speaks_of_today_on_the_lessons_day_and_says_if_it_may_be_the_second(school: LittleSchool):
    notice = await message(school, MessageKind.NOTICE, recipient="")
    school.now = TEN - HOUR

    assert (await text_of(school, notice)).startswith("Today's lesson will be recorded.")
    assert SEEN_TWICE in await text_of(school, replace(notice, tries=1))


async def test_a_notice_for_a_time_the_lesson_has_no_longer_is_not_wanted(school: LittleSchool):
    notice = await message(school, MessageKind.NOTICE, recipient="")
    await press(school, "move", day="2026-09-10", begins="10:00", ends="11:00")

    assert await render(school, notice) is None
    moved = replace(notice, subject=replace(notice.subject, number=1))
    assert "Thursday 10 September" in await text_of(school, moved)
    await press(school, "take_back")
    assert await render(school, moved) is None


async def test_a_change_is_wanted_only_while_it_says_what_the_notice_should_say(school: LittleSchool):
    await announce(school)
    change = await message(school, MessageKind.EDIT, recipient="", wording=Wording("taken_back"))
    assert await render(school, change) is None

    await press(school, "take_back")
    assert await text_of(school, change) == "This notice was put here by mistake."
    assert await render(school, replace(change, wording=Wording("cancelled"))) is None


async def test_a_notice_to_copy_is_not_needed_once_it_is_up(school: LittleSchool):
    copy = await message(school, MessageKind.COPY, words="I could not.")
    assert "I could not." in await text_of(school, copy) and "Our promise" in await text_of(school, copy)

    await press(school, "copied")
    assert await render(school, copy) is None


async def test_a_notice_to_change_says_why_and_what_it_should_say(school: LittleSchool):
    await press(school, "take_back", "off")
    request = await message(school, MessageKind.MEND, words="the chat is gone")

    text = await text_of(school, request)
    assert "(the chat is gone)" in text and "This lesson does not take place" in text


async def test_whether_it_was_recorded_is_not_asked_once_it_is_known(school: LittleSchool):
    question = await message(school, MessageKind.WAS_RECORDED)
    school.now = TEN + 2 * HOUR
    assert "Was it recorded?" in await text_of(school, question)

    await press(school, "was_recorded", "yes")
    assert await render(school, question) is None


async def test_the_reminder_is_for_those_who_were_to_be_reminded_up_to_the_last_day(school: LittleSchool):
    await announce(school)
    reminder = await message(school, MessageKind.DUE_SOON)
    assert await render(school, reminder) is None

    await school.book.write(EventKind.REMIND, await school.recording(), {})
    school.now = TEN + 21 * DAY
    assert "should be gone from Wednesday 30 September" in await text_of(school, reminder)
    school.now += DAY
    assert await render(school, reminder) is None


async def test_whether_it_is_gone_is_not_asked_once_it_is(school: LittleSchool):
    await announce(school)
    question = await message(school, MessageKind.IS_GONE)
    school.now = TEN + 22 * DAY
    text = await text_of(school, question)
    assert "Its 21 days ended with Tuesday 29 September." in text
    assert "If it is still there on Friday 2 October, I will tell the headteacher" in text

    await press(school, "is_gone", "yes")
    assert await render(school, question) is None


async def test_the_headteacher_is_told_only_what_is_still_not_as_promised(school: LittleSchool):
    await announce(school)
    id = (await school.recording()).lesson.id
    head = await school.context.pseudonym(HEAD)
    news = await message(school, MessageKind.NOT_GONE, subject=Subject(name="batch"), recipient=head, recordings=(id,))
    assert await render(school, news) is None

    school.now = TEN + 25 * DAY
    await school.context.write(EventKind.TELL, "tell/batch", facts={"lessons": [id]})
    assert "NOBODY KNOWS whether it is gone" in await text_of(school, news)
    await press(school, "is_gone", "yes")
    assert await render(school, news) is None


async def test_the_it_lead_is_not_asked_about_the_expiry_once_it_is_set(school: LittleSchool):
    request = await message(school, MessageKind.EXPIRY, subject=Subject(name="expiry"))
    assert "-NewMeetingRecordingExpirationDays 21" in await text_of(school, request)

    await school.reply(IT, verb="expiry_done")
    assert await render(school, request) is None


QUESTIONS = (MessageKind.COPY, MessageKind.MEND, MessageKind.WAS_RECORDED, MessageKind.DUE_SOON, MessageKind.IS_GONE)


@pytest.mark.parametrize("kind", QUESTIONS)
async def test_somebody_who_is_not_on_the_staff_list_gets_no_question(school: LittleSchool, kind: MessageKind):
    school.roster.listed = school.roster.listed[1:]

    assert await render(school, await message(school, kind)) is None


@pytest.mark.parametrize("kind", [*QUESTIONS, MessageKind.NOTICE])
async def test_after_somebodys_details_were_erased_nothing_new_is_said_about_their_lessons(
    school: LittleSchool, kind: MessageKind
):
    about = await message(school, kind)
    await school.context.write(EventKind.ERASE, "erase/1", subject=about.recipient)

    assert await render(school, about) is None


async def test_the_notice_of_somebody_whose_details_were_erased_can_still_be_changed(school: LittleSchool):
    await announce(school)
    change = await message(school, MessageKind.EDIT, recipient="", wording=Wording("taken_back"))
    await press(school, "take_back")
    await school.context.write(EventKind.ERASE, "erase/1", subject=(await school.recording()).lesson.teacher)

    assert await text_of(school, change) == "This notice was put here by mistake."
    assert (await school.recording()).lesson.conversation == CLASS
