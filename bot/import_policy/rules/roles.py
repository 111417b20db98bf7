"""What part each block plays in a document: heading, clause, table, or what is printed around the rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.import_policy.rules.blocks import Block, BlockKind
from bot.import_policy.rules.labels import (
    Label,
    LabelKind,
    LabelOrder,
    parse_label,
    split_bare_number,
    split_label,
)

MAX_HEADING_WORDS = 14
MAX_PLAIN_HEADING_WORDS = 8
LARGER = 1.07  # a heading's size, relative to the text's
STYLED_SENTENCE_WORDS = 12  # a "heading" of so many words that ends in a full stop is a clause in heading style
HAS_A_RULE = re.compile(
    r"\b(?:staff|you|we|employees|volunteers|visitors|governors|adults|parents|pupils|devices|phones)\s+(?:\w+\s+)?"
    r"(?:must|should|may|shall|will|can|are|do)\b|^(?:do not|never|always|please)\b|\b(?:must|may"
    r"|should) (?:not )?be\b",
    re.I,
)
ASKS = re.compile(r"^(?:who|what|when|where|why|how|which)\b", re.I)
CONTENTS_HEADING = re.compile(r"^(?:table of )?contents(?: page)?:?$", re.I)
CONTENTS_LINE = re.compile(r"(?:\.\s?){4,}\s*\d{1,3}\s*$|…+\s*\d{1,3}\s*$|\t\s*\d{1,3}\s*$|_{4,}\s*\d{1,3}\s*$")
ENDS_WITH_PAGE = re.compile(r"\S\s+\d{1,3}\s*$")
CAPTION = re.compile(r"^(?:table|figure|fig\.)\s+\d{1,2}\b(?:\s*[:.–-]\s*|\s+)?(?=[A-Z]|\w+$|$)", re.I)
MAX_CAPTION_WORDS = 16
SIGNATURE_WORD = (
    r"(?:signed|signature|sign|print(?:ed)?\s+name|full\s+name|staff\s+name|name(?:\s*\([^)]*\))?"
    r"|date(?:d)?|job\s+title"
    r"|position|role|witness(?:ed by)?|academy|school|department|print|headteacher|chair of governors"
    r"|employee|line manager)"
)
BLANKS = re.compile(r"(?:[._…]\s?){5,}|_{3,}")
SIGNATURE_LINE = re.compile(rf"^(?:{SIGNATURE_WORD}(?:\s+of\s+[\w ]+)?(?:\s*\([^)]{{1,40}}\))?\s*[:.]?\s*)+$", re.I)
STARTS_AS_SIGNATURE = re.compile(rf"^{SIGNATURE_WORD}\b", re.I)


class Role(StrEnum):
    """The part a block plays."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"  # a clause
    SIGNATURE = "signature"  # a line to sign on
    TABLE = "table"
    FOOTNOTE = "footnote"
    CAPTION = "caption"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Part:
    """A block, the part it plays, and its label taken apart."""

    block: Block
    role: Role
    label: Label | None = None


def parts_of(blocks: Sequence[Block]) -> list[Part]:
    """The part each block plays, in reading order."""
    labelled = _with_labels(blocks)
    parts = [_part(number, labelled) for number in range(len(labelled))]
    return _without_contents(parts)


def _with_labels(blocks: Sequence[Block]) -> list[tuple[Block, Label | None]]:
    """The blocks with the labels that were typed in front of their text taken apart."""
    order, labelled = LabelOrder(), []
    last: Label | None = None
    for block in blocks:
        label = None
        if block.kind is BlockKind.PARAGRAPH:
            if block.label:
                label = parse_label(block.label, last)
            elif not CONTENTS_LINE.search(block.text):
                block, label = _typed_label(block, order)
        last = label or last
        labelled.append((block, label))
    return labelled


def _typed_label(block: Block, order: LabelOrder) -> tuple[Block, Label | None]:
    printed, rest = split_label(block.text)
    if not printed and _has_heading_look(block):
        printed, rest = split_bare_number(block.text)
    if not printed or BLANKS.match(rest):
        return block, None
    if parse_label(printed).kind is LabelKind.BULLET:  # "- (i) That ...": the number counts, the dash does not
        inner, inner_rest = split_label(rest)
        if inner and parse_label(inner).kind is not LabelKind.BULLET:
            printed, rest = inner, inner_rest
    label = order.accept(printed)
    return (replace(block, label=printed, text=rest), label) if label else (block, None)


def _has_heading_look(block: Block) -> bool:
    return block.is_bold or block.size >= LARGER or block.heading_level > 0


