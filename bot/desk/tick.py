"""What is due by the clock. Each duty is computed from the store and the day; nothing is queued."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from bot.errors import StaffroomError
from bot.evidence.records import Records
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Role

LOG = logging.getLogger("staffroom.tick")
FAULT_HOLDS = timedelta(days=1)  # after which a newer word about the same has taken its place
Duty: TypeAlias = Callable[[], Awaitable[object]]
FAULT = "Something I do by the clock could not be done ({duty}). I try again every minute, and say so once a day. {why}"


@dataclass(slots=True)
class Heartbeat:
    """What the tick is told between two beats: to come at once, or to begin nothing new because the end has come."""

    hurry: Callable[[], None] = lambda: None
    is_ending: bool = False


async def tick(duties: Mapping[str, Duty]) -> dict[str, str]:
    """Does every duty in order, safe to repeat at any time; what could not be done now, and why in a sentence.

    One that fails does not stop the others, and is tried again at the next tick.
    """
    undone = {}
    for name, duty in duties.items():
        try:
            await duty()
        except StaffroomError as seen:
            undone[name] = str(seen)
        except Exception as seen:  # noqa: BLE001 - whatever it was, the other duties go on
            undone[name] = type(seen).__name__
        if name in undone:
            LOG.warning("duty_failed duty=%s", name)
    return undone


async def report(undone: Mapping[str, str], records: Records) -> int:
    """Keeps a message for whoever looks after the set-up about each duty that could not be done, once a day."""
    if not undone:
        return 0
    carers = [one for one in records.roster.people() if Role.IT in one.roles and one.works_here(records.today)]
    known = await records.store.enrol(carers)
    return await records.store.keep_slots(
        *[
            Message(
                MessageKind.FAULT,
                duty,
                recipient,
                records.today,
                words=FAULT.format(duty=duty, why=why).strip(),
                expires_at=records.now() + FAULT_HOLDS,
            )
            for duty, why in undone.items()
            for recipient in known.values()
        ]
    )
