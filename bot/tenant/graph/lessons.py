"""What Staffroom sees of lessons in Microsoft Graph: calendars, meeting chats, recordings, and whether a file is there.

Everything here only reads, but for the app's own way into a meeting's chat. GraphError is raised for whatever could
not be found out: not knowing is never an answer.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bot.errors import Busy, GraphBusy, GraphError, Unreachable
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.recordings.rules.recording import FileState, RecordingFile
from bot.recordings.rules.timetable import CalendarEntry, SeenRecording, thread_of
from bot.school.rules.calendar import LONDON
from bot.tenant.graph.client import LONGEST_WAIT, GraphClient
from bot.tenant.graph.tenant import SERVICE

ENTRY = "id,subject,start,end,isOnlineMeeting,onlineMeeting,isCancelled,categories,iCalUId,seriesMasterId,originalStart"
VIDEO = "id,createdDateTime,file,folder,video,parentReference,webUrl"
IN_UTC = {"Prefer": 'outlook.timezone="UTC"'}  # London's times are twice the same when the clocks go back
ZONES = {"UTC": UTC, "Europe/London": LONDON, "GMT Standard Time": LONDON}  # Microsoft's and Windows' names
FOLDER = "recordings"  # of a channel's files, where Teams puts them
RECORDED = "#microsoft.graph.callRecordingEventMessageDetail"
POSTS = 50  # a page of messages, the most Graph gives
KEPT_OUT = (
    "Teams does not let Staffroom into this meeting's chat: a Teams administrator allows the app under Teams apps, "
    "Permission policies; until then the teacher copies the notice"
)
NO_CHAT = "Teams does not know this meeting's chat yet, or not the app: the teacher copies the notice into the chat"
_MEETING = re.compile(r"19:[\w.-]+@thread\.v2")


@dataclass(frozen=True, slots=True)
class GraphLessons:
    """One school's lessons. `app` is the Teams app's id in the school's own catalogue."""

    client: GraphClient
    tenant: str
    app: str = ""
    service: str = SERVICE

    async def lessons(self, account: str, since: datetime, until: datetime) -> tuple[CalendarEntry, ...]:
        """All that stands in somebody's calendar between two instants, lesson or not, in order; raises GraphError.

        https://learn.microsoft.com/graph/api/user-list-calendarview
        """
        params = {"startDateTime": _utc(since), "endDateTime": _utc(until), "$select": ENTRY, "$top": "100"}
        pages = self.client.pages(f"/users/{_part(account)}/calendarView", params, IN_UTC)
        found = [_entry(one) async for one in pages if one.get("start") and one.get("end")]
        return tuple(sorted(found, key=lambda one: (one.starts.astimezone(UTC), one.id)))

    async def join_chat(self, thread: str) -> Conversation:
        """The meeting's chat, with the bot in it; to be in it already is fine. Raises Unreachable or Busy.

        https://learn.microsoft.com/graph/api/chat-post-installedapps
        """
        wanted = {"teamsApp@odata.bind": f"{self.client.base}/appCatalogs/teamsApps/{self.app}"}
        try:
            await self.client.post(f"/chats/{_part(thread)}/installedApps", wanted, repeats=True, fine=409)
        except GraphError as seen:
            if seen.status in {403, 404}:
                raise Unreachable(KEPT_OUT if seen.status == 403 else NO_CHAT) from seen
            raise Busy(str(seen), seen.seconds if isinstance(seen, GraphBusy) else LONGEST_WAIT) from seen
        return Conversation("msteams", thread, ConversationKind.GROUP, self.service, self.tenant)

    async def recorded(self, organiser: str, since: datetime, until: datetime) -> tuple[SeenRecording, ...]:
        """The recordings of somebody's meetings, in order, without their files; raises GraphError.

        Meetings in channels are not among them: https://learn.microsoft.com/graph/api/onlinemeeting-getallrecordings
        """
        user = _part(organiser)
        asked = f"meetingOrganizerUserId='{user}',startDateTime={_utc(since)},endDateTime={_utc(until)}"
        pages = self.client.pages(f"/users/{user}/onlineMeetings/getAllRecordings({asked})", {})
        told = [(_instant(one.get("createdDateTime")), _meeting(one.get("meetingId"))) async for one in pages]
        return tuple(
            sorted((SeenRecording(at, thread) for at, thread in told if at and thread), key=lambda one: one.at)
        )

    async def in_channel(self, team: str, channel: str, since: datetime) -> tuple[SeenRecording, ...]:
        """The recordings in a channel's folder made since then, in order; none where nothing was ever recorded.

        `team` is the id of the team's group, not that of its conversation. Raises GraphError.
        https://learn.microsoft.com/graph/api/channel-get-filesfolder
        """
        root = await self.client.get(f"/teams/{_part(team)}/channels/{_part(channel)}/filesFolder")
        found = []
        async for folder in self.client.pages(*_children(_file(root), "id,name,folder,parentReference")):
            if _is_folder(folder) and _text(folder, "name").casefold() == FOLDER:
                found += await self._videos(_file(folder))
        made = [(_instant(one.get("createdDateTime")), _file(one)) for one in found]
        seen = (SeenRecording(at, channel, file.address, file) for at, file in made if at and at >= since)
        return tuple(sorted(seen, key=lambda one: one.at))

    async def _videos(self, folder: RecordingFile, *, deeper: bool = True) -> list[Mapping[str, Any]]:
        """A folder's videos, and those of the folders in it, where Teams keeps apart what may only be viewed."""
        found = []
        async for one in self.client.pages(*_children(folder, VIDEO)):
            if _is_video(one):
                found.append(one)
            elif deeper and _is_folder(one):
                found += await self._videos(_file(one), deeper=False)
        return found

    async def told_in(self, thread: str, since: datetime, *, team: str = "") -> tuple[SeenRecording, ...]:
        """The recordings a chat was told of since then, or a channel of a `team` (its group's id); raises GraphError.

        This reads what pupils write: one message after another is looked at and dropped, and of a recording only
        instant and link are kept. https://learn.microsoft.com/graph/system-messages
        """
        path, params, patience = _posts_of_channel(team, thread) if team else _posts_of_chat(thread, since)
        found: list[SeenRecording] = []
        older = 0
        async for post in self.client.pages(path, params):
            fresh = [one for one in _with_replies(post) if (_changed(one) or since) >= since]
            found += [told for one in fresh if (told := _told(one, thread))]
            older = 0 if fresh else older + 1
            if older >= patience:
                break
        return tuple(sorted(found, key=lambda one: one.at))

    async def file_of(self, link: str) -> RecordingFile:
        """The file behind a link, by ids that stay when it is renamed or moved; raises GraphError.

        https://learn.microsoft.com/graph/api/shares-get#encoding-sharing-urls
        """
        share = base64.urlsafe_b64encode(link.encode()).decode().rstrip("=")
        return _file(await self.client.get(f"/shares/u!{share}/driveItem", {"$select": "id,parentReference,webUrl"}))

    async def look(self, file: RecordingFile) -> FileState:
        """Whether a file is there. Gone is only what Graph itself calls gone; raises GraphError for all it leaves open.

        https://learn.microsoft.com/graph/errors and https://learn.microsoft.com/graph/api/resources/deleted
        """
        try:
            item = await self.client.get(_path(file), {"$select": "id,name,deleted,webUrl"})
        except GraphError as seen:
            if seen.status == 404 and seen.code.casefold() == "itemnotfound":
                return FileState.GONE
            if seen.status == 403:
                return FileState.FORBIDDEN
            raise
        if not _text(item, "id"):
            raise GraphError("Graph answered without the file it was asked for.")
        if item.get("deleted") is not None:  # it lies in the recycle bin; an empty facet says so too
            return FileState.GONE
        return FileState.LOCKED if await self._is_locked(file) else FileState.THERE

    async def _is_locked(self, file: RecordingFile) -> bool:
        """Whether a label keeps the file from being taken away. A label that only says when to delete does not.

        https://learn.microsoft.com/graph/api/resources/retentionlabelsettings
        """
        try:
            label = await self.client.get(f"{_path(file)}/retentionLabel")
        except GraphError as seen:
            if seen.status in {403, 404}:
                return False
            raise
        settings = label.get("retentionSettings")
        lets_go = isinstance(settings, dict) and settings.get("isDeleteAllowed") is True
        return bool(_text(label, "name").strip()) and not lets_go


