"""The body of another service's response, read with a limit on its size, and the JSON object in it.

How long a body may take is limited where the request is made: aiohttp's `ClientTimeout.total` counts the body too.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import aiohttp


class ResponseTooLarge(Exception):
    """A response has more bytes than anything we asked for can have; the rest was not read."""


async def read_body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The whole body, unpacked; raises ResponseTooLarge, or whatever aiohttp raises if it breaks off or is late."""
    if (response.content_length or 0) > max_bytes:
        response.close()
        raise ResponseTooLarge
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > max_bytes:  # no header says how large a body is in parts, or how large once it is unpacked
            response.close()
            raise ResponseTooLarge
    return bytes(body)


def json_object(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object in a body; None if it is anything else, nested too deeply, or has a number that is none.

    >>> json_object(b'{"id": "m1"}'), json_object(b"[1]"), json_object(b'{"wait": 1e400}'), json_object(b"<html>")
    ({'id': 'm1'}, None, None, None)
    """
    try:
        content = json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
