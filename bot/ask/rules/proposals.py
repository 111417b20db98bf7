"""What a school's clauses may rule on: proposals that a person confirms, never rulings by themselves.

Stricter is safer: what forbids beats what allows, and a permission is proposed only if nothing near it forbids.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.ask.rules.clause_sentences import MAX_SENTENCE_CHARS, ClauseSentence, sentence_of
from bot.ask.rules.imported_clauses import ALLOWS, FORBIDS, ImportedClause
from bot.ask.rules.proposal_doubts import (
    MIN_SURE_SCORE,
    QuestionKind,
    fits,
    has_rival,
    is_on_topic,
    kind_of,
    opposites,
    words_shared,
)
from bot.ask.rules.rulings import Situation
from bot.ask.rules.verdicts import Verdict

MIN_SCORE = 0.45  # of the best clause; below it nothing is proposed. docs/decisions/16-own-policy.md has the figures
MAX_SILENT_SCORE = 0.3  # of the best clause; below it "the policy does not say" is proposed
MIN_SHARE_TO_CITE = 0.45  # of the best clause's score
MIN_SHARE_TO_FORBID = 0.5  # a clause that forbids, beside a better one that allows
MIN_SHARE_OF_DOUBT = 0.15  # so near a clause that forbids, nothing is allowed
MAX_CLAUSES = 4
DECISIONS_PER_CLAUSE = 60 / 70  # a person should not have to decide more often
RULES = FORBIDS | ALLOWS | {"must", "should"}
YOU_SHOULD = "You should"
ONLY_SOME = "Only those named"
_NEGATION = re.compile(r"\b(?:not|never|no|nobody|nothing|only|cannot)\b", re.IGNORECASE)
_PERMITS = re.compile(r"\b(?:(?:may|can)(?! not\b)|fine|allowed|permitted|welcome|exception)\b", re.IGNORECASE)
_YOU_MUST_NOT = re.compile(r"^You (?:must|should|will) (?:not|never)\b")
_TERM = re.compile(r"^[“\"‘']?(?P<term>[^:“”\"‘’]{2,50}?)[”\"’']?\s*(?::|\s(?:means|is|are|includes|refers)\b)")
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
class Candidate:
    """A clause that may rule on a situation, and how likely it is to be right to quote it: from 0 to 1."""

    clause: ImportedClause
    score: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed ruling on a situation; `clauses` are ids, the governing one first.

    A person reads a doubtful one by itself, beside its clause, and never confirms it together with others.
    """

    situation: str
    verdict: Verdict
    says: str
    clauses: tuple[str, ...]
    score: float
    headline: str = ""
    conditions: tuple[str, ...] = ()
    is_doubtful: bool = False


def is_out_of_reach(candidates: Iterable[Candidate]) -> bool:
    """Whether no clause comes near a situation, so that a person may be asked to say that the policy does not say."""
    return max((candidate.score for candidate in candidates), default=0.0) < MAX_SILENT_SCORE


def propose(situation: Situation, candidates: Iterable[Candidate]) -> Proposal | None:
    """The ruling to propose on a situation; None if no clause is likely enough, which says nothing of the policy."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    if not ranked or ranked[0].score < MIN_SCORE:
        return None
    return _proposal(situation, ranked)


def propose_from_section(situation: Situation, candidates: Iterable[Candidate]) -> Proposal | None:
    """What to propose out of the section that is named like a situation: information, to be read by itself."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    if not ranked:
        return None
    proposal = _proposal(situation, ranked)
    clauses = _cited(sorted(ranked, key=lambda c: c.clause.id != proposal.clauses[0]))
    proposal = replace(proposal, clauses=clauses, is_doubtful=True)
    return replace(proposal, verdict=Verdict.INFO, headline="") if proposal.verdict.is_permission else proposal


def _proposal(situation: Situation, ranked: Sequence[Candidate]) -> Proposal:
    """The ruling that the first of the candidates makes, or a stricter one beside it."""
    on_topic = _instead_of_a_definition(situation, ranked)
    best = on_topic[0] if on_topic else ranked[0]
    likely = [c for c in ranked if c.score >= best.score * MIN_SHARE_TO_CITE]
    near = [*on_topic[: MAX_CLAUSES - 1], *likely][:MAX_CLAUSES]
    forbidding = [c for c in ranked if c.clause.forbids]
    strict = next((c for c in forbidding if c.score >= best.score * MIN_SHARE_TO_FORBID), None)
    is_in_doubt = any(c.score >= best.score * MIN_SHARE_OF_DOUBT for c in forbidding)
    leading = strict if strict and best.clause.modality in ALLOWS else best
    proposal = _ruled(situation.id, leading, may_allow=not is_in_doubt)
    exceptions = _exceptions(leading, near)
    return replace(
        proposal,
        clauses=_cited([leading, *near]),
        conditions=(*proposal.conditions, *exceptions),
        is_doubtful=bool(exceptions) or _is_doubtful(situation, leading, proposal, ranked),
    )


def _instead_of_a_definition(situation: Situation, ranked: Sequence[Candidate]) -> list[Candidate]:
    """If the likeliest candidate only defines a word: the rules on what it defines, the nearest to the question first.

    Empty if it is no definition, if the question is what a word means, or if there is no such rule.
    """
    best = ranked[0]
    term = _TERM.match(best.clause.text)
    if best.clause.modality != "definition" or kind_of(situation) is QuestionKind.FACT:
        return []
    named = term["term"].lower().rstrip("s") if term else ""
    rules = [c for c in ranked if c.clause.modality in RULES and c.clause.binds_staff]
    on_topic = [c for c in rules if named and named in f"{c.clause.heading} {c.clause.whole_text}".lower()]
    on_topic.sort(key=lambda c: (-_named_words(situation, c.clause), c.clause.binds_others, -c.score))
    return on_topic or [c for c in rules if c.score >= best.score * MIN_SHARE_TO_CITE]


