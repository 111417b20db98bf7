"""What Staffroom sees of lessons in Microsoft Graph: calendars, meeting chats, recordings, and whether a file is there.

Everything here only reads, except that the app is added to a meeting's chat. GraphError is raised for everything that
could not be found out: not knowing is never an answer.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bot.errors import Busy, ChannelError, GraphBusy, GraphError, Unreachable
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.recordings.rules.recording import FileState, RecordingFile
from bot.recordings.rules.timetable import Calendar, CalendarEntry, SeenRecording
from bot.tenant.graph.client import MAX_WAIT, GraphClient
from bot.tenant.graph.events import calendar_entry, entry_id
from bot.tenant.graph.fields import instant, text, within
from bot.tenant.graph.refusals import Refusal, refusal_of
from bot.tenant.graph.tenant import CHANNEL, SERVICE

EVENT_FIELDS = (
    "id,subject,start,end,isOnlineMeeting,onlineMeeting,isCancelled,categories,iCalUId,seriesMasterId,originalStart"
)
VIDEO_FIELDS = "id,createdDateTime,file,folder,video,parentReference,webUrl"
IN_UTC = {"Prefer": 'outlook.timezone="UTC"'}  # London has the same time twice when the clocks go back
RECORDINGS_FOLDER = "recordings"  # of a channel's files, where Teams puts them
RECORDING_EVENT = "#microsoft.graph.callRecordingEventMessageDetail"
PAGE_OF_MESSAGES = 50  # the most Graph gives
KEPT_OUT = (
    "Teams does not let Staffroom into this meeting's chat: a Teams administrator allows the app under Teams apps, "
    "Permission policies; until then the teacher copies the notice"
)
NO_CHAT = "Teams does not know this meeting's chat yet, or not the app: the teacher copies the notice into the chat"
NOT_GRANTED = (
    "Staffroom may not join meeting chats yet: an administrator grants it "
    "TeamsAppInstallation.ReadWriteSelfForChat.All in the app registration"
)
LATER = 3600.0  # seconds: nothing changes until an administrator does something
# A label that we may not read, or that is not there: nothing then says that the file is kept.
NO_LABEL = frozenset({Refusal.GONE, Refusal.NOT_FOUND, Refusal.NOT_ALLOWED, Refusal.BLOCKED, Refusal.NOT_GRANTED})
_MEETING_CHAT = "19:meeting_"  # how the id of a meeting's chat begins
_MEETING = re.compile(r"19:[\w.-]+@thread\.v2")


@dataclass(frozen=True, slots=True)
class GraphLessons:
    """One school's lessons. `app` is the Teams app's id in the school's own catalogue."""

    client: GraphClient
    tenant: str
    app: str = ""
    service: str = SERVICE

    @property
    def channel(self) -> str:
        """The channel on which the chats of its meetings are."""
        return CHANNEL

    def is_meeting_chat(self, thread: str) -> bool:
        """Whether a conversation is the chat of a meeting, by its id."""
        return thread.startswith(_MEETING_CHAT)

    async def lessons(self, account: str, since: datetime, until: datetime) -> Calendar:
        """Everything in somebody's calendar between two instants, lesson or not, in order; raises GraphError.

        An entry that cannot be read (a zone nobody knows, no time) hides none of the others.

        https://learn.microsoft.com/graph/api/user-list-calendarview
        """
        params = {"startDateTime": _utc(since), "endDateTime": _utc(until), "$select": EVENT_FIELDS, "$top": "100"}
        pages = self.client.pages(f"/users/{_part(account)}/calendarView", params, IN_UTC)
        entries, unreadable = list[CalendarEntry](), set[str]()
        async for event in pages:
            entry = calendar_entry(event)
            if entry:
                entries.append(entry)
            else:
                unreadable.add(entry_id(event))
        entries.sort(key=lambda entry: (entry.starts.astimezone(UTC), entry.id))
        return Calendar(tuple(entries), frozenset(unreadable))

    async def join_chat(self, thread: str) -> Conversation:
        """A meeting's chat, with the bot in it; safe to repeat. Raises Unreachable or Busy.

        https://learn.microsoft.com/graph/api/chat-post-installedapps
        """
        app = {"teamsApp@odata.bind": f"{self.client.base}/appCatalogs/teamsApps/{self.app}"}
        try:
            await self.client.post(f"/chats/{_part(thread)}/installedApps", app, repeats=True, accepted=409)
        except GraphError as error:
            raise _not_joined(error) from error
        kind = ConversationKind.MEETING if self.is_meeting_chat(thread) else ConversationKind.GROUP
        return Conversation(CHANNEL, thread, kind, self.service, self.tenant)

    async def recorded(self, organiser: str, since: datetime, until: datetime) -> tuple[SeenRecording, ...]:
        """The recordings of somebody's meetings, in order, without their files; raises GraphError.

        Meetings in channels are not among them: https://learn.microsoft.com/graph/api/onlinemeeting-getallrecordings
        """
        user = _part(organiser)
        query = f"meetingOrganizerUserId='{user}',startDateTime={_utc(since)},endDateTime={_utc(until)}"
        pages = self.client.pages(f"/users/{user}/onlineMeetings/getAllRecordings({query})", {})
        recordings = [
            (instant(item.get("createdDateTime")), _meeting_thread(item.get("meetingId"))) async for item in pages
        ]
        return _in_order(SeenRecording(at, thread) for at, thread in recordings if at and thread)

    async def in_channel(self, team: str, channel: str, since: datetime) -> tuple[SeenRecording, ...]:
        """The recordings in a channel's folder made since then, in order; none if nothing was ever recorded.

        `team` is the id of the team's group, not that of its conversation. Raises GraphError.
        https://learn.microsoft.com/graph/api/channel-get-filesfolder
        """
        root = await self.client.get(f"/teams/{_part(team)}/channels/{_part(channel)}/filesFolder")
        videos = []
        async for folder in self.client.pages(*_children(_file(root), "id,name,folder,parentReference")):
            if _is_folder(folder) and text(folder, "name").casefold() == RECORDINGS_FOLDER:
                videos += await self._videos(_file(folder))
        instants = [(instant(video.get("createdDateTime")), video) for video in videos]
        return _in_order(_seen(video, at, channel) for at, video in instants if at and at >= since)

    async def _videos(self, folder: RecordingFile, *, deeper: bool = True) -> list[Mapping[str, Any]]:
        """A folder's videos, and those of the folders in it, where Teams keeps apart what may only be viewed."""
        videos = []
        async for item in self.client.pages(*_children(folder, VIDEO_FIELDS)):
            if _is_video(item):
                videos.append(item)
            elif deeper and _is_folder(item) and _has_place(item):
                videos += await self._videos(_file(item), deeper=False)
        return videos

    async def reported_in(self, thread: str, since: datetime, *, team: str = "") -> tuple[SeenRecording, ...]:
        """The recordings that messages of a chat report since then, or of a channel of a `team` (its group's id).

        This reads what pupils write: messages are looked at one by one and dropped, and of a recording only instant and
        link are kept. Raises GraphError. https://learn.microsoft.com/graph/system-messages
        """
        query = _messages_of_channel(team, thread) if team else _messages_of_chat(thread, since)
        recordings: list[SeenRecording] = []
        older_in_a_row = 0
        async for post in self.client.pages(query.path, query.params):
            fresh = [message for message in _with_replies(post) if (_changed_at(message) or since) >= since]
            recordings += [recording for message in fresh if (recording := _reported(message, thread))]
            older_in_a_row = 0 if fresh else older_in_a_row + 1
            if older_in_a_row >= query.enough_older:
                break
        return _in_order(recordings)

    async def file_of(self, link: str) -> RecordingFile:
        """The file behind a link, by ids that stay when it is renamed or moved; raises GraphError.

        https://learn.microsoft.com/graph/api/shares-get#encoding-sharing-urls
        """
        share = base64.urlsafe_b64encode(link.encode()).decode().rstrip("=")
        return _file(await self.client.get(f"/shares/u!{share}/driveItem", {"$select": "id,parentReference,webUrl"}))

    async def look(self, file: RecordingFile) -> FileState:
        """Whether a file is there. It is gone only if Graph itself says so; raises GraphError if Graph leaves it open.

        https://learn.microsoft.com/graph/errors and https://learn.microsoft.com/graph/api/resources/deleted
        """
        try:
            item = await self.client.get(_path(file), {"$select": "id,name,deleted,webUrl"})
        except GraphError as error:
            match refusal_of(error):
                case Refusal.GONE:
                    return FileState.GONE
                case Refusal.NOT_ALLOWED | Refusal.BLOCKED:
                    return FileState.FORBIDDEN
            raise
        if not text(item, "id"):
            raise GraphError("Graph answered without the file it was asked for.")
        if item.get("deleted") is not None:  # it is in the recycle bin; an empty facet says so too
            return FileState.GONE
        return FileState.LOCKED if await self._is_locked(file) else FileState.THERE

    async def _is_locked(self, file: RecordingFile) -> bool:
        """Whether a label keeps the file from being deleted. A label that only says when to delete does not.

        https://learn.microsoft.com/graph/api/resources/retentionlabelsettings
        """
        try:
            label = await self.client.get(f"{_path(file)}/retentionLabel")
        except GraphError as error:
            if refusal_of(error) in NO_LABEL:
                return False
            raise
        settings = label.get("retentionSettings")
        may_delete = isinstance(settings, dict) and settings.get("isDeleteAllowed") is True
        return bool(text(label, "name").strip()) and not may_delete


