"""Calls methods of Slack's Web API over aiohttp and reports truthfully what became of each.

Slack has no idempotency key, so what adds something (a message, a form, a file) is repeated after 429 only: it was not
taken then. What only reads, or replaces the same with the same, is repeated after a fault of Slack's as well.
https://docs.slack.dev/apis/web-api/using-the-web-api
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.channels.rate_limit import RateLimiter
from bot.channels.slack.limits import LIMITS, MAX_ANSWER_BYTES
from bot.channels.slack.refusals import as_error, error_code, is_switched_off, unclear
from bot.errors import Busy, ChannelError
from bot.outside import number
from bot.response_body import ResponseTooLarge, json_object, read_body

BASE = "https://slack.com/api/"
TIME_LIMIT = aiohttp.ClientTimeout(total=20, connect=5)
MAX_TRIES = 3
MAX_WAIT = 30.0  # seconds we wait before asking again ourselves; a longer wait is the caller's
MAX_RETRY_AFTER = 3600.0  # seconds; a message that is asked to wait for longer is tried again after these
USUAL_WAIT = 30.0  # seconds, if Slack is busy and does not say for how long
POST = "chat.postMessage"
ADDS = frozenset(
    {
        POST,
        "chat.postEphemeral",
        "views.open",
        "views.push",
        "files.getUploadURLExternal",
        "files.completeUploadExternal",
    }
)


def _usual_limiter() -> RateLimiter:
    return RateLimiter(LIMITS)


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What came back: HTTP status and headers, the seconds to wait (0 if none were named), the object in the body.

    `content` is None if there was none that could be read.
    """

    status: int
    wait: float
    content: Mapping[str, Any] | None
    headers: Mapping[str, str]


@dataclass(slots=True)
class SlackConnector:
    """Calls Slack with the app's bot token. `base` is another address in tests only."""

    http: Callable[[], aiohttp.ClientSession]
    token: str = field(repr=False)
    base: str = BASE
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    rate_limiter: RateLimiter = field(default_factory=_usual_limiter)

    async def call(self, method: str, /, tries: int = MAX_TRIES, **arguments: Any) -> Mapping[str, Any]:
        """What a method answers; arguments that are None are left out.

        Raises Busy, Unreachable, Gone, InDoubt, TriggerExpired or ChannelError.
        """
        return (await self.whole_answer(method, tries, **arguments)).content or {}

    async def whole_answer(self, method: str, /, tries: int = MAX_TRIES, **arguments: Any) -> ApiAnswer:
        """What a method answers, with its headers; raises as `call` does."""
        may_repeat = method not in ADDS
        for tries_left in reversed(range(tries)):
            try:
                answer = await self._ask(method, arguments, may_repeat=may_repeat)
            except Busy as error:
                if error.seconds > MAX_WAIT or not tries_left:
                    raise
                await self.pause(error.seconds)
                continue
            self.rate_limiter.went_well()
            return answer
        raise AssertionError("the last try raises or returns")

    async def _ask(self, method: str, arguments: Mapping[str, Any], *, may_repeat: bool) -> ApiAnswer:
        """What a method answers; raises ChannelError."""
        answer = await self._request(method, arguments, may_repeat=may_repeat)
        if answer.status == 429:
            raise self._busy(method, answer.wait)
        if 400 <= answer.status < 500:
            raise ChannelError(f"Slack refused it ({answer.status}).")
        if answer.status != 200 or answer.content is None:
            raise unclear(may_repeat=may_repeat)
        if answer.content.get("ok") is True:
            return answer
        code = error_code(answer.content)
        error = as_error(code, answer.wait, may_repeat=may_repeat)
        if isinstance(error, Busy) and (method == POST or is_switched_off(code)):
            self.rate_limiter.told_to_wait(error.seconds)
        raise error

    def _busy(self, method: str, wait: float) -> Busy:
        """The error of a method that is called too often. Slack counts each method; messages wait for messages only."""
        if method == POST:
            self.rate_limiter.told_to_wait(wait or USUAL_WAIT)
        return Busy("Slack asks us to wait.", wait or USUAL_WAIT)

    async def _request(self, method: str, arguments: Mapping[str, Any], *, may_repeat: bool) -> ApiAnswer:
        headers = {"Authorization": f"Bearer {self.token}"}
        fields = {name: _field(value) for name, value in arguments.items() if value is not None}
        try:
            async with self.http().post(
                f"{self.base}{method}", data=fields, headers=headers, timeout=TIME_LIMIT, allow_redirects=False
            ) as response:
                wait = number(response.headers.get("Retry-After", ""), 0.0, MAX_RETRY_AFTER) or 0.0
                return ApiAnswer(response.status, wait, await _content(response), response.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:  # nothing was sent
            raise Busy("Slack cannot be reached just now.", 1.0) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unclear(may_repeat=may_repeat) from error


def _field(value: Any) -> str:
    """An argument as a form has it: every method takes forms, only some take JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def _content(response: aiohttp.ClientResponse) -> Mapping[str, Any] | None:
    """The object in a body that is not too large; None if it has none."""
    try:
        return json_object(await read_body(response, MAX_ANSWER_BYTES))
    except ResponseTooLarge:
        return None
