"""The form in which somebody changes an answer: what it shows, and the fields of rulings.toml that it gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.ask.rules.exemption_form import NOT_THERE, exemption_fields, exemption_tables, exemptions_in, refuse_faulty
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Exemption, Ruling
from bot.ask.rules.verdicts import Verdict
from bot.errors import BadInput
from bot.outside import clean_line, is_blank, written_text
from bot.school.rules.documents import Clause

MAX_SAYS_CHARS, MAX_CONDITION_CHARS, MAX_CONDITIONS = 170, 170, 8
MAX_CLAUSE_CHARS = 160  # of a clause's text beside its box to tick
VERDICTS = {
    Verdict.YES: "Yes: it is allowed",
    Verdict.YES_IF: "Only if: it is allowed under conditions",
    Verdict.NO: "No: it is not allowed",
    Verdict.MUST: "You must: it is a duty",
    Verdict.REPORT: "Report it: somebody must be told first",
    Verdict.INFO: "Information: what the policy says",
}
NOT_THERE_TITLE = "The answer does not hold there"
NO_VERDICT = "Please choose what the policy says about it. Nothing was changed."
NO_SENTENCE = "Please write one plain sentence. Nothing was changed."
NO_CLAUSE = "Please tick the clause it rests on. Nothing was changed."
LEADING_NOT_TICKED = (
    "The clause that is quoted first is not ticked. Please tick it, or choose another. Nothing was changed."
)
TOO_LONG = "Please keep the sentence under {limit} characters. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in. `clauses` are the ids that were ticked.

    `leading` is the one of them that is quoted first; empty if nobody chose: those of before stay first.
    `exemptions` is None if the form had no room for exceptions, as on a card that was made before it had: they stay.
    """

    verdict: str
    says: str
    conditions: tuple[str, ...]
    clauses: tuple[str, ...]
    exemptions: tuple[Exemption, ...] | None = None
    leading: str = ""

    @classmethod
    def of(cls, inputs: Mapping[str, str]) -> "Filled":
        """What a press brought, cleaned; conditions are one to a line."""
        conditions = [clean_line(line, MAX_CONDITION_CHARS) for line in inputs.get("conditions", "").splitlines()]
        lines = [line for line in conditions if not is_blank(line)]
        clauses = tuple(filter(None, inputs.get("clauses", "").split(",")))
        says = clean_line(written_text(inputs.get("says", "")), 2 * MAX_SAYS_CHARS)
        conditions_written = tuple(lines[:MAX_CONDITIONS])
        verdict, leading = inputs.get("verdict", ""), inputs.get("leading", "")
        return cls(verdict, says, conditions_written, clauses, exemptions_in(inputs), leading)

    @classmethod
    def from_ruling(cls, ruling: Ruling | None) -> "Filled":
        """What the school says today; empty if it says nothing."""
        if ruling is None or ruling.is_common or ruling.verdict is Verdict.NOT_COVERED:
            return cls("", "", (), (), ())
        leading = ruling.clauses[0] if ruling.clauses else ""
        return cls(ruling.verdict.value, ruling.says, ruling.conditions, ruling.clauses, ruling.exemptions, leading)


def form_values(id: str, policy: Policy, filled: Filled | None) -> dict[str, Any]:
    """The values of cards/change_ruling.json."""
    ruling, situation = policy.rulings.get(id), policy.situations[id]
    filled = filled or Filled.from_ruling(ruling)
    verdicts = [{"title": title, "value": verdict.value} for verdict, title in VERDICTS.items()]
    return {
        "heading": situation.label,
        "asks": f"Somebody asks about {situation.asks}.",
        "name": id,
        "verdict": filled.verdict if filled.verdict in set(VERDICTS) else "",
        "verdicts": verdicts,
        "says": filled.says,
        "conditions": "\n".join(filled.conditions),
        "exceptions": exemption_fields(_shown_exemptions(filled, ruling)),
        "verdicts_there": [{"title": NOT_THERE_TITLE, "value": NOT_THERE}, *verdicts],
        "chosen": ",".join(filled.clauses),
        "leading": filled.leading if filled.leading in policy.clauses else "",
        "clauses": [{"title": _beside_box(c.ref, c.quoted_text), "value": c.id} for c in _chosen_first(filled, policy)],
    }


