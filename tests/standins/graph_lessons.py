"""What the little Microsoft Graph knows of lessons: calendars, meeting chats, recordings, folders, files and labels."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web

AS_DESCRIBED = web.ResponseKey("as described", bytes)  # an answer without what the description lacks
RECORDED = "#microsoft.graph.callRecordingEventMessageDetail"
_PREFERRED = re.compile(r'outlook\.timezone="(.+)"')
_ASKED = re.compile(r"getAllRecordings\(meetingOrganizerUserId='(.+)',startDateTime=(.+),endDateTime=(.+)\)")
_ONLY = re.compile(r"lastModifiedDateTime gt (.+)")
_NAMES = {"GMT Standard Time": "Europe/London"}


def join_url(thread: str, organiser: str, after: str = "0") -> str:
    """A link to join a meeting, as Teams writes them."""
    context = quote(json.dumps({"Tid": "tenant", "Oid": organiser}))
    return f"https://teams.microsoft.com/l/meetup-join/{quote(thread, safe='')}/{after}?context={context}"


def event(uid: str, subject: str, starts: datetime, ends: datetime, join: str = "", **more: Any) -> dict[str, Any]:
    """An event of a calendar; its times are put into a zone when it is asked for. `odd` replaces what Graph shows."""
    usual = {"categories": [], "isCancelled": False, "seriesMasterId": None, "originalStart": None}
    online = {"isOnlineMeeting": bool(join), "onlineMeeting": {"joinUrl": join} if join else None}
    when = {"bodyPreview": "Not asked for", "start": starts, "end": ends}
    return {"id": f"id-{uid}", "iCalUId": uid, "subject": subject, **usual, **online, **when, **more}


def recording(organiser: str, thread: str, created: datetime) -> dict[str, Any]:
    """A recording of a meeting, as getAllRecordings lists it."""
    meeting = base64.b64encode(f"1*{organiser}*0**{thread}".encode()).decode()
    return {"id": "rec-1", "meetingId": meeting, "createdDateTime": zulu(created), "callId": "call-1"}


def message(id: str, created: datetime, text: str = "", **more: Any) -> dict[str, Any]:
    """What somebody wrote, or, where an `eventDetail` is given, what Teams itself wrote."""
    kind = "systemEventMessage" if "eventDetail" in more else "message"
    at = zulu(created)
    body = {"contentType": "html", "content": text or "<systemEventMessage/>"}
    return {"id": id, "messageType": kind, "createdDateTime": at, "lastModifiedDateTime": at, "body": body, **more}


def told(id: str, created: datetime, link: str | None, status: str = "success", **more: Any) -> dict[str, Any]:
    """The message in which Teams tells of a recording."""
    about = {"@odata.type": RECORDED, "callId": "call-1", "callRecordingStatus": status, "callRecordingUrl": link}
    return message(id, created, eventDetail=about, **more)


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class LittleLessons:
    """By account, by thread, by channel ("team/channel"), by drive and item ("drive/item")."""

    calendars: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answers_in: str = ""  # a zone in place of the one that was asked for
    joined: dict[str, int] = field(default_factory=dict)  # by chat, how often the app was installed; all that there are
    recordings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)  # by link
    page: int = 50
    elsewhere: str = ""  # a host that pages point to
    queries: list[dict[str, str]] = field(default_factory=list)
    preferred: list[str] = field(default_factory=list)

    def add_to(self, app: web.Application) -> None:
        add = app.router.add_get
        add("/v1.0/users/{user}/calendarView", self._calendar)
        app.router.add_post("/v1.0/chats/{chat}/installedApps", self._join)
        add(r"/v1.0/users/{user}/onlineMeetings/{call:getAllRecordings\(.+\)}", self._recordings)
        add("/v1.0/chats/{chat}/messages", self._chat)
        add("/v1.0/teams/{team}/channels/{channel}/messages", self._channel)
        add("/v1.0/teams/{team}/channels/{channel}/filesFolder", self._folder)
        add("/v1.0/drives/{drive}/items/{item}", self._item)
        add("/v1.0/drives/{drive}/items/{item}/children", self._children)
        add("/v1.0/drives/{drive}/items/{item}/retentionLabel", self._label)
        add("/v1.0/shares/{share}/driveItem", self._share)

    def put(self, drive: str, id: str, parent: str = "", **more: Any) -> str:
        """Puts an item into a drive, and into the folder there that has an id of `parent`."""
        address = f"https://school.example/{id}"
        self.items[f"{drive}/{id}"] = {"id": id, "parentReference": {"driveId": drive}, "webUrl": address, **more}
        if parent:
            self.children.setdefault(f"{drive}/{parent}", []).append(f"{drive}/{id}")
        return address

    async def _calendar(self, request: web.Request) -> web.Response:
        events = self.calendars.get(request.match_info["user"])
        if events is None:
            return refusal(404, "ErrorInvalidUser")
        self.preferred.append(request.headers.get("Prefer", ""))
        wanted = _PREFERRED.search(self.preferred[-1])
        zone = self.answers_in or (wanted[1] if wanted else "UTC")
        since, until = (datetime.fromisoformat(request.query[f"{which}DateTime"]) for which in ("start", "end"))
        between = [event for event in events if event["start"] < until and event["end"] > since]
        return self._page(request, [_in_zone(event, zone) for event in between])

    async def _join(self, request: web.Request) -> web.Response:
        chat, body = request.match_info["chat"], await request.json()
        if chat not in self.joined or not body["teamsApp@odata.bind"].endswith("/appCatalogs/teamsApps/catalogue-id"):
            return refusal(404, "NotFound")
        if self.joined[chat]:
            return refusal(409, "Conflict")
        self.joined[chat] += 1
        return web.json_response({"id": f"inst-{chat}"}, status=201)

    async def _recordings(self, request: web.Request) -> web.Response:
        asked = _ASKED.fullmatch(request.match_info["call"])
        if asked is None or asked[1] != request.match_info["user"]:
            return refusal(400, "BadRequest")
        recordings = self.recordings[asked[1]]
        between = [item for item in recordings if asked[2] <= (item["createdDateTime"] or "~") <= asked[3]]
        return self._page(request, between)

    async def _chat(self, request: web.Request) -> web.Response:
        messages = self.messages.get(request.match_info["chat"])
        if messages is None:
            return refusal(404, "NotFound")
        only = _ONLY.fullmatch(request.query.get("$filter", ""))
        if request.query.get("$orderby") != "lastModifiedDateTime desc" or only is None:
            return refusal(400, "BadRequest")
        order = sorted(messages, key=lambda message: str(message["lastModifiedDateTime"]), reverse=True)
        return self._page(request, order)  # as where Graph leaves a filter out of account

    async def _channel(self, request: web.Request) -> web.Response:
        posts = self.messages.get(f"{request.match_info['team']}/{request.match_info['channel']}")
        if posts is None:
            return refusal(404, "NotFound")
        if "$orderby" in request.query or "$filter" in request.query:
            return refusal(400, "BadRequest")
        expands = request.query.get("$expand") == "replies"
        answer = self._page(request, [post if expands else _alone(post) for post in posts])
        # Microsoft's own metadata, from which the description is made, gives a message no replies.
        body = json.loads(answer.text or "")
        flat = [_alone(message) for post in body["value"] for message in (post, *post.get("replies", ()))]
        answer[AS_DESCRIBED] = json.dumps({**body, "value": flat}).encode()
        return answer

    async def _folder(self, request: web.Request) -> web.Response:
        folder = self.folders.get(f"{request.match_info['team']}/{request.match_info['channel']}")
        return refusal(404, "NotFound") if folder is None or request.query else web.json_response(folder)

    async def _item(self, request: web.Request) -> web.Response:
        return self._single(request, _key(request))

    async def _children(self, request: web.Request) -> web.Response:
        if "folder" not in self.items.get(_key(request), {"folder": {}}):
            return refusal(400, "invalidRequest")
        children = self.children.get(_key(request), ())
        return self._page(request, [self.items[child] for child in children if child in self.items])

    async def _label(self, request: web.Request) -> web.Response:
        label = self.labels.get(_key(request))
        return web.json_response(label) if label else refusal(404, "itemNotFound")

    async def _share(self, request: web.Request) -> web.Response:
        share = request.match_info["share"].removeprefix("u!")
        link = base64.urlsafe_b64decode(share + "=" * (-len(share) % 4)).decode()
        return self._single(request, self.shares.get(link, ""))

    def _single(self, request: web.Request, key: str) -> web.Response:
        item = self.items.get(key)
        self.queries.append(dict(request.query))
        return web.json_response(_selected(item, request)) if item else refusal(404, "itemNotFound")

    def _page(self, request: web.Request, items: list[dict[str, Any]]) -> web.Response:
        self.queries.append(dict(request.query))
        begin = int(request.query.get("$skip", "0"))
        page = items[begin : begin + self.page]
        body: dict[str, Any] = {"value": [_selected(item, request) for item in page]}
        if begin + self.page < len(items):
            after, origin = request.url.update_query({"$skip": str(begin + self.page)}), str(request.url.origin())
            body["@odata.nextLink"] = str(after).replace(origin, self.elsewhere or origin, 1)
        return web.json_response(body)


def _key(request: web.Request) -> str:
    return f"{request.match_info['drive']}/{request.match_info['item']}"


def _selected(item: dict[str, Any], request: web.Request) -> dict[str, Any]:
    wanted: Iterable[str] = request.query["$select"].split(",") if "$select" in request.query else item
    return {name: item[name] for name in wanted if name in item}


def _alone(post: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in post.items() if name != "replies"}


def _in_zone(event: dict[str, Any], zone: str) -> dict[str, Any]:
    def put(at: datetime) -> dict[str, str]:
        there = at.astimezone(ZoneInfo(_NAMES.get(zone, zone)))
        return {"dateTime": f"{there:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": zone}

    shown = {**event, "start": put(event["start"]), "end": put(event["end"])}
    return {**shown, **shown.pop("odd", {})}


def refusal(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": f"{code}."}}, status=status)
