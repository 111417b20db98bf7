"""Steps back of the clock: entries are in the order in which they were recorded; a note says where times are not."""

from datetime import UTC, timedelta

from bot.evidence.rules.ledger import Event, EventKind

CLOCK_TOLERANCE = timedelta(seconds=1)  # as verify.py: two events at once may be written in either order


def step_back(before: Event | None, event: Event) -> Event | None:
    """What is noted before an event whose time is earlier than that of the event before it; None if it is not.

    A step of up to a second is none. The note has the earlier time too, so that each step back is noted once.
    """
    if before is None or event.at >= before.at - CLOCK_TOLERANCE:
        return None
    facts = {"before": before.at.astimezone(UTC).isoformat(), "now": event.at.astimezone(UTC).isoformat()}
    return Event(EventKind.CLOCK_WENT_BACK, event.at, facts=facts)
