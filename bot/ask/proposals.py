"""Proposes rulings for a school whose documents were imported, and writes them into its rulings.toml."""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.ask.clause_similarity import ClauseSimilarity
from bot.ask.policy_file import read_bank
from bot.ask.rules.imported_clauses import ImportedClause, in_lists
from bot.ask.rules.named_sections import limits_hours, nearest_heading, plain_heading
from bot.ask.rules.proposal_doubts import is_on_topic
from bot.ask.rules.proposals import (
    Candidate,
    Proposal,
    in_decisions,
    is_out_of_reach,
    most_asked_first,
    propose,
    propose_from_section,
    with_opposites_in_doubt,
)
from bot.ask.rules.rulings import Situation
from bot.ask.rules.rulings_text import accepted_text, proposed_text, silent_text
from bot.ask.rules.verdicts import Verdict
from bot.ask.training import Learnt, TrainingData, learn, load_learnt, training_data
from bot.ask.vocabulary import stem
from bot.errors import PolicyFileError, StaffroomError
from bot.policies import RULINGS, SITUATIONS, SchoolTables, read_school, write_file
from bot.settings import Settings
from bot.toml_fields import entries, read_text, text, texts

NO_CLAUSES = "This school has no clauses yet: python -m bot policy import FILE --school NAME comes first."
OPENING = "Step 1 of 3: getting the example questions ready."
COMPARING = "Step 2 of 3: comparing {clauses} clauses with {situations} situations."
WRITING = "Step 3 of 3: writing the proposals."
MARKS = frozenset({"proposed", "doubtful"})  # go when a person confirms
UNSAFE = f"{RULINGS} could not be changed without touching what a person wrote. Nothing was changed."


Step = Callable[[str], None]  # told what is being done, in words


@dataclass(frozen=True, slots=True)
class Proposals:
    """What is proposed for a school, in decisions; `uncited` are the clauses that no proposal quotes.

    `silences` are situations near which no clause comes: a person is asked whether the policy does not say.
    """

    decisions: tuple[tuple[Proposal, ...], ...]
    clauses: Mapping[str, ImportedClause]
    silences: tuple[str, ...] = ()

    @property
    def rulings(self) -> tuple[Proposal, ...]:
        """Every proposal, those most asked about first."""
        return tuple(proposal for group in self.decisions for proposal in group)

    @property
    def uncited(self) -> tuple[ImportedClause, ...]:
        """The clauses that no proposal quotes, in the documents' order."""
        cited = {id for proposal in self.rulings for id in proposal.clauses}
        return tuple(clause for id, clause in self.clauses.items() if id not in cited and not clause.is_signature_line)


def proposals_for(settings: Settings, school: str, step: Step = lambda says: None) -> Proposals:
    """What the school's clauses may rule on, but for the situations that somebody has ruled on or was asked about.

    `step` is told what is being done. It takes up to half a minute, three more if the bank must be learnt first.

    Raises PolicyFileError if the school has no clauses, and WeightsError without the sentence model.
    """
    tables = read_school(settings.policies, school)
    clauses = imported_clauses(tables)
    if not clauses:
        raise PolicyFileError(NO_CLAUSES)
    step(OPENING)
    similarity = open_similarity(settings)
    situations, elsewhere = ([s for s in some if similarity.knows(s.id)] for some in _open_situations(tables))
    clause_by_id = {clause.id: clause for clause in clauses}
    if not situations:  # everything is ruled on
        return Proposals((), clause_by_id)
    step(COMPARING.format(clauses=len(clauses), situations=len(situations)))
    candidates = _candidates(similarity, clauses, situations, elsewhere)
    by_id = {situation.id: situation for situation in [*situations, *elsewhere]}
    proposals = [p for id, near in candidates.items() if (p := propose(by_id[id], near))]
    usual = {situation.id for situation in situations}
    likely = [p for p in proposals if p.situation in usual]
    beside = [p for p in proposals if p.situation not in usual and _beside_policy(p, by_id[p.situation], clause_by_id)]
    likely += [replace(proposal, is_doubtful=True) for proposal in beside]
    decisions = in_decisions(likely, len(clauses))
    proposed = {proposal.situation for group in decisions for proposal in group}
    decisions += _from_sections(similarity, {id: near for id, near in candidates.items() if id not in proposed}, by_id)
    voices = voices_by_situation(settings.policies)
    reached = {proposal.situation for group in decisions for proposal in group}
    open_ids = [s.id for s in situations if s.id not in reached]
    silences = sorted((id for id in open_ids if is_out_of_reach(candidates[id])), key=lambda id: -voices.get(id, 0))
    in_order = most_asked_first(with_opposites_in_doubt(decisions, by_id), voices)
    return Proposals(tuple(map(tuple, in_order)), clause_by_id, tuple(silences))


