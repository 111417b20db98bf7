"""The front door, over real HTTP, with a little Microsoft that publishes real keys."""

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

from bot.channels.teams import token_check
from bot.channels.teams.activity import Refused, read_activity
from bot.channels.teams.token_check import Microsoft, RateCounter, is_service
from tests.channels.teams.entrance import Entrance
from tests.standins.activities import activity
from tests.standins.microsoft import APP_ID, Key

NOW = int(time.time())


def by_hand(algorithm: str, secret: str, **claims: Any) -> str:
    """A token no library would make: unsigned, or signed with the public key as if it were a shared secret."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    start = f"{part(json.dumps({'alg': algorithm, 'kid': 'k1'}).encode())}.{part(json.dumps(claims).encode())}"
    signature = hmac.new(secret.encode(), start.encode(), hashlib.sha256).digest() if secret else b""
    return f"{start}.{part(signature)}"


async def test_a_message_microsoft_signed_for_us_gets_in(entrance: Entrance):
    for _ in range(3):
        assert await entrance.knock() == (200, "")

    assert entrance.microsoft.keys_fetched == 1
    assert [one["from"]["aadObjectId"] for one in entrance.inside] == ["teacher"] * 3


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
async def test_whatever_is_no_token_is_refused(entrance: Entrance, header: str):
    status, sentence = await entrance.knock(token="", headers={"Authorization": header} if header else {})

    assert (status, entrance.inside) == (401, [])
    assert sentence == token_check.NO_TOKEN


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        pytest.param({"aud": "somebody-else"}, 401, id="another bot's"),
        pytest.param({"aud": None}, 401, id="for nobody"),
        pytest.param({"aud": [APP_ID, "other"]}, 401, id="for several"),
        pytest.param({"exp": NOW - 600}, 401, id="expired ten minutes ago"),
        pytest.param({"exp": NOW - 240}, 200, id="expired within the leeway"),
        pytest.param({"exp": None}, 401, id="never expiring"),
        pytest.param({"exp": "soon"}, 401, id="expiring at no time"),
        pytest.param({"nbf": NOW + 600}, 401, id="valid in ten minutes"),
        pytest.param({"nbf": NOW + 240}, 200, id="valid within the leeway"),
        pytest.param({"iss": "https://elsewhere"}, 401, id="another issuer's"),
        pytest.param({"iss": None}, 401, id="nobody's"),
        pytest.param({"serviceurl": "http://127.0.0.1/other/"}, 401, id="for another service address"),
        pytest.param({"serviceurl": None}, 401, id="for no service address"),
    ],
)
async def test_each_claim_of_a_token_is_checked(entrance: Entrance, claims: dict[str, Any], status: int):
    assert (await entrance.knock(token=entrance.microsoft.token(**claims)))[0] == status
    assert len(entrance.inside) == (status == 200)


async def test_only_the_published_signature_counts(entrance: Entrance):
    microsoft = entrance.microsoft
    good = {"iss": "https://api.botframework.com", "aud": APP_ID, "exp": NOW + 600, "serviceurl": microsoft.service}
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
        assert (await entrance.knock(token=token))[0] == 401, name
    assert entrance.inside == []


@pytest.mark.parametrize("endorsements", [None, [], ["webchat"]])
async def test_a_key_must_be_endorsed_for_teams(entrance: Entrance, endorsements: list[str] | None):
    entrance.microsoft.keys["k1"].endorsements = endorsements

    assert (await entrance.knock())[0] == 401


async def test_the_request_itself_is_looked_at_before_its_token(entrance: Entrance):
    good = json.dumps(activity(entrance.microsoft.service))
    as_json = {"Content-Type": "application/json"}
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    odd = json.dumps(activity(entrance.microsoft.service, value=json.loads('{"a":' * 60 + "1" + "}" * 60)))

    assert (await entrance.knock(method="GET", data=None))[0] == 405
    assert (await entrance.knock(method="PUT"))[0] == 405
    assert (await entrance.knock(data=good, headers={"Content-Type": "text/plain"}))[0] == 415
    assert (await entrance.knock(data=io.BytesIO(b" " * (1024 * 1024 + 1)), headers=as_json))[0] == 413
    for bad in ("", "{", "[]", '"text"', "null", "NaN", '{"a": NaN}', deep, odd, good.replace("msteams", "\\ud800")):
        status, sentence = await entrance.knock(data=bad, headers=as_json, token="")
        assert (status, bool(sentence)) == (400, True), bad[:40]
    assert (await entrance.knock(data=b"\xff\xfe{}", headers=as_json))[0] == 400
    assert entrance.inside == []


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
async def test_an_activity_of_the_wrong_shape_is_refused_by_name(entrance: Entrance, wrong: Any):
    status, sentence = await entrance.knock(activity(entrance.microsoft.service, **wrong))

    assert status == 400
    assert next(iter(wrong)) in sentence


async def test_nothing_is_inflated_before_it_is_checked(entrance: Entrance):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    status, _ = await entrance.knock(data=gzip.compress(b"[" + b"[]," * 100_000), headers=headers)
    assert status == 415

    wide = json.dumps(activity(entrance.microsoft.service, value=[[]] * 200_000))
    assert (await entrance.knock(data=wide, headers={"Content-Type": "application/json"}))[0] == 400


async def test_other_channels_schools_and_services_are_refused(entrance: Entrance):
    service = entrance.microsoft.service
    entrance.microsoft.keys["k1"].endorsements = ["msteams", "emulator"]
    elsewhere = "https://evil.example/"

    assert (await entrance.knock(activity(service, channelId="emulator")))[0] == 403
    assert (await entrance.knock(activity(service, channelData={"tenant": {"id": "another"}})))[0] == 403
    no_tenant = activity(service, channelData=None, conversation={"id": "c", "conversationType": "personal"})
    assert (await entrance.knock(no_tenant))[0] == 403
    token = entrance.microsoft.token(serviceurl=elsewhere)
    assert (await entrance.knock(activity(elsewhere), token))[0] == 403
    assert entrance.inside == []


@pytest.mark.parametrize(
    ("address", "is_one"),
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
def test_only_microsofts_own_service_addresses_are_written_to(address: str, is_one: bool):
    assert is_service(address, Microsoft()) is is_one


async def test_one_person_cannot_flood_the_desk_and_others_do_not_notice(entrance: Entrance):
    for _ in range(token_check.MESSAGES):
        assert (await entrance.knock())[0] == 200

    assert await entrance.knock() == (429, "That was a lot at once. Please try again in a minute.")
    other = activity(entrance.microsoft.service, **{"from": {"id": "29:other", "aadObjectId": "other"}})
    assert (await entrance.knock(other))[0] == 200
    entrance.clock.at += token_check.PER
    assert (await entrance.knock())[0] == 200


async def test_an_address_with_many_bad_tokens_is_slowed_and_teams_behind_it_is_not(entrance: Entrance):
    assert (await entrance.knock())[0] == 200
    for _ in range(token_check.FAILURES):
        assert (await entrance.knock(token="bad"))[0] == 401

    assert (await entrance.knock(token="bad"))[0] == 429
    assert (await entrance.knock())[0] == 200
    entrance.microsoft.keys = {"k2": Key("k2")}
    assert (await entrance.knock(token=entrance.microsoft.token("k2")))[0] == 200


async def test_coming_and_going_is_never_too_much(entrance: Entrance):
    for _ in range(token_check.MESSAGES):
        await entrance.knock()

    leaving = activity(entrance.microsoft.service, "installationUpdate", action="remove")
    assert (await entrance.knock(leaving))[0] == 200


async def test_a_request_that_never_ends_is_ended(entrance: Entrance):
    entrance.front.patience = 0.01

    async def body() -> AsyncIterator[bytes]:
        yield b'{"type"'
        await asyncio.Event().wait()

    headers = {"Content-Type": "application/json"}
    assert await entrance.knock(data=body(), headers=headers) == (400, "The request took too long to arrive.")


def test_a_pace_forgets_the_oldest_when_there_are_too_many():
    pace = RateCounter(1, lambda: 0.0)
    for number in range(token_check.REMEMBERED + 1):
        pace.add(str(number))

    assert (pace.is_over("0"), pace.is_over("1")) == (False, True)


@given(st.binary(max_size=200))
def test_no_bytes_bring_the_reader_down(body: bytes):
    try:
        read_activity(body)
    except Refused as seen:
        assert seen.status == 400