def _chosen_first(filled: Filled, policy: Policy) -> list[Clause]:
    """Every clause: the leading one, the others that were ticked, then the rest in the documents' order."""
    ids = dict.fromkeys((filled.leading, *filled.clauses, *policy.clauses))
    return [policy.clauses[id] for id in ids if id in policy.clauses]


def _shown_exemptions(filled: Filled, ruling: Ruling | None) -> tuple[Exemption, ...]:
    if filled.exemptions is not None:
        return filled.exemptions
    return ruling.exemptions if ruling else ()


def _beside_box(ref: str, text: str) -> str:
    words = " ".join(text.split())
    return f"{ref}: {words if len(words) <= MAX_CLAUSE_CHARS else words[:MAX_CLAUSE_CHARS].rsplit(' ', 1)[0] + ' ...'}"


def changed_fields(filled: Filled, before: Ruling | None, policy: Policy) -> dict[str, Any]:
    """The fields that change in rulings.toml, None for one that goes; raises BadInput for what is missing.

    A headline of its own goes with another verdict. Phrases that sharpen the headline fit only the verdict and the
    conditions that they were written for.
    """
    verdict = _verdict(filled)
    if not filled.says:
        raise BadInput(NO_SENTENCE)
    if len(filled.says) > MAX_SAYS_CHARS:
        raise BadInput(TOO_LONG.format(limit=MAX_SAYS_CHARS))
    governing, besides = _clauses(filled, before, policy)
    fields: dict[str, Any] = {
        "verdict": verdict.value,
        "says": filled.says,
        "conditions": list(filled.conditions) or None,
        "governing": governing,
        "clauses": besides or None,
    }
    if filled.exemptions is not None and filled.exemptions != (before.exemptions if before else ()):
        refuse_faulty(filled.exemptions)
        fields["also"] = exemption_tables(filled.exemptions) or None
    is_new = before is None or before.is_common
    if is_new or before is None or (before.verdict, before.conditions) != (verdict, filled.conditions):
        fields |= dict.fromkeys(("headline", "contrary", "meets", "breaks", "informs"))
    if is_new or before is None or before.verdict is not verdict:
        fields |= dict.fromkeys(("silent_on", "otherwise"))
    return fields


def _verdict(filled: Filled) -> Verdict:
    if filled.verdict not in set(VERDICTS):
        raise BadInput(NO_VERDICT)
    return Verdict(filled.verdict)


def _clauses(filled: Filled, before: Ruling | None, policy: Policy) -> tuple[list[str], list[str]]:
    """The clauses that govern, and those quoted besides; raises BadInput if none is ticked, or not the leading one.

    The leading one is first of those that govern, then come those of before.
    """
    ticked = [id for id in policy.clauses if id in set(filled.clauses)]
    if not ticked:
        raise BadInput(NO_CLAUSE)
    if filled.leading and filled.leading not in ticked:
        raise BadInput(LEADING_NOT_TICKED)
    old_governing = before.governing if before else ()
    old_besides = [id for id in before.clauses if id not in old_governing] if before else []
    besides = [id for id in old_besides if id in ticked]
    governing = [id for id in old_governing if id in ticked] + [
        id for id in ticked if id not in {*old_governing, *besides}
    ]
    governing, besides = (governing, besides) if governing else (besides, [])
    if not filled.leading:
        return governing, besides
    others = [id for id in governing if id != filled.leading]
    return [filled.leading, *others], [id for id in besides if id != filled.leading]
