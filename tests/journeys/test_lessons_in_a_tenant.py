"""Lessons found in calendars, recordings found in the tenant, and whether they are gone, over a little Graph."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.ask.ask import Understanding
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.recordings.rules.recording import Recording, RecordingState
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.tenant import Tenant, joined
from tests.standins.graph import Trouble
from tests.standins.graph_lessons import event, join_url, message, told, zulu
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
async def at(settings: Settings, tmp_path: Path, mind: Understanding) -> AsyncIterator[Tenant]:
    async with joined(settings, tmp_path, mind, all_on) as made:
        card = await made.says("i1", "sync")
        await made.says("i1", verb="take_over", digest=str(card.values["digest"]))
        for account in [one.account for one in made.roster.people()]:
            made.graph.lessons.calendars[account] = []
            made.graph.lessons.recordings[account] = []
        made.microsoft.members["a1"] = {"aadObjectId": "a1", "tenantId": TENANT, "userRole": "user"}
        here = Conversation(
            "msteams",
            CLASS,
            ConversationKind.TEAM,
            made.microsoft.service,
            TENANT,
            team=CLASS,
            group="g4",
            name="Year 4",
        )
        await made.work.records.store.keep_place(here)
        lessons = made.graph.lessons
        lessons.folders["g4/" + CLASS] = {
            "id": "root",
            "parentReference": {"driveId": "d1"},
            "folder": FOLDER,
        }
        lessons.put("d1", "root", folder=FOLDER, name="General")
        lessons.put("d1", "rec", "root", folder=FOLDER, name="Recordings")
        made.work.pulse.hurry = lambda: None
        yield made


def maths(starts: datetime = TEN, uid: str = "u1", thread: str = CLASS, **more: Any) -> dict[str, Any]:
    usual = {"categories": ["Lesson"], "seriesMasterId": "s1"}
    return event(uid, "Year 4 maths", starts, starts + HOUR, join_url(thread, "a1"), **{**usual, **more})


def video(at: Tenant, id: str, made: datetime) -> str:
    """A recording in the channel's folder; its address."""
    return at.graph.lessons.put("d1", id, "rec", name=f"{id}.mp4", createdDateTime=zulu(made), file=VIDEO)


async def until(at: Tenant, day: date, hour: int = 9, minute: int = 0) -> None:
    """Time goes by, looked after four times a day."""
    goal = datetime.combine(day, time(hour, minute), LONDON)
    while at.clock.at < goal:
        coming = [
            datetime.combine(at.clock.at.date() + timedelta(days=ahead), moment, LONDON)
            for ahead in (0, 1)
            for moment in (time(6), time(9, 46), time(12, 30), time(15))
        ]
        at.clock.at = min(goal, next(one for one in coming if one > at.clock.at))
        await at.tick()
    await at.tick()


async def confirmed(at: Tenant, answer: str = "each", place: str = CLASS) -> None:
    """The teacher is asked about what was found, and says yes."""
    await at.tick()
    (slot,) = await slots(at, MessageKind.FOUND_LESSON)
    said = await at.says("a1", verb="wish", found=slot.subject, answer=answer, place=place)
    assert "Thank you." in said.text
    await at.tick()


async def slots(at: Tenant, sort: MessageKind) -> list[Message]:
    return [one for one in await at.work.records.store.slots() if one.sort is sort]


async def recordings(at: Tenant) -> list[Recording]:
    found = (await at.work.records.shelf()).recordings.values()
    return sorted(found, key=lambda one: one.lesson.starts)


def posted(at: Tenant, conversation: str) -> list[str]:
    """What was put up in a conversation, by its summary."""
    return [one.body["summary"] for one in at.microsoft.taken if conversation in one.path and one.method == "POST"]


async def looks(at: Tenant) -> list[str]:
    entries = await at.work.records.store.entries()
    return [str(one.event.facts["found"]) for one in entries if one.event.kind.value == "look"]


async def seen(at: Tenant) -> list[str]:
    """What looks at its file found, without those for further recordings."""
    return [one for one in await looks(at) if one != "nothing"]


async def held_a_lesson(at: Tenant) -> Recording:
    """A confirmed lesson in the class's channel, recorded, its file found."""
    at.graph.lessons.calendars["a1"] = [maths()]
    await confirmed(at)
    video(at, "f1", TEN + timedelta(minutes=2))
    await until(at, TEN.date(), 13)
    (one,) = await recordings(at)
    assert (one.state, [each.item for each in one.files]) == (RecordingState.RECORDED, ["f1"])
    return one


