"""What a school's clauses may rule on: proposals that a person confirms, never rulings by themselves.

Stricter is safer: what forbids beats what allows, and a permission is proposed only if nothing near it forbids.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.ask.rules.clause_sentences import MAX_SENTENCE_CHARS, ClauseSentence, sentence_of
from bot.ask.rules.verdicts import Verdict

MIN_SCORE = 0.45  # of the best clause; below it nothing is proposed. docs/decisions/16-own-policy.md has the figures
MAX_SILENT_SCORE = 0.3  # of the best clause; below it "the policy does not say" is proposed
MIN_SHARE_TO_CITE = 0.45  # of the best clause's score
MIN_SHARE_TO_FORBID = 0.5  # a clause that forbids, beside a better one that allows
MIN_SHARE_OF_DOUBT = 0.15  # so near a clause that forbids, nothing is allowed
MAX_CLAUSES = 4
DECISIONS_PER_CLAUSE = 60 / 70  # a person should not have to decide more often
FORBIDS, ALLOWS = frozenset({"must_not", "should_not"}), frozenset({"may"})
YOU_SHOULD = "You should"
_MODALS = {
    "must": ("must", "shall", "will", "need"),
    "must_not": ("must not", "should not", "may not", "never", "cannot", "not"),
    "should_not": ("should not", "not"),
    "should": ("should", "encouraged", "expected"),
    "may": ("may", "can", "allowed", "permitted"),
}
_VERDICTS = {
    "must": Verdict.MUST,
    "must_not": Verdict.NO,
    "should_not": Verdict.NO,
    "should": Verdict.MUST,
    "may": Verdict.YES,
}


@dataclass(frozen=True, slots=True)
class ImportedClause:
    """A clause of an imported document, with what its words do and whom they bind, as the import guessed.

    `lead_in` is the clause that begins the list it is an item of, `lead_in_id` its id; a table's cell may have the
    head of its column instead.
    """

    id: str
    document: str
    ref: str
    heading: str
    text: str
    modality: str
    binds: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    lead_in: str = ""
    lead_in_id: str = ""

    @property
    def whole_text(self) -> str:
        """The clause as it reads in its list: behind its lead-in."""
        text = " ".join(self.text.split())
        return f"{' '.join(self.lead_in.split())} {text}" if self.lead_in else text

    @property
    def binds_staff(self) -> bool:
        """Whether it may bind staff: it names nobody, or staff among others."""
        others = {"pupils", "parents", "carers", "visitors", "contractors", "school"}
        return not self.binds or not set(self.binds) <= others


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause that may rule on a situation, and how likely it is to be right to quote it: from 0 to 1."""

    clause: ImportedClause
    score: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed ruling on a situation; `clauses` are ids, the governing one first."""

    situation: str
    verdict: Verdict
    says: str
    clauses: tuple[str, ...]
    score: float
    headline: str = ""
    conditions: tuple[str, ...] = ()


def in_lists(clauses: Sequence[ImportedClause]) -> list[ImportedClause]:
    """The same clauses, each item of a list with its lead-in."""
    return [_with_lead_in(clause, clauses[:number]) for number, clause in enumerate(clauses)]


def _with_lead_in(clause: ImportedClause, before: Sequence[ImportedClause]) -> ImportedClause:
    if len(clause.head) == 1:  # a column "Staff should not"
        return replace(clause, lead_in=clause.head[0])
    is_fragment = clause.text.lstrip()[:1].islower()
    for earlier in reversed(before):
        if earlier.document != clause.document:
            break
        is_above = clause.ref != earlier.ref and clause.ref.startswith(earlier.ref)
        if _begins_a_list(earlier) and (is_above or (is_fragment and earlier.heading == clause.heading)):
            return replace(clause, lead_in=earlier.text, lead_in_id=earlier.id)
        if not earlier.text.lstrip()[:1].islower() and not _is_sibling(clause, earlier):
            break
    return clause


def _begins_a_list(clause: ImportedClause) -> bool:
    return clause.text.rstrip().endswith((":", "–", ":-"))


def _is_sibling(clause: ImportedClause, earlier: ImportedClause) -> bool:
    """Whether two references differ in their last part only: "3.4(a)" and "3.4(b)"."""
    return bool(clause.ref) and clause.ref[:-3] == earlier.ref[:-3]


def is_out_of_reach(candidates: Iterable[Candidate]) -> bool:
    """Whether no clause comes near a situation, so that a person may be asked to say that the policy does not say."""
    return max((candidate.score for candidate in candidates), default=0.0) < MAX_SILENT_SCORE


def propose(situation: str, candidates: Iterable[Candidate]) -> Proposal | None:
    """The ruling to propose on a situation; None if no clause is likely enough, which says nothing of the policy."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    if not ranked or ranked[0].score < MIN_SCORE:
        return None
    best = ranked[0]
    near = [c for c in ranked if c.score >= best.score * MIN_SHARE_TO_CITE][:MAX_CLAUSES]
    forbidding = [c for c in ranked if c.clause.modality in FORBIDS and c.clause.binds_staff]
    strict = next((c for c in forbidding if c.score >= best.score * MIN_SHARE_TO_FORBID), None)
    is_doubtful = any(c.score >= best.score * MIN_SHARE_OF_DOUBT for c in forbidding)
    leading = strict if strict and best.clause.modality in ALLOWS else best
    proposal = _ruled(situation, leading, may_allow=not is_doubtful)
    return replace(
        proposal,
        clauses=_cited([leading, *near]),
        conditions=(*proposal.conditions, *_exceptions(leading, near)),
    )


