"""Recordings in Microsoft Graph over HTTP: what is found, what is kept, and that not knowing is never gone."""

import base64
from typing import Any

import pytest

from bot.errors import GraphError
from bot.recordings.rules.recording import FileState, RecordingFile
from bot.recordings.rules.timetable import SeenRecording
from tests.standins.graph import Trouble
from tests.standins.graph_lessons import message, recording, told
from tests.tenant.graph.conftest import CHANNEL, FILE, HOUR, LINK, SINCE, TEN, THREAD, UNTIL, WEEK, Line

SILENT = {"retentionSettings": {"isDeleteAllowed": True, "behaviorDuringRetentionPeriod": "doNotRetain"}}


async def test_the_recordings_of_somebodys_meetings_name_their_conversations(taught: Line):
    other = "19:meeting_two-_.x@thread.v2"
    taught.graph.lessons.recordings["a1"] = [
        recording("a1", other, TEN + HOUR),
        recording("a1", THREAD, TEN),
        recording("a1", THREAD, TEN + WEEK),
    ]

    assert await taught.lessons.recorded("a1", SINCE, UNTIL) == (
        SeenRecording(TEN, THREAD),
        SeenRecording(TEN + HOUR, other),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"meetingId": None},
        {"meetingId": "MSo*"},
        {"meetingId": base64.b64encode(b"\xff\xfe\xfd").decode()},
        {"meetingId": base64.b64encode(b"1*a1*0**../../x").decode()},
        {"createdDateTime": None},
    ],
)
async def test_a_recording_that_names_no_conversation_or_no_time_is_nobodys(taught: Line, wrong: dict[str, Any]):
    taught.graph.lessons.recordings["a1"].append({**recording("a1", THREAD, TEN), **wrong})

    assert await taught.lessons.recorded("a1", SINCE, UNTIL) == (SeenRecording(TEN, THREAD),)


async def test_videos_in_a_channels_recordings_are_found_with_their_files(taught: Line):
    video = {"file": {"mimeType": "video/mp4"}}
    there = taught.graph.lessons
    there.put("d1", "old", "shelf", createdDateTime="2026-09-07T07:59:00Z", **video)
    there.put("d1", "text", "shelf", createdDateTime="2026-09-07T09:30:00Z", file={"mimeType": "text/vtt"})
    there.put("d1", "view", "shelf", createdDateTime="2026-09-07T09:30:00Z", folder={"childCount": 1})
    there.put("d1", "f2", "view", createdDateTime="2026-09-07T09:40:00Z", **video)
    there.put("d1", "deep", "view", createdDateTime="2026-09-07T09:30:00Z", folder={"childCount": 1})
    there.put("d1", "f4", "deep", createdDateTime="2026-09-07T09:40:00Z", **video)
    there.put("d1", "films", "root", name="Films", folder={"childCount": 1})
    there.put("d1", "f5", "films", createdDateTime="2026-09-07T09:40:00Z", **video)
    there.put("d1", "f3", "root", createdDateTime="2026-09-07T09:40:00Z", name="Film.mp4", **video)

    recordings = await taught.lessons.in_channel("team", CHANNEL, SINCE)

    assert recordings == (
        SeenRecording(TEN, CHANNEL, FILE.address, FILE),
        SeenRecording(
            TEN + HOUR * 2 / 3,
            CHANNEL,
            "https://school.example/f2",
            RecordingFile("d1", "f2", "https://school.example/f2"),
        ),
    )


async def test_a_channel_without_recordings_has_none_and_a_channel_nobody_knows_is_an_error(taught: Line):
    taught.graph.lessons.children.clear()

    assert await taught.lessons.in_channel("team", CHANNEL, SINCE) == ()
    with pytest.raises(GraphError, match="404"):
        await taught.lessons.in_channel("other", CHANNEL, SINCE)


async def test_a_folder_that_does_not_say_where_it_lies_is_an_error(taught: Line):
    taught.graph.lessons.folders[f"team/{CHANNEL}"] = {"id": "root"}

    with pytest.raises(GraphError, match="where a file is"):
        await taught.lessons.in_channel("team", CHANNEL, SINCE)


async def test_of_a_chat_nothing_is_kept_but_the_recordings_its_messages_report(taught: Line):
    ended = {"@odata.type": "#microsoft.graph.callEndedEventMessageDetail", "callId": "call-1"}
    taught.graph.lessons.messages[THREAD] = [
        message("m1", TEN, "I wrote this, and I am eight"),
        message("m2", TEN, eventDetail=ended),
        told("m3", TEN, None, "initial"),
        told("m4", TEN, None, "failure"),
        told("m5", TEN + HOUR, LINK),
        told("m6", TEN, None),
        told("m7", TEN, LINK, createdDateTime=None),
    ]

    assert await taught.lessons.reported_in(THREAD, SINCE) == (
        SeenRecording(TEN, THREAD),
        SeenRecording(TEN + HOUR, THREAD, LINK),
    )


async def test_a_chat_is_read_no_further_back_than_asked(taught: Line):
    taught.graph.lessons.page = 2
    taught.graph.lessons.messages[THREAD] = [
        told(f"m{hours}", TEN - hours * HOUR, f"{LINK}{hours}") for hours in range(9)
    ]

    recordings = await taught.lessons.reported_in(THREAD, TEN - 2 * HOUR)

    assert [recording.at for recording in recordings] == [TEN - 2 * HOUR, TEN - HOUR, TEN]
    assert len(taught.graph.asked) == 2
    assert taught.graph.lessons.queries[0]["$filter"] == "lastModifiedDateTime gt 2026-09-07T07:00:00Z"


