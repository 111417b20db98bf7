"""All the words of a filled card in reading order, and the text of a message for screen readers and notifications."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from bot.card_text import cleaned
from bot.channels.slack.block_text import unescaped, without_phone_links

# Slack takes 40,000 characters in a new message and 4,000 bytes when a message is replaced, counted after escaping
# (msg_too_long): https://docs.slack.dev/reference/methods/chat.update
MAX_TEXT_BYTES = 4_000
REST = " … The rest is in the message itself."
# Arguments of chat.postMessage and chat.update that keep `text` as it is written.
TEXT_AS_WRITTEN = {"parse": "none", "link_names": False, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}

_BARE_LINK = re.compile(r"(?<=:)(?=//)|(?<=mailto:)|(?<=tel:)|(?<=www\.)|(?<=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # nobody sees or hears it, and no client takes what it parts for a link or a mention
_END_OF_SENTENCE = re.compile(r"(?<=[.!?;:])\s|\n")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def plain_text(card: Mapping[str, Any]) -> str:
    """What a filled card says, as the top-level `text` of a message: at most 4,000 bytes, nothing mentions or links.

    A longer text ends after a whole sentence and says that there is more. Send it with `TEXT_AS_WRITTEN`.
    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return _within_limit("\n".join(line for line, _ in groupby(words(card))))  # a picture's words may be there twice


def sentence(text: str) -> dict[str, Any]:
    """A message of plain words without a card."""
    return {"text": _within_limit(cleaned(text)), **TEXT_AS_WRITTEN}


def words(part: Any) -> list[str]:
    """The words of a card or of a part of one, a line for each text; those of buttons and hidden parts as well."""
    return [line for line in _words(part) if line.strip()]


def escaped_text(text: str) -> str:
    """A text as Slack shows it unchanged where it reads mentions and links."""
    return _BARE_LINK.sub(_WORD_JOINER, text).translate(_ESCAPES)


def _within_limit(text: str) -> str:
    if _size(text) <= MAX_TEXT_BYTES:
        return escaped_text(text)
    room = MAX_TEXT_BYTES - _size(REST)
    ends = [match.start() for match in _END_OF_SENTENCE.finditer(text, 0, room)]
    ends += [match.start() for match in re.finditer(" ", text[:room])] if not ends else []
    fitting = [end for end in ends if _size(text[:end]) <= room]
    end = fitting[-1] if fitting else room // 12  # a word of thousands of characters; 12 bytes is the longest character
    return escaped_text(text[:end] + REST)


def _size(text: str) -> int:
    return len(escaped_text(text).encode())


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, list | tuple):
        for item in part:
            yield from _words(item)
    if not isinstance(part, Mapping):
        return
    type = str(part.get("type", ""))
    match type:
        case "TextBlock":
            yield without_phone_links(str(part.get("text", "")))
        case "RichTextBlock":
            yield text_of_runs(part)
        case "FactSet":
            yield from (f"{fact['title']}: {fact['value']}" for fact in part.get("facts", []))
        case "Image":
            yield str(part.get("altText", ""))
        case _ if type.startswith("Input."):
            yield from _words_of_input(part)
        case _ if type.startswith("Action."):
            yield str(part.get("title", ""))
            yield from _words(part.get("card"))
        case _:
            yield from _words_of_other(part)


def _words_of_input(input: Mapping[str, Any]) -> Iterator[str]:
    is_toggle = input.get("type") == "Input.Toggle"
    yield str(input.get("label", ""))
    if is_toggle:
        yield str(input.get("title", ""))
    for choice in input.get("choices", []):
        yield choice_title(input, choice)


def _words_of_other(part: Mapping[str, Any]) -> Iterator[str]:
    """The words of a card, a container, a table and anything else that holds parts; `fallback` repeats them."""
    if isinstance(part.get("text"), str):
        yield str(part["text"])
    for key in ("body", "selectAction", "items", "columns", "rows", "cells", "actions"):
        yield from _words(part.get(key))


def text_of_runs(block: Mapping[str, Any]) -> str:
    """The text of a RichTextBlock."""
    return "".join(str(run["text"]) for run in block.get("inlines", []))


def choice_title(input: Mapping[str, Any], choice: Mapping[str, Any]) -> str:
    """What a choice is called; bot/card_text.py escapes the titles of boxes to tick."""
    title = str(choice["title"])
    is_escaped = bool(input.get("isMultiSelect")) or input.get("style") == "expanded"
    return unescaped(title) if is_escaped else title