def _candidates(
    similarity: ClauseSimilarity,
    clauses: Sequence[ImportedClause],
    situations: Sequence[Situation],
    elsewhere: Sequence[Situation],
) -> dict[str, list[Candidate]]:
    """Every clause with its score, for each situation by its id. Nobody rules by a line to sign on."""
    scores = similarity.scores(clauses, [*situations, *elsewhere], beside=len(elsewhere))
    return {
        situation.id: [
            Candidate(c, float(s)) for c, s in zip(clauses, scores[:, column], strict=True) if not c.is_signature_line
        ]
        for column, situation in enumerate([*situations, *elsewhere])
    }


def _beside_policy(proposal: Proposal, situation: Situation, clauses: Mapping[str, ImportedClause]) -> bool:
    """Whether a clause speaks in words of what a policy on technology hardly speaks of: "health" is not "first aid"."""
    governing = clauses[proposal.clauses[0]]
    return is_on_topic(situation, governing.whole_text, governing.heading)


def _from_sections(
    similarity: ClauseSimilarity, candidates: Mapping[str, Sequence[Candidate]], situations: Mapping[str, Situation]
) -> list[list[Proposal]]:
    """Proposals on situations whose name is nearly a section's heading, each a decision by itself."""
    sections: dict[str, str] = {}  # by their headings as they are compared
    for near in candidates.values():
        sections |= {plain_heading(c.clause.heading): c.clause.heading for c in near if c.clause.heading}
    if not sections:
        return []
    scores = similarity.names(list(sections), [situations[id] for id in candidates])
    decisions = []
    for column, (id, near) in enumerate(candidates.items()):
        heading = sections.get(nearest_heading(list(sections), scores[:, column].tolist()), "")
        named = [c for c in near if heading and c.clause.heading == heading]
        proposal = propose_from_section(situations[id], named or _on_hours(situations[id], near))
        decisions += [[proposal]] if proposal else []
    return decisions


def _on_hours(situation: Situation, candidates: Sequence[Candidate]) -> list[Candidate]:
    return [c for c in candidates if limits_hours(situation.label, c.clause.whole_text, c.clause.heading)]


def imported_clauses(tables: SchoolTables) -> list[ImportedClause]:
    """The clauses of a school's documents, in their order; raises PolicyFileError for a field that is missing."""
    return in_lists([_clause(entry, file, table) for file, table in tables.documents for entry in _entries(table)])


