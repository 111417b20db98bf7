"""What Microsoft publishes about its signing keys, checked for its shape before anything of it is used.

https://openid.net/specs/openid-connect-discovery-1_0.html, RFC 7517 (keys) and RFC 7518, section 6.3 (RSA)
"""

import base64
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from bot.channels.strict_json import read_json

ALGORITHM = "RS256"
PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518, 6.3.2 and 6.4
KEY_BITS = range(2048, 8193)  # a shorter key is weak, a longer one slow to check
MAX_KEYS = 200
MAX_KEY_ID_CHARS = 200
_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,1400}")  # no longer than the largest key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the channels it may sign for."""

    key: RSAPublicKey
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
    is_for_signatures = entry.get("use", "sig") == "sig" and entry.get("alg", ALGORITHM) == ALGORITHM
    is_rsa = entry.get("kty") == "RSA" and not PRIVATE_PARTS & set(entry)
    if not is_for_signatures or not is_rsa or not _is_list_of_texts(endorsements):
        return None
    try:
        key = RSAPublicNumbers(_whole_number(entry.get("e")), _whole_number(entry.get("n"))).public_key()
    except Exception:  # noqa: BLE001 - whatever is wrong with one key, the others count
        return None
    return SigningKey(key, frozenset(endorsements)) if key.key_size in KEY_BITS else None


def _whole_number(text: Any) -> int:
    """A number as keys have it (RFC 7518, section 2, Base64urlUInt); raises ValueError for anything else."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise ValueError("no number of a key")
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
