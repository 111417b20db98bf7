"""Microsoft Graph over aiohttp, for an application without a user: what is repeated, what is waited for, what is not.

    401          once: a fresh token, with the claims asked for, then it is an error
    429, 503     not processed: wait as long as Graph says (seconds or a date), else longer each time; the caller has to
                 wait if it is more than a minute, and an hour at most
    500, 502, 504 and lost connections: repeated if repeating does no harm, else nobody knows whether it happened
    410          a page is too old: the caller begins again
https://learn.microsoft.com/graph/throttling and https://learn.microsoft.com/graph/best-practices-concept
"""

import asyncio
import base64
import binascii
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import aiohttp
from yarl import URL

from bot.errors import GraphBusy, GraphError, GraphUnsure, TokenUnavailable
from bot.outside import number
from bot.response_body import ResponseTooLarge, json_object, read_body
from bot.tenant.graph.refusals import reason_given

BASE = "https://graph.microsoft.com/v1.0"
SCOPE = "https://graph.microsoft.com/.default"
TIME_LIMIT = aiohttp.ClientTimeout(total=30, connect=5)
MAX_TRIES = 5
MAX_WAIT = 60.0  # seconds we wait ourselves; a longer wait is the caller's
MAX_RETRY_AFTER = 3600.0  # seconds; a caller asked to wait for longer tries again after these
MAX_AT_ONCE = 4  # requests
MAX_RESPONSE_BYTES = 16 * 1024 * 1024  # 50 posts of a channel with all their replies are the most we ask for at once
MAX_PAGES = 100  # of 999 people each: no school is so large
NOT_PROCESSED, UNCERTAIN = frozenset({429, 503}), frozenset({500, 502, 504})
_CLAIMS = re.compile(r'claims="([A-Za-z0-9+/=_-]+)"')


class TokenSource(Protocol):
    """Where tokens come from; both raise TokenUnavailable."""

    async def token(self, scope: str) -> str:
        """A token for a scope."""
        ...

    async def renew(self, scope: str, claims: str = "") -> str:
        """A new one, though the last has not expired, with the claims Microsoft asked for (JSON)."""
        ...


