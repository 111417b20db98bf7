"""Microsoft Graph over aiohttp, for an application without a user: what is repeated, what is waited for, what is not.

    401          once: a fresh token, with the claims asked for, then it is an error
    429, 503     not processed: wait as told (seconds or a date), else ever longer; more than a minute is the caller's
    500, 502, 504 and lost connections: repeated where repeating does no harm, else nobody knows whether it happened
    410          a page is too old: whoever reads begins anew
https://learn.microsoft.com/graph/throttling and https://learn.microsoft.com/graph/best-practices-concept
"""

import asyncio
import base64
import binascii
import json
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

BASE = "https://graph.microsoft.com/v1.0"
SCOPE = "https://graph.microsoft.com/.default"
TIME_LIMIT = aiohttp.ClientTimeout(total=30, connect=5)
TRIES = 5
LONGEST_WAIT = 60.0  # seconds we wait ourselves; a longer wait is handed to the caller
AT_ONCE = 4  # requests at the same time
MOST_PAGES = 100  # of 999 people each: no school is so large
NOT_PROCESSED, UNCERTAIN = frozenset({429, 503}), frozenset({500, 502, 504})
_CLAIMS = re.compile(r'claims="([A-Za-z0-9+/=_-]+)"')


class TokenSource(Protocol):
    """Where tokens come from; both raise TokenUnavailable."""

    async def token(self, scope: str) -> str:
        """A token for a scope."""
        ...

    async def renew(self, scope: str, claims: str = "") -> str:
        """Another one, though the last has not ended, with the claims Microsoft asked for (JSON)."""
        ...


@dataclass(frozen=True, slots=True)
class GraphResponse:
    """What Graph answered: status, headers, and the object it said, empty where it said none."""

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
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """The object at a path; raises GraphError."""
        return (await self._ask("GET", self._address(path, params), headers=headers)).body

    async def post(self, path: str, body: Mapping[str, Any], *, repeats: bool = False, fine: int = 0) -> GraphResponse:
        """What Graph said to a body; a status of `fine` is as good as success.

        It is repeated after a lost answer only where it `repeats` without harm; else GraphUnsure is raised.
        """
        return await self._ask("POST", self._address(path), body, repeats=repeats, fine=fine)

    async def pages(
        self, path: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Every object of a collection, page by page; never a page of another host, for the token goes with us.

        Raises GraphError where there is no end to the pages.
        """
        address: URL | None = self._address(path, params)
        read: set[URL] = set()
        while address:
            if address in read or len(read) == MOST_PAGES:
                raise GraphError("Graph's pages have no end, so they were not read.")
            read.add(address)
            body = (await self._ask("GET", address, headers=headers)).body
            found = body.get("value")
            if not isinstance(found, list):
                raise GraphError("Graph answered a page without a list.")
            for one in found:
                if isinstance(one, dict):
                    yield one
            address = self._next(body.get("@odata.nextLink"))

    def _next(self, link: object) -> URL | None:
        if not link:
            return None
        try:
            address = URL(str(link), encoded=True)
            is_elsewhere = address.origin() != URL(self.base).origin()
        except ValueError as seen:
            raise GraphError("Graph's next page has no whole address, so it was not asked for.") from seen
        if is_elsewhere:
            raise GraphError("Graph's next page lies on another host, so it was not asked for.")
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
        fine: int = 0,
    ) -> GraphResponse:
        is_safe, renewed = repeats or method == "GET", False
        for left in reversed(range(TRIES)):
            backoff = min(LONGEST_WAIT, 2.0 ** (TRIES - 1 - left)) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
            try:
                told = await self._once(method, address, body, headers or {})
            except (aiohttp.ClientError, TimeoutError) as seen:
                if is_safe and left:
                    await self.pause(backoff)
                    continue
                raise _lost(seen, is_safe=is_safe) from seen
            if told.status < 300 or told.status == fine:
                return told
            if told.status == 401 and not renewed:
                renewed = True
                with _no_token_is_busy():
                    await self.tokens.renew(SCOPE, _claims(told.headers))
                continue
            wait = _wait(told.headers, backoff)
            again = told.status in NOT_PROCESSED or (is_safe and told.status in UNCERTAIN)
            if not again or not left or wait > LONGEST_WAIT:
                raise _as_error(told, wait, is_safe=is_safe)
            await self.pause(wait)
        raise AssertionError("the last try raises or returns")

    async def _once(
        self, method: str, address: URL, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> GraphResponse:
        with _no_token_is_busy():
            token = await self.tokens.token(SCOPE)
        carried = {**headers, "Authorization": f"Bearer {token}", "Accept": "application/json"}
        async with (
            self._room,
            self.http().request(
                method,
                address,
                json=body,
                headers=carried,
                timeout=self.time_limit,
                allow_redirects=False,
            ) as answer,
        ):
            raw = await answer.read()
            made = _object(raw)
            if answer.status < 300 and raw and made is None:
                raise GraphError("Graph answered something that is no JSON.", answer.status)
            return GraphResponse(answer.status, dict(answer.headers), made or {})


@contextmanager
def _no_token_is_busy() -> Iterator[None]:
    try:
        yield
    except TokenUnavailable as seen:
        raise GraphBusy(str(seen), LONGEST_WAIT) from seen


def _object(raw: bytes) -> Mapping[str, Any] | None:
    try:
        made = json.loads(raw) if raw else {}
    except (ValueError, RecursionError):
        return None
    return made if isinstance(made, dict) else None


def _lost(seen: BaseException, *, is_safe: bool) -> GraphError:
    if isinstance(seen, aiohttp.ClientConnectorError):  # nothing was sent
        return GraphBusy("Graph cannot be reached just now.", LONGEST_WAIT)
    return GraphError("Graph did not answer.") if is_safe else GraphUnsure("Graph did not say whether it was done.")


def _as_error(told: GraphResponse, wait: float, *, is_safe: bool) -> GraphError:
    error = told.body.get("error")
    code, said = (str(error.get(name, "")) for name in ("code", "message")) if isinstance(error, dict) else ("", "")
    if told.status in NOT_PROCESSED:
        return GraphBusy("Graph asks us to wait.", wait)
    if told.status in UNCERTAIN and not is_safe:
        return GraphUnsure("Graph failed while it did it.", told.status, code, said)
    return GraphError(f"Graph refused ({told.status}{f' {code}' if code else ''}).", told.status, code, said)


def _wait(headers: Mapping[str, str], backoff: float) -> float:
    """How long to wait: Retry-After in seconds, or as a date against the answer's own, else `backoff`."""
    after = headers.get("Retry-After", "")
    with suppress(ValueError):
        return max(0.0, float(after))
    with suppress(ValueError, TypeError, KeyError):
        ahead = parsedate_to_datetime(after) - parsedate_to_datetime(headers["Date"])
        return max(0.0, ahead.total_seconds())
    return backoff


def _claims(headers: Mapping[str, str]) -> str:
    """The claims a refusal asks for, as JSON (https://learn.microsoft.com/entra/identity-platform/claims-challenge)."""
    found = _CLAIMS.search(headers.get("WWW-Authenticate", ""))
    with suppress(binascii.Error, UnicodeDecodeError):
        text = found[1] if found else ""
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_").decode()
    return ""
