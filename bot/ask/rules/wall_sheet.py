"""The wall sheet: the most common answers, to print and put up in the staffroom."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling, is_draft
from bot.ask.rules.tallies import Outcome, Tally
from bot.ask.rules.verdicts import Verdict
from bot.school.rules.documents import Clause, cited_as

MAX_ANSWERS = 20


def wall_sheet(policy: Policy, tallies: Iterable[Tally], *, drafts: bool) -> dict[str, Any]:
    """The values of the page "answers": up to MAX_ANSWERS approved rulings, the most asked first.

    Drafts are included only if `drafts` is true (in the demo), and each is marked.
    """
    asked = Counter[str]()
    for tally in tallies:
        if tally.count.outcome is Outcome.ASKED:
            asked[tally.count.situation] += tally.times
    rulings = [
        ruling
        for ruling in policy.rulings.values()
        if ruling.verdict is not Verdict.NOT_COVERED
        and ruling.clauses
        and not ruling.is_proposed
        and (drafts or not is_draft(ruling, policy.clauses))
    ]
    chosen = sorted(rulings, key=lambda ruling: -asked[ruling.situation])[:MAX_ANSWERS]
    return {
        "school": policy.name,
        "answers": [_answer(ruling, policy) for ruling in chosen],
        "is_short": len(chosen) < MAX_ANSWERS,
        "number": len(chosen),
    }


def _answer(ruling: Ruling, policy: Policy) -> dict[str, Any]:
    return {
        "asks": policy.situations[ruling.situation].label,
        "headline": ruling.shown_headline,
        "says": ruling.says,
        "conditions": list(ruling.conditions),
        "clauses": "; ".join(_citation(policy.clause(id), policy) for id in ruling.clauses),
        "is_draft": is_draft(ruling, policy.clauses),
    }


def _citation(clause: Clause, policy: Policy) -> str:
    """A clause as answers cite it."""
    return f"{policy.documents[clause.document].short}, {cited_as(clause.ref, clause.id)}"
