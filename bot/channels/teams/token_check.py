"""The token check for Teams: nothing reaches the SDK or the desk that did not come from Microsoft, for this school.

In this order: method, content type, size, JSON, nesting, shape, token, then channel, tenant and service address.
The SDK's own checks are not used: docs/decisions/07 says why.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit

import jwt
from aiohttp import web

from bot.channels.teams.activity import (
    CHANNEL,
    MAX_BYTES,
    Activity,
    Refused,
    read_activity,
    sender_of,
    tenant_of,
)
from bot.channels.teams.signing_keys import KeysUnavailable, SigningKeys

LOG = logging.getLogger("staffroom.token_check")
REQUEST_TIME_LIMIT = 10.0  # seconds a request may take to arrive
LEEWAY = 300  # seconds by which clocks may differ
PLAYGROUND = "emulator"  # what the Agents Playground may call its channel
SERVICES = ("smba.trafficmanager.net", ".botframework.com", ".teams.microsoft.com", ".teams.microsoft.us")
WINDOW = 60.0  # seconds
MAX_MESSAGES = 30  # of one person in a window
MAX_FAILURES = 20  # tokens from one address that do not pass, in a window
NEVER_TOO_MANY = frozenset({"installationUpdate", "conversationUpdate"})  # none of these may be missed
MAX_COUNTED = 10_000  # people, and addresses, whose requests are counted
NO_TOKEN = "This address is for Microsoft Teams; the request carried no valid token."  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class Microsoft:
    """Where Microsoft is. Tests give the address of a little server of their own."""

    metadata: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    issuer: str = "https://api.botframework.com"
    services: tuple[str, ...] = SERVICES  # how a host of a service address may end; or a whole host
    scheme: str = "https"


@dataclass(slots=True)
class RateCounter:
    """Counts by key within a window of time, and forgets the oldest keys when there are too many."""

    limit: int
    clock: Callable[[], float]
    _windows: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)  # the oldest first

    def is_over(self, key: str) -> bool:
        """Whether a key has reached the limit for now."""
        since, count = self._windows.get(key, (float("-inf"), 0))
        return count >= self.limit and self.clock() - since < WINDOW

    def add(self, key: str) -> None:
        """Counts one request."""
        now = self.clock()
        since, count = self._windows.get(key, (now, 0))
        if now - since >= WINDOW:
            since, count = now, 0
            self._windows.pop(key)
        self._windows[key] = (since, count + 1)
        while len(self._windows) > MAX_COUNTED or now - next(iter(self._windows.values()))[0] >= WINDOW:
            self._windows.popitem(last=False)


class AccessCheck(Protocol):
    """Lets an activity in, or raises Refused."""

    async def admit(self, request: web.Request) -> Activity:
        """The activity of a request that may come in."""
        ...


@dataclass(slots=True)
class TeamsTokenCheck:
    """The check of the real mode: one application, one tenant."""

    app_id: str
    tenant: str
    keys: SigningKeys
    clock: Callable[[], float]
    microsoft: Microsoft = field(default_factory=Microsoft)
    request_time_limit: float = REQUEST_TIME_LIMIT
    _messages: RateCounter = field(init=False)  # by sender
    _failures: RateCounter = field(init=False)  # by address

    def __post_init__(self) -> None:
        self._messages = RateCounter(MAX_MESSAGES, self.clock)
        self._failures = RateCounter(MAX_FAILURES, self.clock)

    async def admit(self, request: web.Request) -> Activity:
        """The activity, once its sender is known to be Microsoft and its school to be ours; raises Refused."""
        activity = await read_request(request, self.request_time_limit)
        await self._check_token(request, activity)
        if activity["channelId"] != CHANNEL:
            raise Refused(403, "Staffroom answers in Microsoft Teams only.")
        if tenant_of(activity) != self.tenant:
            raise Refused(403, "Staffroom answers its own school only.")
        if not is_service(activity["serviceUrl"], self.microsoft):
            raise Refused(403, "That service address is not Microsoft's.")
        self._count_message(activity)
        return activity

    def _count_message(self, activity: Activity) -> None:
        if activity["type"] in NEVER_TOO_MANY:
            return
        sender = sender_of(activity)
        if self._messages.is_over(sender):
            raise Refused(429, "That was a lot at once. Please try again in a minute.", wait=int(WINDOW))
        self._messages.add(sender)

    async def _check_token(self, request: web.Request, activity: Activity) -> None:
        address = request.remote or ""
        try:
            await self._verify(request.headers.get("Authorization", ""), activity)
        except KeysUnavailable as error:
            raise Refused(503, "Microsoft's keys cannot be fetched just now. Please try again.", wait=5) from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            # A good token passes from any address, however many bad ones came from there: all of Teams, and everybody
            # who reaches us through our own proxy, shares a few addresses.
            is_over = self._failures.is_over(address)
            self._failures.add(address)
            if is_over:
                raise Refused(429, "Too many requests without a valid token.", wait=int(WINDOW)) from error
            raise Refused(401, NO_TOKEN) from error

    async def _verify(self, header: str, activity: Activity) -> None:
        """Raises PyJWTError, ValueError or TypeError unless Microsoft signed this for us and this service address.

        https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
        """
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise ValueError("no bearer token")
        id = jwt.get_unverified_header(token).get("kid")
        if not isinstance(id, str):
            raise TypeError("no key id")
        key = await self.keys.get(id)
        if key is None:
            raise ValueError("unknown key")
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(dict(key), algorithm="RS256"),
            algorithms=["RS256"],
            audience=self.app_id,
            issuer=self.microsoft.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud"], "strict_aud": True},
        )
        if claims.get("serviceurl") != activity["serviceUrl"]:
            raise ValueError("a token for another service address")
        if activity["channelId"] not in key.get("endorsements", ()):
            raise ValueError("a key that may not sign for this channel")


@dataclass(slots=True)
class LoopbackCheck:
    """Local mode's check, for the Agents Playground on this machine: no token, and only loopback on either side.

    The host and the forwarding headers are checked before, by the local page's own guard.
    """

    async def admit(self, request: web.Request) -> Activity:
        """The activity; raises Refused."""
        activity = await read_request(request)
        loopback = Microsoft(services=("127.0.0.1", "localhost", "::1"), scheme="http")
        if activity["channelId"] not in {CHANNEL, PLAYGROUND} or not is_service(activity["serviceUrl"], loopback):
            raise Refused(403, "Local mode answers this machine only.")
        return activity


async def read_request(request: web.Request, time_limit: float = REQUEST_TIME_LIMIT) -> Activity:
    """The activity of a request, of any sender, that arrives within so many seconds; raises Refused."""
    if request.method != "POST":
        raise Refused(405, "Please POST an activity.")
    if request.content_type != "application/json":
        raise Refused(415, "Please send JSON.")
    if "Content-Encoding" in request.headers:
        raise Refused(415, "Please send plain JSON, not compressed.")
    if (request.content_length or 0) > MAX_BYTES:
        raise Refused(413, "That is too large.")
    body = bytearray()
    try:
        async with asyncio.timeout(time_limit):
            while len(body) <= MAX_BYTES and (more := await request.content.read(MAX_BYTES + 1 - len(body))):
                body += more
    except TimeoutError as error:
        raise Refused(400, "The request took too long to arrive.") from error
    except (web.RequestPayloadError, ConnectionError) as error:
        raise Refused(400, "The request broke off.") from error
    if len(body) > MAX_BYTES:
        raise Refused(413, "That is too large.")
    return read_activity(bytes(body))


def is_service(address: str, microsoft: Microsoft) -> bool:
    """Whether an address is one of Microsoft's own services."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != microsoft.scheme or parts.username is not None or parts.query or parts.fragment or not host:
        return False
    return any(host == end or (end.startswith(".") and host.endswith(end)) for end in microsoft.services)


Respond: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


def guarded(check: AccessCheck, respond: Callable[[Activity], Awaitable[web.Response]]) -> Respond:
    """A handler that responds to what the check admits, and refuses the rest with one plain sentence."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return await respond(await check.admit(request))
        except Refused as error:
            LOG.info("refused status=%d", error.status)
            headers = {"Retry-After": str(error.wait)} if error.wait else {}
            if error.status == 401:
                headers["WWW-Authenticate"] = "Bearer"
            return web.json_response({"error": str(error)}, status=error.status, headers=headers)

    return handle
