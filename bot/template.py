"""Fills templates: JSON objects with paths in them. The language is small, and reads nothing but the values.

It is the paths of https://learn.microsoft.com/adaptive-cards/templating/language, with a wider `$when`:

- `${a.b}` in a string is the value at that path. A string that is one path and nothing else becomes the value itself.
- `$data` in an object of a list names a list of values. The object is repeated for each item, and its paths start at
  the item.
- A path that begins with `$root` starts at all the values again; one that begins with `$data` starts at the item.
- `$when` in an object names a value. The object is shown unless that value is empty: False, "", an empty list or tuple,
  an empty mapping, or None. It is shown for anything else, including the number 0.

A hidden object is not filled, so nothing inside it needs a value. The value that `$when` names is always needed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import NoValue, TemplateError

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_PATH = re.compile(r"[$A-Za-z_][\w$]*(\.\w+)*")


def fill(template: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The template with every value filled in and without its hidden parts.

    Raises NoValue for a path without a value, and TemplateError for anything that is not in the language.

    >>> fill({"text": "Dear ${name}", "note": {"$when": "${note}", "text": "${note}"}}, {"name": "A", "note": ""})
    {'text': 'Dear A'}
    """
    scope = _Scope(values, values)
    if _is_hidden(template, scope):
        raise TemplateError("All of it is hidden.")
    return _filled_object(template, scope)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where paths start: at `current`, which in a repeated object is the item, or at `root`."""

    current: Any
    root: Any

    def value(self, path: str) -> Any:
        if not _PATH.fullmatch(path):
            raise TemplateError(f"${{{path}}} is not a path such as ${{a.b}}.")
        first, *rest = path.split(".")
        steps = rest if first in {"$root", "$data"} else [first, *rest]
        value = self.root if first == "$root" else self.current
        for step in steps:
            if not isinstance(value, Mapping) or step not in value:
                raise NoValue(path)
            value = value[step]
        return value


def _filled(part: Any, scope: _Scope) -> Any:
    if isinstance(part, str):
        return _filled_text(part, scope)
    if isinstance(part, list):
        pairs = (pair for item in part for pair in _repeated(item, scope))
        return [_filled(item, item_scope) for item, item_scope in pairs if not _is_hidden(item, item_scope)]
    if isinstance(part, Mapping):
        return _filled_object(part, scope)
    return part


def _filled_text(text: str, scope: _Scope) -> Any:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole:
        return scope.value(whole[1])
    return _PLACEHOLDER.sub(lambda match: str(scope.value(match[1])), text)


def _filled_object(template: Mapping[str, Any], scope: _Scope) -> dict[str, Any]:
    parts = {key: part for key, part in template.items() if key != "$when"}
    return {key: _filled(part, scope) for key, part in parts.items() if not _is_hidden(part, scope)}


def _repeated(part: Any, scope: _Scope) -> Iterator[tuple[Any, _Scope]]:
    """A part of a list, once for each value of its `$data`, or once if it has none; each time with its own scope."""
    if not (isinstance(part, Mapping) and "$data" in part):
        yield part, scope
        return
    values = _value_named_by("$data", part, scope)
    if not isinstance(values, list | tuple):
        raise TemplateError(f"$data {part['$data']} is not a list.")
    without_data = {key: inner for key, inner in part.items() if key != "$data"}
    for value in values:
        yield without_data, _Scope(value, scope.root)


def _is_hidden(part: Any, scope: _Scope) -> bool:
    return isinstance(part, Mapping) and "$when" in part and _is_empty(_value_named_by("$when", part, scope))


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str | list | tuple | Mapping) and not value)


def _value_named_by(keyword: str, part: Mapping[str, Any], scope: _Scope) -> Any:
    """The value that `$data` or `$when` of a part names."""
    text = part[keyword]
    whole = _PLACEHOLDER.fullmatch(text) if isinstance(text, str) else None
    if not whole:
        raise TemplateError(f"{keyword} {text} is not a path such as ${{a.b}}.")
    return scope.value(whole[1])
