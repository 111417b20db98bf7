"""Finds what people cite: "section 5", "4.1 (iv)", "AUP-safety.7", "point 7 of professional and personal safety"."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.ask.rules.policy import Policy
from bot.ask.rules.sections import Section, sections
from bot.ask.rules.words import words
from bot.school.rules.documents import Clause, Document

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
NUMBER = r"\d{1,2}(?:\s?\.\s?\d{1,2})*(?:\s*[.,]?\s*\(?(?:[ivx]{1,5}\b|\d{1,2}\b)\)?)?"
POINT = r"(?:point|paragraph|para|bullet(?: point)?|item|number)"
_PARTS = re.compile(r"\d+|\b[ivx]+\b")
_POINT_OF = re.compile(rf"(?:the )?{POINT} (?P<point>\d{{1,2}}) (?:of|in|under|from) (?P<name>.+)")
_NAME_POINT = re.compile(rf"(?P<name>.+?),? {POINT} (?P<point>\d{{1,2}})")
_FOOTNOTE = re.compile(r"(?:the )?(?:footnote|note)(?: (?:of|in|to|under) (?P<name>.+))?")
_SPELLED_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SPELLED = re.compile(
    rf"\b(?P<what>section|clause|part|{POINT}|chapter|rule) (?P<number>{'|'.join(_SPELLED_NUMBERS)})\b"
)
_NUMBERED = re.compile(rf"(?:the )?(?:(?:section|clause|part|{POINT}|chapter|rule) )?(?:no\.? )?(?P<number>{NUMBER})")
_NO_NAME = frozenset(
    (
        "a",
        "the",
        "of",
        "on",
        "in",
        "about",
        "and",
        "for",
        "section",
        "sections",
        "part",
        "bit",
        "policy",
        "called",
        "my",
    )
)
_DOCUMENT_WORDS = frozenset(("policy", "policies", "the", "a", "document", "agreement"))


@dataclass(frozen=True, slots=True)
class Cited:
    """What was cited: its name, for the head of a card, and its clauses in the paper's order."""

    name: str
    clauses: tuple[Clause, ...]


def all_sections(policy: Policy) -> tuple[Section, ...]:
    """The sections of every document, in order."""
    return tuple(section for document in policy.documents.values() for section in sections(document))


def document_named(text: str, documents: Iterable[Document]) -> Document | None:
    """The document that a text names, by its id or by its short name; None if it names none, or more than one.

    >>> from datetime import date
    >>> paper = Document("AUP", "", "Acceptable Use Policy", "", date.max, ())
    >>> [document_named(text, [paper]) is paper for text in ("the aup", "our acceptable use policy", "the policy")]
    [True, True, False]
    """
    text_words = set(words(text))
    named = [document for document in documents if _is_named(document, text_words)]
    return named[0] if len(named) == 1 else None


def _is_named(document: Document, text_words: set[str]) -> bool:
    name = set(words(document.short)) - _DOCUMENT_WORDS
    return document.id.lower() in text_words or (bool(name) and name <= text_words)


def _in_figures(text: str) -> str:
    """A citation with its number in figures.

    >>> _in_figures("section two"), _in_figures("one more section")
    ('section 2', 'one more section')
    """
    return _SPELLED.sub(lambda match: f"{match['what']} {_SPELLED_NUMBERS.index(match['number']) + 1}", text)


def cited(citation: str, policy: Policy) -> Cited | None:
    """What a citation names, in any document unless it names one; None if nothing has that number or name."""
    document = document_named(citation, policy.documents.values())
    text = _in_figures(_without_document(citation.lower().strip(" .,?!:;"), document))
    by_id = _by_id(text.removeprefix("clause ").removeprefix("section "), policy)
    if by_id:
        return by_id
    chosen = [document] if document else list(policy.documents.values())
    parts = [section for paper in chosen for section in sections(paper)]
    return _by_point(text, parts) or _by_number(text, parts) or _by_name(text, parts)


def _without_document(text: str, document: Document | None) -> str:
    """A citation without the words that only name its document: "section 5 of the aup" is "section 5"."""
    if document is None:
        return re.sub(r" (?:of|in|from) (?:the |our )?(?:school )?policy$", "", text)
    names = "|".join(re.escape(name.lower()) for name in (document.short, document.title, document.id))
    short = re.sub(r" policy$", "", document.short.lower())
    pattern = (
        rf",? ?(?:(?:of|in|from|under) )?(?:the |our )?\b(?:{names}|{re.escape(short)})\b(?: policy| agreement)?(?!-)"
    )
    return re.sub(pattern, "", text, count=1).strip(" ,") if f"{document.id.lower()}-" not in text else text


