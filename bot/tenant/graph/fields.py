"""Fields of Graph's answers, read without trusting their shape."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def text(body: Mapping[str, Any], field: str) -> str:
    """A field as text; empty if there is none."""
    return str(body.get(field) or "")


def within(body: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """An object in an object; an empty one if there is none."""
    value = body.get(field)
    return value if isinstance(value, dict) else {}


def instant(value: object) -> datetime | None:
    """An instant as Graph writes them, in UTC unless it says otherwise; None if it is not one."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
