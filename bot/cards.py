"""Reads cards/: templates of Adaptive Cards (version 1.5) and of HTML pages, and fills them with values.

bot/template.py describes the language of the card templates. A value that is missing is an error, so no card goes out
with a gap in it. Values are plain text: bot/card_text.py and Jinja see to it that none of them becomes markup.
"""

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from bot import template
from bot.card_text import MARKED, cleaned, plain_card
from bot.errors import CardError, TemplateError


class Cards:
    """The card templates of a folder, by name; read once. `adapt` lets a channel change each template.

    `place` is what errors call the folder.
    """

    def __init__(self, folder: Path, adapt: Callable[[Any], Any] = lambda card: card, *, place: str = "cards") -> None:
        self._templates = {file.stem: adapt(_read(file, place)) for file in sorted(folder.glob("*.json"))}
        self._place = place

    def fill(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The card with every value filled in; raises CardError, which names the card and the path without a value."""
        if name not in self._templates:
            raise CardError(f"There is no card called {name!r} in {self._place}/.")
        try:
            card: dict[str, Any] = plain_card(template.fill(self._templates[name], values))
        except TemplateError as error:
            raise CardError(f"{self._place}/{name}.json: {error}") from error
        return card

    def names(self) -> tuple[str, ...]:
        """The names of all cards."""
        return tuple(self._templates)


def with_last_line(card: Mapping[str, Any], line: str) -> dict[str, Any]:
    """A filled card with one more line of text at its end, also for clients that show only its fallback.

    The line may have phone numbers as links.
    """
    block = plain_card({"type": "TextBlock", "text": line, "wrap": True, "separator": True, MARKED: True})
    return {**card, "fallbackText": f"{card['fallbackText']} {line}", "body": [*card["body"], block]}


class Pages:
    """The HTML pages of a folder, by name. Values are escaped."""

    def __init__(self, folder: Path) -> None:
        self._environment = _environment(folder)

    def fill(self, name: str, values: Mapping[str, Any]) -> str:
        """The page with every value filled in; raises CardError if there is no such page or a value is missing."""
        try:
            return self._environment.get_template(f"{name}.html").render(values)
        except jinja2.TemplateError as error:
            raise CardError(f"cards/pages/{name}.html: {error}.") from error


@functools.cache
def _environment(folder: Path) -> jinja2.Environment:
    """What reads the pages of a folder: one in a program, because a page is compiled when it is first shown."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: cleaned(value) if type(value) is str else value,
    )


def _read(file: Path, place: str) -> dict[str, Any]:
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CardError(f"{place}/{file.name} cannot be read: {error}.") from error
    if not isinstance(card, dict):
        raise CardError(f"{place}/{file.name} is not a card.")
    return card
