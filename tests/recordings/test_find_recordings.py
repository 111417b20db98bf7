"""Where a lesson's recording is looked for: only where the school lets us look, and never another lesson's."""

from datetime import timedelta

from bot.evidence.rules.ledger import EventKind
from bot.people.rules.conversations import Address
from bot.recordings.find_recordings import RecordingSearch
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.next_step import Visibility
from bot.recordings.rules.recording import RecordingFile
from bot.recordings.rules.timetable import NO_ACCESS, SeenRecording, TenantAccess
from tests.recordings.fake_tenant import FakeTenant
from tests.recordings.little_school import CHANNEL, CLASS, HOUR, TEACHER, TEN, YEAR_4, LittleSchool

MEETING = "19:meeting_maths@thread.v2"
FIVE_PAST = TEN + timedelta(minutes=5)


async def search(access: TenantAccess, tenant: FakeTenant) -> tuple[LittleSchool, RecordingSearch]:
    school = LittleSchool(access, tenant)
    await school.store.keep_conversation(YEAR_4)
    return school, RecordingSearch(school.book, tenant)


async def lesson_of(school: LittleSchool, conversation: str = CLASS) -> Lesson:
    teacher = await school.context.pseudonym(TEACHER)
    return Lesson("l1", teacher, "Maths", TEN, TEN + HOUR, 21, Address(CHANNEL, conversation=conversation))


def test_what_may_be_seen_follows_from_the_settings():
    def visibility(access: TenantAccess) -> Visibility:
        tenant = FakeTenant()
        return RecordingSearch(LittleSchool(access, tenant).book, tenant).visibility

    assert visibility(NO_ACCESS) == Visibility()
    assert visibility(TenantAccess(files=True)) == Visibility(may_search=True, may_look=True)
    assert visibility(TenantAccess(recordings=True)) == Visibility(may_search=True)
    assert visibility(TenantAccess(pupils_messages="DPIA 2026-3")) == Visibility(may_search=True)


async def test_a_recording_in_the_channels_folder_is_found_with_its_file():
    tenant = FakeTenant()
    tenant.record("f1", FIVE_PAST)
    school, finder = await search(TenantAccess(files=True), tenant)

    assert await finder.recordings_of(await lesson_of(school)) == (RecordingFile("d", "f1"),)


async def test_a_folder_is_not_looked_into_unless_the_school_lets_us():
    tenant = FakeTenant()
    tenant.record("f1", FIVE_PAST)
    school, finder = await search(TenantAccess(recordings=True), tenant)

    assert await finder.recordings_of(await lesson_of(school)) is None


async def test_of_a_meeting_it_is_only_known_that_there_is_a_recording():
    tenant = FakeTenant(meetings={TEACHER.account: [SeenRecording(FIVE_PAST, MEETING)]})
    school, finder = await search(TenantAccess(recordings=True), tenant)

    assert await finder.recordings_of(await lesson_of(school, MEETING)) == ()


async def test_a_recording_that_a_chat_reports_has_its_file_by_its_link():
    tenant = FakeTenant(reported=[SeenRecording(FIVE_PAST, MEETING, "https://school.example/1")])
    school, finder = await search(TenantAccess(pupils_messages="DPIA 2026-3", files=True), tenant)
    assert await finder.recordings_of(await lesson_of(school, MEETING)) == (
        RecordingFile("d", "https://school.example/1"),
    )

    school, finder = await search(TenantAccess(pupils_messages="DPIA 2026-3"), tenant)
    assert await finder.recordings_of(await lesson_of(school, MEETING)) == ()


async def test_a_file_that_belongs_to_another_lesson_is_not_taken():
    tenant = FakeTenant()
    tenant.record("f1", FIVE_PAST)
    school, finder = await search(TenantAccess(files=True), tenant)
    other = await school.announced("recording notice for Year 4 art tomorrow 10am")
    facts = {"recorded": True, "by": "tenant", "drive": "d", "item": "f1"}
    await school.book.write(EventKind.RECORD, other, facts)

    lesson = await lesson_of(school)
    assert lesson.id != other.lesson.id
    assert await finder.recordings_of(lesson) is None
