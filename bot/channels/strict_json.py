"""JSON from outside, read strictly: what two readers could read differently, or no writer of ours can hold, is none."""

import json
import math
import re
from typing import Any

MAX_DEPTH = 40  # lists and objects inside each other
MAX_WIDTH = 5_000  # lists and objects beside each other

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


def read_json(body: bytes) -> Any:
    """The value in UTF-8 JSON; raises ValueError for anything odd.

    Odd are other encodings, a byte order mark, NaN, numbers beyond a float, a name that an object has twice, half a
    character, and nesting that is too deep to be read.

    >>> read_json(b'{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    >>> for body in (b'{"a": 1, "a": 2}', b"[1e400]", b"[NaN]", b'["\\\\ud800"]', b"[" * 100_000):
    ...     try:
    ...         read_json(body)
    ...     except ValueError:
    ...         print("refused")
    refused
    refused
    refused
    refused
    refused
    """
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
        if _HALF_CHARACTER.search(body):  # half a character is no text, and no one could answer it
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def is_shallow(value: Any) -> bool:
    """Whether lists and objects are nested, and beside each other, no more than is any use."""
    layer = [value]
    for _ in range(MAX_DEPTH):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return True
        if len(layer) > MAX_WIDTH:
            return False
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name twice")
    return fields


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number beyond a float")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
