"""The picture of a card. Block Kit shows pictures at an address or in a file only, so it is shared as a file before."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from bot.desk.rules.messages import Attachment

PNG = "data:image/png;base64,"
NAME = "progress.png"


def picture_of(card: Mapping[str, Any]) -> Attachment | None:
    """The first picture of a filled card, with its words as the description; None if there is none to be shown.

    >>> picture_of({"body": [{"type": "Image", "url": "data:image/png;base64,aGk=", "altText": "36 of 40"}]})
    Attachment(name='progress.png', content=b'hi', description='36 of 40')
    """
    for image in _images(card.get("body")):
        url = str(image.get("url", ""))
        if url.startswith(PNG):
            try:
                content = base64.b64decode(url.removeprefix(PNG), validate=True)
            except binascii.Error:
                return None
            return Attachment(NAME, content, str(image.get("altText", ""))) if content else None
    return None


def _images(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, list):
        for item in part:
            yield from _images(item)
    elif isinstance(part, Mapping):
        if part.get("type") == "Image":
            yield part
        yield from _images(part.get("items"))
