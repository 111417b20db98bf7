"""A clause as one sentence to its reader, in the clause's own words, with conditions and exceptions split off.

Nothing is rewritten: the only words that may change are pronouns ("Staff must not" becomes "You must not").
"""

import re
from dataclasses import dataclass

MAX_SENTENCE_CHARS = 170  # more does not fit on a phone above the clause
_STAFF = (
    r"(?:(?:all|any|other|our|both|paid|permanent|supply|agency|office|support|teaching|school) )*"
    r"(?:staff members?|members? of staff|staff|employees|teachers|teaching assistants|volunteers|governors|adults|"
    r"supply teachers|everyone|everybody|students on placement|contractors)"
)
_MODAL = r"(?:must|should|may|can|cannot|shall|will|need|have|do|are)"
_SUBJECT = re.compile(rf"^(?:{_STAFF})(?:(?:, | and |, and | or )(?:{_STAFF}))* (?={_MODAL}\b)", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"^I (?=(?:will|must|shall|may|can|cannot|should|understand|agree)\b)")
_OTHERS = re.compile(
    r"\b(?:pupils?|child(?:ren)?|parents?|carers?|visitors?|famil(?:y|ies)|colleagues?|others|people|friends?|"
    r"students?|they|them|themselves|he|she|his|her|who)\b",
    re.IGNORECASE,
)
_FIRST_PERSON_LEFT = re.compile(r"\b(?:I|I'm|I’m|I've|I’ve|me|mine|myself)\b")
_MARKERS = (
    r"except(?:ing)?|unless|only (?:if|when|where|with|after|for|in|on|at|during)|provided(?: that)?|without|"
    r"other than|apart from|with the (?:\w+ )?(?:permission|agreement|consent) of|if|subject to|as long as|so long as"
)
_CUT = re.compile(rf",?\s+\(?(?=(?:{_MARKERS})\b)", re.IGNORECASE)
_PERMISSION_CUT = re.compile(
    rf",?\s+\(?(?=(?:{_MARKERS}|when|where|while|during|before|after|between|at|in|on|with|by|for|from|to)\b)",
    re.IGNORECASE,
)
_LIMITS = re.compile(r"^(?:only if|provided that|provided|if|as long as|so long as)\s+", re.IGNORECASE)
_BEFORE_RULE = re.compile(
    r"^(?P<condition>(?:if|when|where|unless|except|outside|during|in|on|at|with|without|before|after|while|only)\b"
    r"[^.;]{2,140}?),\s+(?P<rule>[^.;]+.*)$",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.;!?])\s+(?=[A-Z“\"'‘(])")
_ENDS = " \t\n.;:,–-"
_NEGATED = re.compile(r"\b(?:not|never|no|nobody|none|cannot|can['’]t|don['’]t|only|prohibited|forbidden|banned|"
                      r"refrain|abstain|unacceptable|avoid|without|un\w+ed)\b|n['’]t\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClauseSentence:
    """What a clause says to its reader; `conditions` are its conditions and exceptions, in its words."""

    text: str
    conditions: tuple[str, ...] = ()

    @property
    def forbids_in_words(self) -> bool:
        """Whether a reader of the sentence alone would see that something is forbidden."""
        return bool(_NEGATED.search(self.text))


def sentence_of(text: str, lead_in: str = "", modal: str = "") -> ClauseSentence:
    """The sentence of a clause; `lead_in` is the beginning of the list it is an item of, `modal` marks its rule.

    >>> sentence_of("Staff must not use a phone in the hall, except in an emergency.", modal="must not")
    ClauseSentence(text='You must not use a phone in the hall.', conditions=('except in an emergency',))
    """
    rule = _rule(" ".join(text.split()), modal)
    whole = f"{lead_in.rstrip(_ENDS)} {_lower_first(rule)}" if lead_in else rule
    before = _BEFORE_RULE.match(whole)
    conditions: list[str] = []
    if before and not lead_in:
        conditions.append(before["condition"])
        whole = before["rule"]
    main, *cut = _cut(whole, is_permission=modal in {"may", "can"})
    conditions += cut
    sentence = addressed(_ended(main))
    is_addressed = sentence.split(" ")[0] == "You"
    return ClauseSentence(sentence, tuple(_condition(part, is_addressed=is_addressed) for part in conditions if part))


def _rule(text: str, modal: str) -> str:
    """The sentence of a text that has the rule; all of a text that is one sentence."""
    sentences = _SENTENCES.split(text)
    wanted = re.compile(rf"\b{re.escape(modal)}\b", re.IGNORECASE)
    return next((sentence for sentence in sentences if modal and wanted.search(sentence)), sentences[0])


def _cut(text: str, *, is_permission: bool) -> list[str]:
    """A rule, and each of its conditions or exceptions. The rule keeps its first four words whatever they are."""
    pattern = _PERMISSION_CUT if is_permission else _CUT
    beginning = re.match(r"^\s*(?:\S+\s+){3,5}?(?=\S)", text)
    start = beginning.end() if beginning else len(text)
    cut = next((match for match in pattern.finditer(text) if match.start() >= start), None)
    if cut is None:
        return [text]
    return [text[: cut.start()], text[cut.end() :].rstrip(_ENDS + ")") if "(" in cut[0] else text[cut.end() :]]


def addressed(sentence: str) -> str:
    """A rule for staff as one for "you", if that is certain to be right; else the sentence as it is.

    >>> addressed("All staff must lock their phones away."), addressed("Staff must tell parents what they saw.")
    ('You must lock your phones away.', 'Staff must tell parents what they saw.')
    """
    for subject, own, left in ((_SUBJECT, "their", _OTHERS), (_FIRST_PERSON, "my", _FIRST_PERSON_LEFT)):
        begins = subject.match(sentence)
        if not begins:
            continue
        rest = sentence[begins.end() :]
        speaks_of_own = re.search(rf"\b{own}\b", rest, re.IGNORECASE)
        if left.search(rest) and (speaks_of_own or left is _FIRST_PERSON_LEFT or re.search(r"\bthe[ym]", rest)):
            return sentence
        return "You " + re.sub(rf"\b{own}\b", "your", rest)
    return sentence


def _condition(part: str, *, is_addressed: bool) -> str:
    plain = _LIMITS.sub("", part.strip(_ENDS))
    if is_addressed and not _OTHERS.search(plain.replace("their", "")):
        plain = re.sub(r"\btheir\b", "your", plain)
    return plain


def _ended(text: str) -> str:
    stripped = text.rstrip(_ENDS)
    stripped = re.sub(r"[;,]?\s+(?:and|or)$", "", stripped)
    return f"{stripped[:1].upper()}{stripped[1:]}." if stripped else ""


def _lower_first(text: str) -> str:
    """An item in the middle of a sentence: its capital goes unless it is that of a name."""
    first = text.split(" ")[0]
    is_name = len(first) > 1 and not first[1:].islower()
    return text if is_name or first == "I" else f"{text[:1].lower()}{text[1:]}"
