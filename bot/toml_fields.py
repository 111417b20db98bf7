"""Reads TOML files and the fields of their entries; every error is a PolicyFileError naming file, entry and field."""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import PolicyFileError

FILES_REMEMBERED = 32  # a school's and Staffroom's own: they are read again at every change and for many pages
MAX_REMEMBERED_CHARS = 150_000  # more has only the bank of questions, which is read to learn from and never again


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of a TOML file; raises PolicyFileError with the place if it is missing or broken."""
    return parse_toml(read_text(file), file.name)


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The tables of a text in TOML; raises PolicyFileError that calls it `name`."""
    try:
        tables = _remembered_tables(text) if len(text) <= MAX_REMEMBERED_CHARS else tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFileError(f"{name}: this is not valid TOML: {error}.") from error
    copied: dict[str, Any] = _copied(tables)
    return copied


@functools.lru_cache(FILES_REMEMBERED)
def _remembered_tables(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _copied(value: Any) -> Any:
    """Tables and lists that a reader may change; everything else in TOML never changes."""
    if isinstance(value, dict):
        return {key: _copied(field) for key, field in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def read_text(file: Path) -> str:
    """The text of a UTF-8 file; raises PolicyFileError."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PolicyFileError(f"{file.name}: byte {error.start} is not UTF-8 text.") from error
    except OSError as error:
        raise PolicyFileError(
            f"{file.parent.name}/{file.name}: this file cannot be read ({error.strerror})."
        ) from error


def entries(tables: Mapping[str, Any], file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sections of a file, by id; raises PolicyFileError for a single value in a section's place."""
    for id, entry in tables.items():
        if not isinstance(entry, dict):
            raise PolicyFileError(f"{file}: {id}: expected a section [{id}], found a single value.")
        yield id, entry


def text(entry: Mapping[str, Any], field: str, file: str, id: str) -> str:
    """A text that must be there."""
    value = entry.get(field)
    if not isinstance(value, str) or not value.strip():
        raise PolicyFileError(f"{file}: {id}: {field} is missing or empty.")
    return value


def day(entry: Mapping[str, Any], field: str, file: str, id: str) -> date:
    """A day that must be there."""
    value = entry.get(field)
    if not isinstance(value, date):
        raise PolicyFileError(f"{file}: {id}: {field} must be a date such as 2021-11-30.")
    return value


def texts(entry: Mapping[str, Any], field: str, file: str, id: str) -> tuple[str, ...]:
    """Texts; none if the field is missing."""
    value = entry.get(field, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise PolicyFileError(f"{file}: {id}: {field} must be a list of texts in quotes.")
    return tuple(value)
