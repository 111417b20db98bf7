"""What a clause does, guessed from its words; a person confirms it later."""

import re

from bot.import_policy.rules.clauses import Modality

PEOPLE = r"(?:staff|you|we|pupils|children|employees|volunteers|visitors|governors|parents|adults|teachers|nobody|they)"
FORBIDS = re.compile(
    rf"""\b(?:(?:must|shall|may|should|will|can|could)\s+(?:not|never)\b | can\s?not\b
    | (?:can|must|should|won)[’'n]*[’']t\b
    | {PEOPLE}\s+(?:do\s+not|don[’']t)\b | never\b | (?:not|un)\s?(?:allowed|permitted|acceptable)\b
    | (?:is|are)\s+(?:strictly\s+)?(?:prohibited|forbidden|banned)\b | under\s+no\s+circumstances\b
    | no\s+(?:\S+\s+){{1,4}}(?:may|should|must|can)\b | nobody\s+(?:may|should|must|can)\b
    | (?:refrain|abstain)\s+from\b
    | (?:ask|asked|advised?|expected|encouraged|requested|told)\s+(?:(?:you|staff|everyone|people)\s+)?not\s+to\b
    | ought\s+not\b ) | (?:^|[.,;:]\s+|\b(?:and|but|please)\s+)(?:do\s+not|don[’']t)\b
    | ^not\b""",
    re.IGNORECASE | re.VERBOSE,
)
ADVISES = re.compile(
    r"\b(?:should|(?:is|are)\s+(?:encouraged|advised|expected|asked)\s+to|ought\s+to|we\s+ask\s+you)\b", re.I
)
ALLOWS = re.compile(
    r"\b(?:may|can(?=\s+(?!be\b))|can\s+be\s+(?:used|worn|taken|kept|brought|carried|shared|posted|made|given|left)"
    r"|(?:is|are)\s+(?:allowed|permitted|welcome|free)(?:\s+to)?|(?:is|are)\s+fine|have\s+permission)\b",
    re.I,
)
REQUIRES = re.compile(
    r"\b(?:must|shall|(?:is|are)\s+(?:required|obliged)\s+to|(?:has|have|needs?)\s+to|I\s+(?:will|agree|understand)"
    r"|will\s+ensure|(?:is|are)\s+responsible\s+for|required\s+to)\b",
    re.I,
)
IMPERATIVE = re.compile(
    r"(?:always|only|please|be|bring|give|get|log|choose|wait|write|work|stop|turn|ask|assume|check|close|ensure|follow|hand|inform|keep|leave|let|lock"
    r"|make\s+sure|read|record"
    r"|remember|report|return|see|send|set|sign|speak|switch|take|tell|think|treat|turn|use|wear|avoid)\b",
    re.I,
)
DEFINES = re.compile(
    r"(?:[“\"‘'][^”\"’']{2,60}[”\"’']\s*(?:means|refers\s+to|includes|is|are)\b|.{2,60}?\s+means\b)", re.I
)
TERM_AND_MEANING = re.compile(r"[^.:;]{2,50}[:–-]\s")
HEADS_DEFINITIONS = re.compile(r"\b(?:definitions?|glossary|what\s+we\s+mean|terms\s+used|interpretation)\b", re.I)
SPEAKS_OF_ITSELF = re.compile(
    r"(?:this|the|our)\s+(?:policy|guidance|document|agreement|code|procedure)\s+(?:explains?"
    r"|sets?\s+out|describes?|appl\w+|aims?"
    r"|is|covers?|was|has|should\s+be\s+read)\b|it\s+(?:should\s+be\s+read|applies)\b",
    re.I,
)
BEFORE_THE_RULE = re.compile(
    r"^(?:if|when(?:ever)?|where|before|after|unless|while|once|as\s+soon\s+as)\b[^.,;]{3,140},\s+", re.I
)
BESIDE_THE_RULE = re.compile(
    r"\bso\s+that\b[^.;]*|\b(?:that|which|who)\s+(?:do|does|can|could|may|cannot)\b[^.,;]{0,20}", re.I
)
MAY_HAPPEN = re.compile(
    r"\bmay(?=\s+(?:well\s+)?(?:have\s+to|need|result|lead|cause|include|contain|be\s+(?:dealt"
    r"|treated|subject|asked|considered|liable"
    r"|required|monitored|disclosed|reported|referred|held|seen|at)))\b|^(?:the"
    r"|our)\s+(?:\w+\s+)?(?:school|trust|academy|council"
    r"|governing\s+bod\w+|board)\s+(?:may|can|reserves)\b",
    re.I,
)
LISTS_CONDITIONS = re.compile(
    r"\b(?:if|where|when|provided(?:\s+that)?|unless|except(?:\s+(?:if|when|where|for))?|conditions?"
    r"|subject\s+to|exceptions?(?:\s+\w+)?)"
    r"(?:\s+(?:it|they|you|he\s+or\s+she|the\s+following))?\s*[:–-]$",
    re.I,
)
# A permission for those who are named, and so a prohibition for everybody else: bot/ask/rules/proposals.py says so.
ONLY_SOME = re.compile(r"only\s.{3,160}?\s(?:may|can)\b", re.I)
EXCUSES = re.compile(r"\b(?:not\s+(?:expected|required|obliged)\s+to|does\s+not\s+apply|need\s+not)\b", re.I)
DOERS = ((REQUIRES, Modality.MUST), (ADVISES, Modality.SHOULD), (ALLOWS, Modality.MAY))
SAYS_ITSELF = re.compile(r"(?:must|should|may|shall|never|do not|don[’']t|not)\b", re.I)


