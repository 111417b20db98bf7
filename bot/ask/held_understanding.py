"""The understanding in use: one for all who answer, swapped whole when the school's folder has changed."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.ask.rules.approvals import RulingRecord, records_of, with_approvals
from bot.ask.rules.policy import Policy
from bot.ask.understanding import Understanding
from bot.evidence.ports import Ledger
from bot.evidence.rules.ledger import EventKind

ReadAgain = Callable[[Understanding], Understanding]  # the same, with the school's folder as it is now


@dataclass(slots=True)
class HeldUnderstanding:
    """`current` is what everybody answers from; nobody changes it but `refresh`."""

    current: Understanding
    records: Mapping[str, RulingRecord] = field(default_factory=dict)

    async def refresh(self, ledger: Ledger, read_again: ReadAgain | None = None) -> None:
        """Takes over what the ledger says was approved and, with `read_again`, the folder as it is now.

        Raises PolicyFileError for a folder that cannot be read; what was held before then stays.
        """
        changed = await asyncio.to_thread(read_again, self.current) if read_again else self.current
        self.records = await ruling_records(ledger)
        self.current = replace(changed, policy=with_approvals(changed.policy, self.records))


async def ruling_records(ledger: Ledger) -> dict[str, RulingRecord]:
    """What the ledger says of every answer."""
    approved = await ledger.entries_of(EventKind.RULING_APPROVED)
    return records_of([*approved, *await ledger.entries_of(EventKind.RULING_CHANGED)])


def with_policy(understanding: Understanding, policy: Policy) -> Understanding:
    """The same understanding over another state of the school's folder, with its own situations as they are there."""
    reader = understanding.reader
    if policy.own_wordings != understanding.policy.own_wordings:
        reader = reader.with_own(policy.own_wordings)
    return replace(understanding, policy=policy, reader=reader)
