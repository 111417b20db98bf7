"""A school's settings as tables that people read: what is set, what it says, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from bot.school.rules.calendar import Calendar, Period, written
from bot.school.rules.settings import Contacts

NOT_SET = "not set"


@dataclass(frozen=True, slots=True)
class SettingsGroup:
    """Settings that belong together; a row is a name, what it says now, and the section and key it is set by."""

    title: str
    rows: tuple[tuple[str, str, str], ...]


def contacts_group(contacts: Contacts) -> SettingsGroup:
    """Whom the hand-off names."""
    rows = (
        ("Safeguarding lead", contacts.safeguarding, "safeguarding"),
        ("Their phone", contacts.phone, "phone"),
        ("Deputies", ", ".join(contacts.deputies), "deputies"),
        ("Out of hours", contacts.out_of_hours, "out_of_hours"),
        ("Headteacher", contacts.headteacher, "headteacher"),
        ("Chair of governors", contacts.chair, "chair"),
    )
    return SettingsGroup("Contacts", tuple((name, value or NOT_SET, f"[handoff] {key}") for name, value, key in rows))


def calendar_group(calendar: Calendar) -> SettingsGroup:
    """When the school works."""
    rows = (
        ("Terms", _periods(calendar.terms), "terms"),
        ("INSET days", _days(calendar.inset), "inset"),
        ("Other days closed", _days(calendar.closed), "closed"),
        ("Bank holidays of", calendar.nation, "nation"),
        ("School hours", _times(calendar.hours), "hours"),
        ("Nothing is sent between", _times(calendar.quiet), "quiet"),
    )
    return SettingsGroup(
        "Terms and hours", tuple((name, value or NOT_SET, f"[calendar] {key}") for name, value, key in rows)
    )


def _periods(periods: Sequence[Period]) -> str:
    return "; ".join(f"{written(period.begins)} to {written(period.ends)}" for period in periods)


def _days(days: frozenset[date]) -> str:
    return "; ".join(written(day) for day in sorted(days))


def _times(times: tuple[time, time]) -> str:
    return f"{times[0]:%H:%M} and {times[1]:%H:%M}"
