"""Tokens for Microsoft's services, fetched by MSAL and kept in memory, never on disk. No other module uses MSAL.

If several ways to prove who we are are configured, the safest is used: a certificate, then a federated token, then a
managed identity, and a shared secret last.
https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration
"""

import asyncio
import io
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import msal
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from bot.certificate import Certificate, read_certificate, refuse_unless_valid
from bot.errors import SettingsError, TokenUnavailable
from bot.outside import identifier, number

AUTHORITY = "https://login.microsoftonline.com"
TIME_LIMIT = 10.0  # seconds until a service answers, and as many for the whole answer
MAX_ANSWER_BYTES = 512 * 1024  # a token answer has about 3 kB, an OpenID document 2 kB
RENEW_BEFORE_EXPIRY = 300.0  # seconds
MAX_SIGN_INS_AT_ONCE = 4  # threads that wait for Microsoft
RETRY_AFTER_FAILURE = 5.0  # seconds
MAX_LIFETIME = 24 * 3600.0  # seconds; Microsoft's tokens last an hour, a managed identity's a day
MAX_TOKEN_CHARS = 64 * 1024  # more than any header may have
NO_REASON = "no reason"
NEVER = float("-inf")

# Scope and claims -> a token response. If claims are given (JSON, or empty), the token is a new one.
Fetch: TypeAlias = Callable[[str, str | None], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's identity at Microsoft: one application in one tenant, and how it proves who it is."""

    app_id: str
    tenant: str
    secret: str = field(default="", repr=False)
    certificate: Path | None = None  # PEM: the private key and the certificate in one file
    federated: Path | None = None  # a file with another issuer's token, which the platform renews
    is_managed: bool = False

    @property
    def proof(self) -> str:
        """How the bot proves itself, in words; empty if nothing is configured."""
        if self.certificate:
            return "certificate"
        if self.federated:
            return "federated token"
        if self.is_managed:
            return "managed identity"
        return "secret" if self.secret else ""


class Tokens:
    """Tokens by scope. Makes one request at a time for each scope, in a worker thread."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._tokens: dict[str, tuple[str, float]] = {}  # by scope: a token, and until when it is used
        # By scope: the reason of a failure, and when to ask again. Callers in the queue need not wait for it to repeat.
        self._failures: dict[str, tuple[str, float]] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, scope: str) -> str:
        """A token that is valid for at least five minutes; raises TokenUnavailable with Microsoft's error code."""
        async with self._locks[scope]:
            token, until = self._tokens.get(scope, ("", NEVER))
            if self._clock() < until:
                return token
            reason, until = self._failures.get(scope, ("", NEVER))
            if self._clock() < until:
                raise TokenUnavailable(f"Microsoft gave no token ({reason}).")
            return await self._fetched(scope, None)

    async def renew(self, scope: str, claims: str = "") -> str:
        """A new token with the claims Microsoft asked for, even if the last one has not expired.

        Raises TokenUnavailable.
        """
        async with self._locks[scope]:
            return await self._fetched(scope, claims)

    async def _fetched(self, scope: str, claims: str | None) -> str:
        try:
            response = await asyncio.to_thread(self._fetch, scope, claims)
            token = _token_in(response)
            reason = "" if token else identifier(str(response.get("error"))) or NO_REASON
        except Exception as error:  # noqa: BLE001 - whatever MSAL makes of an answer that is none, there is no token
            reason = type(error).__name__
        if reason:
            self._failures[scope] = (reason, self._clock() + RETRY_AFTER_FAILURE)
            raise TokenUnavailable(f"Microsoft gave no token ({reason}).")
        lifetime = number(response.get("expires_in"), 0.0, MAX_LIFETIME) or 0.0
        self._tokens[scope] = (token, self._clock() + max(lifetime - RENEW_BEFORE_EXPIRY, 0.0))
        return token


def _token_in(response: Mapping[str, Any]) -> str:
    """The token in an answer; empty if there is none that could be sent in a header."""
    token = response.get("access_token")
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS or " " in token:
        return ""
    return token if token.isascii() and token.isprintable() else ""


def open_tokens(
    identity: Identity, now: datetime, *, authority: str = AUTHORITY, session: requests.Session | None = None
) -> Tokens:
    """Tokens for one identity; raises SettingsError if its proof cannot be read, or its certificate is not valid `now`.

    An `authority` other than Microsoft's own, and a `session` that trusts it, are for tests.
    """
    if identity.is_managed and not (identity.certificate or identity.federated):
        return Tokens(_fetch_for_managed_identity(identity))
    # Empty until the first token, because creating the application sends a request to Microsoft.
    application: list[msal.ConfidentialClientApplication] = []

    def fetch(scope: str, claims: str | None) -> dict[str, Any]:
        if not application:
            application.append(_application(identity, credential, authority, session))
        if claims == "":
            application[0].remove_tokens_for_client()  # or MSAL would return the token that was refused
        response: dict[str, Any] = application[0].acquire_token_for_client([scope], claims_challenge=claims or None)
        return response

    credential = _credential(identity, now)
    return Tokens(fetch)


@dataclass(frozen=True, slots=True)
class SignInFlow:
    """A sign-in in a browser that has begun: where the browser goes, and what is compared when it is back."""

    address: str = field(repr=False)
    kept: Mapping[str, Any] = field(repr=False)  # state and nonce; with MSAL also its verifier of PKCE


class BrowserSignIn:
    """Sign-in in a browser by authorisation code with PKCE. No token of anybody's is kept.

    https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
    """

    def __init__(
        self,
        identity: Identity,
        redirect: str,
        now: datetime,
        *,
        authority: str = AUTHORITY,
        session: requests.Session | None = None,
    ) -> None:
        """`redirect` is the address that Entra sends the browser back to; the rest is as for `open_tokens`."""
        self._identity, self._redirect, self._authority, self._session = identity, redirect, authority, session
        self._credential = _credential(identity, now)
        # Empty until the first sign-in, as in `open_tokens`. It begins sign-ins only: MSAL keeps tokens where they end.
        self._beginning: list[msal.ConfidentialClientApplication] = []
        self._at_once = asyncio.Semaphore(MAX_SIGN_INS_AT_ONCE)

    async def begin(self, *, asks_again: bool) -> SignInFlow:
        """A sign-in; if it `asks_again`, Entra asks for the password even of somebody who is signed in.

        Raises TokenUnavailable.
        """
        prompt = {"prompt": "login"} if asks_again else {}

        if not self._beginning:
            self._beginning.append(await self._asked(self._application))
        with warnings.catch_warnings():
            # MSAL advises form_post. With that, the browser would come back without our cookie, which is SameSite=Lax;
            # a code in the address is of no use without the cookie, the verifier of PKCE and our own proof.
            warnings.simplefilter("ignore", UserWarning)
            flow = self._beginning[0].initiate_auth_code_flow([], self._redirect, **prompt)
        return SignInFlow(str(flow["auth_uri"]), flow)

    async def finish(self, flow: SignInFlow, answer: Mapping[str, str]) -> str:
        """The ID token for what came back with the browser, still to be checked; raises TokenUnavailable."""

        def finish_at() -> dict[str, Any]:
            app = self._application()
            response: dict[str, Any] = app.acquire_token_by_auth_code_flow(dict(flow.kept), dict(answer))
            return response

        response = await self._asked(finish_at)
        if not isinstance(response.get("id_token"), str):
            raise TokenUnavailable("Microsoft did not confirm who signed in.")
        return str(response["id_token"])

    def _application(self) -> msal.ConfidentialClientApplication:
        # Without offline_access no refresh token is issued. Without profile an ID token has no object id.
        more = {"exclude_scopes": ["offline_access"]}
        return _application(self._identity, self._credential, self._authority, self._session, **more)

    async def _asked(self, ask: Callable[[], Any]) -> Any:
        async with self._at_once:
            try:
                return await asyncio.to_thread(ask)
            except Exception as error:  # whatever MSAL makes of what came back, nobody is signed in
                raise TokenUnavailable(f"Microsoft confirmed nobody ({type(error).__name__}).") from error


def _application(
    identity: Identity, credential: Any, authority: str, session: requests.Session | None, **more: Any
) -> msal.ConfidentialClientApplication:
    return msal.ConfidentialClientApplication(
        identity.app_id,
        client_credential=credential,
        authority=f"{authority}/{identity.tenant}",
        http_client=_with_bounds(session or _SessionWithTimeLimit()),
        instance_discovery=None if authority == AUTHORITY else False,
        **more,
    )


class _BoundedAdapter(HTTPAdapter):
    """Reads an answer up to a size and within a time; both are asked of every answer, of redirects too."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The response, read whole; raises requests.RequestException."""
        response = super().send(request, *args, **kwargs)
        try:
            body = _bounded(response.raw)
        except HTTPError as error:
            raise requests.ConnectionError("the answer broke off") from error
        finally:
            response.close()
        response.raw = io.BytesIO(body)
        return response


def _bounded(raw: Any) -> bytes:
    """What can be read from a response of urllib3's; raises requests.RequestException if it is too much or too slow."""
    body, ends = bytearray(), time.monotonic() + TIME_LIMIT
    while part := raw.read1(MAX_ANSWER_BYTES, decode_content=True):  # returns what is there, and waits for no more
        body += part
        if len(body) > MAX_ANSWER_BYTES:
            raise requests.RequestException("the answer is too large")
        if time.monotonic() > ends:
            raise requests.Timeout("the answer took too long")
    return bytes(body)


def _with_bounds(session: requests.Session) -> requests.Session:
    for scheme in ("https://", "http://"):
        session.mount(scheme, _BoundedAdapter(max_retries=1))  # of connections that were not made
    return session


class _SessionWithTimeLimit(requests.Session):
    """A session whose requests have a time limit: MSAL sets none for a managed identity or a session of ours."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """A request with a time limit."""
        return super().request(*args, **{"timeout": TIME_LIMIT, **kwargs})


def _fetch_for_managed_identity(identity: Identity) -> Fetch:
    session = _with_bounds(_SessionWithTimeLimit())
    client = msal.ManagedIdentityClient(
        msal.UserAssignedManagedIdentity(client_id=identity.app_id), http_client=session
    )

    def fetch(scope: str, claims: str | None) -> dict[str, Any]:
        resource = scope.removesuffix("/.default")
        response: dict[str, Any] = client.acquire_token_for_client(resource=resource, claims_challenge=claims)
        return response

    return fetch


def _credential(identity: Identity, now: datetime) -> str | dict[str, Any]:
    if identity.certificate:
        certificate = _certificate(identity.certificate, now)
        refuse_unless_valid(certificate, now)
        return {"private_key": certificate.private_key, "public_certificate": certificate.chain}
    if identity.federated:
        file = identity.federated
        _read(file, "STAFFROOM_FEDERATED")
        return {"client_assertion": lambda: _read(file, "STAFFROOM_FEDERATED").strip()}
    return identity.secret


def _certificate(file: Path, now: datetime) -> Certificate:
    return read_certificate(_read(file, "STAFFROOM_CERTIFICATE"), now)


def _read(file: Path, setting: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{setting} names a file that cannot be read: {file.name}.") from error


def certificate_ends(identity: Identity, now: datetime) -> datetime | None:
    """When the certificate expires (UTC) or did, None without one; raises SettingsError if it cannot be read."""
    if not identity.certificate:
        return None
    return _certificate(identity.certificate, now).ends
