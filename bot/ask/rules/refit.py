"""What a new version of a document means for the school's answers: which still fit, and which people must look at."""

from collections.abc import Set
from dataclasses import dataclass

from bot.ask.rules.policy import Policy
from bot.ask.rules.ruling_states import may_permit_something


@dataclass(frozen=True, slots=True)
class Refit:
    """The school's own answers that cite the document, by situation, each in one of these.

    `kept`: every clause cited is the same word for word, so an approval goes on counting. `unapproved`: words changed,
    so none does. `to_confirm`: the same, but it may allow something, so it allows nothing until somebody has
    confirmed it. `not_ruled`: a clause is gone, so it is not ruled any more.
    """

    kept: tuple[str, ...] = ()
    unapproved: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    not_ruled: tuple[str, ...] = ()

    @property
    def affected(self) -> tuple[str, ...]:
        """The answers that do not stand as they did."""
        return (*self.not_ruled, *self.to_confirm, *self.unapproved)


def refit(policy: Policy, document: str, changed: Set[str], gone: Set[str]) -> Refit:
    """How the answers of `policy`, as it is before, stand once these clauses of a document changed or went."""
    parts: dict[str, list[str]] = {"kept": [], "unapproved": [], "to_confirm": [], "not_ruled": []}
    own = {clause.id for clause in policy.documents[document].clauses} if document in policy.documents else set()
    for id, ruling in policy.rulings.items():
        cited = set(ruling.clauses)
        if ruling.is_common or not cited & own:
            continue
        if cited & gone:
            parts["not_ruled"].append(id)
        elif cited & changed:
            parts["to_confirm" if may_permit_something(ruling) else "unapproved"].append(id)
        else:
            parts["kept"].append(id)
    return Refit(**{name: tuple(ids) for name, ids in parts.items()})
