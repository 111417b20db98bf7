"""What somebody wrote, and what they filled in on a card, as plain clean text."""

from collections.abc import Mapping
from typing import Any

from bot.outside import clean_line, clean_text

MAX_INPUT_CHARS = 5_000
MAX_MESSAGE_CHARS = 30_000  # Teams takes about 28 KB
MAX_NAME_CHARS = 100


def plain_message(text: str) -> str:
    """What somebody wrote, on one line."""
    return clean_line(text, MAX_MESSAGE_CHARS)


def plain_inputs(inputs: Mapping[Any, Any]) -> dict[str, str]:
    """Inputs by name: truth as "true" and "false", numbers as digits; anything else is left out."""
    texts = {clean_line(str(name), MAX_NAME_CHARS): _as_text(value) for name, value in inputs.items()}
    return {name: clean_text(text, MAX_INPUT_CHARS) for name, text in texts.items() if text is not None}


def _as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) else None
