"""Hides the numbers that belong to a lesson's name, such as those of "Year 4" and "White Rose 3.10"."""

import re

from bot.school.rules.spoken_days import MONTH, pattern

_SCHEMES = (
    r"units?|chapters?|chap|ch\.?|pages?|pp?\.|phases?|steps?|blocks?|modules?|parts?|sections?|stages?|levels?|books?"
    r"|versions?|v|volumes?|vol\.?|weeks?|questions?|q|ex\.?|exercises?|tasks?|strands?|objectives?|numbers?|no\.?"
    r"|topics?"
    r"|schemes?|white rose(?: maths)?|wrm|power maths|maths no problem|read write inc|rwi|ncetm|purple mash"
    r"|key stage|ks"
    r"|sizes?|terms?|lesson (?:number|no\.?|plan)|acts?|scenes?|figures?|fig\.?|clauses?|verses?|psalms?|genesis|luke"
    r"|mark|matthew|john|exodus|apollo|tables?|assessments?|papers?|sheets?|slides?|test|quiz|episodes?|series|grades?"
)
_NOT_AFTER = r"(?<!next )(?<!this )(?<!\ba )(?<!day )(?<!days )"  # "next week 10-11" names no week
_A_NUMBERED_NAME = pattern(
    r"\b(?:(?:years?|yrs?|y|ages?|aged|lessons|groups) ?\d{1,3}[a-z]?(?:(?:[/–-]| to )\d\d?(?!\w))*"
    r"|(?:class|room|period|group|set) ?\d\d?[a-z]?(?:/\d\d?[a-z]?|(?= [–-] )))(?!\w|[.:]\d)"
)
_A_SCHEME = pattern(
    rf"\b{_NOT_AFTER}(?:{_SCHEMES}) ?"
    rf"(?:\d{{1,3}}(?:\.\d{{1,2}}){{0,2}}[a-z]?(?:(?:[/–-]| to | and )\d\d?(?:\.\d\d?)?(?!\w))*)"
    rf"(?!\w|[:]\d|/\d| ?(?:[ap]\.?m\b|o['’]?clock)|(?:st|nd|rd|th)\b| {MONTH}\b)"
)
_A_RATIO = pattern(r"\b(?:ratios?|scales?)(?: of)? \d{1,3} ?: ?\d{1,3}(?![\d:])")
_ABOUT_FRACTIONS = pattern(
    r"\b(?:fractions?|equivalent|numerators?|denominators?|halves|quarters|thirds|mixed numbers?)\b"
)
_A_FRACTION = re.compile(r"(?<![\w/.])\d/\d\d?(?![\w/])")
_HIDDEN = {ord("0") + digit: 0xE000 + digit for digit in range(10)}  # the digits of "Year 4" are no day and no time
_SHOWN = {hidden: digit for digit, hidden in _HIDDEN.items()}


def hide_numbers_of_names(text: str) -> str:
    """The text with other characters for the digits that belong to names.

    >>> [show_numbers(hide_numbers_of_names(text)) == text for text in ("Unit 3.10", "fractions 1/2")]
    [True, True]
    """
    for regex in (_A_NUMBERED_NAME, _A_SCHEME, _A_RATIO):
        text = regex.sub(_hidden, text)
    return _A_FRACTION.sub(_hidden, text) if _ABOUT_FRACTIONS.search(text) else text


def _hidden(match: re.Match[str]) -> str:
    return match[0].translate(_HIDDEN)


def show_numbers(text: str) -> str:
    """The text with its digits again."""
    return text.translate(_SHOWN)