def _not_joined(error: GraphError) -> ChannelError:
    match refusal_of(error):
        case Refusal.NOT_ALLOWED | Refusal.BLOCKED | Refusal.NO_LICENCE:
            return Unreachable(KEPT_OUT)
        case Refusal.NOT_FOUND | Refusal.GONE:
            return Unreachable(NO_CHAT)
        case Refusal.NOT_GRANTED:
            return Busy(NOT_GRANTED, LATER)
    return Busy(str(error), error.seconds if isinstance(error, GraphBusy) else MAX_WAIT)


def _part(id: str) -> str:
    return quote(id, safe="")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _in_order(recordings: Iterable[SeenRecording]) -> tuple[SeenRecording, ...]:
    return tuple(sorted(recordings, key=lambda recording: recording.at))


def _meeting_thread(meeting: object) -> str:
    """The conversation in a meeting's id, base64 of `1*{organiser}*0**{conversation}`; empty if there is none.

    >>> _meeting_thread(base64.b64encode(b"1*a1*0**19:meeting_NTA1@thread.v2").decode())
    '19:meeting_NTA1@thread.v2'
    """
    encoded = str(meeting or "")
    try:
        id = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_").decode()
    except (binascii.Error, ValueError):
        return ""
    thread = id.rpartition("**")[2]
    return thread if _MEETING.fullmatch(thread) else ""


