"""Who is who on one day: pseudonyms of the ledger, and the people behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.people.rules.person import KnownPerson, Person
from bot.school.rules.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Staff:
    """The people known by pseudonym, the staff list by id, and the school's calendar, on `today`.

    `unreachable` are pseudonyms of people whom no card can reach.
    """

    known: Mapping[str, KnownPerson]
    roster: Mapping[str, Person]
    calendar: Calendar
    today: date
    unreachable: frozenset[str] = frozenset()

    def person(self, pseudonym: str) -> Person | None:
        """Somebody on the staff list, by pseudonym; None if they are not on it any more."""
        known = self.known.get(pseudonym)
        return self.roster.get(known.id) if known else None

    def working_person(self, pseudonym: str) -> Person | None:
        """Somebody on the staff list who has not left; None otherwise."""
        person = self.person(pseudonym)
        return None if person is None or person.has_left(self.today) else person

    def name(self, pseudonym: str) -> str:
        """What somebody is called; empty once their details were erased."""
        person, known = self.person(pseudonym), self.known.get(pseudonym)
        return person.name if person else known.name if known else ""
