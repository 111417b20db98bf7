"""Bearer tokens of Microsoft's: read from a request's head, and checked against the key that signed them.

Who signed a token says nothing yet about whom it is for: each check names its audience and its issuer.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

import jwt
from aiohttp import web

from bot.channels.published_keys import ALGORITHM, SigningKey
from bot.outside import number

LEEWAY = 300  # seconds by which clocks may differ
LAST_SECOND = 2.0**40  # of a time in a token; far beyond every date
TIMES = ("exp", "nbf", "iat")  # RFC 7519, 4.1: NumericDate
_BEARER = re.compile(r"bearer ([\w-]+\.[\w-]+\.[\w-]+)", re.ASCII | re.IGNORECASE)


def bearer_token(request: web.Request) -> str:
    """The token in a request's head; raises ValueError if there is none, or more than one."""
    (header,) = request.headers.getall("Authorization", [])
    match = _BEARER.fullmatch(header)
    if match is None:
        raise ValueError("no bearer token")
    return match[1]


def key_id_of(token: str) -> str:
    """The id of the key that a token says it is signed with; raises PyJWTError or ValueError."""
    header = jwt.get_unverified_header(token)
    id = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(id, str) or not id:
        raise ValueError("no key id")
    return id


def signed_claims(token: str, key: SigningKey, *, audiences: Collection[str], issuer: str) -> dict[str, Any]:
    """What a token says.

    Raises PyJWTError or ValueError unless this key signed it for one of these audiences alone, and it is in date.
    """
    claims: dict[str, Any] = jwt.decode(
        token,
        key.key,
        algorithms=[ALGORITHM],
        issuer=issuer,
        leeway=LEEWAY,
        options={"require": ["exp", "iss", "aud"], "verify_aud": False},  # below: PyJWT would take a list of audiences
    )
    audience = claims["aud"]
    if not isinstance(audience, str) or audience not in audiences:
        raise ValueError("for somebody else")
    if not _has_times(claims):
        raise ValueError("no time")
    return claims


def _has_times(claims: Mapping[str, Any]) -> bool:
    """Whether every time in a token is a number."""
    times = [claims[name] for name in TIMES if name in claims]
    return all(not isinstance(time, str) and number(time, 0, LAST_SECOND) is not None for time in times)
