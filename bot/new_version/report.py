"""What is shown of a new version: every difference, and every answer it touches with both texts side by side."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.import_policy.rules.versions import ClauseChange, Comparison
from bot.new_version.plan import Plan
from bot.school.rules.documents import cited_as

SHOWN_FIRST = (ClauseChange.CHANGED, ClauseChange.NEW, ClauseChange.GONE, ClauseChange.RENUMBERED)
MARKS = {"same": "{text}", "gone": "[-{text}-]", "new": "{{+{text}+}}"}
NO_PERMISSION = "It allows nothing until somebody has confirmed it and the headteacher has approved it again."
UNAPPROVED = "It is a draft until the headteacher approves it again."
NOT_RULED = "A clause that it rests on is gone, so it is not ruled any more."
MATERIAL = "Staff acknowledge this document: publish the new text, and say whether the change is material."
NEEDS_START = "Settings in school.toml change with it. They count when Staffroom starts again."
KEPT = "{count} answers rest on clauses that are the same word for word. They stay as they are."
NEW_CLAUSES = "Answers that are kept say nothing of the new clauses. Read those, and change the answers they touch."

Values = dict[str, Any]


def report(plan: Plan) -> Values:
    """The values of page and command line; texts and lists only, so that it can be kept as JSON."""
    comparisons = plan.version.comparisons
    old, new = (policy.documents[plan.held.id] for policy in (plan.before, plan.after))
    counts = {change: sum(c.change is change for c in comparisons) for change in ClauseChange}
    return {
        "document": new.title,
        "versions": f"Version before: {old.version or 'not printed'}. Version now: {new.version or 'not printed'}.",
        "counts": [[change.value.capitalize(), str(count)] for change, count in counts.items()],
        "differences": [_difference(c) for change in SHOWN_FIRST for c in comparisons if c.change is change],
        "answers": _answers(plan),
        "kept": KEPT.format(count=len(plan.refit.kept)),
        "notes": list(_notes(plan, counts[ClauseChange.NEW])),
    }


def _notes(plan: Plan, new_clauses: int) -> Iterable[str]:
    if new_clauses:
        yield NEW_CLAUSES
    if plan.is_agreement:
        yield MATERIAL
    if plan.needs_start:
        yield NEEDS_START


def _difference(comparison: Comparison) -> Values:
    before, now = comparison.before, comparison.now
    clause = now or before
    ref = cited_as(clause.ref, clause.id) if clause else ""
    moved = before and now and before.ref != now.ref
    return {
        "what": comparison.change.value,
        "ref": f"{ref}, before {before.ref}" if before and moved else ref,
        "around": comparison.around,
        "runs": [[run.kind, run.text] for run in comparison.runs],
    }


def _answers(plan: Plan) -> list[Values]:
    """The answers that do not stand as they did, those that lose the most first."""
    lists = (
        (plan.refit.not_ruled, NOT_RULED),
        (plan.refit.to_confirm, NO_PERMISSION),
        (plan.refit.unapproved, UNAPPROVED),
    )
    by_id = {comparison.id: comparison for comparison in plan.version.comparisons}
    return [_answer(plan, id, says, by_id) for ids, says in lists for id in ids]


def _answer(plan: Plan, id: str, says: str, by_id: dict[str, Comparison]) -> Values:
    ruling = plan.before.rulings[id]
    situation = plan.before.situations.get(id)
    touched = {ClauseChange.CHANGED, ClauseChange.GONE}
    cited = [by_id[ref] for ref in ruling.clauses if ref in by_id and by_id[ref].change in touched]
    return {
        "id": id,
        "label": situation.label if situation else id,
        "verdict": ruling.shown_headline,
        "said": ruling.says,
        "now": says,
        "clauses": [_side_by_side(comparison) for comparison in cited],
    }


def _side_by_side(comparison: Comparison) -> Values:
    before, now = comparison.before, comparison.now
    return {
        "ref": comparison.id,
        "before": before.text if before else "",
        "now": now.text if now else "This clause is not in the new version.",
        "around": comparison.around,
    }


def marked(runs: Sequence[Sequence[str]]) -> str:
    """The words of a clause as a terminal shows them: [-before-] {+now+}."""
    return " ".join(MARKS[kind].format(text=text) for kind, text in runs)
