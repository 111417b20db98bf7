"""What needs somebody today, as the first of the school pages lists it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TodayItem:
    """One thing: its title, a sentence, and the name of the page where something can be done about it."""

    title: str
    says: str
    page: str
