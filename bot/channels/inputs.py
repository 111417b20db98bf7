"""What was filled in on a card, as plain text."""

from collections.abc import Mapping
from typing import Any

MAX_INPUT_CHARS = 5_000


def plain_inputs(inputs: Mapping[Any, Any]) -> dict[str, str]:
    """Inputs by name: truth as "true" and "false", numbers as digits; anything else is left out."""
    texts = {str(name): _as_text(value) for name, value in inputs.items()}
    return {name: text[:MAX_INPUT_CHARS] for name, text in texts.items() if text is not None}


def _as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) else None
