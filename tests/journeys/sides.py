"""Teams and Slack as people use them: what somebody writes and presses, as signed requests, and what they then see."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Protocol, TypeAlias

import aiohttp

from tests.channels.slack.samples import parts
from tests.standins import activities, slack
from tests.standins.microsoft import TENANT, LittleMicrosoft
from tests.standins.slack import LittleSlack

UNDER_WAY = ("_logged", "SlackBot.apologising", "SlackBot._show_later", "_replace_card")
Chat: TypeAlias = dict[str, str]  # what each message in somebody's chat says now, by id, the oldest first


@dataclass(frozen=True)
class Shown:
    """What somebody sees after they wrote or pressed: words that are new or changed, and messages that changed."""

    words: str
    replaced: frozenset[str]
    new: frozenset[str]


class Side(Protocol):
    """A channel, as people use it."""

    channel: str

    async def says(self, who: str, text: str) -> Shown: ...

    async def presses(self, who: str, title: str, fields: Mapping[str, str]) -> Shown: ...

    async def presses_again(self, who: str, fields: Mapping[str, str]) -> Shown:
        """The same button once more, on the card as it was: another device still shows it."""
        ...

    def chat(self, who: str) -> Chat: ...


async def idle() -> None:
    """Returns when nothing is being answered any more."""
    async with asyncio.timeout(20):
        while running := [task for task in asyncio.all_tasks() if _is_under_way(task)]:
            await asyncio.wait(running)


def _is_under_way(task: asyncio.Task[Any]) -> bool:
    return any(name in str(task.get_coro()) for name in UNDER_WAY)


def difference(before: Chat, after: Chat, beside: str = "") -> Shown:
    changed = {id: words for id, words in after.items() if before.get(id) != words}
    words = "\n".join([*changed.values(), beside])
    return Shown(words, frozenset(changed.keys() & before.keys()), frozenset(changed.keys() - before.keys()))


@dataclass
class TeamsSide:
    microsoft: LittleMicrosoft
    http: aiohttp.ClientSession
    address: str = ""
    channel: str = "msteams"
    last_press: dict[str, Any] = field(default_factory=dict)

    async def says(self, who: str, text: str) -> Shown:
        before = self.chat(who)
        status, _ = await self.posts(activities.said(self.microsoft.service, text, **self._sender(who)))
        assert status == 200
        return difference(before, self.chat(who))

    async def presses(self, who: str, title: str, fields: Mapping[str, str]) -> Shown:
        self.last_press = self.press(who, title, fields)
        return await self._pressed(who)

    async def presses_again(self, who: str, fields: Mapping[str, str]) -> Shown:
        self.last_press["id"] += "-again"
        return await self._pressed(who)

    async def _pressed(self, who: str) -> Shown:
        before = self.chat(who)
        status, body = await self.posts(self.last_press)
        assert status == 200 and body["statusCode"] == 200, body
        return difference(before, self.chat(who), _words_of_card(body.get("value")))

    def press(self, who: str, title: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """The activity of a press on the newest card that has the button."""
        for id, message in reversed(self._messages(who).items()):
            for card in (attachment["content"] for attachment in message.get("attachments", ())):
                for part in parts(card):
                    if part.get("type") == "Action.Execute" and str(part["title"]).startswith(title):
                        data = {**_values_on(card), **part.get("data", {}), **fields}
                        sender = {**self._sender(who), "replyToId": id}
                        return activities.pressed(self.microsoft.service, part["verb"], data, **sender)
        raise AssertionError(f"no button {title!r}")

    async def posts(self, activity: dict[str, Any]) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.microsoft.token()}"}
        async with self.http.post(f"{self.address}/api/messages", json=activity, headers=headers) as response:
            text = await response.text()
        await idle()
        return response.status, json.loads(text) if text else {}

    def chat(self, who: str) -> Chat:
        return {id: _words_of_message(message) for id, message in self._messages(who).items()}

    def _messages(self, who: str) -> dict[str, dict[str, Any]]:
        messages: dict[str, dict[str, Any]] = {}
        for number, taken in enumerate(self.microsoft.taken, start=1):
            if f"/a:{who}/" not in taken.path.replace("%3A", ":") or (taken.body or {}).get("type") != "message":
                continue
            is_new = taken.method == "POST"
            messages[f"m{number}" if is_new else taken.path.rpartition("/")[2]] = taken.body
        return messages

    @staticmethod
    def _sender(who: str) -> dict[str, Any]:
        chat = {"id": f"a:{who}", "conversationType": "personal", "tenantId": TENANT}
        return {"from": {"id": f"29:{who}", "name": "Somebody", "aadObjectId": who}, "conversation": chat}


def _values_on(card: Any) -> dict[str, str]:
    """What the fields of a card hold before anybody fills them in."""
    fields = (part for part in parts(card) if str(part.get("type")).startswith("Input."))
    return {part["id"]: str(part.get("value", "")) for part in fields}


def _words_of_message(message: Mapping[str, Any]) -> str:
    attachments = message.get("attachments", ())
    named = [f"{attachment.get('name', '')}\n{_words_of_card(attachment['content'])}" for attachment in attachments]
    return "\n".join([str(message.get("summary", "")), str(message.get("text", "")), *named])


def _words_of_card(value: Any) -> str:
    if isinstance(value, str):
        return value
    shown = (part.get("text", part.get("value")) for part in parts(value) if "type" not in part or "text" in part)
    return "\n".join(words for words in shown if isinstance(words, str))


@dataclass
class SlackSide:
    slack: LittleSlack
    http: aiohttp.ClientSession
    clock: Callable[[], datetime]
    address: str = ""
    channel: str = "slack"
    last_press: dict[str, Any] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def says(self, who: str, text: str) -> Shown:
        before, beside = self.chat(who), len(self.slack.ephemeral)
        assert await self.delivers(self.said(who, text)) == (200, None)
        return difference(before, self.chat(who), self._beside(beside))

    def said(self, who: str, text: str) -> dict[str, Any]:
        """The signed event of a direct message."""
        number = next(self._numbers)
        message = slack.direct(text, user_id(who), ts=f"{self.clock().timestamp():.0f}.{number:06}")
        return self.signed(slack.event(message, f"Ev{number:05}"))

    def signed(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return slack.signed(json.dumps(payload).encode(), at=self.clock().timestamp())

    async def presses(self, who: str, title: str, fields: Mapping[str, str]) -> Shown:
        self.last_press = self.press(who, title)
        return await self._pressed(who, fields)

    async def presses_again(self, who: str, fields: Mapping[str, str]) -> Shown:
        self.last_press["trigger_id"] = f"{next(self._numbers)}.2.a"
        return await self._pressed(who, fields)

    async def _pressed(self, who: str, fields: Mapping[str, str]) -> Shown:
        before, beside, views = self.chat(who), len(self.slack.ephemeral), len(self.slack.views)
        assert await self.delivers(self.interaction(self.last_press)) == (200, None)
        error = ""
        if len(self.slack.views) > views:
            status, body = await self.delivers(self.submission(who, fields))
            assert status == 200
            error = "\n".join((body.get("errors") or {}).values())
        return difference(before, self.chat(who), f"{self._beside(beside)}\n{error}")

    def press(self, who: str, title: str) -> dict[str, Any]:
        """The press of the newest button of that title."""
        for (chat, id), message in reversed(self.slack.messages.items()):
            if chat != self.slack.chat_of(user_id(who)):
                continue
            buttons = [part for part in parts(message.get("blocks")) if part.get("type") == "button"]
            named = [button for button in buttons if str(button["text"]["text"]).startswith(title)]
            named.sort(key=lambda button: len(button["text"]["text"]))  # "Send" before "Send me a test"
            if named:
                action = {name: named[0][name] for name in ("action_id", "value")}
                return slack.pressed(action, user_id(who), chat, id, trigger=f"{next(self._numbers)}.1.a")
        raise AssertionError(f"no button {title!r}")

    def submission(self, who: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """The signed submission of the form that was opened last, with these fields filled in."""
        view = self.slack.views[-1]
        values = {
            block["block_id"]: {block["element"]["action_id"]: _filled_in(block, fields)}
            for block in view["blocks"]
            if block["type"] == "input"
        }
        payload = slack.submitted(view, values, user_id(who), f"V{len(self.slack.views):08}")
        return self.interaction(payload)

    def interaction(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return slack.interaction(payload, self.clock().timestamp())

    async def delivers(self, request: dict[str, Any]) -> tuple[int, Any]:
        """The response to a request, once everything it brought is done."""
        async with self.http.post(f"{self.address}/api/slack", **request) as response:
            text = await response.text()
        await idle()
        return response.status, json.loads(text) if text else None

    def chat(self, who: str) -> Chat:
        own = self.slack.chat_of(user_id(who))
        chat = {id: _words_of_blocks(message) for (where, id), message in self.slack.messages.items() if where == own}
        return chat | {id: name for id, where, name in self._files() if where == own}

    def _files(self) -> list[tuple[str, str, str]]:
        """Of each file that was shared its id, the conversation, and what people see of it."""
        calls = [call.arguments for call in self.slack.calls if call.method == "files.completeUploadExternal"]
        return [
            (file["id"], shared["channel_id"], f"{file['title']}\n{shared.get('initial_comment', '')}")
            for shared in calls
            for file in shared["files"]
        ]

    def _beside(self, already: int) -> str:
        return "\n".join(_words_of_blocks(message) for message in self.slack.ephemeral[already:])


def user_id(who: str) -> str:
    return f"U0{who.upper()}"


def _words_of_blocks(message: Mapping[str, Any]) -> str:
    shown = (part["text"] for part in parts(message.get("blocks")) if isinstance(part.get("text"), str))
    return "\n".join([str(message["text"]), *shown])


def _filled_in(block: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """What Slack sends of a field: what was filled in, else what was there at the beginning."""
    element, given = block["element"], fields.get(block["block_id"])
    match element["type"]:
        case "plain_text_input":
            return {"type": "plain_text_input", "value": element.get("initial_value") if given is None else given}
        case "datepicker":
            return {"type": "datepicker", "selected_date": element.get("initial_date") if given is None else given}
        case "checkboxes":
            before = [option["value"] for option in element.get("initial_options", ())]
            values = before if given is None else given.split(",")
            chosen = [option for option in element["options"] if option["value"] in values]
            return {"type": "checkboxes", "selected_options": chosen}
    raise AssertionError(element["type"])
