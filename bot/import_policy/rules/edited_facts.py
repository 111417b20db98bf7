"""What a person says of a document in place of what was found: title, version, dates, and the letters of its ids."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.errors import BadInput
from bot.import_policy.rules.facts import iso_date
from bot.import_policy.rules.working_draft import WorkingDraft

DATES = {"approved": "Approved on", "takes_effect": "Takes effect on", "review": "Next review"}
A_TERM = re.compile(r"\d{4} (?:spring|summer|autumn) term")
A_MONTH = re.compile(r"(\d{4})-(\d{2})")
AN_ID = re.compile(r"[A-Z][A-Z0-9]{1,7}")
NO_TITLE = "A policy needs its title. Nothing was changed."
BAD_ID = "Clauses are named by two to eight capital letters or figures that begin with a letter. Nothing was changed."
BAD_DATE = "{field}: “{printed}” is no day, month or term. Write it like 1 September 2026. Nothing was changed."
REVIEW_FIRST = "The next review is before the day the policy was approved. Nothing was changed."


def with_facts(draft: WorkingDraft, id: str, title: str, version: str, dates: Mapping[str, str]) -> WorkingDraft:
    """The draft with these facts in place of those found; an empty one goes. Raises BadInput."""
    if not title:
        raise BadInput(NO_TITLE)
    if not AN_ID.fullmatch(id.upper()):
        raise BadInput(BAD_ID)
    facts = {**draft.facts, "title": title, "version": version}
    for name, label in DATES.items():
        facts[name] = _date(dates.get(name, ""), label)
        if facts[name] != draft.facts.get(name, ""):
            facts.pop(f"{name}_as_printed", None)
    _refuse_review_before_approval(str(facts["approved"]), str(facts["review"]))
    return replace(draft, id=id.upper(), facts={name: value for name, value in facts.items() if value})


def _date(printed: str, label: str) -> str:
    """A date in the form of the files: a day, a month, or a term; empty for none.

    >>> _date("1st September 2026", ""), _date("May 2027", ""), _date("autumn term 2026", ""), _date("2026-09-01", "")
    ('2026-09-01', '2027-05', '2026 autumn term', '2026-09-01')
    """
    if not printed or A_TERM.fullmatch(printed):
        return printed
    found = printed if A_MONTH.fullmatch(printed) else iso_date(printed.strip())
    month = A_MONTH.fullmatch(found)
    if A_TERM.fullmatch(found) or (month and int(month[1]) > 1900 and 1 <= int(month[2]) <= 12):
        return found
    try:
        return date.fromisoformat(found).isoformat()
    except ValueError as error:
        raise BadInput(BAD_DATE.format(field=label, printed=printed)) from error


def _refuse_review_before_approval(approved: str, review: str) -> None:
    """Raises BadInput for a review before the approval, as far as both are days or months."""
    if not (approved[:7] and review[:7]) or "term" in approved + review:
        return
    length = min(len(approved), len(review))
    if review[:length] < approved[:length]:
        raise BadInput(REVIEW_FIRST)
