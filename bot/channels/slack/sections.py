"""A card that is too long for one message of Slack: what the message shows, and what it offers section by section.

Nothing is left out: each part that has no room is behind a button that opens it in a modal, whole.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.slack.block_limits import MAX_MESSAGE_BLOCKS, MAX_MESSAGE_CHARS, MAX_MODAL_BLOCKS, text_chars
from bot.channels.slack.block_text import Block, groups_of, plain
from bot.channels.slack.blocks import MAX_BUTTONS, to_blocks
from bot.channels.slack.buttons import MAX_TITLE_CHARS, MAX_VALUE_CHARS
from bot.channels.slack.modal import MAX_TITLE_CHARS as MAX_MODAL_TITLE_CHARS

READ_SECTION = "slack_read"  # the verb of a button that opens a section
THE_REST = "Read the rest"
CLOSE = "Back"
MAX_PAGE_CHARS = 10_000  # of a modal: Slack names no number, and a message takes 11,000
_RESERVED_CHARS = 10 * MAX_TITLE_CHARS  # for the buttons that open the rest


@dataclass(frozen=True, slots=True)
class CardPart:
    """A part of a card that is read in a modal; `title` is what its button says."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message shows of a card, and the sections that its buttons open, in order."""

    blocks: tuple[Block, ...]
    sections: tuple[CardPart, ...]


def shown(card: Mapping[str, Any], *, picture: str = "") -> Shown:
    """The card as one message that Slack takes.

    A card that fits is shown whole. Of a longer one, collapsible parts become buttons first; if it is still too long,
    what comes after the part that fits is behind one more button. Buttons of the card stay in the message if they can.
    """
    blocks = to_blocks(card, picture=picture)
    if _fits(blocks):
        return Shown(tuple(blocks), ())
    sections: list[CardPart] = []
    shorter = _with_buttons_for_containers(blocks, sections)
    if not _fits(shorter):
        shorter = _with_button_for_the_rest(shorter, sections)
    return Shown(tuple(shorter), tuple(sections))


def sections(card: Mapping[str, Any]) -> tuple[CardPart, ...]:
    """The parts of a card that have no room in a message; empty if all of it fits."""
    return shown(card).sections


def section_modal(section: CardPart) -> Block:
    """A section as a modal view that is only read."""
    return {
        "type": "modal",
        "callback_id": READ_SECTION,
        "title": plain(section.title.removeprefix("Read: "), MAX_MODAL_TITLE_CHARS),
        "close": plain(CLOSE, MAX_MODAL_TITLE_CHARS),
        "blocks": [{"type": "header", "text": plain(section.title, 150)}, *section.blocks],
    }


def section_action(place: int) -> str:
    """The `action_id` of the button that opens the section at a place, counted from 0."""
    return READ_SECTION if place == 0 else f"{READ_SECTION} #{place + 1}"


def section_in(data: Mapping[str, Any]) -> CardPart | None:
    """The section that a button carries in its data; None if it was too large for the button."""
    match data:
        case {"title": str() as title, "blocks": [*blocks]}:
            return CardPart(title, tuple(blocks))
    return None


def _fits(blocks: Sequence[Block]) -> bool:
    return len(blocks) <= MAX_MESSAGE_BLOCKS and text_chars(blocks) <= MAX_MESSAGE_CHARS


def _with_buttons_for_containers(blocks: Sequence[Block], sections: list[CardPart]) -> list[Block]:
    """The blocks with buttons in place of what opens; buttons that follow each other are in one block."""
    shorter: list[Block] = []
    row: list[Block] = []
    for block in blocks:
        if block["type"] == "container":
            row += _buttons_for(block["title"]["text"], block["child_blocks"], sections)
        else:
            shorter += _rows(row)
            row = []
            shorter.append(block)
    return [*shorter, *_rows(row)]


def _with_button_for_the_rest(blocks: Sequence[Block], sections: list[CardPart]) -> list[Block]:
    """As many blocks as fit from the beginning, the button for the others, and the card's own buttons if they fit."""
    chars = [text_chars(block) for block in blocks]
    for keeps_buttons in (True, False):
        stays = [keeps_buttons and block["type"] == "actions" for block in blocks]
        for end in reversed(range(len(blocks))):
            kept = [number for number in range(len(blocks)) if number < end or stays[number]]
            has_room = len(kept) < MAX_MESSAGE_BLOCKS
            if has_room and sum(chars[number] for number in kept) + _RESERVED_CHARS <= MAX_MESSAGE_CHARS:
                buttons = [blocks[number] for number in kept if number >= end]
                rest = [block for number, block in enumerate(blocks) if number not in kept]
                return [*blocks[:end], *_rows(_buttons_for(THE_REST, rest, sections)), *buttons]
    return []


def _buttons_for(title: str, blocks: Sequence[Block], sections: list[CardPart]) -> list[Block]:
    """The buttons that open these blocks, a page each where they are long; the sections are added to the list."""
    groups = list(_pages(blocks))
    buttons = []
    for number, group in enumerate(groups, start=1):
        part = f" ({number} of {len(groups)})" if len(groups) > 1 else ""
        sections.append(CardPart(f"{title}{part}", tuple(group)))
        buttons.append(_button(sections[-1], len(sections) - 1))
    return buttons


def _button(section: CardPart, place: int) -> Block:
    """The button of a section, which carries it if there is room, so that it opens also after a restart."""
    value = _json({"section": place, "title": section.title, "blocks": section.blocks})
    return {
        "type": "button",
        "text": plain(section.title, MAX_TITLE_CHARS),
        "action_id": section_action(place),
        "value": value if len(value) <= MAX_VALUE_CHARS else _json({"section": place}),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _pages(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks in groups that a modal takes beside its heading; each block is shorter than a page."""
    page: list[Block] = []
    chars = 0
    for block in blocks:
        length = text_chars(block)
        if page and (len(page) == MAX_MODAL_BLOCKS - 1 or chars + length > MAX_PAGE_CHARS):
            yield page
            page, chars = [], 0
        page.append(block)
        chars += length
    if page:
        yield page


def _rows(buttons: Sequence[Block]) -> list[Block]:
    return [{"type": "actions", "elements": row} for row in groups_of(MAX_BUTTONS, buttons)]