async def test_a_message_that_reports_success_later_counts_from_when_it_was_changed(taught: Line):
    taught.graph.lessons.messages[THREAD] = [told("m1", TEN, LINK, lastModifiedDateTime="2026-09-07T11:00:00Z")]

    assert await taught.lessons.reported_in(THREAD, TEN + HOUR) == (SeenRecording(TEN, THREAD, LINK),)


async def test_in_a_channel_recordings_are_reported_in_replies_below_old_posts(taught: Line):
    maths = [told("r0", TEN - WEEK, f"{LINK}0"), told("r1", TEN, LINK)]
    posts = [message(f"m{number}", TEN - 2 * WEEK, "An old post") for number in range(98)]
    posts.insert(49, message("m98", TEN - 2 * WEEK, "Maths, weekly", replies=maths))
    posts.append(message("m99", TEN - 3 * WEEK, "English, weekly", replies=[told("r2", TEN + HOUR, f"{LINK}2")]))
    taught.graph.lessons.messages[f"team/{CHANNEL}"] = posts

    recordings = await taught.lessons.reported_in(CHANNEL, SINCE, team="team")

    assert recordings == (SeenRecording(TEN, CHANNEL, LINK), SeenRecording(TEN + HOUR, CHANNEL, f"{LINK}2"))


async def test_a_channel_is_read_until_a_page_of_posts_is_too_old(taught: Line):
    taught.graph.lessons.messages[f"team/{CHANNEL}"] = [message(f"m{number}", TEN - WEEK) for number in range(500)]

    assert await taught.lessons.reported_in(CHANNEL, SINCE, team="team") == ()
    assert len(taught.graph.asked) == 1


async def test_a_link_leads_to_its_file_by_ids(taught: Line):
    assert await taught.lessons.file_of(LINK) == FILE
    assert taught.graph.lessons.queries == [{"$select": "id,parentReference,webUrl"}]
    with pytest.raises(GraphError, match="itemNotFound"):
        await taught.lessons.file_of("https://school.sharepoint.example/unknown")
    taught.graph.lessons.items["d1/f1"]["parentReference"] = None
    with pytest.raises(GraphError, match="where a file is"):
        await taught.lessons.file_of(LINK)


async def test_a_file_that_graph_shows_is_there(taught: Line):
    assert await taught.lessons.look(FILE) is FileState.THERE


@pytest.mark.parametrize("facet", [{"state": "softDeleted"}, {}])
async def test_a_file_in_the_recycle_bin_is_gone(taught: Line, facet: dict[str, str]):
    taught.graph.lessons.items["d1/f1"]["deleted"] = facet

    assert await taught.lessons.look(FILE) is FileState.GONE


async def test_a_file_graph_does_not_find_is_gone_and_one_we_may_not_see_is_not(taught: Line):
    assert await taught.lessons.look(RecordingFile("d1", "unknown")) is FileState.GONE
    taught.graph.next_answers.append(Trouble(403))
    assert await taught.lessons.look(FILE) is FileState.FORBIDDEN


@pytest.mark.parametrize(
    ("label", "state"),
    [
        ({"name": "Keep for 7 years"}, FileState.LOCKED),
        ({"name": "Keep", "retentionSettings": {"isDeleteAllowed": False}}, FileState.LOCKED),
        ({"name": "Delete after 21 days", **SILENT}, FileState.THERE),
        ({"name": None}, FileState.THERE),
        ({"name": ""}, FileState.THERE),
    ],
)
async def test_a_label_that_keeps_a_file_locks_it(taught: Line, label: dict[str, Any], state: FileState):
    taught.graph.lessons.labels["d1/f1"] = label

    assert await taught.lessons.look(FILE) is state


@pytest.mark.parametrize("status", [403, 404])
async def test_a_label_we_may_not_see_leaves_the_file_there(taught: Line, status: int):
    taught.graph.next_answers.extend([None, Trouble(status)])  # the file itself is answered

    assert await taught.lessons.look(FILE) is FileState.THERE


@pytest.mark.parametrize(
    "trouble",
    [Trouble(404), Trouble(401), Trouble(410), Trouble(423), Trouble(500), Trouble(302), Trouble(how="html")],
)
async def test_not_knowing_is_never_gone(taught: Line, trouble: Trouble):
    taught.graph.next_answers.extend([trouble] * 5)

    with pytest.raises(GraphError):
        await taught.lessons.look(FILE)


@pytest.mark.parametrize("trouble", [Trouble(429, {"Retry-After": "600"}), Trouble(500), Trouble(how="html")])
async def test_trouble_with_a_label_is_not_knowing_too(taught: Line, trouble: Trouble):
    taught.graph.next_answers.extend([None, *[trouble] * 5])

    with pytest.raises(GraphError):
        await taught.lessons.look(FILE)


async def test_an_answer_that_is_no_file_is_not_knowing(taught: Line):
    taught.graph.lessons.items["d1/f1"] = {"webUrl": FILE.address}

    with pytest.raises(GraphError, match="without the file"):
        await taught.lessons.look(FILE)