def modality_of(text: str, heading: str = "", lead_in: Modality | None = None) -> Modality:
    """The modality of a clause; that of its lead-in if its own words have none.

    >>> [str(modality_of(text)) for text in ("Staff must not post.", "Phones may be used.", "“AI” means software.")]
    ['must_not', 'may', 'definition']
    >>> str(modality_of("carry a phone;", lead_in=Modality.MUST_NOT))
    'must_not'
    """
    if DEFINES.match(text) or (HEADS_DEFINITIONS.search(heading) and TERM_AND_MEANING.match(text)):
        return Modality.DEFINITION
    if EXCUSES.search(text) or SPEAKS_OF_ITSELF.match(text):
        return Modality.INFORMATION
    if lead_in is not None and not SAYS_ITSELF.match(text):
        return lead_in
    rule = BESIDE_THE_RULE.sub(" ", MAY_HAPPEN.sub(" ", BEFORE_THE_RULE.sub("", text)))
    found = _doers(rule)
    if found and (ONLY_SOME.match(rule) or not (IMPERATIVE.match(rule) and found[0][1] is Modality.MAY)):
        return found[0][1]
    return (
        Modality.MUST
        if any(IMPERATIVE.match(sentence) for sentence in re.split(r"(?<=[.;])\s+", rule))
        else Modality.INFORMATION
    )


def modality_below(text: str, own: Modality) -> Modality:
    """The modality of the items under a lead-in: that of its last words. Conditions and exceptions are information.

    >>> str(modality_below("I will use chats for arrangements, and I will not:", Modality.MUST))
    'must_not'
    >>> str(modality_below("Phones must be off, except where:", Modality.MUST))
    'information'
    """
    if LISTS_CONDITIONS.search(text):
        return Modality.INFORMATION
    found = _doers(text)
    return found[-1][1] if found else own


def _doers(text: str) -> list[tuple[int, Modality]]:
    """What a text does, in its order; "may not" is one thing, not two."""
    forbidden = [match.span() for match in FORBIDS.finditer(text)]
    found = [(start, Modality.MUST_NOT) for start, _ in forbidden]
    for words, modality in DOERS:
        for match in words.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in forbidden):
                found.append((match.start(), modality))
    return sorted(found, key=lambda item: item[0])


def column_modality(head: str) -> Modality | None:
    """What a column of a do-and-don't table asks for; None if its head is no such word.

    >>> [str(column_modality(head)) for head in ("Staff should not", "Do", "Acceptable", "When")]
    ['must_not', 'must', 'may', 'None']
    """
    words = head.lower().replace("’", "'").strip(" :.!")
    if not (2 <= len(words) <= 40) or len(words.split()) > 6:
        return None
    if re.search(
        r"\b(?:not|never|avoid)\b|n't\b|\bdon'?ts?\b|\bunacceptable\b|\bprohibited\b|\bforbidden\b|^no\b", words
    ):
        return Modality.MUST_NOT
    if re.search(r"\bshould$", words):
        return Modality.SHOULD
    if re.search(
        r"\b(?:may|can)$|^(?:acceptable|allowed|permitted|ok|yes)\b|\b(?:is|are) (?:allowed|acceptable|permitted)",
        words,
    ):
        return Modality.MAY
    if re.search(r"\b(?:must|will|always)$|^do'?s?$|^(?:staff|you|we|please) do$", words):
        return Modality.MUST
    return None
