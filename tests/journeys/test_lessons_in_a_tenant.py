"""Lessons found in calendars, recordings found in the tenant, and whether they are gone, over a little Graph."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.ask.understanding import Understanding
from bot.desk.rules.messages import Outgoing
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.recordings.rules.recording import Recording, RecordingState
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.tenant import Tenant, joined
from tests.standins.graph import Trouble
from tests.standins.graph_lessons import event, join_url, zulu
from tests.standins.microsoft import TENANT

CLASS, MEETING = "19:year4@thread.tacv2", "19:meeting_maths@thread.v2"
TEN = datetime(2026, 9, 8, 10, tzinfo=LONDON)  # Tuesday; A teacher, a1, works on Mondays and Tuesdays
VIDEO, FOLDER = {"mimeType": "video/mp4"}, {"childCount": 1}
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def all_on(text: str) -> str:
    for off, on in (("categories = []", 'categories = ["Lesson"]'), ("chats = false", "chats = true")):
        text = text.replace(off, on)
    return text.replace("recordings = false", "recordings = true").replace("files = false", "files = true")


@pytest.fixture
async def at(settings: Settings, tmp_path: Path, understanding: Understanding) -> AsyncIterator[Tenant]:
    async with joined(settings, tmp_path, understanding, all_on) as at:
        await take_over(at)
        at.microsoft.members["a1"] = {"aadObjectId": "a1", "tenantId": TENANT, "userRole": "user"}
        channel = Conversation(
            "msteams",
            CLASS,
            ConversationKind.TEAM,
            at.microsoft.service,
            TENANT,
            team=CLASS,
            group="g4",
            name="Year 4",
        )
        await at.context.store.keep_conversation(channel)
        lessons = at.graph.lessons
        lessons.folders["g4/" + CLASS] = {
            "id": "root",
            "parentReference": {"driveId": "d1"},
            "folder": FOLDER,
        }
        lessons.put("d1", "root", folder=FOLDER, name="General")
        lessons.put("d1", "rec", "root", folder=FOLDER, name="Recordings")
        yield at


async def take_over(at: Tenant) -> None:
    """The staff list comes from the groups, and everybody's calendar is empty."""
    card = await at.says("i1", "sync")
    await at.says("i1", verb="take_over", digest=str(card.values["digest"]))
    for person in at.roster.people():
        at.graph.lessons.calendars[person.account] = []
        at.graph.lessons.recordings[person.account] = []


def maths(starts: datetime = TEN, uid: str = "u1", thread: str = CLASS, **more: Any) -> dict[str, Any]:
    usual = {"categories": ["Lesson"], "seriesMasterId": "s1"}
    return event(uid, "Year 4 maths", starts, starts + HOUR, join_url(thread, "a1"), **{**usual, **more})


def video(at: Tenant, id: str, made: datetime) -> str:
    """A recording in the channel's folder; its address."""
    return at.graph.lessons.put("d1", id, "rec", name=f"{id}.mp4", createdDateTime=zulu(made), file=VIDEO)


async def until(at: Tenant, day: date, hour: int = 9, minute: int = 0) -> None:
    """Time passes, with four ticks a day."""
    goal = datetime.combine(day, time(hour, minute), LONDON)
    while at.clock.at < goal:
        coming = [
            datetime.combine(at.clock.at.date() + timedelta(days=ahead), moment, LONDON)
            for ahead in (0, 1)
            for moment in (time(6), time(9, 46), time(12, 30), time(15))
        ]
        at.clock.at = min(goal, next(moment for moment in coming if moment > at.clock.at))
        await at.tick()
    await at.tick()


async def confirmed(at: Tenant, answer: str = "each", place: str = CLASS) -> None:
    """The teacher is asked about the lessons found, and says yes."""
    await at.tick()
    reply = await choose(at, answer, place)
    assert "Thank you." in reply.text
    await at.tick()


async def choose(at: Tenant, answer: str, place: str = "") -> Outgoing:
    """The reply to a teacher who answers the question about the lessons found."""
    (question,) = await at.messages(MessageKind.FOUND_LESSON)
    return await at.says("a1", verb="wish", found=question.subject.name, answer=answer, place=place)


async def recordings(at: Tenant) -> list[Recording]:
    """Every recording, by when the lesson is."""
    everything = (await at.lessons.projection()).recordings.values()
    return sorted(everything, key=lambda recording: recording.lesson.starts)


async def only(at: Tenant) -> Recording:
    """The only recording there is."""
    (recording,) = await recordings(at)
    return recording


def posted(at: Tenant, conversation: str) -> list[str]:
    """What was posted in a conversation, by its summary."""
    posts = [request for request in at.microsoft.taken if request.method == "POST"]
    return [post.body["summary"] for post in posts if conversation in post.path]


async def findings(at: Tenant) -> list[str]:
    """What looks and searches found."""
    events = [entry.event for entry in await at.context.store.entries()]
    return [str(event.facts["found"]) for event in events if event.kind is EventKind.LOOK]


