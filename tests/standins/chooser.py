"""A little OpenAI-compatible endpoint on a real port. It picks what it is told to, and misbehaves when told to."""

import asyncio
import gzip
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

from tests.standins.microsoft import serving

MODEL = "little-model"
REGION = "UK South"


class Mood(StrEnum):
    """How the endpoint answers."""

    WELL = "well"  # in the form that was asked for
    SLOW = "slow"  # not before it is let go
    BUSY = "busy"  # 429, with `retry_after`
    BROKEN = "broken"  # 500
    REFUSING = "refusing"  # 401
    REDIRECTING = "redirecting"  # to another path of its own
    HANGING_UP = "hanging up"  # closes the connection without an answer
    CUT_OFF = "cut off"  # ends in the middle of its body
    OUT_OF_TOKENS = "out of tokens"  # says itself that it was cut off
    HTML = "html"
    EMPTY = "empty"
    NOT_TEXT = "not text"  # bytes that are no UTF-8
    NESTED = "nested"  # JSON too deep to read
    ENDLESS = "endless"  # far more than an answer
    OFF_THE_LIST = "off the list"  # an id that was not offered
    SEVERAL = "several"  # two choices
    SEVERAL_IDS = "several ids"  # a list in the place of an id
    TWICE = "twice"  # the same field twice
    PROSE = "prose"  # a sentence before and after the JSON
    MIRROR = "mirror"  # what it was sent
    UNSURE_OF_SURE = "unsure of sure"  # a word for how sure that we do not know
    MORE_FIELDS = "more fields"  # a sentence for the person beside the pick
    NO_CHOICES = "no choices"
    DRIPPING = "dripping"  # a byte now and then, for ever
    BOMB = "bomb"  # a little that unpacks to far more than an answer
    LONG_HEADER = "long header"
    UPPER_CASE = "upper case"  # an id of the list, in capitals
    SPACES = "spaces"  # an id of the list, with a space before and after
    UNSEEN = "unseen"  # an id of the list, with a character that nobody sees
    NOTHING = "nothing"  # an empty id
    NULL = "null"


LATE = frozenset({Mood.SLOW, Mood.DRIPPING})  # those that give no answer in time
DRIP = 0.005  # seconds between two bytes


@dataclass
class LittleChooser:
    """`picks` chooses among the ids of a request; `sent` is every body that arrived, `keys` what proved who asked."""

    picks: Callable[[str, list[str]], str] = lambda question, ids: ids[0]
    second: str = "none"
    sure: str = "high"
    mood: Mood = Mood.WELL
    moods: deque[Mood] = field(default_factory=deque)  # of the next requests, before `mood`
    retry_after: str | None = "0"
    region: str = REGION
    sent: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    wandered: int = 0  # requests that followed the redirect
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/elsewhere", self._elsewhere)
        return app

    async def _elsewhere(self, request: web.Request) -> web.Response:
        self.wandered += 1
        return web.json_response(completion(self._content("", ["none"])))

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.sent.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        mood = self.moods.popleft() if self.moods else self.mood
        ids = offered(body)
        match mood:
            case Mood.SLOW:
                await self.let_go.wait()
            case Mood.HANGING_UP:
                assert request.transport
                request.transport.abort()
            case Mood.CUT_OFF:
                return await self._half(request)
            case Mood.DRIPPING:
                return await self._drip(request)
            case Mood.BOMB:
                packed = gzip.compress(b" " * 20_000_000)
                return web.Response(body=packed, headers={**self._headers, "Content-Encoding": "gzip"})
            case Mood.LONG_HEADER:
                return web.Response(body=b"{}", headers={**self._headers, "X-Long": "x" * 200_000})
            case Mood.ENDLESS:
                return web.Response(body=b" " * 1_000_000, headers=self._headers)
        status, headers, content = self._odd(mood, body, ids)
        return web.Response(status=status, body=content, headers={**self._headers, **headers})

    @property
    def _headers(self) -> dict[str, str]:
        return {"x-ms-region": self.region} if self.region else {}

    async def _half(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"choices": [{"message"')
        assert request.transport
        request.transport.close()
        return response

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not self.let_go.is_set():
            await response.write(b" ")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.let_go.wait(), DRIP)
        return response

    def _content(self, question: str, ids: list[str]) -> str:
        return json.dumps({"pick": self.picks(question, ids), "second": self.second, "sure": self.sure})

    def _odd(self, mood: Mood, body: dict[str, Any], ids: list[str]) -> tuple[int, dict[str, str], bytes]:
        question = body["messages"][1]["content"]
        well = self._content(question, ids)
        refused = {
            Mood.BUSY: (429, {"Retry-After": self.retry_after} if self.retry_after is not None else {}),
            Mood.BROKEN: (500, {}),
            Mood.REFUSING: (401, {}),
            Mood.REDIRECTING: (307, {"Location": "/elsewhere"}),
        }
        if mood in refused:
            status, headers = refused[mood]
            return status, headers, b'{"error": {"message": "no"}}'
        raw = {
            Mood.HTML: b"<html><body>Sign in to the network</body></html>",
            Mood.EMPTY: b"",
            Mood.NOT_TEXT: b"\xff\xfe\x00",
            Mood.NESTED: b"[" * 60_000,
            Mood.NO_CHOICES: b'{"choices": []}',
        }
        if mood in raw:
            return 200, {}, raw[mood]
        contents = {
            Mood.OFF_THE_LIST: json.dumps({"pick": "anything-goes", "second": "none", "sure": "high"}),
            **{mood: json.dumps({"pick": id, "second": "none", "sure": "high"}) for mood, id in _near(ids[0]).items()},
            Mood.SEVERAL_IDS: json.dumps({"pick": ids[:2], "second": "none", "sure": "high"}),
            Mood.TWICE: f'{{"pick": "none", {well[1:]}',
            Mood.PROSE: f"Of course! Here it is: {well} I hope this helps.",
            Mood.MIRROR: question,
            Mood.UNSURE_OF_SURE: json.dumps({"pick": ids[0], "second": "none", "sure": "absolutely"}),
            Mood.MORE_FIELDS: json.dumps({**json.loads(well), "says": "Yes, you may."}),
        }
        content = contents.get(mood, well)
        answer = completion(content, "length" if mood is Mood.OUT_OF_TOKENS else "stop")
        if mood is Mood.SEVERAL:
            answer["choices"] *= 2
        return 200, {}, json.dumps(answer).encode()


def _near(id: str) -> dict[Mood, str | None]:
    """What is almost an id of the list, or nothing."""
    return {
        Mood.UPPER_CASE: id.upper(),
        Mood.SPACES: f" {id} ",
        Mood.UNSEEN: f"{id}\u200b",
        Mood.NOTHING: "",
        Mood.NULL: None,
    }


def completion(content: str, reason: str = "stop") -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {
        "id": "1",
        "object": "chat.completion",
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
    }


def offered(body: dict[str, Any]) -> list[str]:
    """The ids that a request offers; "none" is the last."""
    ids: list[str] = body["response_format"]["json_schema"]["schema"]["properties"]["pick"]["enum"]
    return ids


@asynccontextmanager
async def little_chooser() -> AsyncIterator[LittleChooser]:
    chooser = LittleChooser()
    async with serving(chooser.app(), handler_cancellation=True) as address:
        chooser.address = f"{address}/v1"
        try:
            yield chooser
        finally:
            chooser.let_go.set()
