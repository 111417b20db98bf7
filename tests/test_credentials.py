"""MSAL really fetching tokens, from a little Entra over TLS."""

import asyncio
import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import jwt
import pytest
import requests
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509.oid import NameOID

from bot.credentials import Identity, Tokens, certificate_ends, open_tokens
from bot.errors import SettingsError, TokenUnavailable
from tests.standins.entra import LittleEntra, little_entra
from tests.standins.microsoft import serving

SCOPE = "https://api.botframework.com/.default"
NOW = datetime(2026, 9, 7, tzinfo=UTC)
SECRET = Identity("app", "tenant", secret="a-secret")


@pytest.fixture
async def entra(tmp_path: Path) -> AsyncIterator[LittleEntra]:
    async with little_entra(tmp_path) as entra:
        yield entra


OpenTokens: TypeAlias = Callable[..., Tokens]


@pytest.fixture
def tokens(entra: LittleEntra) -> Iterator[OpenTokens]:
    with requests.Session() as session:
        session.verify = str(entra.bundle)
        session.trust_env = False  # a bundle named in the environment would win

        def open_with(identity: Identity = SECRET, authority: str = "") -> Tokens:
            return open_tokens(identity, NOW, authority=authority or entra.address, session=session)

        yield open_with


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    rsa = trustme.KeyType.RSA  # the only kind Entra takes
    issued = trustme.CA(key_type=rsa).issue_cert("staffroom.example", key_type=rsa)
    file = tmp_path / "bot.pem"
    file.write_bytes(issued.private_key_pem.bytes() + issued.cert_chain_pems[0].bytes())
    return file


async def test_a_token_is_fetched_once_for_everybody_who_waits_and_kept(entra: LittleEntra, tokens: OpenTokens):
    source = tokens()

    given = await asyncio.gather(*(source.token(SCOPE) for _ in range(20)))
    assert (set(given), len(entra.asked)) == ({"token-1"}, 1)
    assert await source.token(SCOPE) == "token-1"
    assert await source.token("https://graph.microsoft.com/.default") == "token-2"
    assert [request["scope"].split()[0] for request in entra.asked] == [SCOPE, "https://graph.microsoft.com/.default"]
    assert entra.asked[0]["client_secret"] == "a-secret"


async def test_a_slow_token_keeps_nobody_waiting(entra: LittleEntra, tokens: OpenTokens):
    entra.gate = asyncio.Event()
    fetching = asyncio.ensure_future(tokens().token(SCOPE))
    while not entra.asked and not fetching.done():
        await asyncio.wait({fetching}, timeout=0.01)

    assert not fetching.done()  # the event loop went on all the while
    entra.gate.set()
    assert await fetching == "token-1"


async def test_a_token_is_renewed_before_it_expires():
    now = [0.0]
    fetched: list[str] = []

    def fetch(scope: str, claims: str | None) -> dict[str, Any]:
        fetched.append(scope)
        return {"access_token": f"t{len(fetched)}", "expires_in": 3600}

    source = Tokens(fetch, lambda: now[0])
    for at, token in ((0.0, "t1"), (3299.0, "t1"), (3301.0, "t2")):
        now[0] = at
        assert await source.token(SCOPE) == token


@pytest.mark.parametrize(
    ("expires_in", "is_kept"),
    [("nan", False), (float("inf"), False), (None, False), ([], False), ("soon", False), (-1, False), (1e300, True)],
)
async def test_a_lifetime_of_somebody_elses_is_a_number_and_a_day_at_most(expires_in: Any, is_kept: bool):
    now, fetched = [0.0], list[str]()

    def fetch(scope: str, claims: str | None) -> dict[str, Any]:
        fetched.append(scope)
        return {"access_token": f"t{len(fetched)}", "expires_in": expires_in}

    source = Tokens(fetch, lambda: now[0])
    assert await source.token(SCOPE) == "t1"
    assert await source.token(SCOPE) == ("t1" if is_kept else "t2")
    now[0] = 24 * 3600.0
    assert await source.token(SCOPE) == ("t2" if is_kept else "t3")


