"""A filled Adaptive Card as Block Kit, the language in which Slack is told what a message shows.

One translator for every card: the templates of cards/ stay the only place of their words. Values become `plain_text` or
`rich_text`, in which Slack reads nothing as markup (block_text.py). What a click would unfold is a collapsible
container. Colours of containers have no counterpart: the marks in the words of a card say what they say. Forms are
modals (modal.py): a button that takes fields opens one.
https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.channels.slack.block_text import (
    Block,
    groups_of,
    joined,
    pieces,
    plain,
    rich_blocks,
    run,
    section,
    sections,
    without_phone_links,
)
from bot.channels.slack.buttons import ActionIds, button, form_button, link_button
from bot.channels.slack.card_words import words
from bot.channels.slack.form_cards import form_card, has_fields, takes_fields
from bot.channels.slack.form_fields import input_block
from bot.errors import CardError

MAX_HEADER_CHARS = 150
MAX_CONTEXT_CHARS = 2_000
MAX_TITLE_CHARS = 150
MAX_CHILD_BLOCKS = 10
MAX_BUTTONS = 25
MAX_BUTTON_ROWS = 2  # ours: buttons alone are folded only if there are more rows of them than this
TOO_LONG_FOR_A_BUTTON = "“{title}” cannot be offered here: it is too long for a button in Slack."


def to_blocks(card: Mapping[str, Any], *, picture: str = "", is_strict: bool = False) -> list[Block]:
    """The blocks that show a filled card in a message.

    `picture` is the id of the file with the card's picture, which was shared first; without it the picture's words are
    shown. An element of a kind that no card has yet is shown as its words; `is_strict` raises CardError for it.
    Whether Slack takes all of it at once is not looked at here: see block_limits.py and sections.py.
    """
    return list(Translation(card, picture=picture, is_strict=is_strict).blocks())


def forms_of(card: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The forms that the buttons of a filled card open, as cards, by the `action_id` of the button."""
    translation = Translation(card)
    for _ in translation.blocks():
        pass
    return translation.forms


