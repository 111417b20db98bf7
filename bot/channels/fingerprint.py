"""The fingerprint of a card as it is shown: evidence of what somebody saw."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def fingerprint_of(card: Mapping[str, Any]) -> str:
    """SHA-256 of a filled card, in hexadecimal; the same for the same card, in whatever order its keys are.

    It is sealed in ledgers, so its bytes never change.

    >>> fingerprint_of({"a": 1, "b": 2}) == fingerprint_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(card, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
