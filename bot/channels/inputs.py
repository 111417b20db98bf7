"""What somebody wrote, and what they filled in on a card, as plain clean text."""

from collections.abc import Mapping
from typing import Any

from bot.outside import clean_line, clean_text, is_blank

MAX_INPUT_CHARS = 5_000
MAX_MESSAGE_CHARS = 30_000  # Teams takes about 28 KB
MAX_NAME_CHARS = 100


def plain_message(text: str) -> str:
    """What somebody wrote, on one line; empty if a reader would see nothing."""
    line = clean_line(text, MAX_MESSAGE_CHARS)
    return "" if is_blank(line) else line


def plain_inputs(inputs: Mapping[Any, Any]) -> dict[str, str]:
    """Inputs by name: truth as "true" and "false", numbers as digits; anything else is left out.

    A field in which a reader would see nothing is empty: no form takes it for an answer, a reason or a name.
    """
    texts = {clean_line(str(name), MAX_NAME_CHARS): _as_text(value) for name, value in inputs.items()}
    cleaned = {name: clean_text(text, MAX_INPUT_CHARS) for name, text in texts.items() if text is not None}
    return {name: "" if is_blank(text) else text for name, text in cleaned.items()}


def _as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) else None
