"""What Microsoft publishes about its signing keys, checked for its shape before anything of it is used.

https://openid.net/specs/openid-connect-discovery-1_0.html, RFC 7517 (keys) and RFC 7518, section 6.3 (RSA)
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bot.channels.strict_json import read_json

ALGORITHM = "RS256"
PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518, 6.3.2 and 6.4
KEY_BITS = range(2048, 8193)  # a shorter key is weak, a longer one slow to check
MAX_KEYS = 200
MAX_KEY_ID_CHARS = 200


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the channels it may sign for."""

    key: jwt.PyJWK
    endorsements: frozenset[str]


def keys_address(document: bytes, metadata: str) -> str:
    """Where the keys are, by an OpenID document that was fetched from `metadata`; raises ValueError if it is none."""
    fields = read_json(document)
    address = fields.get("jwks_uri") if isinstance(fields, dict) else None
    if not isinstance(address, str):
        raise ValueError("no address of keys")  # noqa: TRY004 - to the caller it is one kind of error
    parts = urlsplit(address)
    if not parts.hostname or parts.scheme != urlsplit(metadata).scheme or parts.username is not None:
        raise ValueError("an address of another kind")
    return address


def read_keys(document: bytes) -> dict[str, SigningKey]:
    """The usable keys of a key set, by id; a malformed one is left out. Raises ValueError if none is left."""
    fields = read_json(document)
    published = fields.get("keys") if isinstance(fields, dict) else None
    if not isinstance(published, list) or len(published) > MAX_KEYS:
        raise ValueError("no list of keys")
    entries = [entry for entry in published if isinstance(entry, dict) and _is_id(entry.get("kid"))]
    times = Counter(entry["kid"] for entry in entries)
    # An id that is there twice names no key: nobody could say which of them signed.
    candidates = {entry["kid"]: _signing_key(entry) for entry in entries if times[entry["kid"]] == 1}
    keys = {id: key for id, key in candidates.items() if key}
    if not keys:
        raise ValueError("no usable key")
    return keys


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_KEY_ID_CHARS


def _signing_key(entry: Mapping[str, Any]) -> SigningKey | None:
    """A public RSA key for signatures; None for any other, and for one whose private parts were published with it."""
    endorsements = entry.get("endorsements", [])
    is_for_us = (
        entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("alg", ALGORITHM) == ALGORITHM
    )
    if not is_for_us or PRIVATE_PARTS & set(entry) or not _is_list_of_texts(endorsements):
        return None
    try:
        # PyJWT compares the type with the algorithm: any other than RSA is an error.
        key = jwt.PyJWK({name: entry[name] for name in ("kty", "n", "e")}, algorithm=ALGORITHM)
    except Exception:  # noqa: BLE001 - whatever is wrong with one key, the others count
        return None
    if not isinstance(key.key, RSAPublicKey) or key.key.key_size not in KEY_BITS:
        return None
    return SigningKey(key, frozenset(endorsements))


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
