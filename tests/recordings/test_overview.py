"""What the headteacher and the IT lead see of recorded lessons, and what the rest of Staffroom asks about them."""

from dataclasses import replace

import pytest

from bot.desk.routing import RoutingTable
from bot.errors import BadInput, LedgerMoved, NotAllowed
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.recordings.book import RecordingBook
from bot.recordings.capability import RecordedLessons
from bot.recordings.rules.spoken_dates import parse_lesson
from bot.recordings.settings import RecordingSettings
from tests.recordings.fake_tenant import FakeTenant
from tests.recordings.little_school import CHANNEL, CLASS, DAY, HEAD, IT, NOTICE, TEACHER, TEN, LittleSchool


@pytest.fixture
async def school() -> LittleSchool:
    """A lesson whose notice is in the class's chat."""
    school = LittleSchool()
    await school.announced()
    return school


@pytest.fixture
def school_with_calendars() -> LittleSchool:
    return LittleSchool(tenant=FakeTenant())


def without_promise(school: LittleSchool) -> RecordedLessons:
    async def nowhere(conversation: Conversation, channel: str, account: str) -> bool:
        return False

    book = school.book
    promising_nothing = RecordingBook(book.context, RecordingSettings(), book.feed, book.current)
    return RecordedLessons(promising_nothing, parse_lesson, nowhere, school.heartbeat)


async def test_the_headteacher_sees_a_week_and_the_weeks_around_it(school: LittleSchool):
    this_week = await school.sees(HEAD, "lessons")
    last_week = await school.sees(HEAD, verb="lessons", week="2026-08-31")

    assert this_week and this_week.values["sum"] == "1 lesson = 1 announced."
    assert this_week.values["weeks"] == {"before": "2026-08-31", "after": "2026-09-14"}
    assert last_week and last_week.values["sum"] == "No lessons with a notice in this week."


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31", "nonsense"])
async def test_a_week_nobody_can_live_to_see_is_this_week(school: LittleSchool, week: str):
    shown = await school.sees(HEAD, verb="lessons", week=week, page="x")

    assert shown and shown.values["week"] == "2026-09-07"


async def test_recordings_that_are_not_gone_are_in_every_week_and_in_the_summary(school: LittleSchool):
    assert len(await school.lessons.remarks()) == 1  # only that the tenant's expiry is not set
    await school.book.context.write(EventKind.TELL, "tell/1", facts={"lessons": [(await school.recording()).lesson.id]})
    school.now = TEN + 40 * DAY

    shown = await school.sees(HEAD, "lessons")
    assert shown and [row["name"] for row in shown.values["overdue"]] == [
        "Year 4 maths, Tuesday 8 September, 10:00 (The teacher)"
    ]
    assert "NOBODY KNOWS whether it is gone; its last day was Tuesday 29 September" in shown.text
    assert (await school.lessons.remarks())[0].startswith("Recorded lessons: 1 not gone")


async def test_once_the_expiry_is_set_the_headteacher_sees_since_when_and_the_summary_is_silent(school: LittleSchool):
    assert "NewMeetingRecordingExpirationDays 21" in await school.reply(IT, "expiry")
    await school.reply(IT, verb="expiry_done")
    await school.reply(IT, verb="expiry_done")

    assert len(await school.facts_of(EventKind.EXPIRY)) == 1
    assert "since Monday 7 September 2026, Teams itself deletes" in await school.reply(HEAD, "lessons")
    assert await school.lessons.remarks() == []


async def test_the_page_of_the_week_is_for_the_headteacher(school: LittleSchool):
    values = await school.lessons.week_page_values(HEAD)

    assert [row["name"] for row in values["rows"]] == ["Year 4 maths, Tuesday 8 September, 10:00 (The teacher)"]
    with pytest.raises(NotAllowed):
        await school.lessons.week_page_values(TEACHER)


async def test_a_teacher_whose_details_were_erased_is_named_nowhere(school: LittleSchool):
    teacher = (await school.recording()).lesson.teacher
    known = (await school.store.known([teacher]))[teacher]
    await school.context.write(EventKind.ERASE, "erase/1", subject=teacher)
    shown = await school.lessons.overview.card(school.context.today)

    assert known.name == "The teacher"
    assert "A lesson whose details were erased, Tuesday 8 September, 10:00" in shown.text


async def test_children_are_where_notices_were_planned_in_their_teams_and_where_the_school_says(school: LittleSchool):
    await school.store.keep_conversation(
        Conversation(CHANNEL, CLASS, ConversationKind.TEAM, "", "", team="19:team", name="Year 4")
    )
    book = replace(school.book, settings=replace(school.book.settings, classes=frozenset({"19:nursery"})))

    assert await book.classes() == {CLASS, "19:team", "19:nursery"}


async def test_an_event_counts_only_for_the_recording_it_was_decided_on(school: LittleSchool):
    before = await school.recording()
    await school.reply(TEACHER, verb="take_back", lesson=before.lesson.id)

    with pytest.raises(LedgerMoved):
        await school.book.write(EventKind.MOVE, before, {"starts": TEN.isoformat(), "ends": TEN.isoformat()})
    assert await school.facts_of(EventKind.MOVE) == []


async def test_events_about_other_lessons_do_not_matter(school: LittleSchool):
    before = await school.recording()
    await school.plan("recording notice for Year 4 art tomorrow 1pm")

    await school.book.write(EventKind.REMIND, before, {})
    assert len(await school.facts_of(EventKind.REMIND)) == 1


async def test_after_a_restart_everything_is_as_it_was(school: LittleSchool):
    before = (await school.book.projection()).dump()
    await school.book.feed.save()
    school.restart()

    assert (await school.book.projection()).dump() == before


async def test_a_school_whose_policy_promises_nothing_has_no_duties_and_no_notices(school: LittleSchool):
    lessons = without_promise(school)
    routes = RoutingTable(lessons.commands())

    assert lessons.duties() == {} and await lessons.renderers() == {} and await lessons.overview.expiry_remarks() == []
    assert {command.name for command in routes.commands} == {command.name for command in school.lessons.commands()}
    with pytest.raises(BadInput, match="promises nothing about recorded lessons"):
        _ = lessons.book.promise


async def test_a_request_for_a_notice_is_a_question_in_a_school_that_promises_nothing(school: LittleSchool):
    promising = school.lessons
    school.lessons = without_promise(school)

    assert await school.sees(TEACHER, NOTICE) is None
    school.lessons = promising
    assert await school.sees(TEACHER, NOTICE) is not None


def test_the_duties_come_in_their_order(school_with_calendars: LittleSchool):
    assert list(school_with_calendars.lessons.duties()) == [
        "find_lessons",
        "join_chats",
        "follow_recordings",
        "post_notices",
    ]


async def test_every_button_of_release_0_5_0_still_does_something(school_with_calendars: LittleSchool):
    names = {command.name for command in school_with_calendars.lessons.commands()}

    assert names >= {
        *("notice", "notice_preview", "notice_post", "notice_copy", "notice_track", "notice_cancel"),
        *("was_recorded", "is_gone", "copied", "take_back", "take_back_all", "moving", "move"),
        *("my_lessons", "my_lesson", "lessons", "expiry", "expiry_done", "wish"),
    }
