"""Sections whose heading is nearly a situation's name: they reach it even where no clause of theirs is likely."""

import re
from collections.abc import Sequence

MIN_NAME_SCORE = 0.6  # of a heading beside a situation's name; docs/decisions/16-own-policy.md has the figures
_SPEAKS_OF_ITSELF = re.compile(
    r"\b(this|our|the) (?:guidance|document|code|handbook|agreement|procedure|protocol)\b", re.IGNORECASE
)
_CLOCK = r"(?:\d{1,2}(?:[.:]\d\d)?\s?(?:am|pm|o['’]clock)|\d{1,2}[.:]\d\d|midnight|noon)"
_HOURS = re.compile(
    rf"\b{_CLOCK}\s(?:and|to|until|till|or|–|-)\s{_CLOCK}|\b(?:after|before|from|until)\s{_CLOCK}|"
    r"\b(?:evenings?|weekends?|out of hours|outside (?:working|school) hours)\b",
    re.IGNORECASE,
)
_MESSAGES = re.compile(r"\b(?:e-?mails?|messag\w+|post\w*|repl(?:y|ies)|chats?|texts?|calls?|send\w*)\b", re.IGNORECASE)


def plain_heading(heading: str) -> str:
    """A heading as it is compared: whatever a document calls itself, it is a policy.

    >>> plain_heading("Why we have this guidance")
    'Why we have this policy'
    """
    return _SPEAKS_OF_ITSELF.sub(r"\1 policy", heading)


def nearest_heading(headings: Sequence[str], scores: Sequence[float]) -> str:
    """The heading that is nearly a situation's name; empty if none is. `scores` belong to the headings."""
    best = max(zip(scores, headings, strict=True), default=(0.0, ""))
    return best[1] if best[0] >= MIN_NAME_SCORE else ""


def limits_hours(name: str, text: str, heading: str) -> bool:
    """Whether a situation is named after hours, and a clause on messages says at what hours.

    >>> limits_hours("Messages outside working hours", "No emails after 6 pm.", "")
    True
    """
    return "hours" in name.lower() and bool(_HOURS.search(text) and _MESSAGES.search(f"{heading} {text}"))
