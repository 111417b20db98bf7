"""Cuts a document's blocks into clauses, and keeps account of what is no clause."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.import_policy.rules import facts, tables
from bot.import_policy.rules.binds import binds_of, people_named
from bot.import_policy.rules.blocks import Block, row_text
from bot.import_policy.rules.clauses import Draft, DraftClause, Modality
from bot.import_policy.rules.labels import LabelKind
from bot.import_policy.rules.modality import column_modality, modality_below, modality_of
from bot.import_policy.rules.references import References, distinct
from bot.import_policy.rules.roles import Part, Role, parts_of

AGREES = re.compile(
    r"^I\s+(?:have|will|shall|understand|agree|am|accept|confirm|know|know that|acknowledge|also|declare)\b"
)
AGREEMENT_HEADING = re.compile(
    r"\b(?:agreement|declaration|acknowledgement|acceptance|undertaking|sign\w*|form|statement)\b", re.I
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=I\s)")
MEANING_HEADS = re.compile(r"\b(?:terms?|words?)\b.*\b(?:meanings?|definitions?|means)\b", re.I)
TABLE_NAME = re.compile(r"^Table\s+\d{1,2}", re.I)


@dataclass(slots=True)
class _Cutting:
    """A document half cut."""

    refs: References = field(default_factory=References)
    clauses: list[DraftClause] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    fact_lines: list[str] = field(default_factory=list)  # "Review date: May 2026" on the last page
    audience: tuple[str, ...] = ("staff",)  # whom the document binds
    caption: str = ""
    unnamed_tables: int = 0
    footnotes: int = 0
    lead_ins: list[tuple[int, DraftClause, Modality]] = field(default_factory=list)  # depth, clause, what its items do


def cut(blocks: Sequence[Block]) -> Draft:
    """The draft of a document: its clauses in reading order, its facts, and whatever is no clause."""
    parts = parts_of([block for block in blocks if block.printed.strip()])
    front = facts.front_matter_end(parts)
    about = facts.facts_of(parts, front)
    document_binds = tuple(about["binds"]) if isinstance(about.get("binds"), list) else ()
    state = _Cutting(audience=document_binds or ("staff",))
    several = sum(part.role is Role.TABLE and not _is_no_rule(part.block) for part in parts[front:]) > 1
    for number, part in enumerate(parts):
        if number < front:
            state.left_out.append(part.block.printed)
            continue
        for clause in _clauses_of(part, state, several):
            state.clauses.append(clause)
    about.update({name: value for name, value in facts.stated_in(state.fact_lines).items() if name not in about})
    refs = distinct([(clause.ref, clause.heading) for clause in state.clauses])
    clauses = tuple(
        replace(clause, ref=ref, binds=clause.binds or state.audience)
        for clause, ref in zip(state.clauses, refs, strict=True)
    )
    source = "\n\n".join(_printed_clean(part.block) for part in parts)
    return Draft(str(about.get("title", "")), about, clauses, tuple(state.left_out), source + "\n")


def _printed_clean(block: Block) -> str:
    return "\n".join(" ".join(line.split()) for line in block.printed.splitlines())


def _is_no_rule(block: Block) -> bool:
    return tables.is_cover_table(block) or tables.is_version_table(block) or tables.is_signature_table(block)


def _clauses_of(part: Part, state: _Cutting, several_tables: bool) -> Iterator[DraftClause]:
    block = part.block
    match part.role:
        case Role.HEADING | Role.TITLE:
            state.left_out.append(block.printed)
            state.refs.enter(block, part.label)
            state.caption, state.lead_ins = "", []
        case Role.LEFT_OUT:
            state.left_out.append(block.printed)
        case Role.CAPTION:
            state.left_out.append(block.printed)
            name = TABLE_NAME.match(block.text)
            state.caption = name[0] if name else state.caption
        case Role.TABLE:
            yield from _table(block, state, several_tables)
        case Role.FOOTNOTE:
            state.footnotes += 1
            ref = block.label if block.label.startswith("Endnote") else f"Footnote {block.label or state.footnotes}"
            yield _clause(ref, " ".join(block.text.split()), state)
        case Role.SIGNATURE:
            yield DraftClause(state.refs.signature("signature line"), state.refs.heading, _one_line(block.text))
        case Role.TEXT if part.label is None and facts.is_fact_line(block.text):
            state.left_out.append(block.printed)
            state.fact_lines.append(block.text)
        case Role.TEXT:
            yield from _text(part, state)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text(part: Part, state: _Cutting) -> Iterator[DraftClause]:
    text, refs = _one_line(part.block.text), state.refs
    if part.label is None and AGREES.match(text) and AGREEMENT_HEADING.search(f"{refs.heading} {refs.appendix}"):
        sentences = SENTENCE_END.split(text)
        are_all_own = all(AGREES.match(sentence) for sentence in sentences)
        for sentence in sentences if are_all_own else [text]:
            yield _clause(refs.sentence(), sentence, state)
        return
    yield _clause(_reference(part, refs), text, state, depth=_depth(part))


def _reference(part: Part, refs: References) -> str:
    if part.label is None:
        return refs.paragraph()
    if part.label.kind is LabelKind.BULLET:
        return refs.bullet(part.block.indent)
    return refs.labelled(part.label)


def _depth(part: Part) -> int:
    """How deep an item is: what follows a lead-in at a greater depth belongs to it."""
    if part.label is None:
        return 1
    order = {LabelKind.DOTTED: 1, LabelKind.NUMBER: 2, LabelKind.CAPITAL: 3, LabelKind.LETTER: 4, LabelKind.ROMAN: 5}
    return order.get(part.label.kind, 6)


def _clause(ref: str, text: str, state: _Cutting, depth: int = 1) -> DraftClause:
    while state.lead_ins and state.lead_ins[-1][0] >= depth:
        state.lead_ins.pop()
    lead_in, given = (state.lead_ins[-1][1], state.lead_ins[-1][2]) if state.lead_ins else (None, None)
    modality = modality_of(text, state.refs.heading, given)
    binds = binds_of(text, lead_in.binds if lead_in else (), state.refs.heading, state.audience)
    clause = DraftClause(ref, state.refs.heading, text, modality, binds)
    if text.endswith((":", "–", "-")):
        state.lead_ins.append((depth, clause, modality_below(text, modality)))
    return clause


def _table(block: Block, state: _Cutting, several: bool) -> Iterator[DraftClause]:
    if tables.is_signature_table(block):
        text = row_text(tuple(cell for row in block.rows for cell in row))
        yield DraftClause(state.refs.signature("signature block"), state.refs.heading, text)
        return
    if _is_no_rule(block):
        state.left_out.append(block.printed)
        return
    heads = tables.heads_of(block)
    if heads:
        state.left_out.append(row_text(heads))
    name = _table_name(state, several)
    state.left_out += tables.labels_left_out(block)
    for row in tables.table_clauses(block, name):
        clause = _clause(row.ref, row.text, state)
        by_column = column_modality(row.column) if row.column else None
        if MEANING_HEADS.search(" ".join(row.head)):
            by_column = Modality.DEFINITION
        binds = people_named(row.column) or clause.binds
        yield replace(clause, modality=by_column or clause.modality, binds=binds, head=row.head)


def _table_name(state: _Cutting, several: bool) -> str:
    if state.caption:
        name, state.caption = state.caption, ""
        return name
    state.unnamed_tables += 1
    return f"Table {state.unnamed_tables}" if several else "Table"
