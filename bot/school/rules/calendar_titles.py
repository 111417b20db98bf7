"""What the title of an entry in a school's calendar means: a small grammar of whole titles.

A title is cleaned, folded and split at brackets, colons, commas and dashes between words. Each part must be one of the
patterns below from its first letter to its last; one part that is none of them leaves the whole title in doubt. So
"Half term - school closed" is a half-term, but "Half term club", "No inset day - school open" and "Breakfast club
closed" say nothing about school days.
"""

import html
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from bot.outside import clean_line


class Meaning(StrEnum):
    """What one part of a title says."""

    INSET = "INSET"  # staff are in, pupils are not
    CLOSED = "closed"  # the school is closed, and the title says no more
    HOLIDAY = "holiday"
    HALF_TERM = "half-term"
    NUMBERED_HALF = "half of a term"  # "half term 1" is seven weeks of school, or a week without
    TERM = "term"
    STARTS = "first day of a term"
    RETURNS = "pupils return"  # to a new term, or after a half-term in the middle of one
    ENDS = "last day of a term"
    PAUSES = "last day before a half-term"
    TRAINING = "staff training"  # may be an hour after school, unless another part says that pupils are not in
    NO_PUPILS = "no pupils"  # says why only with another part
    CONTEXT = "context"  # says more of the other parts, and nothing by itself


CANCELLED = re.compile(r"(?:cancell?ed|postponed|deleted)\b.*|.*\b(?:is |was |has been |now )?(?:cancell?ed|postponed)")

