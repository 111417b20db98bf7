"""All the flows over a roster and a store of the test's own."""

from collections.abc import Callable
from datetime import datetime

from bot import app
from bot.ask.ask import Understanding
from bot.desk.wiring import Work
from bot.evidence.records import Records
from bot.ports import Roster, Store
from bot.school.rules.calendar import Calendar
from bot.settings import Settings, read_settings


def working(
    mind: Understanding,
    roster: Roster,
    store: Store,
    now: Callable[[], datetime] = app.now,
    settings: Settings | None = None,
) -> Work:
    """The work of a local demo school."""
    records = Records(mind.policy, roster, store, Calendar(), now, lambda outgoing: "fingerprint", is_demo=True)
    return Work.of(mind, records, app.crafts(settings or read_settings({}), local=True))
