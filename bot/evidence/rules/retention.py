"""How long personal details are kept."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Retention:
    """How long personal details are kept after somebody left, and how long sent messages stay listed."""

    leavers_years: int = 6
    outbox_days: int = 400


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 February for 29 February.

    >>> years_before(date(2028, 2, 29), 6)
    datetime.date(2022, 2, 28)
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