def _named_words(situation: Situation, clause: ImportedClause) -> int:
    return words_shared(situation.label, f"{clause.heading} {clause.whole_text}")


def _is_doubtful(situation: Situation, leading: Candidate, proposal: Proposal, ranked: Sequence[Candidate]) -> bool:
    """Whether another clause may be meant as well, or the verdict does not answer the question."""
    verdict = proposal.verdict
    is_weakened = verdict is Verdict.INFO and leading.clause.modality in RULES
    is_outdone = leading is not ranked[0] and leading.score < ranked[0].score
    rivals = [(c.score, c.clause.modality) for c in ranked if c.clause is not leading.clause]
    return (
        is_weakened
        or is_outdone
        or leading.score < MIN_SURE_SCORE
        or not fits(situation, verdict)
        or not is_on_topic(situation, leading.clause.whole_text, leading.clause.heading)
        or (verdict is Verdict.MUST and _NEGATION.search(proposal.says) is not None)
        or (verdict is Verdict.NO and _PERMITS.search(proposal.says) is not None)
        or has_rival(leading.score, leading.clause.modality, rivals)
    )


def _ruled(situation: str, candidate: Candidate, *, may_allow: bool) -> Proposal:
    """A proposal out of one clause: what it does, in its words."""
    clause = candidate.clause
    sentence = sentence_of(clause.text, clause.lead_in, _modal(clause))
    verdict = _verdict(clause, sentence, may_allow=may_allow)
    headline = YOU_SHOULD if verdict is Verdict.MUST and clause.modality == "should" else ""
    if verdict is Verdict.NO and clause.allows_only_some:
        headline = ONLY_SOME
    return Proposal(situation, verdict, sentence.text, (clause.id,), candidate.score, headline, sentence.conditions)


def _modal(clause: ImportedClause) -> str:
    text = f" {clause.text.lower()} "
    return next((modal for modal in _MODALS.get(clause.modality, ()) if f" {modal} " in text), "")


def _verdict(clause: ImportedClause, sentence: ClauseSentence, *, may_allow: bool) -> Verdict:
    """The verdict of a clause's modality. What does not bind staff, and a permission in doubt, is information."""
    if not clause.binds_staff:
        return Verdict.INFO
    if clause.allows_only_some:
        return Verdict.NO
    match _VERDICTS.get(clause.modality, Verdict.INFO):
        case Verdict.NO:
            return Verdict.NO if sentence.forbids_first else Verdict.INFO
        case Verdict.MUST:
            return _duty(sentence)
        case Verdict.YES if may_allow and clause.allows_staff:
            return _permission(sentence)
    return Verdict.INFO


def _duty(sentence: ClauseSentence) -> Verdict:
    """ "You must" before a sentence that is one: not before "I understand that", and never before "You must not"."""
    if _YOU_MUST_NOT.match(sentence.text):
        return Verdict.NO
    return Verdict.INFO if sentence.is_in_first_person else Verdict.MUST


def _permission(sentence: ClauseSentence) -> Verdict:
    """A permission whose limits are not known as conditions is said as it is written, and allows nothing."""
    if len(sentence.text) > MAX_SENTENCE_CHARS or sentence.forbids_in_words:
        return Verdict.INFO
    if sentence.conditions:
        return Verdict.YES_IF
    return Verdict.INFO if sentence.is_limited else Verdict.YES


def _cited(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The clauses to quote, each item of a list followed by its lead-in."""
    ids = [id for c in candidates for id in (c.clause.id, c.clause.lead_in_id) if id]
    return tuple(dict.fromkeys(ids))[: MAX_CLAUSES + 1]


def _exceptions(leading: Candidate, near: Sequence[Candidate]) -> tuple[str, ...]:
    """What a clause allows beside a stricter one, as it is written."""
    if not leading.clause.forbids:
        return ()
    allowing = [c.clause for c in near if c.clause.allows_staff]
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
    alike = replace(pattern, clauses=clauses)
    return [replace(alike, situation=p.situation, score=p.score, is_doubtful=p.is_doubtful) for p in group]


def with_opposites_in_doubt(
    decisions: Iterable[Sequence[Proposal]], situations: Mapping[str, Situation]
) -> list[list[Proposal]]:
    """The same decisions; where one clause answers two opposite situations alike, each is read by itself."""
    return [_in_doubt(group, opposites([situations[proposal.situation] for proposal in group])) for group in decisions]


def _in_doubt(group: Sequence[Proposal], opposed: set[str]) -> list[Proposal]:
    return [replace(p, is_doubtful=p.is_doubtful or p.situation in opposed) for p in group]


def most_asked_first(decisions: Iterable[Sequence[Proposal]], voices: Mapping[str, int]) -> list[list[Proposal]]:
    """The same decisions, first those about what most writers of the bank ask; within each likewise."""
    listed = [sorted(group, key=lambda proposal: -voices.get(proposal.situation, 0)) for group in decisions]
    return sorted(listed, key=lambda group: -voices.get(group[0].situation, 0))
