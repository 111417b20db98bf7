"""Where each answer of a school is on its way to approval, who is asked about it, and in which order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.ask.rules.approvals import NEVER, RulingChange, RulingRecord, approval_in_force
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling
from bot.ask.rules.sections import sections
from bot.ask.rules.tallies import Outcome, Tally
from bot.ask.rules.verdicts import Verdict

SILENT = "Where the policy does not say"


class RulingState(StrEnum):
    """Where an answer is on its way. The value is how a page says it."""

    OPEN = "Not ruled yet"  # nobody wrote an answer
    PROPOSED = "Proposed: nobody has confirmed it yet"
    TO_WRITE = "To be written: the policy speaks of it"
    DRAFT = "Confirmed: waits for the headteacher's approval"
    CHANGED = "Changed since it was approved: waits for approval again"
    SENT_BACK = "Sent back by the headteacher"
    APPROVED = "Approved"
    STRUCK = "Struck: not ruled any more"


@dataclass(frozen=True, slots=True)
class Missed:
    """What did not help: how often somebody asked where nothing is said, and pressed "not what I asked"."""

    situation: str
    unanswered: int
    did_not_help: int


def state_of(id: str, policy: Policy, record: RulingRecord) -> RulingState:
    """The state of the school's own answer to a situation."""
    ruling = policy.rulings.get(id)
    if ruling is None or ruling.is_common:
        return RulingState.STRUCK if record.last_change is RulingChange.STRIKE else RulingState.OPEN
    if ruling.remark:
        return RulingState.SENT_BACK
    if not ruling.is_decision and ruling.is_to_write:
        return RulingState.TO_WRITE
    if ruling.is_proposed:
        return RulingState.PROPOSED
    if approval_in_force(ruling, record, policy):
        return RulingState.APPROVED
    return RulingState.CHANGED if record.approval or ruling.approval else RulingState.DRAFT


def states_of(policy: Policy, records: Mapping[str, RulingRecord]) -> dict[str, RulingState]:
    """The state of every situation that a school can rule on, by id."""
    ids = [id for id, situation in policy.situations.items() if not situation.chat and not situation.offers]
    return {id: state_of(id, policy, records.get(id, NEVER)) for id in ids}


def may_permit_something(ruling: Ruling) -> bool:
    """Whether somebody may do something because of it: by the verdict, or by an exception to a "no".

    >>> may_permit_something(Ruling("phone", Verdict.NO, "No."))
    False
    """
    verdicts = [exemption.verdict for exemption in ruling.exemptions]
    is_loosened = any(verdict is None or verdict.is_permission for verdict in verdicts)
    return ruling.verdict.is_permission or is_loosened


def is_silence_to_confirm(ruling: Ruling) -> bool:
    """Whether somebody is asked to say that the policy does not say."""
    is_asked = ruling.is_proposed and not ruling.remark and not ruling.is_to_write
    return is_asked and ruling.verdict is Verdict.NOT_COVERED


def most_asked_first(ids: Iterable[str], tallies: Iterable[Tally], voices: Mapping[str, int]) -> list[str]:
    """Situations, those asked about most in this school first, then those that most writers of our questions ask."""
    asked: dict[str, int] = defaultdict(int)
    for tally in tallies:
        asked[tally.count.situation] += tally.times if tally.count.outcome is Outcome.ASKED else 0
    return sorted(ids, key=lambda id: (-asked[id], -voices.get(id, 0)))


def by_topic(ids: Sequence[str], policy: Policy) -> dict[str, list[str]]:
    """Situations under the section of the document that governs them; the order of `ids` is kept."""
    names = {
        clause.id: f"{document.short}: {section.name}"
        for document in policy.documents.values()
        for section in sections(document)
        for clause in section.clauses
    }
    topics: dict[str, list[str]] = defaultdict(list)
    for id in ids:
        ruling = policy.rulings.get(id)
        governing = ruling.clauses[0] if ruling and ruling.clauses else ""
        topics[names.get(governing, SILENT)].append(id)
    return dict(topics)


def missed_first(policy: Policy, tallies: Iterable[Tally], since: date) -> list[Missed]:
    """What was asked since a day and not answered well, the worst first."""
    unanswered: dict[str, int] = defaultdict(int)
    did_not_help: dict[str, int] = defaultdict(int)
    for tally in tallies:
        id = tally.count.situation
        if tally.count.week < since or id not in policy.situations or policy.situations[id].chat:
            continue
        if tally.count.outcome is Outcome.DID_NOT_HELP:
            did_not_help[id] += tally.times
        elif tally.count.outcome is Outcome.ASKED and _says_nothing(id, policy):
            unanswered[id] += tally.times
    missed = [Missed(id, unanswered[id], did_not_help[id]) for id in {*unanswered, *did_not_help}]
    return sorted(missed, key=lambda m: (-m.unanswered - m.did_not_help, m.situation))


def _says_nothing(id: str, policy: Policy) -> bool:
    ruling = policy.rulings.get(id)
    return ruling is None or not policy.is_decided(id) or ruling.verdict is Verdict.NOT_COVERED
