"""Tokens for Microsoft's services, fetched by MSAL: the only module that knows it. Kept in memory, never on disk.

Of several ways to prove who we are the safest configured one is used: a certificate, then a federated token, then a
managed identity, and a shared secret last. https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import msal
import requests
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from bot.errors import SettingsError, TokenUnavailable

AUTHORITY = "https://login.microsoftonline.com"
TIME_LIMIT = 10  # seconds a request may take
NO_PEM = (
    "STAFFROOM_CERTIFICATE must be a PEM file with the private key, not locked by a passphrase, and the certificate."
)
EARLY = 300.0  # seconds before its end at which a token is renewed

LATER = 5.0  # seconds for which a failure is taken for granted
NEVER = float("-inf")
FAILURES = (
    requests.RequestException,
    msal.managed_identity.ManagedIdentityError,
    SettingsError,
    ValueError,
    OSError,
)

Fetch: TypeAlias = Callable[[str, str | None], dict[str, Any]]  # by scope; with claims (JSON, or empty) a fresh one


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is to Microsoft: one application in one tenant, and how it proves itself."""

    app_id: str
    tenant: str
    secret: str = field(default="", repr=False)
    certificate: Path | None = None  # PEM: the private key and the certificate in one file
    federated: Path | None = None  # a file with a token of another issuer, renewed by the platform
    is_managed: bool = False

    @property
    def proof(self) -> str:
        """How the bot proves itself, in words; empty where nothing is configured."""
        if self.certificate:
            return "certificate"
        if self.federated:
            return "federated token"
        if self.is_managed:
            return "managed identity"
        return "secret" if self.secret else ""


class Tokens:
    """Hands out tokens by scope. One request at a time for each scope, off the event loop."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: dict[str, tuple[str, float]] = {}
        self._failed: dict[str, tuple[str, float]] = {}  # so that those who wait do not all wait for the same failure
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, scope: str) -> str:
        """A token good for at least five minutes; raises TokenUnavailable with Microsoft's error code."""
        async with self._turns[scope]:
            token, until = self._held.get(scope, ("", NEVER))
            if self._clock() < until:
                return token
            reason, until = self._failed.get(scope, ("", NEVER))
            if self._clock() < until:
                raise TokenUnavailable(f"Microsoft gave no token ({reason}).")
            return await self._fetched(scope, None)

    async def renew(self, scope: str, claims: str = "") -> str:
        """A fresh token though the last has not ended, with the claims Microsoft asked for; raises TokenUnavailable."""
        async with self._turns[scope]:
            return await self._fetched(scope, claims)

    async def _fetched(self, scope: str, claims: str | None) -> str:
        try:
            answer = await asyncio.to_thread(self._fetch, scope, claims)
            reason = "" if "access_token" in answer else str(answer.get("error", "no reason"))
        except FAILURES as seen:
            reason = type(seen).__name__
        if reason:
            self._failed[scope] = (reason, self._clock() + LATER)
            raise TokenUnavailable(f"Microsoft gave no token ({reason}).")
        token = str(answer["access_token"])
        self._held[scope] = (token, self._clock() + max(float(answer.get("expires_in", 0)) - EARLY, 0.0))
        return token


def open_tokens(identity: Identity, *, authority: str = AUTHORITY, session: requests.Session | None = None) -> Tokens:
    """Tokens for one identity; raises SettingsError where its proof cannot be read.

    An `authority` other than Microsoft's own, and a `session` that trusts it, are for tests.
    """
    if identity.is_managed and not (identity.certificate or identity.federated):
        return Tokens(_managed(identity))
    application: list[msal.ConfidentialClientApplication] = []  # made at the first token: making it asks Microsoft

    def fetch(scope: str, claims: str | None) -> dict[str, Any]:
        if not application:
            application.append(
                msal.ConfidentialClientApplication(
                    identity.app_id,
                    client_credential=credential,
                    authority=f"{authority}/{identity.tenant}",
                    timeout=TIME_LIMIT,
                    http_client=session,
                    instance_discovery=None if authority == AUTHORITY else False,
                )
            )
        if claims == "":
            application[0].remove_tokens_for_client()  # else MSAL would hand out the one that was refused
        answer: dict[str, Any] = application[0].acquire_token_for_client([scope], claims_challenge=claims or None)
        return answer

    credential = _credential(identity)
    return Tokens(fetch)


class _Timed(requests.Session):
    """A session whose requests end: MSAL gives those for a managed identity no time limit."""

    def request(self, *given: Any, **named: Any) -> requests.Response:
        """A request with a time limit."""
        return super().request(*given, **{"timeout": TIME_LIMIT, **named})


def _managed(identity: Identity) -> Fetch:
    session = _Timed()
    client = msal.ManagedIdentityClient(
        msal.UserAssignedManagedIdentity(client_id=identity.app_id), http_client=session
    )

    def fetch(scope: str, claims: str | None) -> dict[str, Any]:
        resource = scope.removesuffix("/.default")
        answer: dict[str, Any] = client.acquire_token_for_client(resource=resource, claims_challenge=claims)
        return answer

    return fetch


def _credential(identity: Identity) -> str | dict[str, Any]:
    if identity.certificate:
        text = _read(identity.certificate, "STAFFROOM_CERTIFICATE")
        try:
            serialization.load_pem_private_key(text.encode(), password=None)
            _certificate(text)
        except (ValueError, TypeError, UnsupportedAlgorithm) as seen:
            raise SettingsError(NO_PEM) from seen
        return {"private_key": text, "public_certificate": text}
    if identity.federated:
        file = identity.federated
        _read(file, "STAFFROOM_FEDERATED")
        return {"client_assertion": lambda: _read(file, "STAFFROOM_FEDERATED").strip()}
    return identity.secret


def _read(file: Path, setting: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as seen:
        raise SettingsError(f"{setting} names a file that cannot be read: {file.name}.") from seen


def certificate_ends(identity: Identity) -> datetime | None:
    """When the certificate expires (UTC), or None where there is none; raises SettingsError where it is none."""
    if not identity.certificate:
        return None
    text = _read(identity.certificate, "STAFFROOM_CERTIFICATE")
    try:
        return _certificate(text).not_valid_after_utc
    except ValueError as seen:
        raise SettingsError(NO_PEM) from seen


def _certificate(text: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(text[max(text.find("-----BEGIN CERTIFICATE"), 0) :].encode())
