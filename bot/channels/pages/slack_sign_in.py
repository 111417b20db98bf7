"""Sign in with Slack to the pages: OpenID Connect, by authorisation code, as a confidential client.

https://docs.slack.dev/authentication/sign-in-with-slack and https://docs.slack.dev/reference/methods/openid.connect.token
No PKCE: switching it on makes an app a public client for good, and it is for those that cannot keep a secret
(https://docs.slack.dev/authentication/using-pkce). The code is bound to the browser by its state, to the sign-in by its
nonce, and to us by the client secret.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.channels.pages.door import HOME
from bot.channels.pages.responses import NotSignedIn
from bot.channels.pages.sign_in_way import SignedIn
from bot.channels.signed_tokens import key_id_of, signed_claims
from bot.channels.signing_keys import KeysUnavailable, SigningKeys
from bot.credentials import SignInFlow
from bot.errors import NotNow
from bot.people.rules.accounts import SLACK
from bot.people.rules.identity import is_slack_account
from bot.people.rules.person import Caller
from bot.response_body import json_object, read_body

LOG = logging.getLogger("staffroom.pages")
PATH = f"{HOME}sign-in/slack"
ISSUER = "https://slack.com"
METADATA = "/.well-known/openid-configuration"
AUTHORIZE, TOKEN = "/openid/connect/authorize", "/api/openid.connect.token"
SCOPE = "openid"  # who somebody is; neither their name nor their address is asked for
TEAM_CLAIM, USER_CLAIM = "https://slack.com/team_id", "https://slack.com/user_id"
TIME_LIMIT = aiohttp.ClientTimeout(total=10, connect=5)
MAX_ANSWER_BYTES = 64 * 1024
MAX_TOKEN_CHARS = 32 * 1024
MAX_SIGN_INS_AT_ONCE = 4  # requests that wait for Slack
NOT_CONFIRMED = "Slack has not confirmed who you are. Please sign in again."
NOT_REACHED = "Slack's sign-in cannot be reached just now. Please try again."
_CODE = re.compile(r"[!-~]{1,1000}")


@dataclass(slots=True)
class SlackSignIn:
    """The sign-in of the school's workspace. `admits_member` asks Slack whether an account may be somebody's here.

    `redirect` is the address that Slack sends the browser back to. `base` is another address in tests only; the issuer
    is always Slack's.
    """

    client: str
    secret: str = field(repr=False)
    tenant: str
    redirect: str
    keys: SigningKeys
    http: Callable[[], aiohttp.ClientSession]
    now: Callable[[], datetime]
    admits_member: Callable[[Caller], Awaitable[bool]]
    base: str = ISSUER
    name: str = "Slack"
    channel: str = SLACK
    path: str = PATH
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_SIGN_INS_AT_ONCE))

    async def begin(self, *, asks_again: bool) -> SignInFlow:
        """A new sign-in. Slack has nothing that asks for the password once more: a fresh one is a new authorisation."""
        kept = {"state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32), "begun": self.now()}
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "scope": SCOPE,
            "redirect_uri": self.redirect,
            "state": kept["state"],
            "nonce": kept["nonce"],
            "team": self.tenant,  # or somebody in several workspaces would have to choose
        }
        return SignInFlow(f"{self.base}{AUTHORIZE}?{urlencode(asked)}", kept)

    async def finish(self, flow: SignInFlow, answer: Mapping[str, str], *, asks_again: bool) -> SignedIn:
        """Who came back; raises NotSignedIn, or NotNow if Slack cannot be asked.

        They showed who they are after this sign-in began, since its nonce is in the token; a time in it says no more.
        """
        try:
            code = _code_in(answer, flow.kept["state"])
            async with self._at_once:
                claims = await self._claims(await self._id_token(code))
            return SignedIn(self._account_in(claims, flow.kept["nonce"]), flow.kept["begun"])
        except KeysUnavailable as error:
            raise NotNow(NOT_REACHED) from error
        except NotNow:
            raise
        except Exception as error:  # whatever it is that is no proof, nobody is signed in
            LOG.info("sign_in_refused")
            raise NotSignedIn(NOT_CONFIRMED) from error

    async def admits(self, caller: Caller) -> bool:
        """Whether Slack says that the account may be somebody's here; raises NotNow if it cannot be asked."""
        return await self.admits_member(caller)

    async def _id_token(self, code: str) -> str:
        """The ID token for a code; raises ValueError if Slack gives none, NotNow if it cannot be asked.

        The access token that comes with it is not looked at, and not kept.
        """
        fields = {
            "grant_type": "authorization_code",
            "client_id": self.client,
            "client_secret": self.secret,
            "code": code,
            "redirect_uri": self.redirect,
        }
        try:
            async with self.http().post(
                f"{self.base}{TOKEN}", data=fields, timeout=TIME_LIMIT, allow_redirects=False
            ) as response:
                status, content = response.status, json_object(await read_body(response, MAX_ANSWER_BYTES))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotNow(NOT_REACHED) from error
        if status == 429 or status >= 500:
            raise NotNow(NOT_REACHED)
        token = content.get("id_token") if status == 200 and content and content.get("ok") is True else None
        if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS:
            raise ValueError("no ID token")
        return token

    async def _claims(self, token: str) -> dict[str, Any]:
        """What a token says; raises PyJWTError, ValueError or KeysUnavailable unless Slack signed it for our app."""
        key = await self.keys.get(key_id_of(token))
        if key is None:
            raise ValueError("no such key")
        return signed_claims(token, key, audiences=(self.client,), issuer=ISSUER)

    def _account_in(self, claims: Mapping[str, Any], nonce: str) -> str:
        """Raises ValueError unless the token is of this sign-in and of our workspace, and names an account."""
        said = claims.get("nonce")
        if not isinstance(said, str) or not _is_same(said, nonce):
            raise ValueError("another sign-in")
        if claims.get(TEAM_CLAIM) != self.tenant or claims.get("azp", self.client) != self.client:
            raise ValueError("another workspace or client")
        account = claims.get(USER_CLAIM)
        if not is_slack_account(account):
            raise ValueError("no account")
        return str(account)


def _code_in(answer: Mapping[str, str], state: str) -> str:
    """The code in the address with which a browser came back; raises ValueError for an answer to something else."""
    if not _is_same(answer.get("state", ""), state) or "error" in answer:
        raise ValueError("no answer to this sign-in")
    code = answer.get("code", "")
    if not _CODE.fullmatch(code):
        raise ValueError("no code")
    return code


def _is_same(said: str, kept: str) -> bool:
    return secrets.compare_digest(said.encode(errors="replace"), kept.encode())