def _by_id(id: str, policy: Policy) -> Cited | None:
    """A clause, a section, or the clauses of a paragraph that is divided ("AUP-safety.7" is .7.a and .7.b)."""
    for section in all_sections(policy):
        if section.id.lower() == id:
            return _whole(section)
    clauses = tuple(c for c in policy.clauses.values() if c.id.lower() == id or c.id.lower().startswith(f"{id}."))
    return Cited(_common_name(clauses), clauses) if clauses else None


def _common_name(clauses: Sequence[Clause]) -> str:
    return clauses[0].ref[:1].upper() + clauses[0].ref[1:]


def _whole(section: Section) -> Cited:
    return Cited(section.name, section.clauses)


def _by_point(text: str, parts: Sequence[Section]) -> Cited | None:
    """A point of a section that is cited by name or number, or a footnote."""
    match = _POINT_OF.fullmatch(text) or _NAME_POINT.fullmatch(text)
    if match:
        section = _by_number(match["name"], parts) or _by_name(match["name"], parts)
        return _point(section.clauses, int(match["point"]), is_paragraph="para" in text) if section else None
    footnote = _FOOTNOTE.fullmatch(text)
    if not footnote:
        return None
    if not footnote["name"]:
        return _ending([clause for part in parts for clause in part.clauses], "footnote")
    noted = _by_number(footnote["name"], parts)
    return _ending(noted.clauses, "footnote") if noted else None


def _point(clauses: Iterable[Clause], number: int, *, is_paragraph: bool) -> Cited | None:
    """The point of that number, whether the paper calls it a point, a paragraph, or "(iv)"."""
    listed = tuple(clauses)
    roman = ROMAN[number - 1] if 1 <= number <= len(ROMAN) else "none"
    kinds = ("paragraph", "point") if is_paragraph else ("point", "paragraph")
    endings = [*(f"{kind} {number}" for kind in kinds), rf"\({roman}\)"]
    return next((point for ending in endings if (point := _ending(listed, ending))), None)


def _ending(clauses: Iterable[Clause], pattern: str) -> Cited | None:
    """Of these clauses those whose ref ends so."""
    chosen = tuple(clause for clause in clauses if re.search(rf"\b{pattern}$|(?<=\d){pattern}$", clause.ref))
    return Cited(_common_name(chosen), chosen) if chosen else None


def _by_number(text: str, parts: Sequence[Section]) -> Cited | None:
    match = _NUMBERED.fullmatch(text)
    if not match:
        return None
    asked = _PARTS.findall(match["number"])
    for numbers in (asked, _with_roman(asked)):
        matching = [part for part in parts if [part.number] == numbers]
        if matching:
            return Cited(matching[0].name, tuple(clause for part in matching for clause in part.clauses))
        chosen = tuple(_numbered(parts, numbers))
        if chosen:
            return Cited(_common_name(chosen), chosen)
    return None


def _with_roman(numbers: Sequence[str]) -> list[str]:
    """A citation whose last number people wrote in figures though the paper has "(iv)"."""
    *first, last = numbers
    return [*first, ROMAN[int(last) - 1]] if last.isdigit() and 1 <= int(last) <= len(ROMAN) else list(numbers)


def _numbered(parts: Sequence[Section], numbers: Sequence[str]) -> Iterator[Clause]:
    clauses = (clause for part in parts if part.number for clause in part.clauses)
    for clause in clauses:
        own = _PARTS.findall(clause.ref.partition(",")[0])
        if own[: len(numbers)] == list(numbers):
            yield clause


def _by_name(text: str, parts: Sequence[Section]) -> Cited | None:
    """The section whose name has all the words; of several the one with the shortest name."""
    asked = set(words(text)) - _NO_NAME
    named = [part for part in parts if asked and asked <= _name_words(part)]
    return _whole(min(named, key=lambda part: len(part.name))) if named else None


def _name_words(section: Section) -> set[str]:
    return set(words(section.name)) | {section.id.partition("-")[2].lower()}