def _path(file: RecordingFile) -> str:
    return f"/drives/{_part(file.drive)}/items/{_part(file.item)}"


def _children(folder: RecordingFile, fields: str) -> tuple[str, dict[str, str]]:
    return f"{_path(folder)}/children", {"$select": fields, "$top": "200"}


def _file(item: Mapping[str, Any]) -> RecordingFile:
    drive, id = text(within(item, "parentReference"), "driveId"), text(item, "id")
    if not drive or not id:
        raise GraphError("Graph did not say where a file is.")
    return RecordingFile(drive, id, text(item, "webUrl"))


def _has_place(item: Mapping[str, Any]) -> bool:
    return bool(text(within(item, "parentReference"), "driveId") and text(item, "id"))


def _seen(video: Mapping[str, Any], at: datetime, channel: str) -> SeenRecording:
    """A video as a recording; if Graph does not say where it is, it is still known that there is one."""
    if not _has_place(video):
        return SeenRecording(at, channel, text(video, "webUrl"))
    file = _file(video)
    return SeenRecording(at, channel, file.address, file)


def _is_folder(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("folder"), dict)


def _is_video(item: Mapping[str, Any]) -> bool:
    return bool(item.get("video")) or text(within(item, "file"), "mimeType").startswith("video/")


@dataclass(frozen=True, slots=True)
class _MessageQuery:
    """How to ask for messages, and after how many older ones in a row no newer one can come."""

    path: str
    params: Mapping[str, str]
    enough_older: int


def _messages_of_chat(thread: str, since: datetime) -> _MessageQuery:
    """The messages of a chat, the last changed first.

    https://learn.microsoft.com/graph/api/chat-list-messages
    """
    order, only = "lastModifiedDateTime desc", f"lastModifiedDateTime gt {_utc(since)}"
    params = {"$top": str(PAGE_OF_MESSAGES), "$orderby": order, "$filter": only}
    return _MessageQuery(f"/chats/{_part(thread)}/messages", params, 1)


def _messages_of_channel(team: str, channel: str) -> _MessageQuery:
    """The posts of a channel, where a recording is a reply to its meeting's post, and no order is promised.

    https://learn.microsoft.com/graph/api/channel-list-messages
    """
    path = f"/teams/{_part(team)}/channels/{_part(channel)}/messages"
    return _MessageQuery(path, {"$top": str(PAGE_OF_MESSAGES), "$expand": "replies"}, PAGE_OF_MESSAGES)


def _with_replies(post: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield post
    replies = post.get("replies")
    if isinstance(replies, list):
        yield from (reply for reply in replies if isinstance(reply, dict))


def _changed_at(message: Mapping[str, Any]) -> datetime | None:
    return instant(message.get("lastModifiedDateTime")) or instant(message.get("createdDateTime"))


def _reported(message: Mapping[str, Any], thread: str) -> SeenRecording | None:
    """The recording a message reports; None for every other message, and for one that has not succeeded yet."""
    detail, at = within(message, "eventDetail"), instant(message.get("createdDateTime"))
    is_recording = detail.get("@odata.type") == RECORDING_EVENT and detail.get("callRecordingStatus") == "success"
    return SeenRecording(at, thread, text(detail, "callRecordingUrl")) if is_recording and at else None
