"""A clause as one sentence to its reader, in the clause's own words, with conditions and exceptions split off.

Nothing is rewritten: the only words that may change are pronouns ("Staff must not" becomes "You must not"), and the
"will" of a promise ("I will not" becomes "You must not"). In doubt a clause is said whole.
"""

import re
from dataclasses import dataclass

MAX_SENTENCE_CHARS = 170  # more does not fit on a phone above the clause
MAX_WHOLE_CHARS = 260  # a clause of several sentences is said whole up to here
MIN_CONDITION_WORDS = 3  # "if asked" stays where it is
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
_IN_FIRST_PERSON = re.compile(r"\b(?:I|I['’]m|I['’]ve|me|mine|myself)\b")
_PROMISE = re.compile(r"^I (?:will|shall)\b(?! (?:be \w+(?:ed|en|wn|ld)|receive|get|have)\b)")
_TO_SECOND_PERSON = (
    (re.compile(r"\bI am\b"), "you are"),
    (re.compile(r"\bI was\b"), "you were"),
    (re.compile(r"\bI['’]m\b"), "you are"),
    (re.compile(r"\bI['’]ve\b"), "you have"),
    (re.compile(r"\bI (?:will|shall)\b"), "you must"),
    (re.compile(r"\b(?:I|me)\b"), "you"),
    (re.compile(r"\bmy\b"), "your"),
    (re.compile(r"\bmine\b"), "yours"),
    (re.compile(r"\bmyself\b"), "yourself"),
)
# Only these words begin a condition. "In the office", "when", "but do not" and lists of people stay in their sentence:
# a rule without them may say the opposite.
_EXCEPTION = r"unless|except(?:ing)? (?:if|when|where|in|on|at|during|for|with|by|after|before)"
_LIMIT = (
    r"(?<!even )if|only (?:if|when)|provided(?: that)?|as long as|so long as|subject to|"
    r"with (?:the |their |prior |written |express )*(?:[\w’']+ )?(?:permission|agreement|consent|approval)"
)
_EXCEPTION_CUT = re.compile(rf",?\s+\(?(?=(?:{_EXCEPTION})\b)", re.IGNORECASE)
_PERMISSION_CUT = re.compile(rf",?\s+\(?(?=(?:{_EXCEPTION}|{_LIMIT})\b)", re.IGNORECASE)
_LIMITS = re.compile(r"^(?:only if|only when|provided that|provided|if|as long as|so long as)\s+", re.IGNORECASE)
_WHETHER = re.compile(
    r"\b(?:asks?|asked|asking|checks?|knows?|sees?|finds? out|sure|decides?|says?|tells? \w+|even)$", re.I
)
_ANOTHER_RULE = re.compile(
    r"[;.?!]\s|\bbut\b|\b(?:must|should|shall|may|can|cannot|never|do not|don['’]t|will)\b", re.I
)
_CONDITION_FIRST = re.compile(
    r"^(?P<condition>(?:if|unless|provided(?: that)?|as long as|so long as|only (?:if|when))\b[^.;,]{2,140}),\s+"
    r"(?!(?:it|they|he|she|this|that|these|those)\b)(?P<rule>[^.;]+.*)$",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\b(?:at|in|on|during|when|where|while|between|before|after|with|by|for|from|until|but|only|within|outside|under|"
    r"through|via|as|instead|rather|except|apart|other than)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.;!?])\s+(?=[A-Z“\"'‘(])")
_ENDS = " \t\n.;:,–-"
_LEANS_BACK = re.compile(r"^(?:it|they|he|she|this|that|these|those|such|but|and|or|also|otherwise|then)\b", re.I)
_SUBORDINATE = re.compile(r"^(?:if|when|whenever|where|before|after|unless|while|once|in|on|at|during|outside)\b", re.I)
_DUTY = re.compile(r"\b(?:must|should|shall|will|may|can)\b(?! (?:not|never)\b)", re.I)
_NEGATED = re.compile(r"\b(?:not|never|no|nobody|nothing|none|neither|discouraged|cannot|can['’]t|don['’]t|only|"
                      r"prohibited|forbidden|banned|"
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

    @property
    def forbids_first(self) -> bool:
        """Whether the sentence forbids before it says anything else: not "Use the blue one, never the red one".

        >>> ClauseSentence("Use the blue one, never the red one.").forbids_first
        False
        """
        beginning = self.text if _SUBORDINATE.match(self.text) else re.split(r"[,;.]\s", self.text)[0]
        negated = _NEGATED.search(beginning)
        duty = _DUTY.search(self.text)
        return negated is not None and not (duty and duty.start() < negated.start())

    @property
    def is_limited(self) -> bool:
        """Whether the sentence itself says where, when, for what or how: then it is not allowed everywhere."""
        return bool(_LIMITED.search(self.text))

    @property
    def is_in_first_person(self) -> bool:
        """Whether it is the promise of the person who signs, as it stands."""
        return bool(_IN_FIRST_PERSON.search(self.text))


def sentence_of(text: str, lead_in: str = "", modal: str = "") -> ClauseSentence:
    """The sentence of a clause; `lead_in` is the beginning of the list it is an item of, `modal` marks its rule.

    Only a permission has conditions, and any rule exceptions; whatever else limits a rule stays in its sentence.

    >>> sentence_of("Staff must not use a phone in the hall, except in an emergency.", modal="must not")
    ClauseSentence(text='You must not use a phone in the hall.', conditions=('except in an emergency',))
    >>> sentence_of("Do not post about a trip, even if nobody is named.", modal="not")
    ClauseSentence(text='Do not post about a trip, even if nobody is named.', conditions=())
    """
    rule = _rule(" ".join(text.split()), modal)
    whole = f"{lead_in.rstrip(_ENDS)} {_lower_first(rule)}" if lead_in else rule
    is_permission = modal in {"may", "can"}
    before = _CONDITION_FIRST.match(whole) if is_permission and not lead_in else None
    if before and not _ANOTHER_RULE.search(before["condition"]) and len(_SENTENCES.split(whole)) == 1:
        main, conditions = before["rule"], [before["condition"]]
        rest, *more = _cut(main, is_permission=True)
        main, conditions = rest, [*conditions, *more]
    else:
        main, *conditions = _cut(whole, is_permission=is_permission)
    sentence = addressed(_ended(main))
    is_addressed = sentence.split(" ")[0] == "You"
    return ClauseSentence(sentence, tuple(_condition(part, is_addressed=is_addressed) for part in conditions if part))


def _rule(text: str, modal: str) -> str:
    """All of a text that is short; of a longer one the sentence that has the rule, if it alone can be understood."""
    sentences = _SENTENCES.split(text)
    if len(text) <= MAX_WHOLE_CHARS or len(sentences) == 1:
        return text
    wanted = re.compile(rf"\b{re.escape(modal)}\b", re.IGNORECASE)
    with_rule = [sentence for sentence in sentences if modal and wanted.search(sentence)]
    return text if len(with_rule) != 1 or _LEANS_BACK.match(with_rule[0]) else with_rule[0]


def _cut(text: str, *, is_permission: bool) -> list[str]:
    """A rule, and its condition or exception if it is certain to be one; else the text alone.

    The rule keeps its first four words whatever they are.
    """
    pattern = _PERMISSION_CUT if is_permission else _EXCEPTION_CUT
    beginning = re.match(r"^\s*(?:\S+\s+){3,5}?(?=\S)", text)
    start = beginning.end() if beginning else len(text)
    cut = next((match for match in pattern.finditer(text) if match.start() >= start), None)
    if cut is None or len(_SENTENCES.split(text)) > 1:
        return [text]
    main, tail = text[: cut.start()], text[cut.end() :].rstrip(_ENDS + ")" if "(" in cut[0] else _ENDS)
    is_whole = _WHETHER.search(main) or _ANOTHER_RULE.search(tail) or len(tail.split()) < MIN_CONDITION_WORDS
    return [text] if is_whole else [main, tail]


def addressed(sentence: str) -> str:
    """A rule for staff as one for "you", if that is certain to be right; else the sentence as it is.

    >>> addressed("All staff must lock their phones away."), addressed("Staff must tell parents what they saw.")
    ('You must lock your phones away.', 'Staff must tell parents what they saw.')
    >>> addressed("I will say when I am late."), addressed("I understand that logs are kept.")
    ('You must say when you are late.', 'I understand that logs are kept.')
    """
    if _FIRST_PERSON.match(sentence):
        return _in_second_person(sentence)
    begins = _SUBJECT.match(sentence)
    if not begins:
        return sentence
    rest = sentence[begins.end() :]
    if _OTHERS.search(rest) and re.search(r"\b(?:their|the[ym])\b", rest, re.IGNORECASE):
        return sentence
    return "You " + re.sub(r"\btheir\b", "your", rest)


def _in_second_person(sentence: str) -> str:
    """A promise as the duty it is. What is not promised but understood, agreed to or received stays as it stands."""
    is_plain_rule = re.match(r"^I (?:must|may|can|cannot|should)\b", sentence)
    if not (is_plain_rule or _PROMISE.match(sentence)) or re.search(r"[“”\"]", sentence):
        return sentence
    for first, second in _TO_SECOND_PERSON:
        sentence = first.sub(second, sentence)
    return f"{sentence[:1].upper()}{sentence[1:]}"


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
