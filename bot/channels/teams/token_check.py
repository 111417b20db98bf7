"""The token check for Teams: nothing reaches the SDK or the desk that did not come from Microsoft, for this school.

The cheapest proof comes first: method, size, content type, the token, which is in the request's head; only then the
body, its shape, and its channel, tenant and service address. So what nobody signed costs no memory and hardly any time.
The SDK's own checks are not used: docs/decisions/07 says why.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.published_keys import SigningKey
from bot.channels.rate_counter import WINDOW, RateCounter
from bot.channels.request_body import MAX_BYTES, READING_TIME_LIMIT, TOO_LARGE, BodyReader, Refused, refusal
from bot.channels.signed_tokens import bearer_token, key_id_of, signed_claims
from bot.channels.signing_keys import KeysUnavailable, SigningKeys
from bot.channels.teams.activity import (
    CHANNEL,
    Activity,
    read_activity,
    sender_of,
    tenant_of,
)

LOG = logging.getLogger("staffroom.token_check")
PLAYGROUND = "emulator"  # what the Agents Playground may call its channel
SERVICES = ("smba.trafficmanager.net", ".botframework.com", ".teams.microsoft.com", ".teams.microsoft.us")
MAX_MESSAGES = 30  # of one person in a window
MAX_FAILURES = 20  # tokens from one address that do not pass, in a window
NEVER_TOO_MANY = frozenset({"installationUpdate", "conversationUpdate"})  # none of these may be missed
NO_TOKEN = "This address is for Microsoft Teams; the request carried no valid token."  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class Microsoft:
    """Where Microsoft is. Tests give the address of a little server of their own."""

    metadata: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    issuer: str = "https://api.botframework.com"
    services: tuple[str, ...] = SERVICES  # how a host of a service address may end; or a whole host
    scheme: str = "https"


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
    request_time_limit: float = READING_TIME_LIMIT  # seconds for a body
    bodies: BodyReader = field(default_factory=BodyReader)
    _messages: RateCounter = field(init=False)  # by sender
    _failures: RateCounter = field(init=False)  # by address

    def __post_init__(self) -> None:
        self._messages = RateCounter(MAX_MESSAGES, self.clock)
        self._failures = RateCounter(MAX_FAILURES, self.clock)

    async def admit(self, request: web.Request) -> Activity:
        """The activity, once its sender is known to be Microsoft and its school to be ours; raises Refused."""
        refuse_form(request)
        service = await self._signed_service(request)
        activity = read_activity(await self.bodies.read(request, self.request_time_limit))
        if activity["serviceUrl"] != service:
            raise self._bad_token(request)
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

    async def _signed_service(self, request: web.Request) -> str:
        """The service address for which Microsoft signed the request's token; raises Refused.

        A good token passes from any address, however many bad ones came from there: all of Teams, and everybody who
        reaches us through our own proxy, shares a few addresses. But such an address makes us fetch no keys.
        """
        is_over = self._failures.is_over(request.remote or "")
        try:
            token = bearer_token(request)
            id = key_id_of(token)
            key = self.keys.known(id) if is_over else await self.keys.get(id)
            return self._service_in(token, key)
        except KeysUnavailable as error:
            raise Refused(503, "Microsoft's keys cannot be fetched just now. Please try again.", wait=5) from error
        except Exception as error:  # whatever it is that cannot be read as a token, it is none
            raise self._bad_token(request) from error

    def _bad_token(self, request: web.Request) -> Refused:
        """Counts a bad token; the refusal."""
        address = request.remote or ""
        is_over = self._failures.is_over(address)
        self._failures.add(address)
        if is_over:
            return Refused(429, "Too many requests without a valid token.", wait=int(WINDOW))
        return Refused(401, NO_TOKEN)

    def _service_in(self, token: str, key: SigningKey | None) -> str:
        """Raises PyJWTError or ValueError unless Microsoft signed this for us, with a key that may sign for Teams.

        https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
        """
        if key is None or CHANNEL not in key.endorsements:
            raise ValueError("no key for this channel")
        claims = signed_claims(token, key, audiences=(self.app_id,), issuer=self.microsoft.issuer)
        service = claims.get("serviceurl")
        if not isinstance(service, str):
            raise ValueError("no service address")  # noqa: TRY004 - to the caller it is one kind of error
        return service


@dataclass(slots=True)
class LoopbackCheck:
    """Local mode's check, for the Agents Playground on this machine: no token, and only loopback on either side.

    The host and the forwarding headers are checked before, by the local page's own guard.
    """

    bodies: BodyReader = field(default_factory=BodyReader)

    async def admit(self, request: web.Request) -> Activity:
        """The activity; raises Refused."""
        activity = await read_request(request, self.bodies)
        loopback = Microsoft(services=("127.0.0.1", "localhost", "::1"), scheme="http")
        if activity["channelId"] not in {CHANNEL, PLAYGROUND} or not is_service(activity["serviceUrl"], loopback):
            raise Refused(403, "Local mode answers this machine only.")
        return activity


def refuse_form(request: web.Request) -> None:
    """Raises Refused for a request whose head already says that its body need not be read."""
    if request.method != "POST":
        raise Refused(405, "Please POST an activity.")
    if (request.content_length or 0) > MAX_BYTES:
        raise Refused(413, TOO_LARGE)
    if request.content_type != "application/json":
        raise Refused(415, "Please send JSON.")
    if "Content-Encoding" in request.headers:
        raise Refused(415, "Please send plain JSON, not compressed.")


async def read_request(request: web.Request, bodies: BodyReader | None = None) -> Activity:
    """The activity of a request, of any sender; raises Refused."""
    refuse_form(request)
    return read_activity(await (bodies or BodyReader()).read(request))


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
            return _refusal(error)

    return handle


def _refusal(error: Refused) -> web.Response:
    response = refusal(error)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
