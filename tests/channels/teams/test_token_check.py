"""The token check, over real HTTP, with a little Microsoft that publishes real keys."""

import asyncio
import base64
import gzip
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import rate_counter
from bot.channels.rate_counter import RateCounter
from bot.channels.request_body import Refused
from bot.channels.teams import token_check
from bot.channels.teams.activity import read_activity
from bot.channels.teams.token_check import Microsoft, is_service
from tests.channels.teams.checked_server import CheckedServer
from tests.standins.activities import activity
from tests.standins.microsoft import APP_ID, Key


def by_hand(algorithm: str, secret: str, **claims: Any) -> str:
    """A token no library would make: unsigned, or signed with the public key as if it were a shared secret."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    start = f"{part(json.dumps({'alg': algorithm, 'kid': 'k1'}).encode())}.{part(json.dumps(claims).encode())}"
    signature = hmac.new(secret.encode(), start.encode(), hashlib.sha256).digest() if secret else b""
    return f"{start}.{part(signature)}"


async def test_a_message_microsoft_signed_for_us_gets_in(server: CheckedServer):
    for _ in range(3):
        assert await server.ask() == (200, "")

    assert server.microsoft.keys_fetched == 1
    assert [activity["from"]["aadObjectId"] for activity in server.passed] == ["teacher"] * 3


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer garbage",
        "Bearer a.b.c",
        "Bearer " + "x" * 5000,
        "Bearer a b",
    ],
)
async def test_everything_that_is_not_a_token_is_refused(server: CheckedServer, header: str):
    status, sentence = await server.ask(token="", headers={"Authorization": header} if header else {})

    assert (status, server.passed) == (401, [])
    assert sentence == token_check.NO_TOKEN


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        pytest.param({"aud": "somebody-else"}, 401, id="another bot's"),
        pytest.param({"aud": None}, 401, id="for nobody"),
        pytest.param({"aud": [APP_ID, "other"]}, 401, id="for several"),
        pytest.param({"exp": None}, 401, id="never expiring"),
        pytest.param({"exp": "soon"}, 401, id="expiring at no time"),
        pytest.param({"iss": "https://elsewhere"}, 401, id="another issuer's"),
        pytest.param({"iss": None}, 401, id="nobody's"),
        pytest.param({"serviceurl": "http://127.0.0.1/other/"}, 401, id="for another service address"),
        pytest.param({"serviceurl": None}, 401, id="for no service address"),
    ],
)
async def test_each_claim_of_a_token_is_checked(server: CheckedServer, claims: dict[str, Any], status: int):
    assert (await server.ask(token=server.microsoft.token(**claims)))[0] == status
    assert len(server.passed) == (status == 200)


@pytest.mark.parametrize(
    ("claim", "seconds", "status"),
    [
        pytest.param("exp", -600, 401, id="expired ten minutes ago"),
        pytest.param("exp", -240, 200, id="expired within the leeway"),
        pytest.param("nbf", 600, 401, id="valid in ten minutes"),
        pytest.param("nbf", 240, 200, id="valid within the leeway"),
    ],
)
async def test_clocks_may_differ_by_five_minutes(server: CheckedServer, claim: str, seconds: int, status: int):
    token = server.microsoft.token(**{claim: int(time.time()) + seconds})

    assert (await server.ask(token=token))[0] == status


async def test_only_the_published_signature_counts(server: CheckedServer):
    microsoft = server.microsoft
    good = {
        "iss": "https://api.botframework.com",
        "aud": APP_ID,
        "exp": int(time.time()) + 600,
        "serviceurl": microsoft.service,
    }
    forger = Key("k1")
    public = json.dumps(microsoft.keys["k1"].published())
    tokens = {
        "none": by_hand("none", "", **good),
        "shared secret": by_hand("HS256", public, **good),
        "RS512": jwt.encode(good, microsoft.keys["k1"].private, "RS512", headers={"kid": "k1"}),
        "wrong key": jwt.encode(good, forger.private, "RS256", headers={"kid": "k1"}),
        "unknown key": jwt.encode(good, forger.private, "RS256", headers={"kid": "k9"}),
        "no key named": jwt.encode(good, microsoft.keys["k1"].private, "RS256"),
        "its own key": jwt.encode(good, forger.private, "RS256", headers={"kid": "k1", "jwk": forger.published()}),
    }

    for name, token in tokens.items():
        assert (await server.ask(token=token))[0] == 401, name
    assert server.passed == []


@pytest.mark.parametrize("endorsements", [None, [], ["webchat"]])
async def test_a_key_must_be_endorsed_for_teams(server: CheckedServer, endorsements: list[str] | None):
    server.microsoft.keys["k1"].endorsements = endorsements

    assert (await server.ask())[0] == 401


async def test_a_request_that_is_no_activity_is_refused_whatever_its_token(server: CheckedServer):
    good = json.dumps(activity(server.microsoft.service))
    as_json = {"Content-Type": "application/json"}
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    odd = json.dumps(activity(server.microsoft.service, value=json.loads('{"a":' * 60 + "1" + "}" * 60)))

    assert (await server.ask(method="GET", data=None))[0] == 405
    assert (await server.ask(method="PUT"))[0] == 405
    assert (await server.ask(data=good, headers={"Content-Type": "text/plain"}))[0] == 415
    assert (await server.ask(data=io.BytesIO(b" " * (1024 * 1024 + 1)), headers=as_json))[0] == 413
    for bad in ("", "{", "[]", '"text"', "null", "NaN", '{"a": NaN}', deep, odd, good.replace("msteams", "\\ud800")):
        status, sentence = await server.ask(data=bad, headers=as_json)
        assert (status, bool(sentence)) == (400, True), bad[:40]
    assert (await server.ask(data=b"\xff\xfe{}", headers=as_json))[0] == 400
    assert server.passed == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": None}, {"type": 1}, {"type": ""}, {"id": None}, {"id": []}, {"serviceUrl": None}, {"serviceUrl": ""},
        {"serviceUrl": 5}, {"channelId": None}, {"conversation": None}, {"conversation": "c"}, {"conversation": {}},
        {"conversation": {"id": 1}}, {"conversation": {"id": "c", "conversationType": {}}}, {"from": None},
        {"from": {"name": "x"}}, {"from": {"id": "x", "aadObjectId": {}}}, {"recipient": "me"}, {"channelData": []},
        {"channelData": {"tenant": "t"}}, {"channelData": {"tenant": {"id": 7}}}, {"text": {}}, {"entities": {}},
        {"entities": ["x"]}, {"membersAdded": [None]}, {"membersAdded": [{"name": "x"}]}, {"reactionsAdded": "like"},
        {"replyToId": 9}, {"name": ["x"]}, {"attachments": [1]}, {"id": "x" * 3000},
    ],
)  # fmt: skip
async def test_an_activity_of_the_wrong_shape_is_refused_by_name(server: CheckedServer, wrong: Any):
    status, sentence = await server.ask(activity(server.microsoft.service, **wrong))

    assert status == 400
    assert next(iter(wrong)) in sentence


async def test_nothing_is_inflated_before_it_is_checked(server: CheckedServer):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    status, _ = await server.ask(data=gzip.compress(b"[" + b"[]," * 100_000), headers=headers)
    assert status == 415

    wide = json.dumps(activity(server.microsoft.service, value=[[]] * 200_000))
    assert (await server.ask(data=wide, headers={"Content-Type": "application/json"}))[0] == 400


async def test_other_channels_schools_and_services_are_refused(server: CheckedServer):
    service = server.microsoft.service
    server.microsoft.keys["k1"].endorsements = ["msteams", "emulator"]
    elsewhere = "https://evil.example/"

    assert (await server.ask(activity(service, channelId="emulator")))[0] == 403
    assert (await server.ask(activity(service, channelData={"tenant": {"id": "another"}})))[0] == 403
    no_tenant = activity(service, channelData=None, conversation={"id": "c", "conversationType": "personal"})
    assert (await server.ask(no_tenant))[0] == 403
    token = server.microsoft.token(serviceurl=elsewhere)
    assert (await server.ask(activity(elsewhere), token))[0] == 403
    assert server.passed == []


@pytest.mark.parametrize(
    ("address", "is_microsoft"),
    [
        ("https://smba.trafficmanager.net/uk/", True),
        ("https://europe.botframework.com/", True),
        ("https://evil.trafficmanager.net/uk/", False),
        ("http://smba.trafficmanager.net/uk/", False),
        ("https://smba.trafficmanager.net.evil.example/", False),
        ("https://botframework.com.evil.example/", False),
        ("https://evilbotframework.com/", False),
        ("https://x@smba.trafficmanager.net/", False),
        ("https://smba.trafficmanager.net:443/uk/", True),
        ("https://smba.trafficmanager.net:port/", False),
        ("https://smba.trafficmanager.net/?to=x", False),
        ("https://[::1/", False),
        ("smba.trafficmanager.net", False),
        ("", False),
    ],
)
def test_only_microsofts_own_service_addresses_are_written_to(address: str, is_microsoft: bool):
    assert is_service(address, Microsoft()) is is_microsoft


async def test_one_person_cannot_flood_the_desk_and_others_do_not_notice(server: CheckedServer):
    for _ in range(token_check.MAX_MESSAGES):
        assert (await server.ask())[0] == 200

    assert await server.ask() == (429, "That was a lot at once. Please try again in a minute.")
    other = activity(server.microsoft.service, **{"from": {"id": "29:other", "aadObjectId": "other"}})
    assert (await server.ask(other))[0] == 200
    server.clock.at += token_check.WINDOW
    assert (await server.ask())[0] == 200


async def test_an_address_with_many_bad_tokens_is_slowed_and_teams_behind_it_is_not(server: CheckedServer):
    assert (await server.ask())[0] == 200
    for _ in range(token_check.MAX_FAILURES):
        assert (await server.ask(token="bad"))[0] == 401

    assert (await server.ask(token="bad"))[0] == 429
    assert (await server.ask())[0] == 200


async def test_coming_and_going_is_never_too_much(server: CheckedServer):
    for _ in range(token_check.MAX_MESSAGES):
        await server.ask()

    leaving = activity(server.microsoft.service, "installationUpdate", action="remove")
    assert (await server.ask(leaving))[0] == 200


async def test_a_request_that_never_ends_is_ended(server: CheckedServer):
    server.check.request_time_limit = 0.01

    async def body() -> AsyncIterator[bytes]:
        yield b'{"type"'
        await asyncio.Event().wait()

    headers = {"Content-Type": "application/json"}
    assert await server.ask(data=body(), headers=headers) == (400, "The request took too long to arrive.")


def test_a_counter_forgets_the_oldest_when_there_are_too_many():
    counter = RateCounter(1, lambda: 0.0)
    for number in range(rate_counter.MAX_COUNTED + 1):
        counter.add(str(number))

    assert (counter.is_over("0"), counter.is_over("1")) == (False, True)


@given(st.binary(max_size=200))
def test_no_bytes_bring_the_reader_down(body: bytes):
    try:
        read_activity(body)
    except Refused as error:
        assert error.status == 400