async def findings_of_looks(at: Tenant) -> list[str]:
    """What looks at its file found, without the searches for further recordings."""
    return [finding for finding in await findings(at) if finding != "nothing"]


async def recorded(at: Tenant) -> None:
    """A confirmed lesson in the class's channel, recorded, its file found."""
    at.graph.lessons.calendars["a1"] = [maths()]
    await confirmed(at)
    video(at, "f1", TEN + timedelta(minutes=2))
    await until(at, TEN.date(), 13)
    recording = await only(at)
    assert (recording.state, [file.item for file in recording.files]) == (RecordingState.RECORDED, ["f1"])


async def test_lessons_are_found_by_the_schools_rule_and_announced_once_the_teacher_has_said_yes(at: Tenant):
    dentist = event("u9", "Dentist, bad tooth", TEN + 2 * HOUR, TEN + 3 * HOUR, join_url(MEETING, "a1"))
    at.graph.lessons.calendars["a1"] = [maths(), maths(TEN + WEEK, "u2"), dentist]
    await at.tick()
    assert await recordings(at) == [] and posted(at, CLASS) == []
    question = str(at.microsoft.messages()[-1])
    assert "A lesson of yours" in question and "Year 4 maths, Tuesday 8 September, 10:00" in question

    await confirmed(at)
    assert [recording.lesson.day.day for recording in await recordings(at)] == [8, 15]
    await until(at, TEN.date(), 9, 40)
    assert posted(at, CLASS) == []
    await until(at, TEN.date(), 9, 46)
    assert posted(at, CLASS)[0].startswith("Today's lesson will be recorded.")
    assert "Dentist" not in "".join(entry.what.text + entry.who.text for entry in await at.context.store.entries())


async def test_no_is_no_and_is_not_asked_again(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths()]
    await at.tick()
    assert "will not ask again" in (await choose(at, "no")).text
    await until(at, date(2026, 9, 9))

    assert await recordings(at) == [] and len(await at.messages(MessageKind.FOUND_LESSON)) == 1


async def test_a_teacher_who_does_not_answer_is_not_asked_every_day(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths(), maths(TEN + WEEK, "u2"), maths(TEN + 2 * WEEK, "u3")]
    await until(at, date(2026, 9, 16))

    assert len(await at.messages(MessageKind.FOUND_LESSON)) == 1
    assert await recordings(at) == []


async def test_this_one_only_leaves_the_rest_of_the_series_alone(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths(), maths(TEN + WEEK, "u2")]
    await confirmed(at, "once")
    await until(at, date(2026, 9, 16))

    assert [recording.lesson.day.day for recording in await recordings(at)] == [8]


async def test_a_lesson_called_off_or_moved_in_the_calendar_takes_its_notice_along(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths(), maths(TEN + WEEK, "u2"), maths(TEN + 13 * HOUR / 13 + WEEK, "u3")]
    await confirmed(at)
    at.graph.lessons.calendars["a1"] = [
        maths(isCancelled=True),
        maths(TEN + WEEK + timedelta(days=1), "u2"),
    ]
    await until(at, TEN.date(), 9, 50)

    first, third, second = await recordings(at)
    assert (first.state, first.is_off) == (RecordingState.TAKEN_BACK, True)
    assert (second.lesson.day.day, second.moves, second.state) == (16, 1, RecordingState.PLANNED)
    assert third.state is RecordingState.TAKEN_BACK  # it is not in the calendar at all any more
    assert posted(at, CLASS) == []


async def test_a_recording_is_found_its_file_kept_and_from_day_22_gone_is_what_graph_says_is_gone(at: Tenant):
    await recorded(at)
    assert await at.messages(MessageKind.WAS_RECORDED) == ()  # nobody had to be asked
    await until(at, date(2026, 9, 29), 16)
    assert await findings_of_looks(at) == ["there"]  # once, before the teacher was reminded
    assert len(await at.messages(MessageKind.DUE_SOON)) == 1

    at.graph.lessons.items.pop("d1/f1")
    await until(at, date(2026, 10, 3))

    recording = await only(at)
    assert recording.state is RecordingState.GONE
    assert await findings_of_looks(at) == ["there", "gone"]
    assert await at.messages(MessageKind.IS_GONE) == await at.messages(MessageKind.NOT_GONE) == ()


async def test_the_deleted_facet_is_gone_as_well(at: Tenant):
    await recorded(at)
    await until(at, date(2026, 9, 29), 16)
    at.graph.lessons.items["d1/f1"]["deleted"] = {"state": "deleted"}
    await until(at, date(2026, 9, 30), 16)

    assert (await only(at)).state is RecordingState.GONE