class Translation:
    """One card that is being translated; in a form (`is_form`) its fields are shown, and no buttons."""

    def __init__(
        self, card: Mapping[str, Any], *, picture: str = "", is_strict: bool = False, is_form: bool = False
    ) -> None:
        self.forms: dict[str, dict[str, Any]] = {}
        self._card = card
        self._picture = picture
        self._is_strict = is_strict
        self._is_form = is_form
        self._ids = ActionIds()
        self._titles = _titles_of_foldable(card)
        self._form_items: Sequence[Mapping[str, Any]] = card.get("body", [])  # what a button's fields are among

    def blocks(self) -> Iterator[Block]:
        """The blocks, in reading order."""
        yield from self._blocks(self._card.get("body", []))
        yield from self._buttons(self._card.get("actions", []))

    def _blocks(self, items: Sequence[Mapping[str, Any]], *, is_quoted: bool = False) -> Iterator[Block]:
        for number, item in enumerate(items):
            if item.get("separator") is True and number:
                yield {"type": "divider"}
            yield from self._element(item, is_quoted=is_quoted)

    def _element(self, item: Mapping[str, Any], *, is_quoted: bool) -> Iterator[Block]:
        type = str(item.get("type", ""))
        match type:
            case "TextBlock":
                yield from _text_blocks(item)
            case "RichTextBlock":
                yield from rich_blocks([_runs(item)], "rich_text_quote" if is_quoted else "rich_text_section")
            case "Container":
                yield from self._container(item, is_quoted=is_quoted)
            case "ActionSet":
                yield from self._buttons(item.get("actions", []))
            case "FactSet":
                yield from rich_blocks([_fact(fact["title"], fact["value"]) for fact in item.get("facts", [])])
            case "Table":
                yield from rich_blocks(list(_rows(item)), "rich_text_list")
            case "Image":
                yield from self._image(item)
            case _ if type.startswith("Input."):
                yield from [input_block(item)] if self._is_form else []
            case _:
                yield from self._unknown(item)

    def _unknown(self, item: Mapping[str, Any]) -> Iterator[Block]:
        if self._is_strict:
            raise CardError(f"Slack has no block for {item.get('type')!r} yet.")
        for text in words(item):
            yield from sections(text)

    def _container(self, item: Mapping[str, Any], *, is_quoted: bool) -> Iterator[Block]:
        items = item.get("items", [])
        title = self._titles.get(str(item.get("id", "")))
        if title and not self._is_form:
            yield from self._folded(title, item)
        elif _is_toggle(item.get("selectAction")):
            return  # the line that opens a container is the container's title
        elif item.get("isVisible") is not False:
            around = self._form_items
            self._form_items = items if has_fields(items) else around
            yield from self._blocks(items, is_quoted=is_quoted or item.get("style") == "emphasis")
            self._form_items = around

    def _folded(self, title: str, item: Mapping[str, Any]) -> Iterator[Block]:
        """A container that people open and close; more than ten blocks make several.

        https://docs.slack.dev/reference/block-kit/blocks/container-block
        """
        children = self._children(item.get("items", []))
        is_short = len(children) <= MAX_BUTTON_ROWS
        if is_short and all(child["type"] == "actions" for child in children):
            yield {"type": "context", "elements": [plain(title, MAX_CONTEXT_CHARS)]}
            yield from children
            return
        groups = list(groups_of(MAX_CHILD_BLOCKS, children))
        for number, group in enumerate(groups, start=1):
            part = f" ({number} of {len(groups)})" if len(groups) > 1 else ""
            yield {
                "type": "container",
                "title": plain(f"{title}{part}", MAX_TITLE_CHARS),
                "is_collapsible": True,
                "default_collapsed": item.get("isVisible") is False,
                "width": "full",  # in a narrower one Slack cuts titles of some forty characters
                "child_blocks": group,
            }

    def _children(self, items: Sequence[Mapping[str, Any]]) -> list[Block]:
        """The blocks of a container, as few as can be: texts together, and buttons."""
        children: list[Block] = []
        texts: list[str] = []
        for item in _leaves(items):
            if item.get("type") == "ActionSet":
                children += map(section, joined(texts))
                children += self._buttons(item.get("actions", []))
                texts = []
            elif item.get("isSubtle") and texts:
                texts[-1] += f"\n{item['text']}"  # the source, right below what it is the source of
            else:
                texts += words(item)
        return [*children, *map(section, joined(texts))]

    def _image(self, item: Mapping[str, Any]) -> Iterator[Block]:
        says = str(item.get("altText", ""))
        if self._picture:
            yield {"type": "image", "slack_file": {"id": self._picture}, "alt_text": says[:2_000]}
        elif words(self._card).count(says) == 1:
            yield from sections(says)

    def _buttons(self, actions: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
        if self._is_form:
            return
        refused: list[str] = []
        buttons: list[Block] = []
        for action in actions:
            if _is_toggle(action):
                continue
            translated = self._button(action)
            if translated:
                buttons.append(translated)
            else:
                refused.append(TOO_LONG_FOR_A_BUTTON.format(title=action.get("title", "")))
        yield from ({"type": "actions", "elements": group} for group in groups_of(MAX_BUTTONS, buttons))
        for sentence in refused:
            yield from sections(sentence)

    def _button(self, action: Mapping[str, Any]) -> Block | None:
        match action.get("type"):
            case "Action.OpenUrl":
                return link_button(action, self._ids)
            case "Action.ShowCard":
                card = action["card"]
                return self._form_button(action, form_card(card.get("body", []), _submit_of(card)))
            case "Action.Execute" if has_fields(self._form_items) and takes_fields(action):
                return self._form_button(action, form_card(self._form_items, action))
            case "Action.Execute":
                return button(action, self._ids)
        if self._is_strict:
            raise CardError(f"Slack has no button for {action.get('type')!r} yet.")
        return None

    def _form_button(self, action: Mapping[str, Any], form: dict[str, Any]) -> Block | None:
        opener = form_button(action, form, self._ids)
        if opener:
            self.forms[str(opener["action_id"])] = form
        return opener


def _text_blocks(item: Mapping[str, Any]) -> Iterator[Block]:
    text = without_phone_links(str(item.get("text", ""))).strip()
    if not text:
        return
    is_heading = item.get("style") == "heading"
    if is_heading and len(text) <= MAX_HEADER_CHARS and "\n" not in text:
        yield {"type": "header", "text": plain(text, MAX_HEADER_CHARS)}
    elif is_heading or item.get("weight") == "Bolder":
        yield from rich_blocks([[run(text, is_bold=True)]])
    elif item.get("isSubtle"):
        parts = pieces(text, MAX_CONTEXT_CHARS)
        yield from ({"type": "context", "elements": [plain(part, MAX_CONTEXT_CHARS)]} for part in parts)
    else:
        yield from sections(text)


def _runs(item: Mapping[str, Any]) -> list[Block]:
    is_bold = item.get("weight") == "Bolder"
    inlines = [inline for inline in item.get("inlines", []) if inline["text"]]
    return [run(str(inline["text"]), is_bold=is_bold or inline.get("weight") == "Bolder") for inline in inlines]


def _fact(title: object, value: object) -> list[Block]:
    return [run(f"{title}: ", is_bold=True), *([run(str(value))] if str(value) else [])]


def _rows(table: Mapping[str, Any]) -> Iterator[list[Block]]:
    """Each row of a table as a line: the first cell in bold, the others with the heading of their column.

    Slack's own table block may be in a message only once, and a phone shows little of it.
    """
    rows = [[" ".join(words(cell)) for cell in row.get("cells", [])] for row in table.get("rows", [])]
    has_headings = table.get("firstRowAsHeaders", True) is not False
    headings = rows[0] if rows and has_headings else []
    for row in rows[1:] if has_headings else rows:
        named = [
            f"{headings[number]}: {text}" if number < len(headings) else text
            for number, text in enumerate(row)
            if number and text
        ]
        first = row[0] if row else ""
        yield [run(text, is_bold=text is first) for text in (first, "".join(f"\n{line}" for line in named)) if text]


def _leaves(items: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in items:
        if item.get("type") == "Container":
            yield from _leaves(item.get("items", []))
        else:
            yield item


def _titles_of_foldable(card: Mapping[str, Any]) -> dict[str, str]:
    """What buttons show and hide, by its id, with the title of the first such button."""
    titles: dict[str, str] = {}
    for action in _toggles(card):
        for target in action.get("targetElements", []):
            titles.setdefault(str(target), str(action.get("title", "")))
    return titles


def _toggles(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, list):
        for item in part:
            yield from _toggles(item)
    elif isinstance(part, Mapping):
        if _is_toggle(part):
            yield part
        for value in part.values():
            yield from _toggles(value)


def _is_toggle(action: Any) -> bool:
    return isinstance(action, Mapping) and action.get("type") == "Action.ToggleVisibility"


def _submit_of(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one button of a card that another button unfolds; raises CardError for any other number of them."""
    actions = [action for action in _all_actions(card) if action.get("type") == "Action.Execute"]
    if len(actions) != 1:
        raise CardError("A form that a button opens has one button of its own, which submits it.")
    return actions[0]


def _all_actions(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from card.get("actions", [])
    for item in card.get("body", []):
        if item.get("type") == "ActionSet":
            yield from item.get("actions", [])
