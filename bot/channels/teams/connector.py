"""What the bot says to Teams, over aiohttp: Microsoft's Bot Connector, told truthfully whether it took it.

Teams has no idempotency key, so a POST is repeated after 429 only (it was not taken then); what may be repeated without
harm (GET, PUT, DELETE) is repeated after 502, 503 and 504 as well.
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

from bot.channels.teams.rate_limit import RateLimiter
from bot.errors import Busy, ChannelError, InDoubt, TokenUnavailable, Unreachable
from bot.people.rules.person import Member

SCOPE = "https://api.botframework.com/.default"
TIME_LIMIT = aiohttp.ClientTimeout(total=15, connect=5)
TRIES = 3
MOST_PAGES = 20  # of 500 people
LATER = 60.0  # seconds after which it is worth asking for a token again
LONGEST_WAIT = 30.0  # seconds we wait before asking again ourselves; a longer wait is handed to the caller
TRY_AGAIN = frozenset({502, 503, 504})
PASSING = frozenset({401, 412})  # a token it does not take any more, and a condition that did not hold
GONE = frozenset({403, 404})  # blocked or uninstalled, and no such conversation
Token: TypeAlias = Callable[[str], Awaitable[str]]  # a token by scope; raises TokenUnavailable


@dataclass(slots=True)
class Connector:
    """Sends, replaces and deletes messages. `token` gives a token by scope; local mode has none."""

    http: Callable[[], aiohttp.ClientSession]
    token: Token | None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    pacer: RateLimiter = field(default_factory=RateLimiter)

    async def send(
        self, service: str, conversation: str, activity: Mapping[str, Any], reply_to: str = "", tries: int = TRIES
    ) -> str:
        """The id of the message Teams made; raises Busy, Unreachable, InDoubt or ChannelError.

        InDoubt means that Teams may have shown it all the same.
        """
        place = f"v3/conversations/{quote(conversation, safe='')}/activities"
        path = f"{place}/{quote(reply_to, safe='')}" if reply_to else place
        made = await self._ask("POST", service, path, activity, tries)
        return str(made.get("id", ""))

    async def update(self, service: str, conversation: str, id: str, activity: Mapping[str, Any]) -> None:
        """Replaces a message the bot has sent; repeating it changes nothing. Raises like `send`."""
        await self._ask("PUT", service, _message(conversation, id), {**activity, "id": id})

    async def delete(self, service: str, conversation: str, id: str) -> None:
        """Deletes a message the bot has sent; raises like `send`."""
        await self._ask("DELETE", service, _message(conversation, id), None)

    async def member(self, service: str, conversation: str, user: str) -> Member:
        """What Teams says about somebody in a conversation; raises like `send`.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context
        """
        path = f"v3/conversations/{quote(conversation, safe='')}/members/{quote(user, safe='')}"
        return _as_member(await self._ask("GET", service, path, None))

    async def members(self, service: str, conversation: str) -> tuple[Member, ...]:
        """Everybody in a conversation but the bot, page by page; raises like `send`."""
        path, after, found = (
            f"v3/conversations/{quote(conversation, safe='')}/pagedmembers?pageSize=500",
            "",
            list[Member](),
        )
        for _ in range(MOST_PAGES):
            told = await self._ask(
                "GET", service, f"{path}&continuationToken={quote(after, safe='')}" if after else path, None
            )
            held = told.get("members")
            if not isinstance(held, list):
                raise ChannelError("Teams did not say who is there.")
            found += [_as_member(one) for one in held if isinstance(one, dict)]
            after = str(told.get("continuationToken") or "")
            if not after:
                return tuple(found)
        raise ChannelError("Teams did not come to an end of who is there.")

    async def _ask(
        self, method: str, service: str, path: str, body: Mapping[str, Any] | None, tries: int = TRIES
    ) -> Mapping[str, Any]:
        address = URL(f"{service.rstrip('/')}/{path}", encoded=True)
        again = frozenset({429}) if method == "POST" else TRY_AGAIN | {429}
        for left in reversed(range(tries)):
            status, wait, made = await self._once(method, address, body)
            if status == 429:
                self.pacer.told_to_wait(wait)
            elif status < 300:
                self.pacer.went_well()
            if status in again and left and wait <= LONGEST_WAIT:
                await self.pause(wait)
                continue
            if status < 300:
                return made
            raise _as_error(status, wait)
        raise AssertionError("the last try raises or returns")

    async def _once(
        self, method: str, address: URL, body: Mapping[str, Any] | None
    ) -> tuple[int, float, Mapping[str, Any]]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {await _token(self.token)}"
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            async with self.http().request(
                method, address, data=data, headers=headers, timeout=TIME_LIMIT, allow_redirects=False
            ) as answer:
                return answer.status, _seconds(answer.headers.get("Retry-After", "")), _object(await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as seen:  # nothing was sent
            raise Busy("Teams cannot be reached just now.", 1.0) from seen
        except (aiohttp.ClientError, TimeoutError) as seen:
            raise InDoubt("Teams did not say whether it took the message.") from seen


def _as_member(told: Mapping[str, Any]) -> Member:
    sign_in = str(told.get("userPrincipalName") or "")
    return Member(
        account=str(told.get("aadObjectId") or told.get("objectId") or "").lower(),
        tenant=str(told.get("tenantId") or "").lower(),
        sign_in=sign_in,
        is_guest=str(told.get("userRole", "")).lower() != "user" or "#ext#" in sign_in.lower(),
    )


async def _token(token: Token) -> str:
    try:
        return await token(SCOPE)
    except TokenUnavailable as seen:
        raise Busy(str(seen), LATER) from seen


def _message(conversation: str, id: str) -> str:
    return f"v3/conversations/{quote(conversation, safe='')}/activities/{quote(id, safe='')}"


def _as_error(status: int, wait: float) -> ChannelError:
    if status == 429:
        return Busy("Teams asks us to wait.", wait)
    if status in PASSING:
        return Busy(f"Teams did not take the message just now ({status}).", LATER)
    if status in GONE:
        return Unreachable("Teams no longer lets us write there.")
    if status >= 500:
        return InDoubt("Teams failed while it took the message.")
    return ChannelError(f"Teams refused the message ({status}).")


def _seconds(header: str) -> float:
    try:
        return min(max(float(header), 0.0), 3600.0)
    except ValueError:
        return 1.0


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        made = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return {}
    return made if isinstance(made, dict) else {}