@dataclass(frozen=True, slots=True)
class GraphResponse:
    """A response of Graph's: status, headers, and the object in its body; an empty one if there is none."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(slots=True)
class GraphClient:
    """Asks Graph. Paths begin with a slash, below `base`."""

    http: Callable[[], aiohttp.ClientSession]
    tokens: TokenSource
    base: str = BASE
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    time_limit: aiohttp.ClientTimeout = TIME_LIMIT
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_AT_ONCE))

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """The object at a path; raises GraphError."""
        return (await self._ask("GET", self._address(path, params), headers=headers)).body

    async def post(
        self, path: str, body: Mapping[str, Any], *, repeats: bool = False, accepted: int = 0
    ) -> GraphResponse:
        """The response to a body; a status of `accepted` is as good as success.

        It is repeated after a lost response only if it `repeats` without harm; else GraphUnsure is raised.
        """
        return await self._ask("POST", self._address(path), body, repeats=repeats, accepted=accepted)

    async def pages(
        self, path: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Every object of a collection, page by page; never a page of another host, which would get our token.

        Raises GraphError if there is no end to the pages.
        """
        address: URL | None = self._address(path, params)
        read: set[URL] = set()
        while address:
            if address in read or len(read) == MAX_PAGES:
                raise GraphError("Graph's pages have no end, so they were not read.")
            read.add(address)
            body = (await self._ask("GET", address, headers=headers)).body
            items = body.get("value")
            if not isinstance(items, list):
                raise GraphError("Graph answered a page without a list.")
            for item in items:
                if isinstance(item, dict):
                    yield item
            address = self._next_page(body.get("@odata.nextLink"))

    def _next_page(self, link: object) -> URL | None:
        if not link:
            return None
        try:
            address = URL(str(link), encoded=True)
            is_elsewhere = address.origin() != URL(self.base).origin()
        except ValueError as error:
            raise GraphError("Graph's next page has no whole address, so it was not asked for.") from error
        if is_elsewhere:
            raise GraphError("Graph's next page is on another host, so it was not asked for.")
        return address

    def _address(self, path: str, params: Mapping[str, str] | None = None) -> URL:
        return URL(f"{self.base}{path}").with_query(params or {})

    async def _ask(
        self,
        method: str,
        address: URL,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        repeats: bool = False,
        accepted: int = 0,
    ) -> GraphResponse:
        is_safe, is_renewed = repeats or method == "GET", False
        for tries_left in reversed(range(MAX_TRIES)):
            backoff = min(MAX_WAIT, 2.0 ** (MAX_TRIES - 1 - tries_left)) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
            try:
                response = await self._request(method, address, body, headers or {})
            except (aiohttp.ClientError, TimeoutError) as error:
                if is_safe and tries_left:
                    await self.pause(backoff)
                    continue
                raise _no_response(error, is_safe=is_safe) from error
            if response.status < 300 or response.status == accepted:
                return response
            if response.status == 401 and not is_renewed:
                is_renewed = True
                with _no_token_is_busy():
                    await self.tokens.renew(SCOPE, _claims(response.headers))
                continue
            wait = _wait(response.headers, backoff)
            is_repeatable = response.status in NOT_PROCESSED or (is_safe and response.status in UNCERTAIN)
            if not is_repeatable or not tries_left or wait > MAX_WAIT:
                raise _as_error(response, wait, is_safe=is_safe)
            await self.pause(wait)
        raise AssertionError("the last try raises or returns")

    async def _request(
        self, method: str, address: URL, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> GraphResponse:
        with _no_token_is_busy():
            token = await self.tokens.token(SCOPE)
        all_headers = {**headers, "Authorization": f"Bearer {token}", "Accept": "application/json"}
        async with (
            self._room,
            self.http().request(
                method,
                address,
                json=body,
                headers=all_headers,
                timeout=self.time_limit,
                allow_redirects=False,
            ) as response,
        ):
            raw = await _body(response)
            content = json_object(raw)
            if response.status < 300 and raw and content is None:
                raise GraphError("Graph answered something that is no JSON.", response.status)
            return GraphResponse(response.status, dict(response.headers), content or {})


@contextmanager
def _no_token_is_busy() -> Iterator[None]:
    try:
        yield
    except TokenUnavailable as error:
        raise GraphBusy(str(error), MAX_WAIT) from error


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The body of a response; one that is too large to be Graph's is not read, and not asked for again."""
    try:
        return await read_body(response, MAX_RESPONSE_BYTES)
    except ResponseTooLarge as error:
        raise GraphError("Graph's response is too large, so it was not read.", response.status) from error


def _no_response(error: BaseException, *, is_safe: bool) -> GraphError:
    if isinstance(error, aiohttp.ClientConnectorError):  # nothing was sent
        return GraphBusy("Graph cannot be reached just now.", MAX_WAIT)
    return GraphError("Graph did not answer.") if is_safe else GraphUnsure("Graph did not say whether it was done.")


def _as_error(response: GraphResponse, wait: float, *, is_safe: bool) -> GraphError:
    code, message, inner_codes = reason_given(response.body)
    if response.status in NOT_PROCESSED:
        return GraphBusy("Graph asks us to wait.", wait)
    if response.status in UNCERTAIN and not is_safe:
        return GraphUnsure("Graph failed while it did it.", response.status, code, message, inner_codes)
    sentence = f"Graph refused ({response.status}{f' {code}' if code else ''})."
    return GraphError(sentence, response.status, code, message, inner_codes)


def _wait(headers: Mapping[str, str], backoff: float) -> float:
    """Seconds to wait: Retry-After in seconds, or as a date against the response's own, else `backoff`."""
    retry_after = headers.get("Retry-After", "")
    seconds = number(retry_after, 0.0, MAX_RETRY_AFTER)
    if seconds is None:
        seconds = number(_seconds_until(retry_after, headers.get("Date", "")), 0.0, MAX_RETRY_AFTER)
    return backoff if seconds is None else seconds


def _seconds_until(time: str, now: str) -> float | None:
    """Seconds between two times as HTTP writes them; None if one of them is none."""
    try:
        return (parsedate_to_datetime(time) - parsedate_to_datetime(now)).total_seconds()
    except Exception:  # noqa: BLE001 - whatever is wrong with a date of somebody else's, it is none
        return None


def _claims(headers: Mapping[str, str]) -> str:
    """The claims a refusal asks for, as JSON (https://learn.microsoft.com/entra/identity-platform/claims-challenge)."""
    challenge = _CLAIMS.search(headers.get("WWW-Authenticate", ""))
    with suppress(binascii.Error, UnicodeDecodeError):
        text = challenge[1] if challenge else ""
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_").decode()
    return ""