async def test_a_refusal_is_a_sentence_without_the_secret(entra: LittleEntra, tokens: OpenTokens):
    entra.fails = True
    with pytest.raises(TokenUnavailable, match=r"^Microsoft gave no token \(invalid_client\)\.$"):
        await tokens().token(SCOPE)

    entra.fails = False
    assert "a-secret" not in repr(SECRET)


async def test_nobody_there_is_a_sentence_and_the_next_try_works(entra: LittleEntra, tokens: OpenTokens):
    with pytest.raises(TokenUnavailable):
        await tokens(authority="https://127.0.0.1:9").token(SCOPE)


async def test_a_certificate_comes_before_everything_else(entra: LittleEntra, tokens: OpenTokens, pem: Path):
    identity = replace(SECRET, certificate=pem, federated=pem, is_managed=True)
    assert identity.proof == "certificate"

    assert await tokens(identity).token(SCOPE) == "token-1"
    assertion = jwt.decode(entra.asked[0]["client_assertion"], options={"verify_signature": False})
    assert (assertion["iss"], "client_secret" in entra.asked[0]) == ("app", False)
    ends = certificate_ends(identity, NOW)
    assert ends is not None and ends > datetime.now(UTC)


async def test_a_federated_token_is_read_again_from_its_file(entra: LittleEntra, tokens: OpenTokens, tmp_path: Path):
    file = tmp_path / "federated"
    file.write_text("from-elsewhere\n")
    source = tokens(replace(SECRET, federated=file))

    await source.token(SCOPE)
    file.write_text("renewed\n")
    await source.token("another/.default")

    assert [request["client_assertion"] for request in entra.asked] == ["from-elsewhere", "renewed"]


async def test_a_managed_identity_asks_the_machine_it_runs_on(tmp_path: Path):
    entra = LittleEntra(tmp_path)
    ask = (
        "import asyncio; from bot.credentials import *;"
        "print(asyncio.run(open_tokens(Identity('app', 't', is_managed=True), None).token('s/.default')))"
    )
    async with serving(entra.app()) as address:
        environment = {**os.environ, "IDENTITY_ENDPOINT": f"{address}/identity/token", "IDENTITY_HEADER": "h"}
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, timeout=30
        )

    assert (done.stdout.strip(), done.stderr) == ("managed-1", "")
    assert (entra.asked[0]["resource"], entra.asked[0]["client_id"]) == ("s", "app")


