"""What stands on paper: a sheet for each person to sign, and the commonest answers for the staffroom's wall."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling, is_draft
from bot.ask.rules.tallies import Outcome, Tally
from bot.ask.rules.verdicts import Verdict
from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import Signatory
from bot.campaigns.rules.versions import Version
from bot.school.rules.calendar import written

ON_THE_WALL = 20


def sheets(version: Version, campaign: Campaign, about: Agreement, people: Sequence[Signatory]) -> dict[str, Any]:
    """What the page "sheet" shows: one sheet for each person, the whole text word for word on each."""
    sections = [
        (heading, [one for one in passages if one.id != about.clause]) for heading, passages in version.sections
    ]
    return {
        "title": version.title,
        "label": version.label,
        "digest": version.digest[:12],
        "campaign": campaign.id,
        "year": campaign.year,
        "statement": about.statement,
        "sections": [
            {"heading": heading, "clauses": [{"ref": one.ref, "text": one.text} for one in passages]}
            for heading, passages in sections
            if passages
        ],
        "people": [
            {"name": one.name, "due": written(one.due), "code": f"{campaign.id}-{one.pseudonym[:6]}"} for one in people
        ],
    }


def answers(policy: Policy, tallies: Iterable[Tally], *, drafts: bool) -> dict[str, Any]:
    """What the page "answers" shows: up to twenty approved rulings, the most asked first.

    Drafts stand there only where `drafts` are wanted (in the demo), each marked.
    """
    asked = Counter[str]()
    for tally in tallies:
        if tally.count.what is Outcome.ASKED:
            asked[tally.count.situation] += tally.times
    fit = [
        one
        for one in policy.rulings.values()
        if one.verdict is not Verdict.NOT_COVERED and one.clauses and (drafts or not is_draft(one, policy.clauses))
    ]
    chosen = sorted(fit, key=lambda one: -asked[one.situation])[:ON_THE_WALL]
    return {
        "school": policy.name,
        "answers": [_answer(one, policy) for one in chosen],
        "is_short": len(chosen) < ON_THE_WALL,
        "number": len(chosen),
    }


def _answer(one: Ruling, policy: Policy) -> dict[str, Any]:
    return {
        "asks": policy.situations[one.situation].label,
        "headline": one.shown_headline,
        "says": one.says,
        "conditions": list(one.conditions),
        "clauses": ", ".join(one.clauses),
        "is_draft": is_draft(one, policy.clauses),
    }
