"""Tells the new day and time of a lesson that moved from the old ones that are said beside them."""

import re
from collections.abc import Sequence

from bot.school.rules.spoken_days import Match
from bot.school.rules.spoken_times import AT_A_TIME, FROM_TO, bare_span, begin_at, plain_span

_OLD = re.compile(
    r"\b(?:from|instead of|rather than|not|was|in place of)(?: (?:on|at|the|this|last))* ?$", re.IGNORECASE
)
_NEW = re.compile(r"\b(?:to|now|until|till?)(?: (?:on|at|the|be))* ?$", re.IGNORECASE)
_MOVES = re.compile(
    r"\b(?:(?:mov|shift|chang|swap|switch|push|bump|reschedul)\w*|put|brought|gone|went)"
    r"(?: (?!(?:to|on|at|until|till?|now|is|be|for)\b)[\w'’]+){0,4} $",
    re.IGNORECASE,
)


def newest(matches: Sequence[Match], text: str) -> Match | None:
    """The one that says where the lesson went: after "to" or "now", else the last that is not said to be the old one.

    >>> days = re.compile("Tuesday|Thursday")
    >>> [newest(list(days.finditer(line)), line)[0] for line in ("Tuesday to Thursday", "to Thursday from Tuesday")]
    ['Thursday', 'Thursday']
    """
    after_new = [match for match in matches if _NEW.search(text[: match.start()])]
    not_old = [match for match in matches if not _is_old(match, text)]
    return next((likeliest[-1] for likeliest in (after_new, not_old, matches) if likeliest), None)


def new_time(text: str) -> str:
    """The new hours, or the new hour, as they are said; empty if none are.

    >>> new_time("moved from 9 to 10"), new_time("moved to Thursday from 9 to 10"), new_time("at 2pm instead of 10am")
    ('10', 'from 9 to 10', '2pm')
    """
    spans = [match for match in FROM_TO.finditer(text) if plain_span(match) or bare_span(match)]
    moves = [match for match in spans if is_from_old_to_new(match, text)]
    if moves:
        return moves[-1]["ends"]
    span = newest(spans, text)
    if span:
        return span[0]
    time = newest([match for match in AT_A_TIME.finditer(text) if begin_at(match)], text)
    return time["begins"] if time else ""


def _is_old(match: Match, text: str) -> bool:
    return match[0].lower().startswith("from ") or bool(_OLD.search(text[: match.start()]))


def is_from_old_to_new(match: Match, text: str) -> bool:
    """Whether "from 9 to 10" says when a lesson was and when it is now, and not how long it takes."""
    has_from = (match["lead"] or "").lower().startswith("from")
    between = text[match.end("begins") : match.start("ends")].strip().lower()
    return has_from and between == "to" and bool(_MOVES.search(text[: match.start()]))
