"""Lessons in Microsoft Graph over HTTP: calendars, the meeting's chat, and what not being able to read looks like."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import Busy, GraphBusy, GraphError, Unreachable
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.school.rules.calendar import LONDON
from bot.tenant.graph.fields import instant, text
from bot.tenant.graph.lessons import GraphLessons
from tests.standins.graph import Trouble
from tests.standins.graph_lessons import event
from tests.tenant.graph.conftest import CHANNEL, FILE, HOUR, LINK, SINCE, TEN, THREAD, UNTIL, WEEK, Line

READS: dict[str, Callable[[GraphLessons], Awaitable[Any]]] = {
    "calendar": lambda graph: graph.lessons("a1", SINCE, UNTIL),
    "recordings": lambda graph: graph.recorded("a1", SINCE, UNTIL),
    "folder": lambda graph: graph.in_channel("team", CHANNEL, SINCE),
    "chat": lambda graph: graph.reported_in(THREAD, SINCE),
    "channel": lambda graph: graph.reported_in(CHANNEL, SINCE, team="team"),
    "link": lambda graph: graph.file_of(LINK),
    "file": lambda graph: graph.look(FILE),
}
PAGED = ("calendar", "recordings", "folder", "chat", "channel")


async def test_a_calendar_is_read_with_times_of_london_and_the_meetings_conversation(taught: Line):
    (entry,) = (await taught.lessons.lessons("a1", SINCE, UNTIL)).entries

    assert (entry.id, entry.series, entry.subject) == ("u1", "", "Year 4 maths")
    assert (entry.starts.isoformat(), entry.ends.hour) == ("2026-09-07T10:00:00+01:00", 11)
    assert entry.starts.tzinfo is LONDON
    assert entry.thread == THREAD
    assert entry.is_online and not entry.is_cancelled
    assert set(taught.graph.tokens) == {"token-1"}


async def test_a_calendar_is_asked_for_in_utc_and_for_nothing_that_is_not_needed(taught: Line):
    await taught.lessons.lessons("a1", SINCE, UNTIL)

    (asked,) = taught.graph.lessons.queries
    assert taught.graph.lessons.preferred == ['outlook.timezone="UTC"']
    assert not {"body", "bodyPreview", "attendees", "organizer", "location"} & set(asked["$select"].split(","))


async def test_what_a_calendar_leaves_open_is_empty(taught: Line):
    taught.graph.lessons.calendars["a1"] = [
        event("u1", "", TEN, TEN + HOUR, categories=["Lesson", "Blue"], isCancelled=True),
        event("u2", "Other", TEN, TEN + HOUR, "https://zoom.example/j/1", iCalUId=None, seriesMasterId="s1"),
    ]

    other, hall = (await taught.lessons.lessons("a1", SINCE, UNTIL)).entries

    assert (hall.subject, hall.categories, hall.is_cancelled, hall.is_online) == ("", ("Lesson", "Blue"), True, False)
    assert (other.id, other.series, other.thread, other.is_online) == ("id-u2", "s1", "", True)


async def test_a_calendar_comes_page_by_page_and_in_order(taught: Line):
    taught.graph.lessons.page = 2
    times = [TEN + hours * HOUR for hours in (3, 1, 4, 0, 2)]
    taught.graph.lessons.calendars["a1"] = [event(f"u{at.hour}", "Maths", at, at + HOUR) for at in times]

    entries = (await taught.lessons.lessons("a1", SINCE, UNTIL)).entries

    assert [entry.id for entry in entries] == ["u9", "u10", "u11", "u12", "u13"]
    assert len(taught.graph.asked) == 3


async def test_only_the_time_asked_for_is_read(taught: Line):
    taught.graph.lessons.calendars["a1"] = [event("u1", "Maths", TEN + WEEK, TEN + WEEK + HOUR)]

    assert (await taught.lessons.lessons("a1", SINCE, UNTIL)).entries == ()
    assert len((await taught.lessons.lessons("a1", SINCE + WEEK, UNTIL + WEEK)).entries) == 1


async def test_an_occurrence_keeps_its_name_when_it_is_moved_and_shares_it_with_no_other(taught: Line):
    moved = TEN + 2 * HOUR
    series = {"seriesMasterId": "s1"}
    taught.graph.lessons.calendars["a1"] = [
        event("u", "Maths", TEN, TEN + HOUR, originalStart="2026-09-07T09:00:00Z", **series),
        event("u", "Maths", TEN + WEEK, TEN + WEEK + HOUR, originalStart="2026-09-14T09:00:00Z", **series),
    ]
    before = (await taught.lessons.lessons("a1", SINCE, UNTIL + WEEK)).entries
    taught.graph.lessons.calendars["a1"][0].update(start=moved, end=moved + HOUR)

    after = (await taught.lessons.lessons("a1", SINCE, UNTIL + WEEK)).entries

    assert [entry.id for entry in after] == [entry.id for entry in before]
    assert before[0].id != before[1].id and after[0].starts == moved


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "GMT Standard Time"])
@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-03-29T00:30:00+00:00", "2026-03-29T00:30:00+00:00"),
        ("2026-03-29T01:00:00+00:00", "2026-03-29T02:00:00+01:00"),  # the clocks go forward
        ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+01:00"),
        ("2026-10-25T02:00:00+00:00", "2026-10-25T02:00:00+00:00"),  # they went back
    ],
)
async def test_times_are_right_on_the_days_the_clocks_change(taught: Line, zone: str, at: str, shown: str):
    starts = datetime.fromisoformat(at)
    taught.graph.lessons.answers_in = zone
    taught.graph.lessons.calendars["a1"] = [event("u1", "Maths", starts, starts + HOUR)]

    (entry,) = (await taught.lessons.lessons("a1", starts - HOUR, starts + HOUR)).entries

    assert entry.starts.isoformat() == shown


async def test_a_time_with_an_offset_of_its_own_is_not_moved_by_the_zone_beside_it(taught: Line):
    odd = {"start": {"dateTime": "2026-09-07T12:00:00+02:00", "timeZone": "UTC"}}
    taught.graph.lessons.calendars["a1"] = [event("u1", "Maths", TEN, TEN + HOUR, odd=odd)]

    (entry,) = (await taught.lessons.lessons("a1", SINCE, UNTIL)).entries

    assert entry.starts.isoformat() == "2026-09-07T11:00:00+01:00"


async def test_the_hour_that_comes_twice_is_told_apart(taught: Line):
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    both = [event("u2", "Maths", first + HOUR, first + 2 * HOUR), event("u1", "Maths", first, first + HOUR)]
    taught.graph.lessons.calendars["a1"] = both

    entries = (await taught.lessons.lessons("a1", first - HOUR, first + 3 * HOUR)).entries

    assert [(entry.id, entry.starts.isoformat()) for entry in entries] == [
        ("u1", "2026-10-25T01:30:00+01:00"),
        ("u2", "2026-10-25T01:30:00+00:00"),
    ]


async def test_an_entry_that_cannot_be_read_hides_no_other_and_is_no_lesson_at_the_wrong_time(taught: Line):
    start = {"dateTime": "2026-09-07T11:00:00", "timeZone": "tzone://Microsoft/Custom"}
    early = {"dateTime": "2026-09-07T01:00:00", "timeZone": "UTC"}
    odd = [{"start": start}, {"end": early}, {"start": None}, {"end": {"dateTime": "soon", "timeZone": "UTC"}}]
    taught.graph.lessons.calendars["a1"] = [
        *(event(f"u{number}", "Maths", TEN, TEN + HOUR, odd=change) for number, change in enumerate(odd, start=2)),
        event("u1", "Maths", TEN, TEN + HOUR),
    ]

    calendar = await taught.lessons.lessons("a1", SINCE, UNTIL)

    assert [entry.id for entry in calendar.entries] == ["u1"]
    assert calendar.unreadable == {"u2", "u3", "u4", "u5"}


async def test_the_bot_joins_a_meetings_chat_once_and_being_there_is_fine(taught: Line):
    chat = await taught.lessons.join_chat(THREAD)

    assert chat == Conversation("msteams", THREAD, ConversationKind.MEETING, f"{taught.graph.address}/teams/", "tenant")
    assert await taught.lessons.join_chat(THREAD) == chat
    taught.graph.next_answers.append(Trouble(504))
    assert await taught.lessons.join_chat(THREAD) == chat
    assert taught.graph.lessons.joined == {THREAD: 1}


async def test_a_chat_the_bot_may_not_join_says_what_can_be_done(taught: Line):
    taught.graph.next_answers.append(Trouble(403))
    with pytest.raises(Unreachable, match="a Teams administrator allows the app"):
        await taught.lessons.join_chat(THREAD)

    with pytest.raises(Unreachable, match="the teacher copies the notice"):
        await taught.lessons.join_chat("19:meeting_unknown@thread.v2")


async def test_the_chats_of_meetings_are_known_by_their_ids_and_are_in_teams(taught: Line):
    lessons = taught.lessons

    assert lessons.channel == "msteams"
    assert [lessons.is_meeting_chat(id) for id in (THREAD, CHANNEL, "", "class-year-4")] == [True, False, False, False]


@pytest.mark.parametrize(
    ("troubles", "seconds"),
    [
        ([Trouble(429, {"Retry-After": "90"})], 90),
        ([Trouble(500)] * 5, 60),
        ([Trouble(400)], 60),
        ([Trouble(how="html")], 60),
        ([Trouble(502)] * 5, 60),
    ],
)
async def test_any_other_trouble_with_a_chat_is_for_later(taught: Line, troubles: list[Trouble], seconds: float):
    taught.graph.next_answers.extend(troubles)

    with pytest.raises(Busy) as error:
        await taught.lessons.join_chat(THREAD)
    assert error.value.seconds == seconds


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("trouble", [Trouble(429, {"Retry-After": "7"}), Trouble(503), Trouble(how="half")])
async def test_reading_waits_and_tries_again(taught: Line, read: str, trouble: Trouble):
    taught.graph.next_answers.append(trouble)

    assert await READS[read](taught.lessons)
    assert len(taught.waited) == 1


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("trouble", [Trouble(429, {"Retry-After": "600"}), Trouble(404), Trouble(how="html")])
async def test_what_cannot_be_read_is_an_error_and_never_nothing(taught: Line, read: str, trouble: Trouble):
    taught.graph.next_answers.append(trouble)

    with pytest.raises(GraphError) as error:
        await READS[read](taught.lessons)
    assert isinstance(error.value, GraphBusy) is (trouble.status == 429)


@pytest.mark.parametrize("read", [read for read in READS if read != "file"])
async def test_a_missing_permission_is_an_error(taught: Line, read: str):
    taught.graph.next_answers.append(Trouble(403))

    with pytest.raises(GraphError, match=r"403") as error:
        await READS[read](taught.lessons)
    assert error.value.status == 403


@pytest.mark.parametrize("read", PAGED)
async def test_a_next_page_on_another_host_is_never_asked_for(taught: Line, read: str):
    there = taught.graph.lessons
    there.page, there.elsewhere = 1, "https://evil.example"
    there.calendars["a1"] *= 2
    there.recordings["a1"] *= 2
    there.messages = {where: messages * 2 for where, messages in there.messages.items()}

    with pytest.raises(GraphError, match="another host"):
        await READS[read](taught.lessons)


async def test_the_title_and_the_categories_of_a_lesson_are_one_clean_line(taught: Line):
    titled = event("u1", "Phonics\x16 \u202e[x](https://evil.example)\n", TEN, TEN + HOUR, categories=["\ufeffLesson"])
    taught.graph.lessons.calendars["a1"] = [titled]

    (entry,) = (await taught.lessons.lessons("a1", SINCE, UNTIL)).entries

    assert (entry.subject, entry.categories) == ("Phonics\ufffd [x](https://evil.example)", ("Lesson",))


@pytest.mark.parametrize(
    "value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon", 5, None, {"at": 1}]
)
def test_an_instant_beyond_the_years_that_can_be_counted_is_none(value: object):
    assert instant(value) is None


def test_a_field_with_half_a_character_is_text_that_can_be_kept():
    assert text({"id": "a\ud800b"}, "id") == "a?b"
    assert text({"id": {"a": 1}}, "id") == text({"id": 1e999}, "id") == ""