async def test_lessons_are_found_by_the_schools_rule_and_announced_once_the_teacher_has_said_yes(at: Tenant):
    dentist = event("u9", "Dentist, bad tooth", TEN + 2 * HOUR, TEN + 3 * HOUR, join_url(MEETING, "a1"))
    at.graph.lessons.calendars["a1"] = [maths(), maths(TEN + WEEK, "u2"), dentist]
    await at.tick()
    assert await recordings(at) == [] and posted(at, CLASS) == []
    asked = at.microsoft.messages()[-1]
    assert "A lesson of yours" in str(asked) and "Year 4 maths, Tuesday 8 September, 10:00" in str(asked)

    await confirmed(at)
    assert [one.lesson.day.day for one in await recordings(at)] == [8, 15]
    await until(at, TEN.date(), 9, 40)
    assert posted(at, CLASS) == []
    await until(at, TEN.date(), 9, 46)
    assert posted(at, CLASS)[0].startswith("Today's lesson will be recorded.")
    assert "Dentist" not in "".join(one.what.text + one.who.text for one in await at.work.records.store.entries())


async def test_no_is_no_and_is_not_asked_again(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths()]
    await at.tick()
    (slot,) = await slots(at, MessageKind.FOUND_LESSON)
    assert "do not ask again" in (await at.says("a1", verb="wish", found=slot.subject, answer="no")).text
    await until(at, date(2026, 9, 9))

    assert await recordings(at) == [] and len(await slots(at, MessageKind.FOUND_LESSON)) == 1


async def test_whoever_does_not_answer_is_not_asked_every_day(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths(), maths(TEN + WEEK, "u2"), maths(TEN + 2 * WEEK, "u3")]
    await until(at, date(2026, 9, 16))

    assert len(await slots(at, MessageKind.FOUND_LESSON)) == 1
    assert await recordings(at) == []


async def test_this_one_only_leaves_the_rest_of_the_series_alone(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths(), maths(TEN + WEEK, "u2")]
    await confirmed(at, "once")
    await until(at, date(2026, 9, 16))

    assert [one.lesson.day.day for one in await recordings(at)] == [8]


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
    await held_a_lesson(at)
    assert await slots(at, MessageKind.WAS_RECORDED) == []  # nobody had to be asked
    await until(at, date(2026, 9, 29), 16)
    assert await seen(at) == ["there"]  # once, before the teacher was reminded
    assert len(await slots(at, MessageKind.DUE_SOON)) == 1

    at.graph.lessons.items.pop("d1/f1")
    await until(at, date(2026, 10, 3))

    (one,) = await recordings(at)
    assert one.state is RecordingState.GONE
    assert await seen(at) == ["there", "gone"]
    assert await slots(at, MessageKind.IS_GONE) == await slots(at, MessageKind.NOT_GONE) == []


async def test_the_deleted_facet_is_gone_as_well(at: Tenant):
    await held_a_lesson(at)
    await until(at, date(2026, 9, 29), 16)
    at.graph.lessons.items["d1/f1"]["deleted"] = {"state": "deleted"}
    await until(at, date(2026, 9, 30), 16)

    assert (await recordings(at))[0].state is RecordingState.GONE


async def test_one_that_is_still_there_is_told_48_hours_later_and_looked_at_once_a_day(at: Tenant):
    await held_a_lesson(at)
    await until(at, date(2026, 10, 1), 23)
    assert await slots(at, MessageKind.NOT_GONE) == []
    await until(at, date(2026, 10, 2), 16)

    (one,) = await recordings(at)
    assert one.state is RecordingState.STILL_THERE
    assert {one.state for one in await slots(at, MessageKind.NOT_GONE)} == {DeliveryState.SENT}
    assert await seen(at) == ["there"] * 4
    (asked,) = await slots(at, MessageKind.IS_GONE)
    assert asked.on == date(2026, 10, 5)  # the teacher works on Mondays and Tuesdays

    at.graph.lessons.items.pop("d1/f1")
    await until(at, date(2026, 10, 8))
    assert (await recordings(at))[0].state is RecordingState.STILL_THERE  # once a week, once the headteacher knows
    await until(at, date(2026, 10, 9), 16)
    assert (await recordings(at))[0].state is RecordingState.REMOVED


async def test_one_removed_too_early_is_noticed_when_the_teacher_would_be_reminded(at: Tenant):
    await held_a_lesson(at)
    at.graph.lessons.items.pop("d1/f1")
    await until(at, date(2026, 9, 23), 10)

    (one,) = await recordings(at)
    assert one.state is RecordingState.GONE_EARLY and one.told_on == date(2026, 9, 22)
    assert await slots(at, MessageKind.DUE_SOON) == []
    await until(at, date(2026, 10, 5))
    assert len(await seen(at)) == 1


async def test_a_lock_is_named_and_what_may_not_be_looked_at_is_never_gone(at: Tenant):
    await held_a_lesson(at)
    at.graph.lessons.labels["d1/f1"] = {"name": "Keep for seven years", "retentionSettings": {"isDeleteAllowed": False}}
    await until(at, date(2026, 10, 2), 16)
    (one,) = await recordings(at)
    assert one.state is RecordingState.LOCKED and one.told_on
    assert "LOCKED by a retention label" in str((await at.says("h1", "lessons")).values)


