"""A filled Adaptive Card as blocks that the templates of cards/pages/school/ draw: HTML that works without a script.

Every card is a form of its own. What a click would unfold is a `details` element. Nothing is escaped here: Jinja does
that for every text.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeAlias

CARD = "card"  # the id of the outermost form; forms in it are card-1, card-2 ...
_PHONE_LINK = re.compile(r"\[(\+?[\d ]+)\]\(tel:\+?\d+\)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or a heading."""

    kind: ClassVar[str] = "text"
    text: str
    is_heading: bool = False
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Blocks that belong together; `style` is the card's, such as "warning"."""

    kind: ClassVar[str] = "panel"
    blocks: tuple["Block", ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that are shown when somebody opens them."""

    kind: ClassVar[str] = "details"
    title: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values."""

    kind: ClassVar[str] = "facts"
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the page itself, with its words."""

    kind: ClassVar[str] = "picture"
    address: str
    says: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another site."""

    kind: ClassVar[str] = "link"
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things to choose."""

    title: str
    value: str
    is_chosen: bool
    is_leading: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """Something to fill in. `type` is text, words, date, time, choice, choices or toggle; `value` is what it holds.

    `leading` is the field that says which of several choices comes first, if there is one.
    """

    kind: ClassVar[str] = "field"
    type: str
    form: str
    id: str
    label: str
    value: str = ""
    help: str = ""
    is_required: bool = False
    choices: tuple[Choice, ...] = ()
    first: str = ""  # the first day that may be chosen
    last: str = ""
    max_chars: int = 0
    leading: "Field | None" = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `press` is what it sends: see `press_in` in presses.py."""

    kind: ClassVar[str] = "button"
    form: str
    title: str
    press: str
    is_main: bool
    takes_fields: bool


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons beside each other."""

    kind: ClassVar[str] = "buttons"
    buttons: tuple["Button | Link", ...]


Block: TypeAlias = Text | Panel | Details | Facts | Picture | Link | Field | Buttons


@dataclass(frozen=True, slots=True)
class CardBlocks:
    """A card's blocks, and the ids of its forms."""

    blocks: tuple[Block, ...]
    forms: tuple[str, ...]


def card_blocks(card: Mapping[str, Any], verbs: Collection[str], typed: Mapping[str, str] | None = None) -> CardBlocks:
    """The blocks of a filled card. Buttons of other commands than `verbs` are left out, and so is what only unfolds.

    `typed` is what somebody filled in before, by field; it takes the place of the card's own values.
    """
    reading = _Reading(verbs, typed or {}, dict(_titles_of_hidden(card)))
    blocks = tuple(reading.blocks(card.get("body", []), CARD)) + tuple(reading.actions(card.get("actions", []), CARD))
    return CardBlocks(blocks, tuple(reading.forms))


def _titles_of_hidden(part: Any) -> Iterator[tuple[str, str]]:
    """What is hidden at first, by id, with the title of the button that shows it; the first such button counts."""
    found: dict[str, str] = {}
    for action in _toggles(part):
        for target in action.get("targetElements", []):
            found.setdefault(str(target), str(action.get("title", "")))
    yield from found.items()


def _toggles(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, list):
        for item in part:
            yield from _toggles(item)
    elif isinstance(part, Mapping):
        if part.get("type") == "Action.ToggleVisibility":
            yield part
        for value in part.values():
            yield from _toggles(value)


@dataclass(slots=True)
class _Reading:
    """One card that is being read."""

    verbs: Collection[str]
    typed: Mapping[str, str]
    titles: Mapping[str, str]
    forms: list[str] = field(default_factory=lambda: [CARD])

    def blocks(self, items: Sequence[Mapping[str, Any]], form: str) -> Iterator[Block]:
        leading = {str(item["leads"]): self._field(item, str(item["type"]), form) for item in items if "leads" in item}
        for item in items:
            for block in self._block(item, form) if "leads" not in item else ():
                yield _led(block, leading[block.id]) if isinstance(block, Field) and block.id in leading else block

    def _block(self, item: Mapping[str, Any], form: str) -> Iterator[Block]:
        match item.get("type"):
            case "TextBlock":
                yield from _texts(item, _PHONE_LINK.sub(r"\1", str(item.get("text", ""))))
            case "RichTextBlock":
                yield from _texts(item, "".join(str(run["text"]) for run in item.get("inlines", [])))
            case "Container":
                yield from self._container(item, form)
            case "ActionSet":
                yield from self.actions(item.get("actions", []), form)
            case "FactSet":
                yield Facts(tuple((str(fact["title"]), str(fact["value"])) for fact in item.get("facts", [])))
            case "Image" if str(item.get("url", "")).startswith("data:image/"):
                yield Picture(str(item["url"]), str(item.get("altText", "")))
            case str() as type if type.startswith("Input."):
                yield self._field(item, type, form)

    def _container(self, item: Mapping[str, Any], form: str) -> Iterator[Block]:
        blocks = tuple(self.blocks(item.get("items", []), form))
        if "selectAction" in item:
            blocks += tuple(self.actions([item["selectAction"]], form))
        if item.get("isVisible") is False:
            title = self.titles.get(str(item.get("id", "")), "")
            blocks = (Details(title, blocks),) if title and blocks else ()
        elif blocks:
            blocks = (Panel(blocks, str(item.get("style", ""))),)
        yield from blocks

    def actions(self, actions: Sequence[Mapping[str, Any]], form: str) -> Iterator[Block]:
        """Buttons in a row, and below them what a button would unfold."""
        buttons = [button for action in actions for button in self._button(action, form)]
        if buttons:
            yield Buttons(tuple(buttons))
        for action in actions:
            if action.get("type") == "Action.ShowCard":
                yield from self._card_within(action)

    def _button(self, action: Mapping[str, Any], form: str) -> Iterator[Button | Link]:
        title, verb = str(action.get("title", "")), str(action.get("verb", ""))
        if action.get("type") == "Action.OpenUrl" and str(action.get("url", "")).startswith("https://"):
            yield Link(title, str(action["url"]))
        if action.get("type") == "Action.Execute" and verb in self.verbs:
            data = {str(name): str(value) for name, value in action.get("data", {}).items()}
            takes_fields = action.get("associatedInputs") != "none"
            press = json.dumps({"verb": verb, "data": data, "takes_fields": takes_fields}, ensure_ascii=True)
            yield Button(form, title, press, action.get("style") == "positive", takes_fields)

    def _card_within(self, action: Mapping[str, Any]) -> Iterator[Block]:
        form = f"{CARD}-{len(self.forms)}"
        self.forms.append(form)
        card = action.get("card", {})
        blocks = (*self.blocks(card.get("body", []), form), *self.actions(card.get("actions", []), form))
        if blocks:
            yield Details(str(action.get("title", "")), blocks)

    def _field(self, item: Mapping[str, Any], type: str, form: str) -> Field:
        id = str(item["id"])
        value = self.typed.get(id, str(item.get("value", "")))
        return Field(
            type=_field_type(type, item),
            form=form,
            id=id,
            label=str(item.get("label", "")),
            value=value,
            help=str(item.get("title") or item.get("placeholder") or ""),
            is_required=item.get("isRequired") is True,
            choices=tuple(_choices(item, value)),
            first=str(item.get("min", "")),
            last=str(item.get("max", "")),
            max_chars=int(item.get("maxLength", 0)),
        )


def _led(field: Field, leading: Field) -> Field:
    """A field of several choices with what says which of them comes first."""
    choices = tuple(replace(choice, is_leading=choice.value == leading.value) for choice in field.choices)
    return replace(field, choices=choices, leading=leading)


def _field_type(type: str, item: Mapping[str, Any]) -> str:
    match type:
        case "Input.ChoiceSet":
            return "choices" if item.get("isMultiSelect") else "choice"
        case "Input.Text":
            return "words" if item.get("isMultiline") else "text"
    return type.removeprefix("Input.").lower()


def _choices(item: Mapping[str, Any], value: str) -> Iterator[Choice]:
    is_multiple = item.get("isMultiSelect") is True
    chosen = set(value.split(",")) if is_multiple else {value}
    for choice in item.get("choices", []):
        # bot/card_text.py escapes titles of boxes to tick, which card clients read as Markdown.
        title = _ESCAPED.sub(r"\1", str(choice["title"])) if is_multiple else str(choice["title"])
        yield Choice(title, str(choice["value"]), str(choice["value"]) in chosen)


def _texts(item: Mapping[str, Any], text: str) -> Iterator[Text]:
    """Each paragraph of a text; an empty one is left out."""
    is_heading = item.get("style") == "heading"
    is_strong = item.get("weight") == "Bolder"
    for paragraph in text.split("\n"):
        if paragraph.strip():
            yield Text(paragraph, is_heading, is_strong)
