"""Texts of Block Kit that Slack shows as they are written, in lengths that it takes.

A value goes into `plain_text` or `rich_text` only. Slack reads no mention, link, mark or emoji code in either:
https://docs.slack.dev/reference/block-kit/composition-objects/text-object
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

Block: TypeAlias = dict[str, Any]
Item = TypeVar("Item")

MAX_SECTION_CHARS = 3_000
CUT_OFF = "…"

_PHONE_LINK = re.compile(r"\[(\+?[\d ]+)\]\(tel:\+?\d+\)")
_ESCAPED = re.compile(r"\\([^\w\s])")
_ENDS = (re.compile(r"\n+"), re.compile(r"(?<=[.!?;:])\s+"), re.compile(r"\s+"))


def plain(text: str, max_chars: int = MAX_SECTION_CHARS) -> Block:
    """A text object that shows `text` as it is; a longer one ends in "…"."""
    return {"type": "plain_text", "text": shortened(text, max_chars), "emoji": False}


def section(text: str) -> Block:
    """A paragraph that Slack never folds under "see more"."""
    return {"type": "section", "text": plain(text), "expand": True}


def sections(text: str) -> list[Block]:
    """A text of any length as paragraphs, cut between sentences where it can be."""
    return [section(piece) for piece in pieces(text, MAX_SECTION_CHARS)]


def rich_blocks(lines: Sequence[Sequence[Block]], kind: str = "rich_text_section") -> Iterator[Block]:
    """Lines of rich text as few blocks; each line is a list of runs.

    `kind` is "rich_text_quote" for words that are quoted, "rich_text_list" for a list with bullets.
    https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
    """
    for group in _lines_by_room(lines):
        elements = [{"type": "rich_text_section", "elements": list(line)} for line in group]
        if kind == "rich_text_list":
            elements = [{"type": kind, "style": "bullet", "elements": elements}]
        else:
            elements = [{**element, "type": kind} for element in elements]
        yield {"type": "rich_text", "elements": elements}


def _lines_by_room(lines: Sequence[Sequence[Block]]) -> Iterator[list[list[Block]]]:
    """The lines in groups of at most as many characters as a section has; a longer line is cut into several."""
    group: list[list[Block]] = []
    chars = 0
    for line in (short for whole in lines for short in _short_lines(whole)):
        length = sum(len(run["text"]) for run in line)
        if group and chars + length > MAX_SECTION_CHARS:
            yield group
            group, chars = [], 0
        group.append(line)
        chars += length
    if group:
        yield group


def _short_lines(line: Sequence[Block]) -> list[list[Block]]:
    runs = [run for run in line if run["text"]]
    if sum(len(run["text"]) for run in runs) <= MAX_SECTION_CHARS:
        return [runs] if any(run["text"].strip() for run in runs) else []
    return [[{**run, "text": piece}] for run in runs for piece in pieces(run["text"], MAX_SECTION_CHARS)]


def run(text: str, *, is_bold: bool = False) -> Block:
    """A piece of rich text; `text` is not empty."""
    return {"type": "text", "text": text, **({"style": {"bold": True}} if is_bold else {})}


def shortened(text: str, max_chars: int) -> str:
    """The text, or as many whole words of it as fit, with "…" behind them.

    >>> shortened("The policy says so", 12), shortened("Yes", 12)
    ('The policy…', 'Yes')
    """
    if len(text) <= max_chars:
        return text
    room = text[: max_chars - 1]
    whole_words = room if text[max_chars - 1].isspace() else room.rpartition(" ")[0]
    return (whole_words.rstrip() or room) + CUT_OFF


def pieces(text: str, max_chars: int) -> list[str]:
    """The whole text in pieces of at most `max_chars`, cut between paragraphs, else sentences, else words.

    >>> pieces("One thing. Another thing.", 14)
    ['One thing.', 'Another thing.']
    """
    found = []
    rest = text.strip()
    while len(rest) > max_chars:
        end = _end_of_piece(rest, max_chars)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*found, rest] if rest else found


def _end_of_piece(text: str, max_chars: int) -> int:
    for end in _ENDS:
        places = [match.start() for match in end.finditer(text, 0, max_chars + 1)]
        if places and places[-1] > 0:
            return places[-1]
    return max_chars


def joined(texts: Iterable[str], max_chars: int = MAX_SECTION_CHARS) -> list[str]:
    """Texts with an empty line between them, in as few pieces of at most `max_chars` as can be."""
    packed: list[str] = []
    for piece in (piece for text in texts for piece in pieces(text, max_chars)):
        if packed and len(packed[-1]) + 2 + len(piece) <= max_chars:
            packed[-1] += f"\n\n{piece}"
        else:
            packed.append(piece)
    return packed


def without_phone_links(text: str) -> str:
    """A text of a card with numbers in place of links to them; phones find numbers by themselves.

    >>> without_phone_links("Call [01524 000000](tel:01524000000).")
    'Call 01524 000000.'
    """
    return _PHONE_LINK.sub(r"\1", text)


def unescaped(text: str) -> str:
    """The words of a text that bot/card_text.py escaped for clients that read Markdown."""
    return _ESCAPED.sub(r"\1", text)


def groups_of(size: int, items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items in groups of at most `size`.

    >>> list(groups_of(2, "abc"))
    [['a', 'b'], ['c']]
    """
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
