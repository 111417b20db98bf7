"""Passages: pieces of the policy that somebody asked to read. They are shown word for word, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.ask.rules.citations import cited, document_named
from bot.ask.rules.clause_search import ClauseIndex, content_words
from bot.ask.rules.policy import Absent, Policy
from bot.ask.rules.quotes import Quote, quoted
from bot.ask.rules.sections import Section, sections
from bot.school.rules.documents import Clause

MAX_PAGE_CLAUSES, MAX_PAGE_CHARS = 5, 1_800  # what can be read on a phone without losing the thread
MAX_ASKED_CHARS = 200
KINDS_OF_PAPER = frozenset(("policy", "policies", "procedure", "aup", "agreement", "document"))
ASK_FIRST = "Ask me your question first. Then I can show you the clauses behind the answer."
NOTHING_DECIDED = "The school has not decided yet what its policies say about that. These are their sections."
NO_CLAUSES = "That answer rests on no clause: the policies do not say."


class PassageKind(StrEnum):
    """What somebody asked to read."""

    CONTENTS = "contents"  # the documents and their sections; `asked` is the id of one document, or ""
    SECTION = "section"  # what is cited: `asked` is "section 5", "4.1 (iv)" or an id
    TOPIC = "topic"  # a search by words
    QUOTED = "quoted"  # a search for these very words
    WORDING = "wording"  # the clauses behind an answer; `asked` is its situation, or ""


@dataclass(frozen=True, slots=True)
class PassageRequest:
    """A request to read. `beside` is what a message says besides: it is still looked at for a worry."""

    kind: PassageKind
    asked: str = ""
    page: int = 1
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """A document and its sections, to choose from."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class PassagePage:
    """What there is to read: one page of clauses, or the contents if nothing can be quoted.

    `headings` belong to the clauses, one each, as printed. `note` says what was not found.
    """

    request: PassageRequest
    title: str
    clauses: tuple[Quote, ...] = ()
    headings: tuple[str, ...] = ()
    page: int = 1
    pages: int = 1
    note: str = ""
    contents: tuple[Contents, ...] = ()


@dataclass(frozen=True, slots=True)
class _Selection:
    """The clauses that a request means, before they are cut into pages."""

    title: str
    clauses: Sequence[Clause] = ()
    note: str = ""


def passage(request: PassageRequest, policy: Policy, index: ClauseIndex, today: date) -> PassagePage:
    """What somebody asked to read. A page that does not exist is the nearest one that does."""
    if request.kind is PassageKind.CONTENTS:
        return _contents(request, policy)
    selection = _SELECT[request.kind](request.asked, policy, index)
    if not selection.clauses:
        return replace(_contents(request, policy), note=selection.note)
    pages = pages_of(selection.clauses)
    number = min(max(request.page, 1), len(pages))
    clauses = pages[number - 1]
    return PassagePage(
        request=replace(request, page=number),
        title=selection.title,
        clauses=tuple(quoted(clause, policy.documents[clause.document], today) for clause in clauses),
        headings=tuple(clause.heading for clause in clauses),
        page=number,
        pages=len(pages),
        note=selection.note,
    )


def pages_of(clauses: Sequence[Clause]) -> list[tuple[Clause, ...]]:
    """Clauses cut into pages, in order; a clause longer than a page has one to itself."""
    pages: list[tuple[Clause, ...]] = []
    for clause in clauses:
        page = pages[-1] if pages else ()
        has_room = page and len(page) < MAX_PAGE_CLAUSES and _chars((*page, clause)) <= MAX_PAGE_CHARS
        if has_room:
            pages[-1] = (*page, clause)
        else:
            pages.append((clause,))
    return pages


def _chars(clauses: Sequence[Clause]) -> int:
    return sum(len(clause.text) for clause in clauses)


def _contents(request: PassageRequest, policy: Policy) -> PassagePage:
    documents = policy.documents
    chosen = [documents[request.asked]] if request.asked in documents else list(documents.values())
    contents = tuple(Contents(document.short, sections(document)) for document in chosen)
    note = ASK_FIRST if request.kind is PassageKind.WORDING else ""
    return PassagePage(request, "The policies", note=note, contents=contents)


def _section(asked: str, policy: Policy, index: ClauseIndex) -> _Selection:
    citation = cited(asked, policy)
    if citation:
        documents = {policy.documents[clause.document].short: None for clause in citation.clauses}
        return _Selection(f"{', '.join(documents)}: {citation.name}", citation.clauses)
    mentions = index.quoted(asked)
    where = "This is where they mention it." if mentions else "These are their sections."
    return _Selection(f"“{asked}”", mentions, f"The policies have no “{asked}”. {where}")


def _topic(asked: str, policy: Policy, index: ClauseIndex) -> _Selection:
    absent = absent_named(asked, policy)
    if absent:
        note = f"I do not hold the {absent.name}. This is where the policies mention it."
        return _Selection(absent.name, [policy.clause(ref) for ref in absent.clauses], note)
    result = index.search(asked)
    if not result.clauses:
        return _Selection("", note=f"No clause has “{asked}”, or a word like it. These are the sections.")
    note = f"No clause has “{asked}” word for word. These come nearest." if result.is_near else ""
    return _Selection(f"“{asked}”", result.clauses, note)


def _quoted(asked: str, policy: Policy, index: ClauseIndex) -> _Selection:
    clauses = index.quoted(asked)
    if clauses:
        return _Selection(f"“{asked}”, word for word", clauses)
    nearest = _topic(asked, policy, index)
    return replace(nearest, note=nearest.note or f"No clause has “{asked}” word for word. These come nearest.")


def _wording(asked: str, policy: Policy, index: ClauseIndex) -> _Selection:
    if asked not in policy.situations:
        return _Selection("", note=ASK_FIRST)
    if not policy.is_decided(asked):
        return _Selection("", note=NOTHING_DECIDED)
    clauses = [policy.clause(ref) for ref in policy.rulings[asked].clauses]
    return _Selection(f"Behind the answer on {policy.situations[asked].asks}", clauses, "" if clauses else NO_CLAUSES)


_SELECT: dict[PassageKind, Callable[[str, Policy, ClauseIndex], _Selection]] = {
    PassageKind.SECTION: _section,
    PassageKind.TOPIC: _topic,
    PassageKind.QUOTED: _quoted,
    PassageKind.WORDING: _wording,
}


def absent_named(text: str, policy: Policy) -> Absent | None:
    """The policy that a text names if ours mentions it and it is not held; None for what is held."""
    asked = set(content_words(text))
    name = asked - KINDS_OF_PAPER
    if not name or name == asked or document_named(text, policy.documents.values()):
        return None
    return next((absent for absent in policy.absent if name <= set(content_words(absent.name))), None)
