"""Fields of Graph's answers, read without trusting their shape."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def text(body: Mapping[str, Any], field: str) -> str:
    """A field as text; empty if there is none. Half a character, which nobody could keep or send, is replaced."""
    value = body.get(field)
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def within(body: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """An object in an object; an empty one if there is none."""
    value = body.get(field)
    return value if isinstance(value, dict) else {}


def instant(value: object) -> datetime | None:
    """An instant as Graph writes them, in UTC unless it says otherwise; None if it is not one."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return at and (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
    except (ValueError, OverflowError):  # in no time zone is it within the years that we can count
        return None
