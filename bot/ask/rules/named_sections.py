"""Sections whose heading is nearly a situation's name: they reach it even where no clause of theirs is likely."""

import re
from collections.abc import Sequence

MIN_NAME_SCORE = 0.6  # of a heading beside a situation's name; docs/decisions/16-own-policy.md has the figures
_SPEAKS_OF_ITSELF = re.compile(
    r"\b(this|our|the) (?:guidance|document|code|handbook|agreement|procedure|protocol)\b", re.IGNORECASE
)


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
