"""What the page "Add a policy" shows: the drafts, one of them part by part beside its source, and the proposals."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import StaffroomError
from bot.import_policy.draft_folder import KeptDraft
from bot.import_policy.policy_commands import PolicyCommands
from bot.import_policy.proposing import ProposingState
from bot.import_policy.rules.clauses import Modality
from bot.import_policy.rules.edited_facts import DATES
from bot.import_policy.rules.names import clause_ids
from bot.import_policy.rules.spans import Span, has_words, words_of
from bot.import_policy.rules.working_draft import PlacedClause, WorkingDraft, sentence_starts
from bot.outside import number
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person

MIN_IN_PART, MAX_IN_PART = 10, 20  # clauses shown at once: a part ends at a heading if it can
MAX_CONTEXT_CHARS = 300  # of the source, on each side of a clause
DUTIES = (
    (Modality.MUST, "must: they have to"),
    (Modality.MUST_NOT, "must not: it is forbidden"),
    (Modality.SHOULD, "should: they are asked to"),
    (Modality.MAY, "may: it is allowed"),
    (Modality.INFORMATION, "information: no rule of its own"),
    (Modality.DEFINITION, "definition: says what a word means"),
)
UNNAMED = "Introduction"

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """The page's values. A draft is read from its file each time."""

    commands: PolicyCommands

    async def values(
        self, person: Person, query: Mapping[str, str], shows: Mapping[str, Any], typed: Mapping[str, str]
    ) -> Values:
        """Everything for what was asked: `draft` names one, `at` the place of a clause, `part` a part."""
        name = str(shows.get("draft") or query.get("draft", ""))
        drafts, spoilt = await asyncio.to_thread(self._drafts)
        kept = next((kept for kept in drafts if kept.name == name), None)
        today = self.commands.context.today
        return {
            "bring": _press("bring_policy", {}),
            "drafts": [_listed(kept) for kept in drafts],
            "spoilt": spoilt,
            "proposing": self._proposing(),
            "sees_answers": may(person, Permission.RULINGS, today),
            "draft": await asyncio.to_thread(self._draft, kept, query, typed) if kept else {},
        }

    def _drafts(self) -> tuple[list[KeptDraft], list[str]]:
        """The drafts that can be read, and for each other one a sentence."""
        drafts, spoilt = [], []
        for name in self.commands.drafts.names():
            try:
                drafts.append(self.commands.drafts.read(name))
            except StaffroomError as error:
                spoilt.append(str(error))
        return drafts, spoilt

    def _proposing(self) -> Values:
        run = self.commands.proposing
        seconds = int((self.commands.context.now() - run.begun).total_seconds()) if run.begun else 0
        return {
            "is_running": run.state is ProposingState.RUNNING,
            "is_ready": run.state is ProposingState.READY,
            "problem": run.says if run.state is ProposingState.FAILED else "",
            "says": run.says,
            "count": run.count,
            "seconds": max(seconds, 0),
            "again": _press("propose_rulings", {}),
        }

    def _draft(self, kept: KeptDraft, query: Mapping[str, str], typed: Mapping[str, str]) -> Values:
        held = {id.upper(): title for id, title in self.commands.held().items()}
        at = _place(query.get("at", ""))
        return _Drawing(kept, kept.draft, at, typed).values(query, held.get(kept.draft.id, ""))


