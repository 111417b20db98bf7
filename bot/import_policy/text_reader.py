"""Reads plain text and Markdown into blocks."""

import re
from collections.abc import Iterator

from bot.import_policy.file_kinds import decoded
from bot.import_policy.rules.blocks import Block, BlockKind
from bot.import_policy.rules.labels import split_label
from bot.import_policy.rules.plain_text import plain

HASHES = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
UNDERLINE = re.compile(r"^(=+|-+)\s*$")
TABLE_LINE = re.compile(r"^\s*\|.*\|\s*$")
TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*$")
EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])([*_])(?=\S)([^*_]+?)(?<=\S)\3(?![\w*])")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
ALL_BOLD = re.compile(r"^(\*\*|__)([^*_]+)\1:?$")
MAX_HEADING_WORDS = 9
ENDS_AS_TEXT = (".", ";", ",", ":")
MAX_WRAPPED_CHARS = 160  # with a longer line, lines are not wrapped: each one is a paragraph


def read_text_file(content: bytes) -> list[Block]:
    """The blocks of a text or Markdown file."""
    text = plain(decoded(content)).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    lines = text.split("\n")
    is_markdown = any(HASHES.match(line) for line in lines) or any(
        TABLE_RULE.match(line) and "|" in line for line in lines
    )
    return list(_markdown(lines)) if is_markdown else list(_plain(lines))


def _markdown(lines: list[str]) -> Iterator[Block]:
    paragraphs = _paragraphs(lines)
    for paragraph in paragraphs:
        heading = HASHES.match(paragraph[0])
        if heading:
            yield Block(_unmarked(heading[2]), heading_level=len(heading[1]))
        elif TABLE_LINE.match(paragraph[0]) and len(paragraph) > 1:
            yield _table(paragraph)
        elif len(paragraph) == 2 and UNDERLINE.match(paragraph[1]):
            yield Block(_unmarked(paragraph[0]), heading_level=1 if paragraph[1].startswith("=") else 2)
        elif not re.fullmatch(r"(?:[-*_]\s*){3,}", paragraph[0].strip()):
            yield _block(paragraph, is_markdown=True)


def _table(lines: list[str]) -> Block:
    rows = [line for line in lines if not TABLE_RULE.match(line)]
    cells = tuple(tuple(_unmarked(cell.strip()) for cell in line.strip().strip("|").split("|")) for line in rows)
    return Block("", BlockKind.TABLE, rows=cells, has_head=len(rows) < len(lines))


def _unmarked(text: str) -> str:
    text = LINK.sub(r"\1", text)
    text = EMPHASIS.sub(lambda match: match[2] or match[4], text)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", text).replace("`", "").strip()


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    """Groups of lines: parted by empty lines, headings, tables, and lines with a number or bullet."""
    group: list[str] = []
    is_line_a_paragraph = max(map(len, lines), default=0) > MAX_WRAPPED_CHARS
    for line in lines:
        is_table = TABLE_LINE.match(line) is not None
        if group and (
            not line.strip() or HASHES.match(line) or split_label(line)[0] or HASHES.match(group[0])
            or is_table != (TABLE_LINE.match(group[-1]) is not None)
            or (is_line_a_paragraph and not TABLE_LINE.match(group[-1]))
            or (len(group) == 1 and _is_in_capitals(group[0]) and not _is_in_capitals(line))
        ):  # fmt: skip
            yield group
            group = []
        if line.strip():
            group.append(line)
    if group:
        yield group


def _is_in_capitals(line: str) -> bool:
    """Whether a line is a heading by its capitals."""
    return line.isupper() and len(line.split()) <= MAX_HEADING_WORDS and not line.rstrip().endswith((".", ";", ","))


def _block(paragraph: list[str], *, is_markdown: bool) -> Block:
    text = " ".join(line.strip() for line in paragraph)
    indent = float(len(paragraph[0].expandtabs(4)) - len(paragraph[0].expandtabs(4).lstrip())) * 6
    if not is_markdown:
        return Block(text, indent=indent)
    text = text.lstrip("> ")
    bold = ALL_BOLD.match(text)
    label, rest = split_label(text)
    return Block(
        f"{label} {_unmarked(rest)}".strip() if label else _unmarked(text), is_bold=bold is not None, indent=indent
    )


def _plain(lines: list[str]) -> Iterator[Block]:
    """Plain text: a short line by itself, without a full stop, heads what follows it."""
    groups = list(_paragraphs(lines))
    for group, following in zip(groups, [*groups[1:], None], strict=True):
        block = _block(group, is_markdown=False)
        label, rest = split_label(block.text)
        is_short = (
            len(group) == 1 and len(rest.split()) <= MAX_HEADING_WORDS and not rest.rstrip().endswith(ENDS_AS_TEXT)
        )
        is_item = bool(label) and not re.fullmatch(r"\d{1,2}(?:\.\d{1,2})?[.)]?", label)
        heads = (
            is_short
            and not is_item
            and following is not None
            and rest[:1].isupper()
            and not _same_list(label, following)
        )
        yield Block(block.text, is_bold=heads, indent=block.indent)


def _same_list(label: str, following: list[str]) -> bool:
    """Whether the next line is the next item of the same list: then neither is a heading."""
    after = split_label(following[0])[0]
    return (
        bool(label)
        and bool(after)
        and after.count(".") == label.count(".")
        and len(following[0].split()) > MAX_HEADING_WORDS
    )
