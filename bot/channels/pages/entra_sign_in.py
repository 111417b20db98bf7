"""Sign-in to the pages: what a token of Entra's says, an access token from a Teams tab or an ID token from a browser.

https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.channels.pages.responses import NotSignedIn, TooMany
from bot.channels.pages.sign_in_way import NEVER, SignedIn
from bot.channels.rate_counter import RateCounter
from bot.channels.signed_tokens import bearer_token, key_id_of, signed_claims
from bot.channels.signing_keys import KeysUnavailable, SigningKeys
from bot.errors import NotNow
from bot.outside import number

LOG = logging.getLogger("staffroom.pages")
SCOPE = "access_as_user"  # what an access token for the pages has, and an ID token has not
TEAMS_CLIENTS = frozenset(
    {
        "1fec8e78-bce4-4aaf-ab1b-5451cc387264",  # Teams on desktops and phones
        "5e3ce6c0-2b1f-4285-8d4b-75ee78787346",  # Teams in a browser
    }
)
MAX_FAILURES = 20  # tokens from one address that do not pass, in a minute
LAST_SECOND = 2.0**33  # of a time in a token: the year 2242
NO_TOKEN = "Microsoft has not confirmed who you are. Please open the pages again."  # noqa: S105 - a sentence
NO_KEYS = "Microsoft's keys cannot be fetched just now. Please try again."
TOO_MANY = "Too many sign-ins failed. Please wait a minute and try again."
_OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class EntraSignIn:
    """Checks tokens of one tenant for one application. Nothing in a token counts but ids: no name, no address.

    `resource` is the application's other name in a token from a tab: api://HOST/APP_ID, as in the app package.
    """

    app_id: str
    resource: str
    tenant: str
    keys: SigningKeys  # of the tenant: https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration
    clock: Callable[[], float]
    issuer: str = "https://login.microsoftonline.com/{tenant}/v2.0"
    _failures: RateCounter = field(init=False)  # by address

    def __post_init__(self) -> None:
        self._failures = RateCounter(MAX_FAILURES, self.clock)

    async def signed_in(self, request: web.Request) -> SignedIn:
        """Who a request's token is of; raises NotSignedIn, TooMany, or NotNow if Microsoft's keys cannot be fetched.

        A good token passes however many bad ones came from its address, but such an address makes us fetch no keys.
        """
        address = request.remote or ""
        is_over = self._failures.is_over(address)
        try:
            claims = await self._claims(bearer_token(request), (self.app_id, self.resource), may_fetch=not is_over)
            return self._person_in_tab(claims)
        except KeysUnavailable as error:
            raise NotNow(NO_KEYS) from error
        except Exception as error:  # whatever it is that cannot be read as a token, it is none
            self._failures.add(address)
            LOG.info("sign_in_refused")
            raise (TooMany(TOO_MANY) if is_over else NotSignedIn(NO_TOKEN)) from error

    async def in_id_token(self, token: str) -> SignedIn:
        """Who an ID token is of, which Entra itself gave us; raises NotSignedIn, or NotNow without Microsoft's keys.

        MSAL checks the nonce and, from 1.38 on, nothing else.
        """
        try:
            return self._person_in(await self._claims(token, (self.app_id,), may_fetch=True))
        except KeysUnavailable as error:
            raise NotNow(NO_KEYS) from error
        except Exception as error:
            LOG.info("sign_in_refused")
            raise NotSignedIn(NO_TOKEN) from error

    async def _claims(self, token: str, audiences: Sequence[str], *, may_fetch: bool) -> dict[str, Any]:
        """Raises PyJWTError, ValueError or KeysUnavailable unless the tenant signed the token for us."""
        id = key_id_of(token)
        key = await self.keys.get(id) if may_fetch else self.keys.known(id)
        if key is None:
            raise ValueError("no such key")
        issuer = self.issuer.format(tenant=self.tenant)
        return signed_claims(token, key, audiences=audiences, issuer=issuer)

    def _person_in_tab(self, claims: Mapping[str, Any]) -> SignedIn:
        """Raises ValueError unless the token is a person's of our tenant, got by Teams for these pages."""
        scopes = claims.get("scp")
        if not isinstance(scopes, str) or SCOPE not in scopes.split() or claims.get("idtyp", "user") != "user":
            raise ValueError("not a person's token for the pages")
        if claims.get("azp") not in TEAMS_CLIENTS:
            raise ValueError("another client")
        return self._person_in(claims)

    def _person_in(self, claims: Mapping[str, Any]) -> SignedIn:
        """Raises ValueError unless the token is of our tenant and names an account."""
        account = claims.get("oid")
        if claims.get("tid") != self.tenant or claims.get("ver") != "2.0":
            raise ValueError("another tenant")
        if not isinstance(account, str) or not _OBJECT_ID.fullmatch(account):
            raise ValueError("no account")
        return SignedIn(account, _proved(claims))


def _proved(claims: Mapping[str, Any]) -> datetime:
    """When somebody showed who they are. A token may be new and the sign-in old, so `iat` does not count."""
    second = claims.get("auth_time")
    seconds = None if isinstance(second, str) else number(second, 0, LAST_SECOND)
    return NEVER if seconds is None else datetime.fromtimestamp(seconds, UTC)