_DASHES = re.compile(r"[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
_APOSTROPHES = re.compile(r"['\u2018\u2019\u201b\u02bc\u00b4`\u2032]")
_YEARS = re.compile(r"\b20\d\d(?: ?[-/] ?(?:20)?\d\d)?\b|\b(?:ay ?)?2\d/2\d\b(?! ?[a-z])")
_SHORT_YEAR = re.compile(r"['\u2018\u2019]2\d\b")
_ACRONYM = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
_NUMBER_SIGN = re.compile(r"\bno\. ?(?=\d)|\bnumber (?=\d)")
_CLOCK = re.compile(r"\b\d{1,2}(?:[.:]\d\d)? ?[ap]\.?m\b\.?|\b\d{1,2}[.:]\d\d\b|\bnoon\b")
_SEPARATORS = re.compile(r"[()\[\]:;,!|*#\"\u201c\u201d\u2022]|\.(?=\s|$)|\s-+|-+\s|^-+|-+$")
_SPACES = re.compile(r"[\s/-]+")

_MONTH = (
    "january|jan|february|feb|march|april|may|june|july|august|september|sept|sep|october|oct|november|nov|december|dec"
)
_TIME_OF_YEAR = (
    rf"(?:(?:late |early |mid )?(?:{_MONTH})|autumn|winter|spring|summer|spring bank|michaelmas|lent|trinity|"
    "whitsuntide|whitsun|whit|easter|christmas and new year|christmas|xmas|new year|"
    "eid(?: al (?:fitr|adha))?|diwali)"
)
# Whose training day it is, if it is everybody's.
_EVERYBODYS = "(?:(?:whole |all )?(?:school|staff|trust|academy|federation|mat) )?"
_WEEKDAY = "(?:mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?)"
_NUMBER = r"(?:(?:no|number) ?)?(?:[1-6]|one|two|three|four|five|six)(?:(?: of| and| to)? [1-6])*"
_PUPILS = "(?:pupils|children|students|learners)"
_ALL = rf"(?:all )?(?:staff and )?{_PUPILS}(?: and staff)?"
_FOR_PUPILS = rf"(?: (?:for|to) (?:the )?{_ALL})?"
_HALF = r"half ?term"
_HOLIDAY = r"(?:holidays?|break|vacation|recess|hols)"
_SCHOOL = "(?:the |our |whole )?(?:school|academy|college)(?: (?:is|will be))?"
_A_TERM = rf"(?:the )?(?:new )?(?:{_TIME_OF_YEAR} )?term(?: {_NUMBER})?"
_AT = "(?: at)?(?: attime)?(?: finish)?"
_DATE = rf"(?:{_WEEKDAY} )?\d{{1,2}}(?:st|nd|rd|th)?(?: (?:{_MONTH}))?"
_A_YEAR = "(?:the )?(?:new )?(?:school|academic) year"
# "Staff training" and "CPD" by themselves may be an hour after school, so "day" must follow; INSET is always a day.
_TRAINING = (
    "(?:inset|in ?service|pd|cpd|(?:staff |teachers? )?(?:continuing )?professional (?:development|learning)|"
    "(?:whole )?(?:staff|school) (?:development|inset|training|cpd)|teachers? (?:training|development)|"
    "staff in ?service|non pupil|"
    "(?:pupil|student|child) free|non contact|training|baker)"
)
_INSET = (
    rf"(?:(?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th|{_TIME_OF_YEAR}(?: term)?) )?"
    rf"{_EVERYBODYS}(?:{_TRAINING}(?: (?:and )?{_TRAINING})* days?|(?:inset|in ?service)(?: training)?)"
    rf"(?: {_NUMBER})?(?: for (?:all )?staff)?(?: (?:with )?no (?:school|{_PUPILS}(?: in school)?))?"
)
_HOLIDAYS = (
    rf"(?:{_TIME_OF_YEAR} )?(?:(?:school|term|mid term|pupil) )?{_HOLIDAY}",
    rf"(?:(?:{_TIME_OF_YEAR}|may day|extra|additional|royal wedding|coronation|(?:platinum )?jubilee"
    r"|(?:state|royal) funeral) )*"
    r"(?:bank|public|national|local) (?:holidays?|hols?)(?: monday| weekend)?",
    rf"{_TIME_OF_YEAR} (?:closure|shutdown|closedown)(?: period)?",
    "good friday|easter monday|christmas day|boxing day|new years day",
    # A day off that the school or the council chooses, for staff as well.
    rf"(?:occasional|discretionary) (?:days?|holidays?)(?: off| holiday| closure)?(?: {_NUMBER})?",
)
_HALF_TERMS = rf"(?:{_TIME_OF_YEAR} )?(?:term )?{_HALF}(?: (?:week|school))?(?: {_HOLIDAY}| closure)?"
_REASONS = "|".join(
    [
        r"(?:the )?(?:(?:local|general|mayoral|european|council|county|parliamentary|by) )*elections?",
        "polling(?: day| station| elections?)?(?: and elections?)?|(?:use as )?a polling station|voting|a referendum",
        "(?:the )?(?:kings?|queens?|royal) (?:coronation|funeral|wedding|jubilee)|(?:the )?coronation|state funeral",
        rf"(?:the )?(?:{'|'.join((*_HOLIDAYS, _HALF_TERMS))})",
        rf"(?:the )?(?:{_TIME_OF_YEAR}|may day|{_HALF})",
        "snow|(?:bad|adverse|severe) weather(?: conditions)?|(?:industrial|strike) action|(?:teachers? )?strikes?|"
        "(?:an? )?(?:heating|boiler|power|water) (?:failure|fault|problems?)|(?:a )?power cut|(?:an? )?emergency|"
        "flooding|the (?:day|week)",
    ]
)
_CLOSED = (
    rf"(?:{_SCHOOL} |all day )?(?:closed|closure|shut)(?: days?)?(?: to (?:all|everyone))?{_FOR_PUPILS}"
    "(?: all (?:day|week))?"
)

# In this order: the first pattern that is the whole part decides.
_PATTERNS: tuple[tuple[Meaning, str], ...] = (
    (Meaning.INSET, _INSET),
    (
        Meaning.INSET,
        rf"{_INSET} {_CLOSED}|{_CLOSED}(?: for| due to)? (?:an? |the )?{_INSET}{_FOR_PUPILS}|{_CLOSED} for {_TRAINING}",
    ),
    (Meaning.HALF_TERM, _HALF_TERMS),
    (Meaning.NUMBERED_HALF, rf"(?:{_TIME_OF_YEAR} )?(?:term )?{_HALF} {_NUMBER}"),
    (Meaning.HOLIDAY, "|".join(_HOLIDAYS)),
    (Meaning.CLOSED, _CLOSED),
    (Meaning.CLOSED, rf"{_CLOSED} (?:for|due to|because of|as) (?:{_REASONS})"),
    (
        Meaning.CLOSED,
        rf"no school(?: today)?{_FOR_PUPILS}|non school day|(?:extra|additional|unplanned|emergency) {_CLOSED}",
    ),
    (Meaning.TERM, rf"(?:{_TIME_OF_YEAR} |school )?term(?: {_NUMBER}| time| dates?)?|{_TIME_OF_YEAR} [12]"),
    (Meaning.TERM, rf"{_TIME_OF_YEAR} term (?:first|second|1st|2nd) half|(?:first|second) half of {_A_TERM}"),
    (Meaning.STARTS, rf"(?:{_PUPILS}s? )?(?:first|1st) day of (?:{_A_TERM}|{_A_YEAR}){_FOR_PUPILS}"),
    (Meaning.STARTS, rf"(?:the )?(?:start|beginning) of (?:{_A_TERM}|{_A_YEAR}){_FOR_PUPILS}"),
    (Meaning.STARTS, rf"{_A_TERM} (?:starts?|begins?|commences?|opens?){_FOR_PUPILS}"),
    (
        Meaning.RETURNS,
        rf"(?:{_SCHOOL} (?:re ?opens?|resumes?|returns?|re ?starts?|opens|starts|begins)(?: to)?|"
        r"(?:first|1st) day back|term re ?starts|"
        rf"{_ALL} (?:returns?|back|go back|are back)(?: (?:to|in|at))?(?: school)?|"
        rf"(?:return|back) to school){_FOR_PUPILS}"
        r"(?: (?:for|to|after|following|from) (?:the )?"
        rf"(?:{_A_TERM}|{_HALF_TERMS}|{_HOLIDAYS[0]}|christmas|easter|summer))?",
    ),
    (Meaning.ENDS, rf"(?:{_PUPILS}s? )?(?:last|final) day of (?:{_A_TERM}|{_A_YEAR}|school){_FOR_PUPILS}{_AT}"),
    (Meaning.ENDS, rf"(?:the )?end of (?:{_A_TERM}|{_A_YEAR}){_FOR_PUPILS}{_AT}"),
    (Meaning.ENDS, rf"{_A_TERM} (?:ends?|finish(?:es)?|closes?){_FOR_PUPILS}{_AT}"),
    (
        Meaning.ENDS,
        rf"(?:{_SCHOOL} (?:closes?|breaks? up|finish(?:es)?|ends)|{_ALL} (?:break|finish)(?: up)?|break(?:s|ing)? up)"
        rf"{_AT} for (?:the )?(?:christmas|xmas|easter|summer|end of term)(?: {_HOLIDAY})?{_AT}",
    ),
    (Meaning.ENDS, rf"(?:last|final) day before (?:the )?(?:christmas|easter|summer)(?: {_HOLIDAY})?"),
    (
        Meaning.PAUSES,
        rf"(?:{_SCHOOL} (?:closes?|breaks? up)|(?:{_ALL} )?break(?:s|ing)? up){_AT} for (?:the )?{_HALF_TERMS}{_AT}",
    ),
    # What may be added to any of these. A year is taken out before.
    (
        Meaning.CONTEXT,
        rf"{_TIME_OF_YEAR}|may day|bank|all day|staff only|(?:all|whole|entire) school|england|school|all|"
        rf"day {_NUMBER}|everyone|all (?:years|year groups|classes|key stages|phases|staff and pupils)|trust wide",
    ),
    (
        Meaning.NO_PUPILS,
        rf"no (?:all )?{_PUPILS}(?: (?:in|at) (?:the )?(?:school|building))?|"
        rf"{_PUPILS} (?:are )?(?:not|do not) (?:in|attend|required)(?: school)?",
    ),
    (Meaning.CONTEXT, rf"for (?:all )?{_PUPILS}(?: (?:in|at) school)?|{_ALL}"),
    (Meaning.CONTEXT, r"(?:one|two|three|[1-9]) (?:days?|weeks?)|week [1-6]|days?|(?:first|second|1st|2nd) half"),
    (
        Meaning.CONTEXT,
        rf"{_WEEKDAY}(?: (?:to |and )?{_WEEKDAY})?",
    ),
    (
        Meaning.CONTEXT,
        rf"(?:{_SCHOOL} |{_ALL} )?(?:early )?(?:closes?|closing|finish(?:es)?|ends?)(?: early)?(?: at)? attime",
    ),
    (Meaning.CONTEXT, rf"{_DATE}(?: (?:to |and )?{_DATE})?"),
    (Meaning.CONTEXT, rf"(?:due to |because of )?(?:{_REASONS})|snow day|strike day"),
    (Meaning.CONTEXT, "attime finish|all staff|staff (?:are )?in(?: school)?|safeguarding"),
    (
        Meaning.TRAINING,
        "(?:all |whole )?(?:staff|teachers?) (?:training|development)|(?:safeguarding|staff cpd) training|cpd",
    ),
    (
        Meaning.CONTEXT,
        r"polling (?:day|station)|used as (?:a )?polling station|"
        r"(?:local |general )?elections?|kings coronation|coronation",
    ),
)
_WHOLE = tuple((meaning, re.compile(pattern)) for meaning, pattern in _PATTERNS)

# Several parts with a meaning: what they say together. Others contradict each other, and nothing is taken from them.
_TOGETHER: dict[frozenset[Meaning], frozenset[Meaning]] = {
    frozenset({Meaning.INSET, Meaning.CLOSED}): frozenset({Meaning.INSET}),
    frozenset({Meaning.HALF_TERM, Meaning.CLOSED}): frozenset({Meaning.HALF_TERM}),
    frozenset({Meaning.HALF_TERM, Meaning.HOLIDAY}): frozenset({Meaning.HALF_TERM}),
    frozenset({Meaning.HALF_TERM, Meaning.HOLIDAY, Meaning.CLOSED}): frozenset({Meaning.HALF_TERM}),
    frozenset({Meaning.HOLIDAY, Meaning.CLOSED}): frozenset({Meaning.HOLIDAY}),
    frozenset({Meaning.STARTS, Meaning.INSET}): frozenset({Meaning.STARTS, Meaning.INSET}),
    frozenset({Meaning.ENDS, Meaning.INSET}): frozenset({Meaning.ENDS, Meaning.INSET}),
    frozenset({Meaning.STARTS, Meaning.RETURNS}): frozenset({Meaning.STARTS}),
    frozenset({Meaning.TERM, Meaning.NUMBERED_HALF}): frozenset({Meaning.TERM}),
}


def folded(title: str) -> str:
    """A title in the form in which titles are compared: lower case, one kind of space, dash and apostrophe.

    >>> folded("Half\\u00a0Term \\u2013 Mon\\u2013Wed"), folded("New Year\\u2019s Day")
    ('half term - mon-wed', 'new years day')
    """
    text = unicodedata.normalize("NFKC", clean_line(html.unescape(title))).casefold()
    text = _SHORT_YEAR.sub(" ", text)
    text = "".join(" " if unicodedata.category(char) == "So" else char for char in text)
    return " ".join(_APOSTROPHES.sub("", _DASHES.sub("-", text)).split())


@lru_cache(maxsize=2_000)
def meanings(title: str) -> frozenset[Meaning]:
    """What a title says; empty if it says nothing about school days, or cannot be sure of it.

    >>> sorted(meanings("Inset day (school closed to pupils)")), sorted(meanings("No inset day - school open"))
    ([<Meaning.INSET: 'INSET'>], [])
    """
    parts = frozenset(_meaning(part) for part in _parts(folded(title)))
    if None in parts:
        return frozenset()
    said = _without_reasons(frozenset(part for part in parts if part and part is not Meaning.CONTEXT))
    if len(said) > 1 and Meaning.TERM in said and Meaning.NUMBERED_HALF not in said:
        said -= {Meaning.TERM}  # "Autumn term: half term" names the term it is in
    return said if len(said) < 2 else _TOGETHER.get(said, frozenset())


def _without_reasons(said: frozenset[Meaning]) -> frozenset[Meaning]:
    """What is said once training and the absence of pupils, each no day by itself, have been put with the rest."""
    rest = said - {Meaning.TRAINING, Meaning.NO_PUPILS}
    if said == {Meaning.TRAINING, Meaning.NO_PUPILS} or (Meaning.TRAINING in said and rest == {Meaning.CLOSED}):
        return frozenset({Meaning.INSET})
    return rest


def is_cancelled(title: str) -> bool:
    """Whether a title says that what it names does not take place, as Outlook writes it before the title."""
    return CANCELLED.fullmatch(folded(title)) is not None


def _parts(text: str) -> list[str]:
    text = _ACRONYM.sub(lambda match: match[0].replace(".", ""), text)
    text = _NUMBER_SIGN.sub("", text)
    text = _SEPARATORS.sub("\n", _CLOCK.sub("attime", _YEARS.sub(" ", text)))
    parts = (_SPACES.sub(" ", part.replace("&", " and ").replace("+", " and ")) for part in text.split("\n"))
    return [part.strip().removeprefix("the ") for part in parts if part.strip()]


def _meaning(part: str) -> Meaning | None:
    return next((meaning for meaning, pattern in _WHOLE if pattern.fullmatch(part)), None)
