"""Reads cards/: Adaptive Card 1.5 templates, and pages to print, filled with values.

The templating is the path-only part of the standard language (https://learn.microsoft.com/adaptive-cards/templating/language):
`${a.b}` in strings, `$data` naming a list to repeat over, `$when` naming a boolean. `$root` reaches past a `$data`.
A missing value is an error, so that no card goes out with a hole in it.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from bot.errors import CardError

_HOLE = re.compile(r"\$\{([^}]+)\}")
_PATH = re.compile(r"^[$A-Za-z_][\w$]*(\.\w+)*$")


class Cards:
    """The templates of a folder, by name; read once. `adapt` is what a channel wants done to each of them."""

    def __init__(self, folder: Path, adapt: Callable[[Any], Any] = lambda template: template) -> None:
        self._templates = {file.stem: adapt(_read(file)) for file in sorted(folder.glob("*.json"))}

    def fill(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The card with every hole filled; raises CardError naming the card and the path that is missing."""
        if name not in self._templates:
            raise CardError(f"There is no card called {name!r} in cards/.")
        try:
            filled = _fill(self._templates[name], values, values)
        except CardError as seen:
            raise CardError(f"cards/{name}.json: {seen}") from seen
        if not isinstance(filled, dict):
            raise CardError(f"cards/{name}.json: the whole card is switched off.")
        return filled

    def names(self) -> tuple[str, ...]:
        """Every card there is."""
        return tuple(self._templates)


class Pages:
    """The pages of a folder, by name: HTML, whatever somebody is called."""

    def __init__(self, folder: Path) -> None:
        self._held = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
        )

    def fill(self, name: str, values: Mapping[str, Any]) -> str:
        """The page with every value in its place; raises CardError where one is missing."""
        try:
            return self._held.get_template(f"{name}.html").render(values)
        except jinja2.TemplateError as seen:
            raise CardError(f"cards/pages/{name}.html: {seen}.") from seen


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as seen:
        raise CardError(f"cards/{file.name} cannot be read: {seen}.") from seen


_GONE = object()


def _fill(part: Any, here: Any, root: Any) -> Any:
    if isinstance(part, str):
        return _fill_text(part, here, root)
    if isinstance(part, list):
        filled = [made for piece in part for made in _repeat(piece, here, root)]
        return [made for made in filled if made is not _GONE]
    if isinstance(part, dict):
        return _fill_object(part, here, root)
    return part


def _repeat(piece: Any, here: Any, root: Any) -> list[Any]:
    if not (isinstance(piece, dict) and "$data" in piece):
        return [_fill(piece, here, root)]
    items = _fill_text(piece["$data"], here, root)
    if not isinstance(items, list | tuple):
        raise CardError(f"$data {piece['$data']} is not a list.")
    plain = {key: value for key, value in piece.items() if key != "$data"}
    return [_fill(plain, item, root) for item in items]


def _fill_object(part: Mapping[str, Any], here: Any, root: Any) -> Any:
    if "$when" in part:
        shown = _fill_text(part["$when"], here, root)
        if not isinstance(shown, bool):
            raise CardError(f"$when {part['$when']} is not true or false.")
        if not shown:
            return _GONE
    filled = {key: _fill(value, here, root) for key, value in part.items() if key != "$when"}
    return {key: value for key, value in filled.items() if value is not _GONE}


def _fill_text(text: str, here: Any, root: Any) -> Any:
    whole = _HOLE.fullmatch(text)
    if whole:
        return _follow(whole[1], here, root)
    return _HOLE.sub(lambda hole: str(_follow(hole[1], here, root)), text)


def _follow(path: str, here: Any, root: Any) -> Any:
    if not _PATH.match(path):
        raise CardError(f"${{{path}}} is more than a path.")
    steps = path.split(".")
    at = root if steps[0] == "$root" else here
    for step in steps[1:] if steps[0] in {"$root", "$data"} else steps:
        if not isinstance(at, Mapping) or step not in at:
            raise CardError(f"${{{path}}} has no value.")
        at = at[step]
    return at
