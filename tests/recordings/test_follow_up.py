"""The duty that follows recordings: who is asked, reminded and told, once each, and what a look at a file leads to."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.errors import GraphError, StaffroomError
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import MessageKind, Subject
from bot.recordings.follow_up import MAX_LOOKS, MAX_TOLD
from bot.recordings.rules.recording import FileState, Recording, RecordingState
from bot.recordings.rules.timetable import TenantAccess
from bot.school.rules.calendar import LONDON
from tests.recordings.fake_tenant import FakeTenant
from tests.recordings.little_school import DAY, HEAD, HOUR, IT, TEACHER, TEN, LittleSchool

TEN_PAST = TEN + HOUR + HOUR / 6  # ten minutes after the lesson
DAY_22 = datetime(2026, 9, 30, 9, tzinfo=LONDON)


async def follow(school: LittleSchool, now: datetime | None = None) -> int:
    school.now = now or school.now
    await school.lessons.duties()["post_notices"]()
    done = await school.lessons.duties()["follow_recordings"]()
    assert isinstance(done, int)
    return done


@pytest.fixture
async def school() -> LittleSchool:
    """A lesson whose notice is in the class's chat."""
    school = LittleSchool()
    await school.announced()
    return school


async def watched(*files: str, starts: datetime = TEN) -> LittleSchool:
    """A school that looks at files itself; a lesson whose recording has these."""
    tenant = FakeTenant()
    school = LittleSchool(TenantAccess(files=True), tenant)
    await school.announced()
    for number, file in enumerate(files):
        tenant.record(file, starts + number * HOUR / 4)
    await follow(school, TEN + 3 * HOUR)
    return school


def tenant_of(school: LittleSchool) -> FakeTenant:
    assert isinstance(school.tenant, FakeTenant)
    return school.tenant


async def test_whether_it_was_recorded_is_asked_once_after_the_lesson(school: LittleSchool):
    await follow(school, TEN + HOUR)
    assert await school.messages(MessageKind.WAS_RECORDED) == ()

    await follow(school, TEN_PAST)
    await follow(school)

    (question,) = await school.messages(MessageKind.WAS_RECORDED)
    recording = await school.recording()
    assert question.subject == Subject(recording=recording.lesson.id)
    assert (question.recipient, question.not_before) == (recording.lesson.teacher, TEN_PAST)
    assert recording.is_asked_recorded


async def test_a_question_waits_for_the_teachers_working_hours(school: LittleSchool):
    await follow(school, TEN.replace(hour=20))

    (question,) = await school.messages(MessageKind.WAS_RECORDED)
    assert question.not_before == datetime(2026, 9, 9, 8, 30, tzinfo=LONDON)


async def test_the_teacher_is_reminded_once_before_the_last_day(school: LittleSchool):
    await school.reply(TEACHER, verb="moving", lesson=(await school.recording()).lesson.id)
    for day in (24, 25, 25, 28):
        await follow(school, datetime(2026, 9, day, 9, tzinfo=LONDON))

    (reminder,) = await school.messages(MessageKind.DUE_SOON)
    assert reminder.on == (await school.recording()).lesson.last_day
    assert len(await school.facts_of(EventKind.REMIND)) == 1


async def test_on_day_22_the_teacher_is_asked_and_48_hours_later_the_headteacher_told(school: LittleSchool):
    await follow(school, DAY_22)
    assert len(await school.messages(MessageKind.IS_GONE)) == 1
    await school.arrives(MessageKind.IS_GONE)

    await follow(school, DAY_22 + 2 * DAY - HOUR)
    assert await school.messages(MessageKind.NOT_GONE) == ()
    await follow(school, DAY_22 + 2 * DAY)
    await follow(school, DAY_22 + 2 * DAY + HOUR)

    (message,) = await school.messages(MessageKind.NOT_GONE)
    recording = await school.recording()
    assert message.recordings == (recording.lesson.id,)
    assert message.recipient == await school.context.pseudonym(HEAD)
    assert recording.state is RecordingState.UNCHECKED and recording.head_told_on == DAY_22.date() + 2 * DAY


async def test_a_question_that_did_not_arrive_keeps_the_headteacher_waiting_for_two_weeks_at_most(school: LittleSchool):
    await follow(school, DAY_22)
    await follow(school, DAY_22 + 15 * DAY)
    assert await school.messages(MessageKind.NOT_GONE) == ()

    await follow(school, DAY_22 + 17 * DAY)
    assert len(await school.messages(MessageKind.NOT_GONE)) == 1


async def test_a_teacher_who_has_left_is_not_asked_and_the_headteacher_is_told(school: LittleSchool):
    await follow(school, TEN_PAST)
    school.roster.listed = (replace(TEACHER, ends=TEN.date()), *school.roster.listed[1:])
    await follow(school, DAY_22 + 2 * DAY)

    assert await school.messages(MessageKind.IS_GONE) == ()
    assert len(await school.messages(MessageKind.NOT_GONE)) == 1


async def test_with_nobody_to_tell_nothing_is_written_down_until_there_is_somebody(school: LittleSchool):
    everybody = school.roster.listed
    school.roster.listed = tuple(person for person in everybody if person.id != HEAD.id)
    await follow(school, DAY_22)
    await school.arrives(MessageKind.IS_GONE)
    await follow(school, DAY_22 + 3 * DAY)
    assert await school.facts_of(EventKind.TELL) == []

    school.roster.listed = everybody
    await follow(school)
    assert len(await school.facts_of(EventKind.TELL)) == 1


