"""JSON from outside, read strictly: what two readers could read differently, or no writer of ours can hold, is none."""

import json
import math
import re
from typing import Any

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