def _part(id: str) -> str:
    return quote(id, safe="")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(body: Mapping[str, Any], field: str) -> str:
    return str(body.get(field) or "")


def _within(body: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """An object in an object; an empty one where there is none."""
    found = body.get(field)
    return found if isinstance(found, dict) else {}


def _instant(given: object) -> datetime | None:
    """An instant as Graph writes them, in UTC unless it says otherwise; None where it is none."""
    try:
        made = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return made.replace(tzinfo=UTC) if made and made.tzinfo is None else made


def _london(given: Mapping[str, Any]) -> datetime:
    """A time in a calendar, which names its zone; raises GraphError where we do not know the zone.

    https://learn.microsoft.com/graph/api/resources/datetimetimezone
    """
    zone = ZONES.get(_text(given, "timeZone"))
    try:
        if zone:
            return datetime.fromisoformat(_text(given, "dateTime")).replace(tzinfo=zone).astimezone(LONDON)
    except (ValueError, OverflowError):
        pass
    raise GraphError("Graph gave a calendar's time in a way that is not known here.")


def _entry(one: Mapping[str, Any]) -> CalendarEntry:
    """A calendar's event. An occurrence is named by the time it was first planned for, so it can be moved."""
    thread, organiser = thread_of(_text(_within(one, "onlineMeeting"), "joinUrl"))
    names = (_text(one, "iCalUId") or _text(one, "id"), _text(one, "originalStart"))
    categories = one.get("categories")
    return CalendarEntry(
        id="/".join(name for name in names if name),
        series=_text(one, "seriesMasterId"),
        subject=_text(one, "subject"),
        starts=_london(_within(one, "start")),
        ends=_london(_within(one, "end")),
        categories=tuple(str(name) for name in categories) if isinstance(categories, list) else (),
        is_cancelled=one.get("isCancelled") is True,
        is_online=one.get("isOnlineMeeting") is True,
        organiser=organiser,
        thread=thread,
    )


def _meeting(id: object) -> str:
    """The conversation in a meeting's id, base64 of `1*{organiser}*0**{conversation}`; empty where there is none.

    >>> _meeting(base64.b64encode(b"1*a1*0**19:meeting_NTA1@thread.v2").decode())
    '19:meeting_NTA1@thread.v2'
    """
    given = str(id or "")
    try:
        said = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_").decode()
    except (binascii.Error, ValueError):
        return ""
    thread = said.rpartition("**")[2]
    return thread if _MEETING.fullmatch(thread) else ""


def _path(file: RecordingFile) -> str:
    return f"/drives/{_part(file.drive)}/items/{_part(file.item)}"


def _children(folder: RecordingFile, fields: str) -> tuple[str, dict[str, str]]:
    return f"{_path(folder)}/children", {"$select": fields, "$top": "200"}


def _file(item: Mapping[str, Any]) -> RecordingFile:
    drive, id = _text(_within(item, "parentReference"), "driveId"), _text(item, "id")
    if not drive or not id:
        raise GraphError("Graph did not say where a file lies.")
    return RecordingFile(drive, id, _text(item, "webUrl"))


def _is_folder(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("folder"), dict)


def _is_video(item: Mapping[str, Any]) -> bool:
    return bool(item.get("video")) or _text(_within(item, "file"), "mimeType").startswith("video/")


def _posts_of_chat(thread: str, since: datetime) -> tuple[str, dict[str, str], int]:
    """What is asked of a chat, the last changed first, and after how many older messages nothing newer can come.

    https://learn.microsoft.com/graph/api/chat-list-messages
    """
    order, only = "lastModifiedDateTime desc", f"lastModifiedDateTime gt {_utc(since)}"
    return f"/chats/{_part(thread)}/messages", {"$top": str(POSTS), "$orderby": order, "$filter": only}, 1


def _posts_of_channel(team: str, channel: str) -> tuple[str, dict[str, str], int]:
    """The same of a channel, where a recording is a reply to its meeting's post, and no order is promised.

    https://learn.microsoft.com/graph/api/channel-list-messages
    """
    path = f"/teams/{_part(team)}/channels/{_part(channel)}/messages"
    return path, {"$top": str(POSTS), "$expand": "replies"}, POSTS


def _with_replies(post: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield post
    replies = post.get("replies")
    if isinstance(replies, list):
        yield from (one for one in replies if isinstance(one, dict))


def _changed(message: Mapping[str, Any]) -> datetime | None:
    return _instant(message.get("lastModifiedDateTime")) or _instant(message.get("createdDateTime"))


def _told(message: Mapping[str, Any], thread: str) -> SeenRecording | None:
    """The recording a message tells of; None for every other message, and for one that has not succeeded yet."""
    about, at = _within(message, "eventDetail"), _instant(message.get("createdDateTime"))
    if about.get("@odata.type") != RECORDED or about.get("callRecordingStatus") != "success" or at is None:
        return None
    return SeenRecording(at, thread, _text(about, "callRecordingUrl"))
