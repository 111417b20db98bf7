"""Sends messages to Teams over aiohttp (Microsoft's Bot Connector) and reports truthfully what became of each.

Teams has no idempotency key, so a POST is repeated after 429 only (it was not taken then). GET, PUT and DELETE do no
harm when repeated, so they are repeated after 502, 503 and 504 as well.
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.channels.rate_limit import RateLimiter
from bot.channels.refusals import RETRY_LATER
from bot.channels.teams.limits import LIMITS
from bot.channels.teams.refusals import as_error
from bot.errors import Busy, ChannelError, InDoubt, TokenUnavailable
from bot.outside import number
from bot.people.rules.identity import account_id
from bot.people.rules.person import Member
from bot.response_body import ResponseTooLarge, json_object, read_body

SCOPE = "https://api.botframework.com/.default"
TIME_LIMIT = aiohttp.ClientTimeout(total=15, connect=5)
MAX_TRIES = 3
MAX_PAGES = 20  # of 500 people
MAX_ID_CHARS = 2048
MAX_RESPONSE_BYTES = 4 * 1024 * 1024  # a page of 500 people has about 200 kB
MAX_WAIT = 30.0  # seconds we wait before asking again ourselves; a longer wait is the caller's
MAX_RETRY_AFTER = 3600.0  # seconds; a caller asked to wait for longer tries again after these
SERVER_TROUBLE = frozenset({502, 503, 504})
Token: TypeAlias = Callable[[str], Awaitable[str]]  # a token by scope; raises TokenUnavailable


def _usual_limiter() -> RateLimiter:
    return RateLimiter(LIMITS)


@dataclass(slots=True)
class Connector:
    """Sends, replaces and deletes messages. `token` gives a token by scope; local mode has none."""

    http: Callable[[], aiohttp.ClientSession]
    token: Token | None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    rate_limiter: RateLimiter = field(default_factory=_usual_limiter)

    async def send(
        self, service: str, conversation: str, message: Mapping[str, Any], reply_to: str = "", tries: int = MAX_TRIES
    ) -> str:
        """Sends a message and returns its id; raises Busy, Unreachable, Gone, InDoubt or ChannelError.

        InDoubt means that Teams may have shown it all the same.
        """
        path = f"v3/conversations/{quote(conversation, safe='')}/activities"
        if reply_to:
            path = f"{path}/{quote(reply_to, safe='')}"
        sent = await self._ask("POST", service, path, message, tries)
        return _id(sent.get("id"))

    async def update(self, service: str, conversation: str, id: str, message: Mapping[str, Any]) -> None:
        """Replaces a message the bot has sent; safe to repeat. Raises like `send`."""
        await self._ask("PUT", service, _message_path(conversation, id), {**message, "id": id})

    async def delete(self, service: str, conversation: str, id: str) -> None:
        """Deletes a message the bot has sent; raises like `send`."""
        await self._ask("DELETE", service, _message_path(conversation, id), None)

    async def member(self, service: str, conversation: str, user: str) -> Member:
        """What Teams says about somebody in a conversation; raises like `send`.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context
        """
        path = f"v3/conversations/{quote(conversation, safe='')}/members/{quote(user, safe='')}"
        return _member(await self._ask("GET", service, path, None))

    async def members(self, service: str, conversation: str) -> tuple[Member, ...]:
        """Everybody in a conversation but the bot, page by page; raises like `send`."""
        first_page = f"v3/conversations/{quote(conversation, safe='')}/pagedmembers?pageSize=500"
        path, members = first_page, list[Member]()
        for _ in range(MAX_PAGES):
            page = await self._ask("GET", service, path, None)
            people = page.get("members")
            if not isinstance(people, list):
                raise ChannelError("Teams did not say who is there.")
            members += [_member(person) for person in people if isinstance(person, dict)]
            continuation = _id(page.get("continuationToken"))
            if not continuation:
                return tuple(members)
            path = f"{first_page}&continuationToken={quote(continuation, safe='')}"
        raise ChannelError("Teams' list of who is there has no end.")

    async def _ask(
        self, method: str, service: str, path: str, body: Mapping[str, Any] | None, tries: int = MAX_TRIES
    ) -> Mapping[str, Any]:
        address = URL(f"{service.rstrip('/')}/{path}", encoded=True)
        repeatable = frozenset({429}) if method == "POST" else SERVER_TROUBLE | {429}
        for tries_left in reversed(range(tries)):
            status, wait, response = await self._request(method, address, body)
            if status == 429:
                self.rate_limiter.told_to_wait(wait)
            elif status < 300:
                self.rate_limiter.went_well()
            if status in repeatable and tries_left and wait <= MAX_WAIT:
                await self.pause(wait)
                continue
            if status < 300:
                return response
            raise as_error(status, response, wait)
        raise AssertionError("the last try raises or returns")

    async def _request(
        self, method: str, address: URL, message: Mapping[str, Any] | None
    ) -> tuple[int, float, Mapping[str, Any]]:
        """The status, how long to wait in seconds, and the object in the response."""
        headers = {"Content-Type": "application/json"} if message is not None else {}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {await _token(self.token)}"
        data = None if message is None else json.dumps(message, ensure_ascii=False).encode()
        try:
            async with self.http().request(
                method, address, data=data, headers=headers, timeout=TIME_LIMIT, allow_redirects=False
            ) as response:
                wait = _seconds(response.headers.get("Retry-After", ""))
                body = await read_body(response, MAX_RESPONSE_BYTES)
                return response.status, wait, json_object(body) or {}
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:  # nothing was sent
            raise Busy("Teams cannot be reached just now.", 1.0) from error
        except (aiohttp.ClientError, TimeoutError, ResponseTooLarge) as error:
            raise InDoubt("Teams did not say whether it took the message.") from error


def _id(value: object) -> str:
    """An id that Teams gave, as it is; empty if it is none, or one that we could neither keep nor send back."""
    return value if isinstance(value, str) and len(value) <= MAX_ID_CHARS and value.isprintable() else ""


def _member(person: Mapping[str, Any]) -> Member:
    sign_in = str(person.get("userPrincipalName") or "")
    return Member(
        account=account_id(person.get("aadObjectId") or person.get("objectId")),
        tenant=account_id(person.get("tenantId")),
        sign_in=sign_in,
        is_guest=str(person.get("userRole", "")).lower() != "user" or "#ext#" in sign_in.lower(),
    )


async def _token(token: Token) -> str:
    try:
        return await token(SCOPE)
    except TokenUnavailable as error:
        raise Busy(str(error), RETRY_LATER) from error


def _message_path(conversation: str, id: str) -> str:
    return f"v3/conversations/{quote(conversation, safe='')}/activities/{quote(id, safe='')}"


def _seconds(header: str) -> float:
    """Seconds to wait by a Retry-After header, an hour at most; a second if it is no number."""
    wait = number(header, 0.0, MAX_RETRY_AFTER)
    return 1.0 if wait is None else wait