async def test_what_may_not_be_looked_at_is_asked_about_instead(at: Tenant):
    await held_a_lesson(at)
    await until(at, date(2026, 9, 29), 23)
    at.graph.next_answers.extend([Trouble(403)] * 40)
    at.clock.at = datetime(2026, 9, 30, 0, 1, tzinfo=LONDON)
    await at.tick()
    await at.tick()

    (one,) = await recordings(at)
    assert one.state is RecordingState.UNCHECKED
    (asked,) = await slots(at, MessageKind.IS_GONE)
    assert asked.state is DeliveryState.DUE


async def test_where_graph_does_not_answer_nothing_is_known_and_it_is_asked_an_hour_later(at: Tenant):
    await held_a_lesson(at)
    await until(at, date(2026, 9, 29), 23)
    at.graph.next_answers.extend([Trouble(how="html")] * 60)
    at.clock.at = datetime(2026, 9, 30, 0, 1, tzinfo=LONDON)
    await at.tick()
    asked = len([path for _, path in at.graph.asked if path.endswith("/items/f1")])
    await at.tick()
    assert len([path for _, path in at.graph.asked if path.endswith("/items/f1")]) == asked
    assert await seen(at) == ["there"]

    at.graph.next_answers.clear()
    at.graph.lessons.items.pop("d1/f1")
    at.clock.at += timedelta(hours=1)
    await at.tick()
    assert (await recordings(at))[0].state is RecordingState.GONE


async def test_a_lesson_recorded_twice_is_gone_when_both_files_are(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths()]
    await confirmed(at)
    video(at, "f1", TEN + timedelta(minutes=2))
    video(at, "f2", TEN + timedelta(minutes=40))
    await until(at, date(2026, 9, 29), 23)
    at.graph.lessons.items.pop("d1/f1")
    await until(at, date(2026, 9, 30), 16)
    assert (await recordings(at))[0].state is RecordingState.REMINDED
    at.graph.lessons.items.pop("d1/f2")
    await until(at, date(2026, 10, 1), 16)

    assert (await recordings(at))[0].state is RecordingState.GONE


async def test_a_lesson_nobody_recorded_is_asked_about_a_day_later(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths()]
    await confirmed(at)
    await until(at, date(2026, 9, 8), 16)
    assert await looks(at) == ["nothing"] and await slots(at, MessageKind.WAS_RECORDED) == []
    await until(at, date(2026, 9, 14), 10)

    assert {one.state for one in await slots(at, MessageKind.WAS_RECORDED)} == {DeliveryState.SENT}


async def test_the_notice_goes_into_the_meetings_own_chat_once_there_is_one_else_the_teacher_copies_it(at: Tenant):
    at.graph.lessons.calendars["a1"] = [maths(thread=MEETING)]
    await confirmed(at, place=MEETING)
    await until(at, TEN.date(), 9, 46)
    assert posted(at, MEETING) == []
    assert len(await slots(at, MessageKind.COPY)) == 1
    assert "copy it into the lesson's chat" in str(at.microsoft.messages()[-1])

    at.graph.lessons.joined[MEETING] = 0  # somebody has joined, so there is a chat
    at.clock.at = datetime(2026, 9, 8, 9, 50, tzinfo=LONDON)
    await at.tick()
    await at.tick()
    assert posted(at, MEETING)[0].startswith("Today's lesson will be recorded.")
    assert at.graph.lessons.joined[MEETING] == 1


async def test_searching_pupils_messages_wants_an_assessment_and_keeps_only_the_recording(
    settings: Settings, tmp_path: Path, mind: Understanding
):
    def change(text: str) -> str:
        return all_on(text).replace("pupils_messages = false", 'pupils_messages = "DPIA 2026-3"')

    async with joined(settings, tmp_path, mind, change) as at:
        card = await at.says("i1", "sync")
        await at.says("i1", verb="take_over", digest=str(card.values["digest"]))
        for account in [one.account for one in at.roster.people()]:
            at.graph.lessons.calendars[account], at.graph.lessons.recordings[account] = [], []
        lessons = at.graph.lessons
        lessons.calendars["a1"], lessons.joined[MEETING] = [maths(thread=MEETING)], 0
        at.work.pulse.hurry = lambda: None
        await confirmed(at, place=MEETING)
        link = lessons.put("d2", "f7", name="maths.mp4", file=VIDEO)
        lessons.shares[link] = "d2/f7"
        secret = told("m1", TEN + HOUR, link)
        lessons.messages[MEETING] = [secret, message("m2", TEN + HOUR, "I hate fractions, says Tom")]
        await until(at, TEN.date(), 13)

        (one,) = await recordings(at)
        assert (one.state, one.files[0].item) == (RecordingState.RECORDED, "f7")
        kept = "".join(each.what.text + each.who.text for each in await at.work.records.store.entries())
        assert "fractions" not in kept and "Tom" not in kept
