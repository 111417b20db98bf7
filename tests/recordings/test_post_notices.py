"""The duty that keeps the notices in lessons' chats true: posted in time, once, and changed when they are wrong."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject, Wording
from bot.people.rules.conversations import Address, SentMessage
from bot.recordings.rules.recording import RecordingState
from tests.recordings.little_school import CHANNEL, CLASS, DAY, HOUR, TEACHER, TEN, LittleSchool

TUESDAYS = "recording notice for Year 4 maths every Tuesday 10am until 22 September"


@pytest.fixture
async def school() -> LittleSchool:
    """A lesson whose notice is planned."""
    school = LittleSchool()
    await school.plan()
    return school


async def post(school: LittleSchool, now: datetime | None = None) -> None:
    school.now = now or school.now
    await school.lessons.duties()["post_notices"]()


async def meets(school: LittleSchool, kind: MessageKind, state: DeliveryState, why: str = "refused") -> None:
    """What becomes of every message of a kind that is due."""
    for message in await school.messages(kind):
        if message.state is DeliveryState.DUE:
            await school.store.move(message, replace(message, state=state, why=why))


async def only(school: LittleSchool, kind: MessageKind) -> Message:
    (message,) = await school.messages(kind)
    return message


async def test_the_notice_of_a_single_lesson_is_due_at_once_and_is_kept_once(school: LittleSchool):
    await post(school)
    await post(school)

    notice, recording = await only(school, MessageKind.NOTICE), await school.recording()
    assert notice.subject == Subject(recording=recording.lesson.id)
    assert (notice.address, notice.recipient) == (Address(CHANNEL, conversation=CLASS), "")
    assert notice.wording == Wording("says", TEN.date())
    assert (notice.not_before, notice.expires_at) == (None, recording.lesson.ends)


async def test_the_notices_of_a_series_are_kept_two_days_ahead_for_a_quarter_of_an_hour_before():
    school = LittleSchool()
    await school.plan(TUESDAYS)
    await post(school)

    notice = await only(school, MessageKind.NOTICE)
    assert notice.on == TEN.date() and notice.not_before == TEN - HOUR / 4


async def test_what_the_channel_took_is_written_down_with_its_place_and_its_words(school: LittleSchool):
    await post(school)
    await school.arrives(MessageKind.NOTICE, "m7")
    await post(school)

    (facts,) = await school.facts_of(EventKind.ANNOUNCE)
    assert facts["says"] == "says/2026-09-08" and "until the end of Tuesday 29 September" in str(facts["text"])
    assert (facts["message"], facts["channel"], facts["conversation"]) == ("m7", CHANNEL, CLASS)
    assert (await school.recording()).state is RecordingState.ANNOUNCED


async def test_a_notice_that_is_wrong_is_replaced_where_it_is(school: LittleSchool):
    await post(school)
    await school.arrives(MessageKind.NOTICE, "m7")
    await post(school)
    await school.reply(TEACHER, verb="take_back", lesson=(await school.recording()).lesson.id, answer="off")
    await post(school)
    await post(school)

    change = await only(school, MessageKind.EDIT)
    assert change.replaces == SentMessage(CHANNEL, CLASS, "m7") and change.wording == Wording("cancelled")
    await school.arrives(MessageKind.EDIT, "m7")
    await post(school)
    assert (await school.recording()).shown == Wording("cancelled")
    assert (await school.book.projection()).unsettled == {}


async def test_a_lesson_that_moves_while_its_notice_goes_up_is_announced_as_sent_and_then_changed(school: LittleSchool):
    await post(school)
    await school.arrives(MessageKind.NOTICE)
    id = (await school.recording()).lesson.id
    await school.reply(TEACHER, verb="move", lesson=id, day="2026-09-10", begins="10:00", ends="11:00")
    await post(school)

    (facts,) = await school.facts_of(EventKind.ANNOUNCE)
    assert facts["says"] == "says/2026-09-08" and "Tuesday 29 September" in str(facts["text"])
    assert (await only(school, MessageKind.EDIT)).wording == Wording("moved", date(2026, 9, 10))
    assert len(await school.messages(MessageKind.NOTICE)) == 1


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.DOUBT])
async def test_a_notice_that_did_not_arrive_is_given_to_the_teacher_to_copy_once(school: LittleSchool, state):
    await post(school)
    await meets(school, MessageKind.NOTICE, state, "not in that chat")
    await post(school)
    await post(school)

    copy = await only(school, MessageKind.COPY)
    assert copy.recipient == (await school.recording()).lesson.teacher
    assert ("not in that chat" in copy.words) is (state is DeliveryState.FAILED)
    assert ("look in the chat first" in copy.words) is (state is DeliveryState.DOUBT)


async def test_a_teacher_is_given_nothing_to_copy_at_night(school: LittleSchool):
    await post(school)
    await meets(school, MessageKind.NOTICE, DeliveryState.FAILED)
    await post(school, TEN - 14 * HOUR)
    assert await school.messages(MessageKind.COPY) == ()

    await post(school, TEN - HOUR)
    assert len(await school.messages(MessageKind.COPY)) == 1


async def test_the_notices_of_a_series_without_a_chat_come_to_the_teacher_before_each_lesson():
    school = LittleSchool()
    inputs = {"label": "Art", "day": "2026-09-08", "begins": "10:00", "weekly": "true", "until": "2026-09-15"}
    await school.reply(TEACHER, verb="notice_copy", **inputs)
    await post(school, TEN - HOUR)
    assert await school.messages(MessageKind.COPY) == ()

    await post(school, TEN - HOUR / 4)
    assert (await only(school, MessageKind.COPY)).words.startswith("Here is the notice for your next lesson.")


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.DOUBT])
async def test_a_notice_that_cannot_be_changed_is_for_the_teacher_to_change(school: LittleSchool, state: DeliveryState):
    await post(school)
    await school.arrives(MessageKind.NOTICE, "m7")
    await post(school)
    await school.reply(TEACHER, verb="take_back", lesson=(await school.recording()).lesson.id)
    await post(school)
    await meets(school, MessageKind.EDIT, state, "the chat is gone")
    await post(school)
    await post(school)

    assert (await only(school, MessageKind.MEND)).words == "the chat is gone"
    recording = await school.recording()
    assert recording.is_by_hand and recording.message == SentMessage(CHANNEL, CLASS, "m7")
    assert (await school.book.projection()).unsettled == {}


async def test_a_notice_the_channel_gave_no_id_for_is_changed_by_the_teacher(school: LittleSchool):
    await post(school)
    await school.arrives(MessageKind.NOTICE, "")
    await post(school)
    await school.reply(TEACHER, verb="take_back", lesson=(await school.recording()).lesson.id)
    await post(school)

    assert await school.messages(MessageKind.EDIT) == ()
    assert "which message it is" in (await only(school, MessageKind.MEND)).words


async def test_a_lesson_taken_back_while_its_notice_is_in_doubt_is_pointed_out_to_the_teacher(school: LittleSchool):
    await post(school)
    await meets(school, MessageKind.NOTICE, DeliveryState.DOUBT)
    await school.reply(TEACHER, verb="take_back", lesson=(await school.recording()).lesson.id)
    await post(school)
    await post(school)

    assert "nobody knows whether it arrived" in (await only(school, MessageKind.MEND)).words
    projection = await school.book.projection()
    assert projection.open_recordings(TEN) != () and projection.open_recordings(TEN + 2 * DAY) == ()


@pytest.mark.parametrize("has_left", [True, False])
async def test_a_notice_is_not_posted_if_the_teacher_or_the_days_lessons_are_gone(has_left: bool):
    school = LittleSchool()
    await school.plan(TUESDAYS)
    if has_left:
        school.roster.listed = school.roster.listed[1:]
    else:
        settings = school.context.school
        school.context.school = replace(settings, calendar=replace(settings.calendar, closed=frozenset({TEN.date()})))
    await post(school)

    assert await school.messages(MessageKind.NOTICE) == ()
    first, second, _ = await school.recordings()
    assert (first.state, first.is_off) == (RecordingState.TAKEN_BACK, True)
    assert second.state is RecordingState.PLANNED


async def test_no_notice_goes_up_once_the_lesson_is_over(school: LittleSchool):
    await post(school, TEN + HOUR)

    assert await school.messages(MessageKind.NOTICE) == ()


async def test_the_notices_in_a_chat_are_those_written_down_and_those_just_sent(school: LittleSchool):
    await post(school)
    await school.arrives(MessageKind.NOTICE, "m1")
    await post(school)
    await school.plan("recording notice for Year 4 art tomorrow 1pm")
    await post(school)
    await school.arrives(MessageKind.NOTICE, "m2")

    notices = await school.lessons.notices_in(CLASS)

    assert [id for id, _ in notices] == ["m1", "m2"]
    assert all(notice.card == "notice" for _, notice in notices)
    assert await school.lessons.notices_in("19:elsewhere") == []


async def test_a_lesson_of_release_0_5_0_goes_on_with_the_message_it_had():
    school = LittleSchool()
    await school.store.enrol([TEACHER])
    teacher = await school.context.pseudonym(TEACHER)
    facts = {"lesson": "l1", "starts": TEN.isoformat(), "ends": (TEN + HOUR).isoformat(), "kept": 21, "place": CLASS}
    facts |= {"series": "", "source": "", "thread": ""}
    at, who = school.context.now(), {"label": "Year 4 maths"}
    planned = Event(EventKind.LESSON, at, teacher, teacher, facts=facts, who=who, form=1)
    await school.store.append(planned, "lesson/l1")
    await post(school)

    assert (await only(school, MessageKind.NOTICE)).address == Address("", conversation=CLASS)
    await school.arrives(MessageKind.NOTICE, "m1")
    await post(school)
    assert (await school.recording()).state is RecordingState.ANNOUNCED
