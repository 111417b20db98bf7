"""Fields of an entry in a TOML file; each raises PolicyFileError naming file, entry and field."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import PolicyFileError


def text(entry: Mapping[str, Any], field: str, file: Path, id: str) -> str:
    """A text that must be there."""
    value = entry.get(field)
    if not isinstance(value, str) or not value.strip():
        raise PolicyFileError(f"{file.name}: {id}: {field} is missing or empty.")
    return value


def day(entry: Mapping[str, Any], field: str, file: Path, id: str) -> date:
    """A day that must be there."""
    value = entry.get(field)
    if not isinstance(value, date):
        raise PolicyFileError(f"{file.name}: {id}: {field} must be a date such as 2021-11-30.")
    return value


def texts(entry: Mapping[str, Any], field: str, file: Path, id: str) -> tuple[str, ...]:
    """Texts; none where the field is missing."""
    value = entry.get(field, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise PolicyFileError(f"{file.name}: {id}: {field} must be a list of texts in quotes.")
    return tuple(value)
