"""The front door for Teams: nothing reaches the SDK or the desk that did not come from Microsoft, for this school.

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

from bot.channels.teams.activity import LARGEST, Activity, Refused, read_activity, tenant_of
from bot.channels.teams.signing_keys import KeysUnavailable, SigningKeys

LOG = logging.getLogger("staffroom.door")
PATIENCE = 10.0  # seconds a request may take to arrive
LEEWAY = 300  # seconds by which clocks may differ
CHANNELS = frozenset({"msteams"})
SERVICES = ("smba.trafficmanager.net", ".botframework.com", ".teams.microsoft.com", ".teams.microsoft.us")
MESSAGES, PER = 30, 60.0  # messages of one person, in so many seconds
FAILURES = 20  # failed tokens of one address in the same time
NEVER_TOO_MUCH = frozenset({"installationUpdate", "conversationUpdate"})  # coming and going must not be missed
REMEMBERED = 10_000  # people, and addresses, whose pace is remembered
NO_TOKEN = "This address is for Microsoft Teams; the request carried no valid token."  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class Microsoft:
    """Where Microsoft is. Tests put a little server of their own in its place."""

    metadata: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    issuer: str = "https://api.botframework.com"
    services: tuple[str, ...] = SERVICES  # how a host of a service address may end; or a whole host
    scheme: str = "https"


@dataclass(slots=True)
class RateCounter:
    """Counts by key within a window of time, and forgets the oldest keys when there are too many."""

    most: int
    clock: Callable[[], float]
    _held: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def is_over(self, key: str) -> bool:
        """Whether a key has had all it may have for now."""
        since, count = self._held.get(key, (float("-inf"), 0))
        return count >= self.most and self.clock() - since < PER

    def add(self, key: str) -> None:
        """Counts one."""
        now = self.clock()
        since, count = self._held.get(key, (now, 0))
        if now - since >= PER:
            since, count = now, 0
            self._held.pop(key)
        self._held[key] = (since, count + 1)  # the oldest window stands first
        while len(self._held) > REMEMBERED or now - next(iter(self._held.values()))[0] >= PER:
            self._held.popitem(last=False)


class AccessCheck(Protocol):
    """Lets an activity in, or raises Refused."""

    async def admit(self, request: web.Request) -> Activity:
        """The activity of a request that may come in."""
        ...


@dataclass(slots=True)
class TeamsTokenCheck:
    """The door of the real mode: one application, one tenant."""

    app_id: str
    tenant: str
    keys: SigningKeys
    clock: Callable[[], float]
    microsoft: Microsoft = field(default_factory=Microsoft)
    patience: float = PATIENCE
    _people: RateCounter = field(init=False)
    _failures: RateCounter = field(init=False)

    def __post_init__(self) -> None:
        self._people = RateCounter(MESSAGES, self.clock)
        self._failures = RateCounter(FAILURES, self.clock)

    async def admit(self, request: web.Request) -> Activity:
        """The activity, once its sender is known to be Microsoft and its school to be ours; raises Refused."""
        activity = await read_request(request, self.patience)
        await self._check_token(request, activity)
        if activity["channelId"] not in CHANNELS:
            raise Refused(403, "Staffroom answers in Microsoft Teams only.")
        if tenant_of(activity) != self.tenant:
            raise Refused(403, "Staffroom answers its own school only.")
        if not is_service(activity["serviceUrl"], self.microsoft):
            raise Refused(403, "That service address is not Microsoft's.")
        if activity["type"] not in NEVER_TOO_MUCH:
            sender = str(activity["from"].get("aadObjectId") or activity["from"]["id"])
            if self._people.is_over(sender):
                raise Refused(429, "That was a lot at once. Please try again in a minute.", wait=int(PER))
            self._people.add(sender)
        return activity

    async def _check_token(self, request: web.Request, activity: Activity) -> None:
        address = request.remote or ""
        try:
            await self._verify(request.headers.get("Authorization", ""), activity)
        except KeysUnavailable as seen:
            raise Refused(503, "Microsoft's keys cannot be fetched just now. Please try again.", wait=5) from seen
        except (jwt.PyJWTError, ValueError, TypeError) as seen:
            # A good token is let in from any address, however many bad ones came from there: all of Teams, and whoever
            # reaches us through our own proxy, shares a few addresses.
            is_over = self._failures.is_over(address)
            self._failures.add(address)
            if is_over:
                raise Refused(429, "Too many requests without a valid token.", wait=int(PER)) from seen
            raise Refused(401, NO_TOKEN) from seen

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
    """Local mode's door, for the Agents Playground on this machine: no token, and only loopback on either side.

    The host and the forwarding headers are checked before, by the web chat's own guard.
    """

    async def admit(self, request: web.Request) -> Activity:
        """The activity; raises Refused."""
        activity = await read_request(request)
        if activity["channelId"] not in CHANNELS | {"emulator"} or not is_service(
            activity["serviceUrl"], Microsoft(services=("127.0.0.1", "localhost", "::1"), scheme="http")
        ):
            raise Refused(403, "Local mode answers this machine only.")
        return activity


async def read_request(request: web.Request, patience: float = PATIENCE) -> Activity:
    """The activity of a request, of any sender, that arrives within so many seconds; raises Refused."""
    if request.method != "POST":
        raise Refused(405, "Please POST an activity.")
    if request.content_type != "application/json":
        raise Refused(415, "Please send JSON.")
    if "Content-Encoding" in request.headers:
        raise Refused(415, "Please send plain JSON, not compressed.")
    if (request.content_length or 0) > LARGEST:
        raise Refused(413, "That is too large.")
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            while len(body) <= LARGEST and (more := await request.content.read(LARGEST + 1 - len(body))):
                body += more
    except TimeoutError as seen:
        raise Refused(400, "The request took too long to arrive.") from seen
    except (web.RequestPayloadError, ConnectionError) as seen:
        raise Refused(400, "The request broke off.") from seen
    if len(body) > LARGEST:
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


Answer: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


def guarded(door: AccessCheck, then: Callable[[Activity], Awaitable[web.Response]]) -> Answer:
    """A handler that lets in what the door admits and answers the rest with one plain sentence."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return await then(await door.admit(request))
        except Refused as seen:
            LOG.info("refused status=%d", seen.status)
            headers = {"Retry-After": str(seen.wait)} if seen.wait else {}
            if seen.status == 401:
                headers["WWW-Authenticate"] = "Bearer"
            return web.json_response({"error": str(seen)}, status=seen.status, headers=headers)

    return handle