def _entries(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = table.get("clause", [])
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _clause(entry: Mapping[str, Any], file: str, table: Mapping[str, Any]) -> ImportedClause:
    id = text(entry, "id", file, "clause")
    return ImportedClause(
        id=id,
        document=text(table.get("document", {}), "id", file, "document"),
        ref=str(entry.get("ref", "")),
        heading=str(entry.get("heading", "")),
        text=text(entry, "text", file, id),
        modality=str(entry.get("modality", "")),
        binds=texts(entry, "binds", file, id),
        head=texts(entry, "head", file, id),
    )


def _open_situations(tables: SchoolTables) -> tuple[list[Situation], list[Situation]]:
    """The situations that rulings.toml does not mention yet: those of a policy on technology, and those beside it."""
    usual: list[Situation] = []
    beside: list[Situation] = []
    for id, entry in entries(tables.situations, SITUATIONS):
        if id not in tables.rulings and not any(entry.get(mark) for mark in ("chat", "offers")):
            (beside if entry.get("elsewhere") else usual).append(_situation(id, entry))
    return usual, beside


def _situation(id: str, entry: Mapping[str, Any]) -> Situation:
    return Situation(
        id=id,
        asks=text(entry, "asks", SITUATIONS, id),
        label=text(entry, "label", SITUATIONS, id),
        about=text(entry, "about", SITUATIONS, id),
    )


def open_similarity(settings: Settings) -> ClauseSimilarity:
    """The comparison of clauses with situations; learns from the bank first if it has changed."""
    data = training_data(settings)
    return ClauseSimilarity(data, _learnt(settings, data), stem)


def _learnt(settings: Settings, data: TrainingData) -> Learnt:
    with suppress(OSError, ValueError, KeyError):
        return load_learnt(data.file)
    learn(settings, lambda share: None)
    return load_learnt(data.file)


def voices_by_situation(policies: Path) -> dict[str, int]:
    """How many writers of the bank ask about each situation: how often it is likely to be asked."""
    writers: dict[str, set[str]] = defaultdict(set)
    for example in read_bank(policies):
        writers[example.situation].add(example.voice)
    return {situation: len(voices) for situation, voices in writers.items()}


def write_proposals(policies: Path, school: str, proposals: Proposals) -> None:
    """Adds the proposals to the school's rulings.toml, below what is there; all or, with StaffroomError, none."""
    added = proposed_text(proposals.decisions, proposals.clauses) + silent_text(proposals.silences)
    _change(policies / school / RULINGS, lambda before: f"{before.rstrip()}\n{added}" if added else before, _only_adds)


def accept_all(
    policies: Path,
    school: str,
    *,
    with_permissions: bool = False,
    with_silences: bool = False,
    with_doubtful: bool = False,
) -> int:
    """Marks proposals as confirmed; returns how many.

    A permission stays one unless `with_permissions`, "the policy does not say" unless `with_silences`, and what is
    marked as doubtful unless `with_doubtful`.
    """
    file = policies / school / RULINGS
    waiting = [
        id
        for id, ruling in tomllib.loads(read_text(file)).items()
        if isinstance(ruling, dict)
        and ruling.get("proposed") is True
        and (with_permissions or not _allows(ruling))
        and (with_silences or ruling.get("verdict") != Verdict.NOT_COVERED)
        and (with_doubtful or ruling.get("doubtful") is not True)
    ]
    _change(file, lambda before: accepted_text(before, waiting), lambda old, new: new == _confirmed(old, waiting))
    return len(waiting)


def _allows(ruling: Mapping[str, Any]) -> bool:
    """Whether a ruling may allow something; what is not understood counts as if it did."""
    verdict = ruling.get("verdict")
    return verdict not in set(Verdict) or Verdict(verdict).is_permission


def _only_adds(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return all(new.get(id) == ruling for id, ruling in old.items())


def _confirmed(rulings: Mapping[str, Any], situations: Sequence[str]) -> dict[str, Any]:
    return {
        id: {field: value for field, value in ruling.items() if field not in MARKS} if id in situations else ruling
        for id, ruling in rulings.items()
    }


def _change(
    file: Path, changed: Callable[[str], str], is_right: Callable[[dict[str, Any], dict[str, Any]], bool]
) -> None:
    """Replaces a file's text, whole or not at all, after reading back that only what was meant has changed."""
    before = read_text(file)
    after = changed(before)
    try:
        is_safe = is_right(tomllib.loads(before), tomllib.loads(after))
    except tomllib.TOMLDecodeError as error:
        raise StaffroomError(UNSAFE) from error
    if not is_safe:
        raise StaffroomError(UNSAFE)
    write_file(file, after)