async def test_a_message_to_the_headteacher_holds_no_more_than_fits():
    school = LittleSchool()
    for minute in range(MAX_TOLD + 1):
        await school.plan(f"recording notice for Year 4 maths {minute} tomorrow 10.{minute:02}am")
    school.roster.listed = school.roster.listed[1:]  # the teacher has left
    for recording in await school.recordings():
        await school.book.write(
            EventKind.RECORD, recording, {"recorded": True, "by": "teacher", "drive": "", "item": ""}
        )

    await follow(school, DAY_22 + 2 * DAY)
    assert [len(message.recordings) for message in await school.messages(MessageKind.NOT_GONE)] == [MAX_TOLD]
    await follow(school)
    assert sorted(len(message.recordings) for message in await school.messages(MessageKind.NOT_GONE)) == [1, MAX_TOLD]


async def test_the_it_lead_is_asked_once_to_have_the_tenant_delete_recordings(school: LittleSchool):
    await follow(school)
    await follow(school, TEN)

    (request,) = await school.messages(MessageKind.EXPIRY)
    assert request.recipient == await school.context.pseudonym(IT)
    await school.reply(IT, verb="expiry_done")
    assert (await school.book.projection()).expiry_set_on == TEN.date()


async def test_a_recording_that_is_found_has_its_files_and_nobody_is_asked():
    school = await watched("f1", "f2")

    recording = await school.recording()
    assert recording.state is RecordingState.RECORDED
    assert [file.item for file in recording.files] == ["f1", "f2"]
    assert await school.messages(MessageKind.WAS_RECORDED) == ()


async def test_a_search_in_vain_is_written_down_once_a_day():
    school = await watched()
    await follow(school, TEN + 5 * HOUR)
    assert [facts["found"] for facts in await school.facts_of(EventKind.LOOK)] == ["nothing"]

    await follow(school, TEN + DAY)
    assert [facts["found"] for facts in await school.facts_of(EventKind.LOOK)] == ["nothing", "nothing"]


async def test_of_two_files_the_one_that_is_still_there_counts():
    school = await watched("f1", "f2")
    tenant_of(school).files["f1"] = FileState.GONE
    await follow(school, DAY_22)

    assert (await school.recording()).finding is FileState.THERE
    tenant_of(school).files["f2"] = FileState.GONE
    await follow(school, DAY_22 + DAY)
    assert (await school.recording()).state is RecordingState.GONE


async def test_a_tenant_that_gives_no_answer_is_asked_again_in_an_hour_and_nothing_is_known():
    school = await watched("f1")
    tenant_of(school).trouble = GraphError("no answer", 500)
    await follow(school, DAY_22)
    tenant_of(school).trouble = None

    await follow(school, DAY_22 + HOUR / 2)
    assert (await school.recording()).looked_on is None
    await follow(school, DAY_22 + HOUR)
    assert (await school.recording()).looked_on == DAY_22.date()


async def test_a_look_counts_only_for_the_recording_as_it_was():
    school = await watched("f1")
    before = await school.recording()

    class Meddling(FakeTenant):
        async def look(self, file):  # the teacher answers while Graph is looking
            await school.reply(TEACHER, verb="was_recorded", lesson=before.lesson.id, answer="no")
            return FileState.THERE

    meddled = LittleSchool(
        TenantAccess(files=True), Meddling(), school.store, now=datetime(2026, 9, 25, 9, tzinfo=LONDON)
    )
    school.now = meddled.now
    await meddled.lessons.duties()["follow_recordings"]()

    assert (await meddled.recording()).state is RecordingState.NOT_RECORDED
    assert [facts["found"] for facts in await meddled.facts_of(EventKind.LOOK)] == []


async def test_only_so_many_files_are_looked_at_in_one_tick():
    tenant = FakeTenant()
    school = LittleSchool(TenantAccess(files=True), tenant)
    for number in range(MAX_LOOKS + 5):
        await school.plan(f"recording notice for Year 4 maths {number} tomorrow 10.{number:02}am")
    school.now = TEN + 3 * HOUR

    await school.lessons.duties()["follow_recordings"]()
    assert len(await school.facts_of(EventKind.LOOK)) == MAX_LOOKS
    await school.lessons.duties()["follow_recordings"]()
    assert len(await school.facts_of(EventKind.LOOK)) == MAX_LOOKS + 5


async def test_a_lesson_that_breaks_stops_no_other_and_is_reported_afterwards(school: LittleSchool):
    await school.announced("recording notice for Year 4 art tomorrow 1pm")
    broken: Recording = (await school.recordings())[0]
    far = {"starts": "9999-12-31T10:00:00+00:00", "ends": "9999-12-31T11:00:00+00:00"}
    await school.book.write(EventKind.MOVE, broken, far)

    school.now = TEN + 5 * HOUR
    with pytest.raises(StaffroomError, match="1 of the recorded lessons could not be done"):
        await school.lessons.duties()["follow_recordings"]()
    assert len(await school.messages(MessageKind.WAS_RECORDED)) == 1