def _part(number: int, labelled: Sequence[tuple[Block, Label | None]]) -> Part:
    block, label = labelled[number]
    following = next((pair for pair in labelled[number + 1 :] if pair[0].kind is not BlockKind.ASIDE), None)
    return Part(block, _role(block, label, following), label)


def _role(block: Block, label: Label | None, following: tuple[Block, Label | None] | None) -> Role:
    by_kind = {
        BlockKind.ASIDE: Role.LEFT_OUT,
        BlockKind.CONTENTS: Role.LEFT_OUT,
        BlockKind.TABLE: Role.TABLE,
        BlockKind.FOOTNOTE: Role.FOOTNOTE,
        BlockKind.CAPTION: Role.CAPTION,
        BlockKind.TITLE: Role.TITLE,
    }
    if block.kind in by_kind:
        return by_kind[block.kind]
    if is_signature(block.text):
        return Role.SIGNATURE
    if CONTENTS_LINE.search(block.text) or not any(char.isalnum() for char in block.text):
        return Role.LEFT_OUT
    if CAPTION.match(block.text) and len(block.text.split()) <= MAX_CAPTION_WORDS and not block.text.endswith("."):
        beside_table = following is not None and following[0].kind is BlockKind.TABLE
        if beside_table or not HAS_A_RULE.search(block.text):
            return Role.CAPTION
    return Role.HEADING if _is_heading(block, label, following) else Role.TEXT


def is_signature(text: str) -> bool:
    """Whether a text is a line to sign on: names of blanks to fill in, with or without dots.

    >>> [is_signature(text) for text in ("Signed ........ Date ........", "Name:", "Name a witness to the event.")]
    [True, True, False]
    """
    words = " ".join(BLANKS.sub(" ", text).split())
    has_blanks = BLANKS.search(text) is not None
    if SIGNATURE_LINE.match(words) and (has_blanks or ":" in words or len(words.split()) > 1):
        return has_blanks or ":" in words or words.lower() in {"signature date", "name date", "signed date"}
    return has_blanks and STARTS_AS_SIGNATURE.match(words) is not None and len(words.split()) <= 14


def _is_heading(block: Block, label: Label | None, following: tuple[Block, Label | None] | None) -> bool:
    text = block.text.strip()
    count = len(text.split())
    ends_as_sentence = text.endswith((".", ";", ","))
    if block.heading_level:
        return not (ends_as_sentence and count >= STYLED_SENTENCE_WORDS) and not (
            ends_as_sentence and HAS_A_RULE.search(text)
        )
    if label is not None and label.kind is LabelKind.BULLET:
        return False
    if count > MAX_HEADING_WORDS or ends_as_sentence or following is None:
        return False
    if text.endswith(":") and (HAS_A_RULE.search(text) or count > MAX_PLAIN_HEADING_WORDS):
        return False
    if _heads_its_children(text, label, following):
        return True
    is_letters = label is not None and label.kind in {LabelKind.LETTER, LabelKind.ROMAN}
    has_look = _has_heading_look(block) or (text.isupper() and len(text) > 3)
    if not has_look or is_letters:
        return False
    return bool(ASKS.match(text)) or not HAS_A_RULE.search(text) or _looks_unlike(block, following[0])


def _heads_its_children(text: str, label: Label | None, following: tuple[Block, Label | None]) -> bool:
    """Whether "3. Accounts" is followed by "3.1": then it is a heading however it looks."""
    child = following[1]
    if label is None or child is None or child.kind is not LabelKind.DOTTED or text.endswith(":"):
        return False
    return (
        child.value[: len(label.value)] == label.value
        and len(child.value) > len(label.value)
        and len(text.split()) <= 10
    )


def _looks_unlike(block: Block, following: Block) -> bool:
    return following.kind is BlockKind.PARAGRAPH and (block.is_bold, block.size) != (following.is_bold, following.size)


def _without_contents(parts: list[Part]) -> list[Part]:
    """The parts with a table of contents left out: from its heading as long as lines end with a page's number."""
    kept: list[Part] = []
    in_contents = False
    for part in parts:
        text = part.block.text.strip()
        if CONTENTS_HEADING.match(text):
            in_contents = True
            kept.append(replace(part, role=Role.LEFT_OUT))
            continue
        if in_contents and part.role in {Role.TEXT, Role.HEADING, Role.LEFT_OUT} and _is_contents_line(part.block):
            kept.append(replace(part, role=Role.LEFT_OUT))
            continue
        in_contents = in_contents and part.role is Role.LEFT_OUT
        kept.append(part)
    return kept


def _is_contents_line(block: Block) -> bool:
    return bool(ENDS_WITH_PAGE.search(block.text) or CONTENTS_LINE.search(block.text)) and not block.text.endswith(".")
