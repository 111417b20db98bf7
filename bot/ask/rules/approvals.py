"""What the ledger says of the school's answers: which words the headteacher approved, and which were changed since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Approval, Ruling, digest
from bot.evidence.rules.ledger import Entry, EventKind


class RulingChange(StrEnum):
    """What was done to an answer, as it is sealed."""

    CONFIRM = "confirm"  # a proposal became the school's own draft
    SAY_NOTHING = "not_covered"  # somebody said that the policy does not say
    TO_WRITE = "to_write"  # a silence was proposed, and somebody says that the policy does speak of it
    STRIKE = "strike"  # the answer was taken out
    EDIT = "change"  # verdict, sentence, conditions or clauses were changed
    SEND_BACK = "send_back"  # the headteacher asked for another look
    UNDO = "undo"  # the last change was taken back
    OWN_SITUATION = "own_situation"  # the school added the situation; nothing is ruled on it yet
    NEW_VERSION = "new_version"  # a clause that it cites has other words in the document's new version, or is gone


@dataclass(frozen=True, slots=True)
class RulingRecord:
    """What happened to the answer to one situation.

    `approval` is the last one, and `is_lapsed` says that a change came after it. `changes` counts all changes.
    """

    approval: Approval | None = None
    is_lapsed: bool = False
    changes: int = 0
    last_change: RulingChange | None = None


NEVER = RulingRecord()


def records_of(entries: Iterable[Entry]) -> dict[str, RulingRecord]:
    """What the ledger's entries say, by situation; `entries` may be in any order."""
    records: dict[str, RulingRecord] = {}
    for entry in sorted(entries, key=lambda entry: entry.number):
        event = entry.event
        id = str(event.facts.get("situation", ""))
        before = records.get(id, NEVER)
        if event.kind is EventKind.RULING_APPROVED:
            approval = Approval(event.at.date(), str(event.facts.get("digest", "")))
            records[id] = replace(before, approval=approval, is_lapsed=False)
        elif event.kind is EventKind.RULING_CHANGED:
            records[id] = replace(before, is_lapsed=True, changes=before.changes + 1, last_change=_change(event.facts))
    return records


def _change(facts: Mapping[str, object]) -> RulingChange | None:
    """What was done; None if a later release sealed something that this one does not know."""
    value = facts.get("change")
    return RulingChange(str(value)) if value in set(RulingChange) else None


def approval_in_force(ruling: Ruling, record: RulingRecord, policy: Policy) -> Approval | None:
    """The approval of exactly today's words and clauses, from the ledger or the file; None if there is none."""
    today = digest(ruling, policy.clauses)
    sealed = None if record.is_lapsed else record.approval
    return next((a for a in (ruling.approval, sealed) if a is not None and a.digest == today), None)


def with_approvals(policy: Policy, records: Mapping[str, RulingRecord]) -> Policy:
    """The policy with what the ledger says was approved; an approval in the file goes on counting."""
    rulings = {id: _with_approval(ruling, records.get(id, NEVER), policy) for id, ruling in policy.rulings.items()}
    return replace(policy, rulings=rulings)


def _with_approval(ruling: Ruling, record: RulingRecord, policy: Policy) -> Ruling:
    approval = approval_in_force(ruling, record, policy)
    return replace(ruling, approval=approval) if approval else ruling


def approved_on(ruling: Ruling, record: RulingRecord, policy: Policy) -> date | None:
    """When today's words were approved; None if they were not."""
    approval = approval_in_force(ruling, record, policy)
    return approval.on if approval else None
