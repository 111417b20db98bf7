"""Changes fields of a TOML text and nothing else in it: comments, order and white space stay."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from bot.errors import PolicyFileError

Fields: TypeAlias = Mapping[str, Any]


def with_fields(text: str, sections: Mapping[str, Fields], not_safe: str) -> str:
    """The text with these fields in each of these sections; a None takes a field away.

    A section that is not there is added at the end. Raises PolicyFileError, with the sentence `not_safe`, for a text
    that cannot be changed so.

    >>> with_fields('[a]  # ours\\nx = 1\\n', {"a": {"x": None, "y": "two"}}, "")
    '[a]  # ours\\ny = "two"\\n'
    """
    try:
        document = tomlkit.parse(text)
        for section, fields in sections.items():
            _set_fields(document, section, fields, not_safe)
        changed = tomlkit.dumps(document)
        tomllib.loads(changed)
    except (TOMLKitError, tomllib.TOMLDecodeError) as error:
        raise PolicyFileError(not_safe) from error
    return changed


def _set_fields(document: TOMLDocument, section: str, fields: Fields, not_safe: str) -> None:
    if section not in document:
        if document.body:
            document.add(tomlkit.nl())
        document.add(section, tomlkit.table())
    table = document[section]
    if not isinstance(table, Table):
        raise PolicyFileError(not_safe)
    for field, value in fields.items():
        if value is not None:
            table[field] = _item(value)
        elif field in table:
            del table[field]


def _item(value: Any) -> Any:
    """A list of tables is a section for each; a list of several texts, days or pairs has one to a line."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    if value and all(isinstance(item, Mapping) for item in value):
        return _tables(value)
    is_long = len(value) > 1 and isinstance(value[0], str | date | list)
    return tomlkit.item(list(value)).multiline(is_long)


def _tables(parts: Sequence[Fields]) -> AoT:
    tables = tomlkit.aot()
    for part in parts:
        table = tomlkit.table()
        for field, value in part.items():
            table[field] = _item(value)
        tables.append(table)
    return tables
