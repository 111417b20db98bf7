"""Sign-in in a Teams tab: a token passes only if Entra signed it, for this school, for these pages, for a person."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.channels.pages import entra_sign_in
from bot.channels.pages.entra_sign_in import EntraSignIn
from bot.channels.pages.responses import refusal_of
from bot.channels.signing_keys import SigningKeys
from tests.channels.teams.checked_server import Clock
from tests.standins.microsoft import APP_ID, LittleMicrosoft, little_microsoft, serving

TENANT = "0a1b2c3d-0000-4000-8000-000000000001"
ACCOUNT = "0a1b2c3d-0000-4000-8000-0000000000aa"
TEAMS = "5e3ce6c0-2b1f-4285-8d4b-75ee78787346"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
RESOURCE = f"api://staffroom.example.sch.uk/{APP_ID}"
BAD = {
    "another issuer": {"iss": "https://api.botframework.com"},
    "the issuer of another tenant": {"iss": ISSUER.replace("01/", "02/")},
    "another tenant": {"tid": ACCOUNT},
    "no tenant": {"tid": None},
    "another audience": {"aud": "https://graph.microsoft.com"},
    "several audiences": {"aud": [APP_ID, "https://graph.microsoft.com"]},
    "the resource of another host": {"aud": f"api://elsewhere.example/{APP_ID}"},
    "our own audience among others": {"aud": [APP_ID]},
    "no audience": {"aud": None},
    "an old token": {"exp": int(time.time()) - 301},
    "no end": {"exp": None},
    "a token of later": {"nbf": int(time.time()) + 4000},
    "a token of version 1": {"ver": "1.0"},
    "an ID token, which has no scope": {"scp": None},
    "another scope": {"scp": "User.Read access_as_userx"},
    "a list of scopes": {"scp": ["access_as_user"]},
    "an application's own token": {"idtyp": "app"},
    "another client": {"azp": ACCOUNT},
    "no client": {"azp": None},
    "no account": {"oid": None},
    "a name for an account": {"oid": "head@school.example"},
    "an account that is no text": {"oid": 7},
}


def token(entra: LittleMicrosoft, key: str = "k1", headers: dict[str, Any] | None = None, **claims: Any) -> str:
    usual = {"iss": ISSUER, "aud": APP_ID, "tid": TENANT, "ver": "2.0", "scp": "access_as_user", "azp": TEAMS}
    return entra.token(key, headers=headers, **{**usual, "oid": ACCOUNT, "serviceurl": None, **claims})


@dataclass
class SignIn:
    entra: LittleMicrosoft
    http: aiohttp.ClientSession
    clock: Clock
    address: str = ""

    async def tries(self, shown: str | None) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {shown}"} if shown is not None else {}
        async with self.http.post(self.address, headers=headers) as response:
            return response.status, await response.text()


@pytest_asyncio.fixture
async def door() -> AsyncIterator[SignIn]:
    async with little_microsoft() as entra, aiohttp.ClientSession() as http:
        clock = Clock()
        keys = SigningKeys(entra.where().metadata, lambda: http, clock, clock.pause)
        check = EntraSignIn(APP_ID, RESOURCE, TENANT, keys, clock)

        async def respond(request: web.Request) -> web.Response:
            try:
                signed_in = await check.signed_in(request)
            except Exception as error:  # noqa: BLE001 - as a page would show it
                refusal = refusal_of(error)
                return web.Response(status=refusal.status, text=refusal.says)
            return web.Response(text=f"{signed_in.account} {signed_in.proved.timestamp():.0f}")

        app = web.Application()
        app.router.add_post("/", respond)
        async with serving(app) as address:
            yield SignIn(entra, http, clock, address)


async def test_a_token_of_a_person_is_their_account_and_nothing_else(door: SignIn):
    shown = token(door.entra, name="The headteacher", preferred_username="head@school.example")

    assert await door.tries(shown) == (200, f"{ACCOUNT} 0")


async def test_a_token_for_the_applications_address_is_as_good_as_one_for_its_id(door: SignIn):
    assert await door.tries(token(door.entra, aud=RESOURCE)) == (200, f"{ACCOUNT} 0")


async def test_the_time_of_the_sign_in_is_entras_own_and_not_the_tokens(door: SignIn):
    at = int(time.time()) - 60

    assert await door.tries(token(door.entra, auth_time=at)) == (200, f"{ACCOUNT} {at}")
    assert await door.tries(token(door.entra, auth_time=str(at), iat=at)) == (200, f"{ACCOUNT} 0")


@pytest.mark.parametrize("why", BAD)
async def test_no_other_token_passes(door: SignIn, why: str):
    assert await door.tries(token(door.entra, **BAD[why])) == (401, entra_sign_in.NO_TOKEN)


@pytest.mark.parametrize("shown", [None, "", "x.y.z", "e30.e30.", "a" * 5000])
async def test_what_is_no_token_is_refused(door: SignIn, shown: str | None):
    assert (await door.tries(shown))[0] == 401


async def test_a_token_that_somebody_else_signed_is_refused(door: SignIn):
    good = token(door.entra)
    head, body, signature = good.split(".")

    assert (await door.tries(f"{head}.{body}.{signature[::-1]}"))[0] == 401
    assert (await door.tries(token(door.entra, headers={"kid": "unknown"})))[0] == 401


async def test_after_many_bad_tokens_an_address_waits_but_a_good_one_still_passes(door: SignIn):
    assert (await door.tries(token(door.entra)))[0] == 200
    for _ in range(entra_sign_in.MAX_FAILURES):
        await door.tries("x.y.z")

    assert (await door.tries("x.y.z"))[0] == 429
    assert (await door.tries(token(door.entra)))[0] == 200


async def test_without_microsofts_keys_nobody_signs_in(door: SignIn):
    door.entra.keys_fail = True

    status, says = await door.tries(token(door.entra))

    assert status == 500
    assert says == entra_sign_in.NO_KEYS
