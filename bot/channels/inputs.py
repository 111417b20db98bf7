"""What was filled in on a card, as plain text."""

from collections.abc import Mapping
from typing import Any

LONGEST = 5_000  # characters of one input


def plain_inputs(inputs: Mapping[Any, Any]) -> dict[str, str]:
    """Inputs by name; truth as "true" and "false", numbers as digits, anything else left out."""
    made = {str(name): _plain(value) for name, value in inputs.items()}
    return {name: value[:LONGEST] for name, value in made.items() if value is not None}


def _plain(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) else None
