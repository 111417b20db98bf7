"""What is published as Microsoft's keys, in every odd shape."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.channels.published_keys import MAX_KEYS, keys_address, read_keys
from tests.channels.teams.checked_server import CheckedServer
from tests.standins.microsoft import Key

GOOD = Key("k1").published()
DEEP = b'{"keys":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
OPENID = "https://login.example/openid"


def published(*keys: Any) -> bytes:
    return json.dumps({"keys": keys}).encode()


def other(**changes: Any) -> dict[str, Any]:
    return {**GOOD, "kid": "k2", **changes}


@pytest.mark.parametrize(
    "bad",
    [
        *({"d": "AQAB"}, {"p": "AQAB"}, {"k": "c2VjcmV0"}, {"oth": []}),
        *({"kty": "oct"}, {"kty": "EC"}, {"kty": None}, {"use": "enc"}, {"alg": "HS256"}, {"alg": ["RS256"]}),
        *({"n": 5}, {"n": "!"}, {"n": None}, {"n": "AQAB"}, {"e": ""}, {"e": "AQ"}, {"e": {}}),
        *({"endorsements": "msteams"}, {"endorsements": {"msteams": 1}}, {"endorsements": [7]}),
    ],
    ids=str,
)
def test_one_malformed_key_is_left_out_and_the_others_count(bad: dict[str, Any]):
    assert set(read_keys(published(other(**bad), GOOD))) == {"k1"}


@pytest.mark.parametrize("kid", [None, "", 7, [], {}, "x" * 1000])
def test_a_key_without_an_id_is_left_out(kid: Any):
    assert set(read_keys(published({**GOOD, "kid": kid}, GOOD))) == {"k1"}


def test_an_id_that_is_there_twice_names_no_key():
    assert set(read_keys(published(GOOD, other(), other(n=Key("k3").published()["n"])))) == {"k1"}


def test_a_weak_key_is_left_out():
    weak = Key("k2", private=rsa.generate_private_key(public_exponent=65537, key_size=1024)).published()

    assert set(read_keys(published(weak, GOOD))) == {"k1"}


@pytest.mark.parametrize(
    "document",
    [
        *(b"", b"[]", b"7", b"null", b"{}", b'"keys"', b'{"keys": {}}', b'{"keys": "k1"}', b'{"keys": []}', DEEP),
        *(b'{"keys": [1, null, "x", []]}', b'{"keys": [], "keys": []}', b"\xff\xfe{}", b'{"keys": [NaN]}'),
        published(*[other(kid=f"k{number}") for number in range(MAX_KEYS + 1)]),
    ],
)
def test_what_is_no_list_of_keys_gives_none(document: bytes):
    with pytest.raises(ValueError):
        read_keys(document)


@pytest.mark.parametrize(
    "address", [None, 7, [], "", "keys", "ftp://x/", "http://login.example/k", "https://", "https://[x"]
)
def test_keys_are_not_fetched_from_an_odd_address(address: Any):
    with pytest.raises(ValueError):
        keys_address(json.dumps({"jwks_uri": address}).encode(), OPENID)
    assert keys_address(json.dumps({"jwks_uri": "https://login.example/keys"}).encode(), OPENID)


@pytest.mark.parametrize("document", [DEEP, b"[]", b"7", b"{}", b"not JSON", b'{"x":"' + b"y" * 1_000_000 + b'"}'])
@pytest.mark.parametrize("which", ["openid", "keys"])
async def test_documents_that_are_none_are_an_outage_and_not_a_fault_of_ours(
    server: CheckedServer, which: str, document: bytes
):
    server.microsoft.documents[which] = document

    assert await server.ask() == (503, "Microsoft's keys cannot be fetched just now. Please try again.")


async def test_an_endorsement_given_as_a_text_does_not_pass_as_a_part_of_it(server: CheckedServer):
    server.microsoft.keys["k2"] = Key("k2", endorsements="not-msteams-at-all")  # type: ignore[arg-type]

    assert (await server.ask(token=server.microsoft.token("k2")))[0] == 401
    assert (await server.ask())[0] == 200