async def test_one_that_is_still_there_is_told_48_hours_later_and_looked_at_once_a_day(at: Tenant):
    await recorded(at)
    await until(at, date(2026, 10, 1), 23)
    assert await at.messages(MessageKind.NOT_GONE) == ()
    await until(at, date(2026, 10, 2), 16)

    recording = await only(at)
    assert recording.state is RecordingState.STILL_THERE
    assert {message.state for message in await at.messages(MessageKind.NOT_GONE)} == {DeliveryState.SENT}
    assert await findings_of_looks(at) == ["there"] * 4
    (question,) = await at.messages(MessageKind.IS_GONE)
    assert question.on == date(2026, 10, 5)  # the teacher works on Mondays and Tuesdays

    at.graph.lessons.items.pop("d1/f1")
    await until(at, date(2026, 10, 8))
    assert (await only(at)).state is RecordingState.STILL_THERE  # once a week, once the headteacher knows
    await until(at, date(2026, 10, 9), 16)
    assert (await only(at)).state is RecordingState.REMOVED


async def test_one_removed_too_early_is_noticed_when_the_teacher_would_be_reminded(at: Tenant):
    await recorded(at)
    at.graph.lessons.items.pop("d1/f1")
    await until(at, date(2026, 9, 23), 10)

    recording = await only(at)
    assert recording.state is RecordingState.GONE_EARLY and recording.head_told_on == date(2026, 9, 22)
    assert await at.messages(MessageKind.DUE_SOON) == ()
    await until(at, date(2026, 10, 5))
    assert len(await findings_of_looks(at)) == 1


async def test_a_lock_is_named_and_what_may_not_be_looked_at_is_never_gone(at: Tenant):
    await recorded(at)
    at.graph.lessons.labels["d1/f1"] = {"name": "Keep for seven years", "retentionSettings": {"isDeleteAllowed": False}}
    await until(at, date(2026, 10, 2), 16)
    recording = await only(at)
    assert recording.state is RecordingState.LOCKED and recording.head_told_on
    assert "LOCKED by a retention label" in str((await at.says("h1", "lessons")).values)


async def test_what_may_not_be_looked_at_is_asked_about_instead(at: Tenant):
    await recorded(at)
    await until(at, date(2026, 9, 29), 23)
    at.graph.next_answers.extend([Trouble(403)] * 40)
    at.clock.at = datetime(2026, 9, 30, 0, 1, tzinfo=LONDON)
    await at.tick()
    await at.tick()

    recording = await only(at)
    assert recording.state is RecordingState.UNCHECKED
    (question,) = await at.messages(MessageKind.IS_GONE)
    assert question.state is DeliveryState.DUE


async def test_while_graph_does_not_answer_nothing_is_known_and_it_is_asked_an_hour_later(at: Tenant):
    await recorded(at)
    await until(at, date(2026, 9, 29), 23)
    at.graph.next_answers.extend([Trouble(how="html")] * 60)
    at.clock.at = datetime(2026, 9, 30, 0, 1, tzinfo=LONDON)
    await at.tick()
    requests = [path for _, path in at.graph.asked if path.endswith("/items/f1")]
    await at.tick()
    assert [path for _, path in at.graph.asked if path.endswith("/items/f1")] == requests
    assert await findings_of_looks(at) == ["there"]

    at.graph.next_answers.clear()
    at.graph.lessons.items.pop("d1/f1")
    at.clock.at += timedelta(hours=1)
    await at.tick()
    assert (await only(at)).state is RecordingState.GONE


async def test_a_lesson_recorded_twice_is_gone_when_both_files_are(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths()]
    await confirmed(at)
    video(at, "f1", TEN + timedelta(minutes=2))
    video(at, "f2", TEN + timedelta(minutes=40))
    await until(at, date(2026, 9, 29), 23)
    at.graph.lessons.items.pop("d1/f1")
    await until(at, date(2026, 9, 30), 16)
    assert (await only(at)).state is RecordingState.REMINDED
    at.graph.lessons.items.pop("d1/f2")
    await until(at, date(2026, 10, 1), 16)

    assert (await only(at)).state is RecordingState.GONE


async def test_a_lesson_nobody_recorded_is_asked_about_a_day_later(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths()]
    await confirmed(at)
    await until(at, date(2026, 9, 8), 16)
    assert await findings(at) == ["nothing"] and await at.messages(MessageKind.WAS_RECORDED) == ()
    await until(at, date(2026, 9, 14), 10)

    assert {question.state for question in await at.messages(MessageKind.WAS_RECORDED)} == {DeliveryState.SENT}


async def test_the_notice_goes_into_the_meetings_own_chat_or_the_teacher_copies_it_while_there_is_none(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths(thread=MEETING)]
    await confirmed(at, place=MEETING)
    await until(at, TEN.date(), 9, 46)
    assert posted(at, MEETING) == []
    assert len(await at.messages(MessageKind.COPY)) == 1
    assert "copy it into the lesson's chat" in str(at.microsoft.messages()[-1])

    at.graph.lessons.joined[MEETING] = 0  # somebody has joined, so there is a chat
    at.clock.at = datetime(2026, 9, 8, 9, 50, tzinfo=LONDON)
    await at.tick()
    await at.tick()
    assert posted(at, MEETING)[0].startswith("Today's lesson will be recorded.")
    assert at.graph.lessons.joined[MEETING] == 1