@pytest.mark.parametrize("content", ["", "no pem", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"])
def test_a_file_without_a_key_and_a_certificate_is_refused(tmp_path: Path, content: str):
    file = tmp_path / "bad.pem"
    file.write_text(content)

    with pytest.raises(SettingsError, match="STAFFROOM_CERTIFICATE"):
        open_tokens(Identity("app", "tenant", certificate=file), NOW)
    with pytest.raises(SettingsError, match="STAFFROOM_CERTIFICATE"):
        certificate_ends(Identity("app", "tenant", certificate=file), NOW)


def test_a_missing_file_is_named_without_its_folder(tmp_path: Path):
    for identity in (
        Identity("a", "t", certificate=tmp_path / "gone.pem"),
        Identity("a", "t", federated=tmp_path / "gone.pem"),
    ):
        with pytest.raises(SettingsError, match=r"cannot be read: gone\.pem"):
            open_tokens(identity, NOW)


def written(tmp_path: Path, *parts: bytes) -> Identity:
    file = tmp_path / "several.pem"
    file.write_bytes(b"".join(parts))
    return Identity("app", "tenant", certificate=file)


async def test_the_order_of_certificates_in_a_file_makes_no_difference(
    entra: LittleEntra, tokens: OpenTokens, tmp_path: Path
):
    rsa = trustme.KeyType.RSA
    authority = trustme.CA(key_type=rsa)
    issued = authority.issue_cert("staffroom.example", key_type=rsa, not_after=datetime(2030, 1, 1, tzinfo=UTC))
    leaf, key, issuer = issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes(), authority.cert_pem.bytes()
    thumbprints = set()
    for parts in ((key, leaf, issuer), (issuer, leaf, key), (issuer, key, leaf)):
        identity = written(tmp_path, *parts)
        assert certificate_ends(identity, NOW) == datetime(2030, 1, 1, tzinfo=UTC)
        await tokens(identity).token(SCOPE)
        thumbprints.add(jwt.get_unverified_header(entra.asked[-1]["client_assertion"])["x5t#S256"].rstrip("="))

    expected = load_pem_x509_certificate(leaf).fingerprint(SHA256())
    assert thumbprints == {urlsafe_b64encode(expected).decode().rstrip("=")}


def test_a_file_whose_parts_do_not_belong_together_is_refused_at_once(tmp_path: Path):
    rsa = trustme.KeyType.RSA
    authority = trustme.CA(key_type=rsa)
    issued, other = (authority.issue_cert("staffroom.example", key_type=rsa) for _ in range(2))
    elliptic = trustme.CA().issue_cert("staffroom.example", key_type=trustme.KeyType.ECDSA)
    short = rsa_key(1024)
    leaf, key = issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes()

    for parts, why in (
        ((other.private_key_pem.bytes(), leaf), "do not belong together"),
        ((key, authority.cert_pem.bytes()), "do not belong together"),
        ((elliptic.private_key_pem.bytes(), elliptic.cert_chain_pems[0].bytes()), "no RSA key"),
        ((short, leaf), "no RSA key"),
        ((key, other.private_key_pem.bytes(), leaf), "2 private keys"),
        ((leaf,), "with the private key"),
        ((key,), "and the certificate"),
        ((key, leaf.replace(b"MII", b"XII")), "and the certificate"),
    ):
        identity = written(tmp_path, *parts)
        with pytest.raises(SettingsError, match=why):
            open_tokens(identity, NOW)
        with pytest.raises(SettingsError, match=why):
            certificate_ends(identity, NOW)


def rsa_key(bits: int) -> bytes:
    return generate_private_key(65537, bits).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_a_key_locked_by_a_passphrase_is_refused_at_once(tmp_path: Path, pem: Path):
    key = serialization.load_pem_private_key(pem.read_bytes(), password=None)
    locked = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    )
    file = tmp_path / "locked.pem"
    file.write_bytes(locked + pem.read_bytes()[pem.read_bytes().index(b"-----BEGIN CERT") :])

    with pytest.raises(SettingsError, match="not locked by a passphrase"):
        open_tokens(Identity("app", "tenant", certificate=file), NOW)


async def test_of_several_certificates_for_one_key_the_one_valid_now_that_ends_last_is_sent(
    entra: LittleEntra, tokens: OpenTokens, tmp_path: Path
):
    private, key = new_key()
    expired, current, longer, future = (
        certificate_for(private, first, last)
        for first, last in ((2020, 2025), (2025, 2027), (2026, 2028), (2027, 2030))
    )
    identity = written(tmp_path, key, expired, current, future, longer)

    await tokens(identity).token(SCOPE)

    sent = jwt.get_unverified_header(entra.asked[-1]["client_assertion"])["x5t#S256"].rstrip("=")
    expected = load_pem_x509_certificate(longer).fingerprint(SHA256())
    assert sent == urlsafe_b64encode(expected).decode().rstrip("=")
    assert certificate_ends(identity, NOW) == datetime(2028, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [(2020, 2025, "expired on 1 January 2025"), (2027, 2030, "not valid before 1 January 2027")],
)
def test_a_certificate_that_is_not_valid_now_is_refused_at_start_and_still_shown(
    tmp_path: Path, first: int, last: int, why: str
):
    private, key = new_key()
    identity = written(tmp_path, key, certificate_for(private, first, last))

    with pytest.raises(SettingsError, match=why):
        open_tokens(identity, NOW)
    assert certificate_ends(identity, NOW) == datetime(last, 1, 1, tzinfo=UTC)


def new_key() -> tuple[RSAPrivateKey, bytes]:
    pem = rsa_key(2048)
    private = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(private, RSAPrivateKey)
    return private, pem


def certificate_for(private: RSAPrivateKey, first: int, last: int) -> bytes:
    """A self-signed certificate from the beginning of one year to the beginning of another."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "staffroom.example")])
    builder = x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime(first, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(last, 1, 1, tzinfo=UTC)
    )
    return builder.sign(private, SHA256()).public_bytes(serialization.Encoding.PEM)
