"""The request check for Slack: nothing is parsed, and nothing reaches the desk, that Slack did not sign for us.

The cheapest proof comes first: method, size, media type and the time stamp, which are in the request's head; then the
body and its signature; only then what the body says, its shape, its app and its workspace.
https://docs.slack.dev/authentication/verifying-requests-from-slack
Why no library does this: docs/decisions/17-slack.md.
"""

import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp import web

from bot.channels.rate_counter import WINDOW, RateCounter
from bot.channels.request_body import TOO_LARGE, BodyReader, Refused, refusal
from bot.channels.slack.payload import Content, UrlVerification, read_payload
from bot.channels.slack.request_fields import FORM, JSON, MAX_BYTES, fields_of
from bot.channels.slack.workspace_check import WorkspaceCheck

LOG = logging.getLogger("staffroom.signature_check")
READING_TIME_LIMIT = 2.0  # seconds: Slack waits for three
MAX_AGE = 300  # seconds a time stamp may be off, either way
MAX_TIME_STAMP_DIGITS = 12
MAX_FAILURES = 20  # signatures from one address that do not pass, in a window
NOT_SIGNED = "This address is for Slack; the request carried no valid signature."


@dataclass(frozen=True, slots=True)
class SlackApp:
    """Our app in Slack: its id, the workspace (team) it is installed in, and the secret that signs its requests."""

    id: str
    team: str
    secret: str = field(repr=False)


def _usual_bodies() -> BodyReader:
    return BodyReader(max_bytes=MAX_BYTES)


@dataclass(slots=True)
class SlackSignatureCheck:
    """The check of one app in one workspace. `clock` gives seconds since 1970, `monotonic` seconds of any beginning."""

    app: SlackApp
    clock: Callable[[], float]
    monotonic: Callable[[], float]
    request_time_limit: float = READING_TIME_LIMIT  # seconds for a body
    bodies: BodyReader = field(default_factory=_usual_bodies)
    _workspace: WorkspaceCheck = field(init=False)
    _failures: RateCounter = field(init=False)  # by address

    def __post_init__(self) -> None:
        self._workspace = WorkspaceCheck(self.app.id, self.app.team, self.monotonic)
        self._failures = RateCounter(MAX_FAILURES, self.monotonic)

    async def admit(self, request: web.Request) -> Content:
        """What arrived, once it is known that Slack signed it for this app and this workspace; raises Refused."""
        refuse_form(request)
        stamp, signature = _only(request, "X-Slack-Request-Timestamp"), _only(request, "X-Slack-Signature")
        if not self._is_recent(stamp):
            raise self._bad_signature(request)
        body = await self.bodies.read(request, self.request_time_limit)
        if not is_signed(self.app.secret, stamp, body, signature):
            raise self._bad_signature(request)
        payload = read_payload(fields_of(request.content_type, body))
        if isinstance(payload.content, UrlVerification):
            return payload.content
        return self._workspace.admit(payload)

    def _is_recent(self, stamp: str) -> bool:
        is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= MAX_TIME_STAMP_DIGITS
        return is_number and abs(self.clock() - int(stamp)) <= MAX_AGE

    def _bad_signature(self, request: web.Request) -> Refused:
        """Counts a bad signature; the refusal. A good one passes from any address, however many bad came from there."""
        address = request.remote or ""
        is_over = self._failures.is_over(address)
        self._failures.add(address)
        if is_over:
            return Refused(429, "Too many requests without a valid signature.", wait=int(WINDOW))
        return Refused(401, NOT_SIGNED)


def refuse_form(request: web.Request) -> None:
    """Raises Refused for a request whose head already says that its body need not be read."""
    if request.method != "POST":
        raise Refused(405, "Please POST what Slack sends.")
    if (request.content_length or 0) > MAX_BYTES:
        raise Refused(413, TOO_LARGE)
    if request.content_type not in {JSON, FORM}:
        raise Refused(415, "Please send JSON or a form.")
    if "Content-Encoding" in request.headers:
        raise Refused(415, "Please send it plain, not compressed.")


def is_signed(secret: str, stamp: str, body: bytes, signature: str) -> bool:
    """Whether a signature is Slack's for these bytes; takes as long for a wrong one as for a right one."""
    return signature.isascii() and hmac.compare_digest(sign(secret, stamp, body), signature)


def sign(secret: str, stamp: str, body: bytes) -> str:
    """The signature of a body sent at a time (seconds since 1970, as text)."""
    signed = b"v0:" + stamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _only(request: web.Request, name: str) -> str:
    """The one header of that name; empty if there is none, or more than one."""
    values = request.headers.getall(name, [])
    return values[0] if len(values) == 1 else ""


Respond: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


def guarded(check: SlackSignatureCheck, respond: Callable[[Content], Awaitable[web.Response]]) -> Respond:
    """A handler that responds to what the check admits, and refuses the rest with one plain sentence."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return await respond(await check.admit(request))
        except Refused as error:
            LOG.info("refused status=%d", error.status)
            return refusal(error)

    return handle