def _ruled(situation: str, candidate: Candidate, *, may_allow: bool) -> Proposal:
    """A proposal out of one clause: what it does, in its words."""
    clause = candidate.clause
    sentence = sentence_of(clause.text, clause.lead_in, _modal(clause))
    verdict = _verdict(clause, sentence, may_allow=may_allow)
    headline = YOU_SHOULD if verdict is Verdict.MUST and clause.modality == "should" else ""
    return Proposal(situation, verdict, sentence.text, (clause.id,), candidate.score, headline, sentence.conditions)


def _modal(clause: ImportedClause) -> str:
    text = f" {clause.text.lower()} "
    return next((modal for modal in _MODALS.get(clause.modality, ()) if f" {modal} " in text), "")


def _verdict(clause: ImportedClause, sentence: ClauseSentence, *, may_allow: bool) -> Verdict:
    """The verdict of a clause's modality. What does not bind staff, and a permission in doubt, is information."""
    verdict = _VERDICTS.get(clause.modality, Verdict.INFO)
    if not clause.binds_staff:
        return Verdict.INFO
    if verdict is Verdict.NO:
        return Verdict.NO if sentence.forbids_in_words else Verdict.INFO
    if verdict is not Verdict.YES:
        return verdict
    if not may_allow or len(sentence.text) > MAX_SENTENCE_CHARS or sentence.forbids_in_words:
        return Verdict.INFO
    return Verdict.YES_IF if sentence.conditions else Verdict.YES


def _cited(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The clauses to quote, each item of a list followed by its lead-in."""
    ids = [id for c in candidates for id in (c.clause.id, c.clause.lead_in_id) if id]
    return tuple(dict.fromkeys(ids))[: MAX_CLAUSES + 1]


def _exceptions(leading: Candidate, near: Sequence[Candidate]) -> tuple[str, ...]:
    """What a clause allows beside a stricter one, as it is written."""
    if leading.clause.modality not in FORBIDS:
        return ()
    allowing = [c.clause for c in near if c.clause.modality in ALLOWS and c.clause.binds_staff]
    return tuple(clause.whole_text for clause in allowing[:1])


def in_decisions(proposals: Iterable[Proposal], clause_count: int) -> list[list[Proposal]]:
    """The proposals grouped by what a person decides at once: the same governing clause and the same verdict.

    All of a group quote the same clauses. The least likely groups are left out if there are too many to decide.
    """
    groups: dict[tuple[str, Verdict], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        groups[proposal.clauses[0], proposal.verdict].append(proposal)
    decisions = [_alike(group) for group in groups.values()]
    decisions.sort(key=lambda group: -max(proposal.score for proposal in group))
    return decisions[: max(1, round(clause_count * DECISIONS_PER_CLAUSE))]


def _alike(group: Sequence[Proposal]) -> list[Proposal]:
    """A group whose rulings are the same but for their situation: those of its likeliest."""
    pattern = max(group, key=lambda proposal: proposal.score)
    support: dict[str, float] = defaultdict(float)
    for proposal in group:
        for place, id in enumerate(proposal.clauses):
            support[id] += proposal.score / (1 + place)
    others = sorted((id for id in support if id != pattern.clauses[0]), key=lambda id: -support[id])
    clauses = (pattern.clauses[0], *others[:MAX_CLAUSES])
    return [replace(pattern, situation=p.situation, score=p.score, clauses=clauses) for p in group]


def most_asked_first(decisions: Iterable[Sequence[Proposal]], voices: Mapping[str, int]) -> list[list[Proposal]]:
    """The same decisions, first those about what most writers of the bank ask; within each likewise."""
    listed = [sorted(group, key=lambda proposal: -voices.get(proposal.situation, 0)) for group in decisions]
    return sorted(listed, key=lambda group: -voices.get(group[0].situation, 0))
