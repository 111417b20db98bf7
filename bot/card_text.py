"""Makes every text of a filled card arrive as the characters it has, whatever they would mean as markup.

Clients read Markdown in a `TextBlock`, in a `FactSet` and in the fallback, each with a parser of its own, so an escape
that one of them takes away may be shown by another. No client reads anything in a `TextRun`. A text that has a
character of markup is therefore shown as text runs; every other text stays as its template has it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.outside import clean_text

MARKED = "$phones"  # in a template: this TextBlock's text may have phone numbers as links, and no other markup

_MARKUP = re.compile(
    r"[\\`*_\[\]<>~|^]"  # emphasis, code, links, pictures, tags, mentions, tables
    r"|\{\{|&#|&\w+;|://|\bwww\.|\bmailto:|\btel:"  # functions of Adaptive Cards, entities, bare links
    r"|^\s*(?:[-+=#]|\d{1,9}[.)](?:\s|$))|^(?: {4}|\t)",  # lists, headings, lines, indented code
    re.IGNORECASE | re.MULTILINE,
)
_PHONE_LINK = re.compile(r"\[(\+?[\d ]+)\]\(tel:(\+?\d+)\)")
_PUNCTUATION = re.compile(r"[^\w\s'\",;?\x80-\U0010ffff]|_")
_FUNCTION = re.compile(r"(?<=\{)(?=\{)")
_OF_THE_BLOCK = frozenset(("id", "isVisible", "separator", "spacing", "height", "horizontalAlignment", "fallback"))
_OF_THE_RUN = frozenset(("size", "weight", "color", "isSubtle", "fontType"))


def is_plain(text: str) -> bool:
    """Whether no client takes any part of a text for markup.

    >>> [is_plain(text) for text in ("Mrs O'Neil-Smith (Year 4)", "[click](https://evil.example/)", "1. A teacher")]
    [True, False, False]
    """
    return not _MARKUP.search(text)


def plain_card(part: Any) -> Any:
    """A filled card, or a part of one, in which every text is plain and clean."""
    if isinstance(part, str):
        return cleaned(part)
    if isinstance(part, list | tuple):
        return [plain_card(item) for item in part]
    if not isinstance(part, Mapping):
        return part
    plain = {key: plain_card(value) for key, value in part.items()}
    match plain.get("type"):
        case "TextBlock":
            return _text_block(plain)
        case "FactSet":
            return _facts(plain)
        case "AdaptiveCard" if isinstance(plain.get("fallbackText"), str):
            return {**plain, "fallbackText": escaped(plain["fallbackText"])}
        case "Input.ChoiceSet" if plain.get("isMultiSelect") or plain.get("style") == "expanded":
            choices = [{**choice, "title": escaped(choice["title"])} for choice in plain["choices"]]
            return {**plain, "choices": choices}  # Microsoft's renderer reads Markdown beside boxes to tick
    return plain


def cleaned(text: str) -> str:
    """The text without characters that a writer cannot hold or that mislead a reader; quick for ordinary text."""
    return text if text.isascii() and text.isprintable() else clean_text(text, 3 * len(text))


def escaped(text: str) -> str:
    """The text as Markdown, for what cannot be text runs: the fallback, boxes to tick; unchanged if it is plain.

    >>> escaped("A card for Mrs A Khan."), escaped("[a](b)")
    ('A card for Mrs A Khan.', '\\\\[a\\\\]\\\\(b\\\\)')
    """
    return text if is_plain(text) else _PUNCTUATION.sub(lambda match: f"\\{match[0]}", text)


def _text_block(block: dict[str, Any]) -> dict[str, Any]:
    """The block as it is if its text is plain; else its paragraphs, those with markup as text runs."""
    is_marked = bool(block.pop(MARKED, False))
    text = block.get("text")
    if not isinstance(text, str) or _may_stay(text, is_marked=is_marked):
        return block
    paragraphs = [_paragraph(block, line, is_marked=is_marked) for line in text.split("\n") if line.strip()]
    return _together(block, paragraphs)


def _may_stay(text: str, *, is_marked: bool) -> bool:
    return is_plain(_without_links(text) if is_marked else text)


def _without_links(text: str) -> str:
    """The text with numbers in place of links to them; a link to another number stays, and is markup."""
    return _PHONE_LINK.sub(lambda match: match[1] if match[1].replace(" ", "") == match[2] else match[0], text)


def _paragraph(block: Mapping[str, Any], text: str, *, is_marked: bool) -> dict[str, Any]:
    own = {key: value for key, value in block.items() if key not in {"id", "isVisible", "separator", "spacing"}}
    if _may_stay(text, is_marked=is_marked):
        return {**own, "text": text}
    words = _without_links(text) if is_marked else text
    return _rich(own, [{"text": words, **_kept(block, _OF_THE_RUN)}])


def _together(block: Mapping[str, Any], paragraphs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One element in a block's place, where and when the block would be shown."""
    shown = _kept(block, _OF_THE_BLOCK - {"horizontalAlignment"})
    if len(paragraphs) == 1:
        return {**paragraphs[0], **shown}
    return {"type": "Container", **shown, "items": list(paragraphs)}


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as they are if all of them are plain; else each as a line of text runs."""
    pairs = [(str(fact["title"]), str(fact["value"])) for fact in facts.get("facts", [])]
    if all(is_plain(text) for pair in pairs for text in pair):
        return facts
    lines = [_rich({}, [{"text": f"{title}: ", "weight": "Bolder"}, {"text": value}]) for title, value in pairs]
    return _together(facts, lines)


def _rich(block: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    inlines = [
        {"type": "TextRun", **run, "text": piece} for run in runs for piece in _without_functions(str(run["text"]))
    ]
    return {"type": "RichTextBlock", **_kept(block, _OF_THE_BLOCK), "inlines": inlines}


def _without_functions(text: str) -> Iterator[str]:
    """The text in pieces, none of which has the two braces with which a function of Adaptive Cards begins."""
    yield from (piece for piece in _FUNCTION.split(text) if piece)


def _kept(block: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: block[name] for name in names if name in block}
