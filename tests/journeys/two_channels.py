"""A school in the real mode in Teams, in Slack, or in both: signed requests in, what people then see out."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Protocol, TypeAlias

import aiohttp

from bot.app import StaffroomServer
from bot.ask.understanding import Understanding
from bot.credentials import Tokens
from bot.evidence.context import Context
from bot.evidence.rules.ledger import Entry, EventKind
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person
from bot.run_school import open_school
from bot.school.rules.calendar import LONDON
from bot.settings import PREFIX, Settings, read_settings
from bot.stores.open import make_store
from tests.channels.slack.samples import parts
from tests.journeys.policy_files import with_changes
from tests.standins import activities, slack
from tests.standins.microsoft import APP_ID, TENANT, LittleMicrosoft, little_microsoft, serving
from tests.standins.slack import LittleSlack, little_slack

NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)
CONTACTS = ("safeguarding", "phone", "headteacher", "chair")
HEAD, TEACHER, ASSISTANT = "head", "teacher", "assistant"
STAFF = """id,account,name,email,roles,days,hours
h1,,The head,head@school.example,staff head,,
t1,,A teacher,teacher@school.example,staff,,
a1,,An assistant,assistant@school.example,staff,,
"""
IDS = {HEAD: "h1", TEACHER: "t1", ASSISTANT: "a1"}
EVIDENCE_KEY = "a long and secret key for evidence"
UNDER_WAY = ("_logged", "SlackBot._apologising", "SlackBot._show_later", "_replace_card")
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


@dataclass
class Clock:
    at: datetime = NINE

    def __call__(self) -> datetime:
        return self.at


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
    clock: Clock
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
        message = slack.direct(text, user_id(who), ts=f"{self.clock.at.timestamp():.0f}.{number:06}")
        return self.signed(slack.event(message, f"Ev{number:05}"))

    def signed(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return slack.signed(json.dumps(payload).encode(), at=self.clock.at.timestamp())

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
            for part in parts(message.get("blocks")):
                if part.get("type") == "button" and str(part["text"]["text"]).startswith(title):
                    action = {name: part[name] for name in ("action_id", "value")}
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
        return slack.interaction(payload, self.clock.at.timestamp())

    async def delivers(self, request: dict[str, Any]) -> tuple[int, Any]:
        """The response to a request, once everything it brought is done."""
        async with self.http.post(f"{self.address}/api/slack", **request) as response:
            text = await response.text()
        await idle()
        return response.status, json.loads(text) if text else None

    def chat(self, who: str) -> Chat:
        own = self.slack.chat_of(user_id(who))
        chat = {id: _words_of_blocks(message) for (where, id), message in self.slack.messages.items() if where == own}
        return chat | {call: name for call, where, name in self.slack.file_names() if where == own}

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


@dataclass
class RealSchool:
    """The real mode, behind a real server, with everybody's side of it."""

    settings: Settings
    clock: Clock
    understanding: Understanding
    teams: TeamsSide
    slack: SlackSide
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _server: StaffroomServer | None = None

    async def start(self) -> None:
        """Starts Staffroom over what the store holds."""
        opened = open_school(
            self.settings,
            clock=self.clock,
            understanding=replace(self.understanding, trusts_drafts=False),
            microsoft=self.teams.microsoft.where(),
            tokens=Tokens(lambda scope, claims: {"access_token": "t", "expires_in": 3600}),
            slack_base=f"{self.slack.slack.address}/api/",
        )
        self._server = await self._open.enter_async_context(opened)
        address = await self._open.enter_async_context(serving(self._server.server))
        self.teams.address = self.slack.address = address

    async def close(self) -> None:
        await self._open.aclose()

    async def restart(self) -> None:
        await self.close()
        await self.start()

    @property
    def server(self) -> StaffroomServer:
        assert self._server
        return self._server

    @property
    def context(self) -> Context:
        return self.server.staffroom.books.context

    def person(self, who: str) -> Person:
        return next(person for person in self.context.roster.people() if person.id == IDS[who])

    async def messages(self, *kinds: MessageKind) -> tuple[Message, ...]:
        return await self.context.store.messages(*(kinds or tuple(MessageKind)))

    async def entries(self, kind: EventKind) -> tuple[Entry, ...]:
        return await self.context.store.entries_of(kind)

    async def after(self, **time: int) -> None:
        """Time goes by, and the bot does what is due."""
        self.clock.at += timedelta(**time)
        await self.server.tick()

    async def to(self, at: str) -> None:
        """What the bot does until then, at four hours' distance at most."""
        until = datetime.fromisoformat(at).replace(tzinfo=LONDON)
        while self.clock.at < until:
            self.clock.at = min(until, self.clock.at + timedelta(hours=4))
            await self.server.tick()


def settings_of(settings: Settings, channels: str) -> Settings:
    """Everything the real mode needs in these channels."""
    given = {"EVIDENCE_KEY": EVIDENCE_KEY}
    if "teams" in channels:
        given |= {"APP_ID": APP_ID, "TENANT_ID": TENANT, "SECRET": "s"}
    if "slack" in channels:
        given |= {"SLACK_TEAM": slack.TEAM, "SLACK_APP": slack.APP_ID}
        given |= {"SLACK_TOKEN": slack.TOKEN, "SLACK_SECRET": slack.SECRET}
    settings.data.mkdir(exist_ok=True)
    read = read_settings({PREFIX + name: value for name, value in given.items()})
    contacts = {f'{name} = ""': f'{name} = "the {name}"' for name in CONTACTS}
    return with_changes(replace(read, data=settings.data, cache=settings.cache), {"school.toml": contacts})


def written_settings(settings: Settings, channels: str) -> Settings:
    """The settings, with the staff list written."""
    ready = settings_of(settings, channels)
    ready.staff_file.write_text(STAFF)
    return ready


@asynccontextmanager
async def real_school(settings: Settings, understanding: Understanding, channels: str) -> AsyncIterator[RealSchool]:
    """A school in "teams", in "slack" or in "teams and slack", open for as long as the block runs."""
    ready, clock = written_settings(settings, channels), Clock()
    async with AsyncExitStack() as stack:
        microsoft = await stack.enter_async_context(little_microsoft())
        its_slack = await stack.enter_async_context(little_slack())
        its_slack.clock = lambda: clock.at.timestamp()
        http = await stack.enter_async_context(aiohttp.ClientSession())
        for who in IDS:
            email = f"{who}@school.example"
            identity = {"aadObjectId": who, "tenantId": TENANT, "userPrincipalName": email, "userRole": "user"}
            microsoft.members[f"29:{who}"] = identity
            its_slack.users[user_id(who)] = slack.user(user_id(who), email)
        await make_store(ready.store_url(local=False), ready.school)
        at = RealSchool(ready, clock, understanding, TeamsSide(microsoft, http), SlackSide(its_slack, http, clock))
        stack.push_async_callback(at.close)
        await at.start()
        yield at
        assert not its_slack.refused, its_slack.refused  # every call is in the table of methods
