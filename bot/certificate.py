"""The certificate with which the bot proves itself to Microsoft Entra, read and checked as a whole.

One PEM file holds the private key, its certificate, and whichever certificates of its issuers the school's tool wrote
beside it, in any order.
https://learn.microsoft.com/entra/identity-platform/certificate-credentials
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bot.errors import SettingsError

MIN_KEY_BITS = 2048
NO_PEM = (
    "STAFFROOM_CERTIFICATE must be a PEM file with the private key, not locked by a passphrase, and the certificate."
)
MANY_KEYS = "The file of STAFFROOM_CERTIFICATE holds {number} private keys. Leave only the one that belongs to the bot."
NO_RSA = (
    "The private key in the file of STAFFROOM_CERTIFICATE is no RSA key of at least 2048 bits: Entra takes no other."
)
NOT_A_PAIR = "The private key and the certificate in the file of STAFFROOM_CERTIFICATE do not belong together."
EXPIRED = (
    "The certificate in the file of STAFFROOM_CERTIFICATE expired on {day}. Make a new one and upload it to the app "
    "registration."
)
NOT_YET_VALID = "The certificate in the file of STAFFROOM_CERTIFICATE is not valid before {day}. Is the clock right?"
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A private key and its certificate. `chain` is the certificate, then its issuers', as PEM; times are UTC."""

    private_key: str = field(repr=False)
    chain: str
    starts: datetime
    ends: datetime


def read_certificate(text: str, now: datetime) -> Certificate:
    """The certificate in a PEM file's text; raises SettingsError with a sentence that says what is wrong.

    Of several for the one key, as a renewal leaves them behind, it is the one that is valid now, and of these the one
    that ends last. If none is valid now, it is the one that ends last: `refuse_unless_valid` says so.
    """
    blocks = [(block[1], block[0]) for block in _BLOCK.finditer(text)]
    keys = [pem for label, pem in blocks if label.endswith("PRIVATE KEY")]
    if len(keys) > 1:
        raise SettingsError(MANY_KEYS.format(number=len(keys)))
    try:
        private_key = serialization.load_pem_private_key(keys[0].encode(), password=None)
        certificates = [
            (x509.load_pem_x509_certificate(pem.encode()), pem) for label, pem in blocks if label == "CERTIFICATE"
        ]
        public_keys = [_public_bytes(certificate.public_key()) for certificate, _ in certificates]
    except (IndexError, TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(NO_PEM) from error
    if not certificates:
        raise SettingsError(NO_PEM)
    if not isinstance(private_key, RSAPrivateKey) or private_key.key_size < MIN_KEY_BITS:
        raise SettingsError(NO_RSA)
    ours = _public_bytes(private_key.public_key())
    if ours not in public_keys:
        raise SettingsError(NOT_A_PAIR)
    leaf, pem = max(
        (pair for pair, public_key in zip(certificates, public_keys, strict=True) if public_key == ours),
        key=lambda pair: (_is_valid(pair[0], now), pair[0].not_valid_after_utc),
    )
    issuers = [other for (_, other), public_key in zip(certificates, public_keys, strict=True) if public_key != ours]
    return Certificate(keys[0], "\n".join([pem, *issuers]), leaf.not_valid_before_utc, leaf.not_valid_after_utc)


def refuse_unless_valid(certificate: Certificate, now: datetime) -> None:
    """Raises SettingsError if Entra would refuse the certificate today: every token would fail, hours later."""
    if certificate.ends < now:
        raise SettingsError(EXPIRED.format(day=_day(certificate.ends)))
    if certificate.starts > now:
        raise SettingsError(NOT_YET_VALID.format(day=_day(certificate.starts)))


def _day(time: datetime) -> str:
    return f"{time.day} {time:%B %Y}"


def _is_valid(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _public_bytes(key: object) -> bytes:
    """A public key in the one form in which keys can be compared."""
    if not hasattr(key, "public_bytes"):
        raise ValueError("a kind of key that has no public form")
    content: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return content