@dataclass(frozen=True)
class _Drawing:
    """One draft as the template needs it. `at` is the place of what was pressed last; -1 for none."""

    kept: KeptDraft
    draft: WorkingDraft
    at: int
    typed: Mapping[str, str]

    def values(self, query: Mapping[str, str], held_title: str) -> Values:
        parts = _parts(self.draft.clauses)
        shown = self._shown_part(parts, query)
        lines = [line for line in self.draft.rest if has_words(self._words(line))]
        draft = self.draft
        return {
            "name": self.kept.name,
            "title": self.kept.title,
            "sum": self._sum(len(lines)),
            "facts": self._facts(),
            "held_title": held_title,
            "parts": [self._part_link(parts, n) for n in range(len(parts))],
            "part": shown + 1,
            "entries": list(self._entries(parts, shown, lines)),
            "lines": [self._listed_line(parts, line) for line in lines],
            "left_out": [self._listed_clause(clause) for clause in draft.clauses if clause.is_left_out],
            "duties": [(duty.value, says) for duty, says in DUTIES],
            "at": self.at if any(clause.key == self.at for clause in draft.clauses) else -1,
            "undo": self._press("undo_draft") if self.kept.before else "",
            "use": self._press("use_policy"),
            "throw_away": self._press("throw_away_draft", takes_fields=True),
        }

    def _sum(self, lines: int) -> list[tuple[str, str]]:
        draft = self.draft
        left_out = len(draft.clauses) - len(draft.kept)
        share = draft.covered * 100 // max(draft.characters, 1)
        says = f"{draft.covered:,} of {draft.characters:,} ({share}%), spaces not counted"
        return [
            ("Clauses", str(len(draft.kept))),
            ("Left out by you", str(left_out)),
            ("Lines that are no clause", str(lines)),
            ("Characters in clauses", says),
        ]

    def _facts(self) -> Values:
        facts, typed = self.draft.facts, self.typed if "title" in self.typed else {}
        found = {"title": self.draft.title, "id": self.draft.id, "version": str(facts.get("version", ""))}
        found |= {name: str(facts.get(name, "")) for name in DATES}
        return {
            **{name: typed.get(name, value) for name, value in found.items()},
            "dates": [(name, label, typed.get(name, found[name])) for name, label in DATES.items()],
            "save": self._press("save_policy_facts", takes_fields=True),
            "is_open": bool(typed) or not found["title"],
        }

    def _shown_part(self, parts: Sequence[range], query: Mapping[str, str]) -> int:
        """The part with the clause that was pressed, or with the line, else the one the address names."""
        if self.at >= 0:
            return self._part_of(parts, self.at)
        asked = number(query.get("part", ""), 1, len(parts))
        return int(asked or 1) - 1

    def _part_of(self, parts: Sequence[range], place: int) -> int:
        """The part that shows a place of the source: that of the first clause which begins there or after it."""
        clauses = self.draft.clauses
        following = next((n for n, clause in enumerate(clauses) if clause.spans[-1].end > place), len(clauses) - 1)
        return next((n for n, part in enumerate(parts) if following in part), 0)

    def _part_link(self, parts: Sequence[range], part: int) -> Values:
        clauses = [self.draft.clauses[n] for n in parts[part]]
        headings = list(dict.fromkeys(clause.heading or UNNAMED for clause in clauses))
        about = headings[0] if len(headings) == 1 else f"{headings[0]} to {headings[-1]}"
        return {"number": part + 1, "about": about, "count": len(clauses)}

    def _entries(self, parts: Sequence[range], shown: int, lines: Sequence[Span]) -> Iterator[Values]:
        """The clauses of a part in reading order, with the lines between them that are no clause."""
        ids = dict(zip((c.key for c in self.draft.kept), self._ids(), strict=True))
        waiting = [line for line in lines if self._part_of(parts, line.begin) == shown]
        for place in parts[shown] if parts else range(0):
            clause = self.draft.clauses[place]
            before = [line for line in waiting if line.begin < clause.spans[-1].end]
            if before:
                yield {"lines": [self._line(line) for line in before], "clause": {}}
            waiting = waiting[len(before) :]
            yield {"lines": [], "clause": self._clause(clause, ids.get(clause.key, ""), place)}
        if waiting:
            yield {"lines": [self._line(line) for line in waiting], "clause": {}}

    def _ids(self) -> list[str]:
        return clause_ids(self.draft.id, (clause.ref for clause in self.draft.kept))

    def _clause(self, clause: PlacedClause, id: str, place: int) -> Values:
        key, text = str(clause.key), self.draft.text(clause)
        typed = self.typed if self.typed.get("clause") == key else {}
        following = self.draft.clauses[place + 1 :][:1]
        may_join = bool(following) and not (clause.is_left_out or following[0].is_left_out)
        return {
            "key": clause.key,
            "id": id,
            "ref": clause.ref,
            "heading": clause.heading or UNNAMED,
            "text": text,
            "duty": clause.modality.value.replace("_", " "),
            "binds": ", ".join(clause.binds),
            "head": ", ".join(clause.head),
            "is_left_out": clause.is_left_out,
            "context": self._context(clause),
            "starts": list(dict.fromkeys(sentence_starts(text))),
            "filled": {
                "ref": typed.get("ref", clause.ref),
                "heading": typed.get("heading", clause.heading),
                "duty": typed.get("duty", clause.modality.value),
                "binds": typed.get("binds", ", ".join(clause.binds)),
                "words": typed.get("words", ""),
            },
            "is_open": bool({"ref", "words"} & set(typed)),
            "save": self._press("save_clause", key, takes_fields=True),
            "split": self._press("split_clause", key, takes_fields=True),
            "join": self._press("join_clause", key) if may_join else "",
            "leave_out": "" if clause.is_left_out else self._press("leave_out_clause", key),
            "take_in": self._press("take_in_clause", key) if clause.is_left_out else "",
        }

    def _context(self, clause: PlacedClause) -> list[tuple[str, bool]]:
        """The paragraphs of the source that a clause is in, in pieces: the words, and whether they are the clause's."""
        source = self.draft.source
        first, last = clause.spans[0].begin, clause.spans[-1].end
        begin = max(source.rfind("\n\n", 0, first) + 1, first - MAX_CONTEXT_CHARS)
        blank = source.find("\n\n", last)
        end = min(blank if blank >= 0 else len(source), last + MAX_CONTEXT_CHARS)
        pieces: list[tuple[str, bool]] = []
        begin = first - len(source[begin:first].lstrip("\n"))
        for span in clause.spans:
            pieces += [(source[begin : span.begin], False), (source[span.begin : span.end], True)]
            begin = span.end
        return [(words, is_its) for words, is_its in [*pieces, (source[begin:end], False)] if words]

    def _line(self, line: Span) -> Values:
        return {
            "key": line.begin,
            "text": self._words(line),
            "make": self._press("make_clause", str(line.begin)),
        }

    def _words(self, line: Span) -> str:
        return words_of(self.draft.source, [line])

    def _listed_line(self, parts: Sequence[range], line: Span) -> Values:
        return {"key": line.begin, "text": self._words(line), "part": self._part_of(parts, line.begin) + 1}

    def _listed_clause(self, clause: PlacedClause) -> Values:
        return {"key": clause.key, "ref": clause.ref, "text": self.draft.text(clause)}

    def _press(self, verb: str, key: str = "", *, takes_fields: bool = False) -> str:
        data = {"draft": self.kept.name, "seen": self.kept.seen}
        return _press(verb, {**data, "clause": key} if key else data, takes_fields=takes_fields)


def _parts(clauses: Sequence[PlacedClause]) -> list[range]:
    """The numbers of the clauses of each part: 10 to 20, up to the next heading where there is one."""
    parts, begin = [], 0
    for end in range(1, len(clauses)):
        is_new_heading = clauses[end].heading != clauses[end - 1].heading
        size = end - begin
        if size >= MAX_IN_PART or (size >= MIN_IN_PART and is_new_heading):
            parts.append(range(begin, end))
            begin = end
    return [*parts, range(begin, len(clauses))] if clauses else []


def _listed(kept: KeptDraft) -> Values:
    return {"name": kept.name, "title": kept.title, "count": len(kept.draft.kept)}


def _place(text: str) -> int:
    place = number(text, -1, 1e9)
    return -1 if place is None else int(place)


def _press(verb: str, data: Mapping[str, str], *, takes_fields: bool = False) -> str:
    """What a button of the page sends."""
    return json.dumps({"verb": verb, "data": data, "takes_fields": takes_fields})
