"""How a school asks for its agreement."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which document is acknowledged, by which words. `statement` is in `clause`, word for word.

    `union_note` is the reference of the clause that encourages guidance by unions, empty if there is none.
    """

    document: str
    clause: str
    statement: str
    typed_name: bool = False
    union_note: str = ""
