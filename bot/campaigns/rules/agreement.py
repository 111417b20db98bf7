"""How a school asks for its agreement, and how long it keeps what it learns by it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which document is acknowledged, by which words. `statement` stands word for word in `clause`.

    `union_note` is the reference of the clause that encourages guidance by unions, empty where there is none.
    """

    document: str
    clause: str
    statement: str
    typed_name: bool = False
    union_note: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long is kept what names somebody, counted from the day they left; and how long messages stay listed."""

    leavers_years: int = 6
    outbox_days: int = 400
