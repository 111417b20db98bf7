"""Whom a clause or a document binds, in its own words."""

import re

PEOPLE = (
    "all staff",
    "members of staff",
    "member of staff",
    "staff members",
    "staff member",
    "supply staff",
    "agency staff",
    "office staff",
    "site staff",
    "teaching assistants",
    "support staff",
    "staff",
    "employees",
    "teachers",
    "leaders",
    "headteacher",
    "governors",
    "trustees",
    "volunteers",
    "visitors",
    "contractors",
    "students on placement",
    "trainees",
    "students",
    "pupils",
    "children",
    "parents",
    "carers",
    "coaches",
    "adults",
    "members",
    "everyone",
)
SAME = {
    "all staff": "staff",
    "members of staff": "staff",
    "member of staff": "staff",
    "staff members": "staff",
    "staff member": "staff",
    "children": "pupils",
    "child": "pupils",
}
SINGULAR = {word[:-1]: word for word in PEOPLE if word.endswith("s")}
A_PERSON = re.compile(
    r"\b(" + "|".join(sorted((re.escape(w) for w in (*PEOPLE, *SINGULAR)), key=len, reverse=True)) + r")\b", re.I
)
DOES_SOMETHING = re.compile(
    r"\b(?:must|shall|should|may|can(?:not)?|will|is|are|has|have|do|does|need|agree|carry|leave|lock|use|keep)\b|:$",
    re.I,
)
APPLIES_TO = re.compile(
    r"\b(?:appl(?:ies|y)\s+to|is\s+for|covers|binds|is\s+intended\s+for|is\s+aimed\s+at|(?:must"
    r"|should)\s+be\s+followed\s+by)\s+",
    re.I,
)
DOES_NOT_APPLY = re.compile(r"\bdoes\s+not\s+(?:apply\s+to|cover)\s+", re.I)
LEADING = re.compile(r"^(?:and|or|the|all|any|our|its|those|both|everyone|every|each|also)\s+", re.I)
ENDS_THE_LIST = re.compile(
    r",?\s+\b(?:in|at|within|on|across|of)\s+(?:the|our|all|both|this|any|each|school|site|its)\b"
    r"|,?\s+\b(?:when|while|whether|regardless"
    r"|including|during|and\s+to\s+any)\b\s|[.;]|,\s+(?:who|in|at|on|whether)\b"
)
NOT_THE_SUBJECT = re.compile(r"\b(?:of|for|about|from|to|by|near|with|between|beside)\s+(?:\w+[’']?s?\s+){0,2}$", re.I)
BEFORE_THE_RULE = re.compile(
    r"^(?:if|when(?:ever)?|where|before|after|unless|while|once|on|at|in)\b[^.,;]{3,140},\s+", re.I
)
SENTENCES = re.compile(r"(?<=[.;!?])\s+(?=[A-Z“‘\"])")
RULES = re.compile(
    r"\b(?:must|shall|should|may|can(?:not)?|will|never|do\s+not|don[’']t|agree\s+to|(?:needs?|has|have)\s+to)\b", re.I
)
FOR_WHOM = re.compile(r"(?:^|\s)for\s", re.I)
WHO_MUST = re.compile(r"\s(?:must|should|shall|will|may|can)\b", re.I)
AFTER_A_SUBJECT = re.compile(
    r"\s*(?:$|[,(–-]|(?:and|or|who|whose|with|without|in|on|at|from|of|also|each|all|only|both|working|helping|visiting|"
    r"on\s+duty)\b)",
    re.I,
)
MAX_SUBJECT_WORDS = 14
MAX_WORDS_OF_A_GROUP = 8


def people_named(text: str) -> tuple[str, ...]:
    """The groups of people that a text names, in its order, in the plural.

    >>> people_named("Each member of staff, and visitors")
    ('staff', 'visitors')
    """
    words = (match[1].lower() for match in A_PERSON.finditer(text))
    plural = (SINGULAR.get(word, word) for word in words)
    return tuple(dict.fromkeys(SAME.get(word, word) for word in plural))


def binds_of(
    text: str, lead_in: tuple[str, ...] = (), heading: str = "", document: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Whom a clause binds: the subjects of its rules, else those of its lead-in or heading, the document's.

    >>> binds_of("Class chats are run by parents. Staff must not join them.", heading="Parents")
    ('staff',)
    """
    audience = lead_in or _addressees(heading) or document or ("staff",)
    if lead_in:
        subject = _subject_of(text)
        starts = people_named(" ".join(text.split()[:2]))
        return subject if subject and starts and starts[0] == subject[0] else audience
    rules = [sentence for sentence in SENTENCES.split(text) if RULES.search(sentence)]
    groups = [_subject_of(sentence) or audience for sentence in rules or [text]]
    return tuple(dict.fromkeys(group for of_sentence in groups for group in of_sentence))


def _addressees(heading: str) -> tuple[str, ...]:
    """Whom a heading speaks to: "For visitors", "What volunteers must do"; most headings say what they are about."""
    for_whom = FOR_WHOM.search(heading)
    if for_whom:
        return _subject(heading[for_whom.end() :])
    who_must = WHO_MUST.search(heading)
    return _subject(heading[: who_must.start()]) if who_must else ()


def _subject_of(sentence: str) -> tuple[str, ...]:
    rule = BEFORE_THE_RULE.sub("", sentence)
    verb = RULES.search(rule) or DOES_SOMETHING.search(rule)
    return _subject(rule[: verb.start()]) if verb else ()


def _subject(text: str) -> tuple[str, ...]:
    """Who is named as the one that does something, not "pictures of children" and not "parent chats"."""
    if len(text.split()) > MAX_SUBJECT_WORDS:
        return ()
    named = [match for match in A_PERSON.finditer(text) if not NOT_THE_SUBJECT.search(text[: match.start()])]
    return people_named(" , ".join(match[0] for match in named if AFTER_A_SUBJECT.match(text[match.end() :])))


def groups_in(text: str, applies: re.Pattern[str] = APPLIES_TO) -> tuple[str, ...]:
    """The groups listed after "applies to", as the document words them; empty if the text has no such words.

    >>> groups_in("It applies to all lecturers, office staff and volunteers, at the centre.")
    ('lecturers', 'office staff', 'volunteers')
    """
    match = applies.search(text)
    if match is None:
        return ()
    listed = text[match.end() :]
    head, colon, tail = listed.partition(":")
    if colon and len(head.split()) < 14 and "." not in head:
        listed = tail
    ends = ENDS_THE_LIST.search(listed.strip())
    listed = listed.strip()[: ends.start()] if ends else listed.strip()
    groups = (_group(part) for part in _parts(listed))
    kept = tuple(dict.fromkeys(group for group in groups if group and len(group.split()) <= MAX_WORDS_OF_A_GROUP))
    return kept if any(people_named(group) for group in kept) else ()


def _parts(listed: str) -> list[str]:
    """What a list names; "office and kitchen staff" is one group, "governors and staff" are two."""
    parts: list[str] = []
    for part in re.split(r",\s*", listed):
        first, *others = re.split(r"\s+(?:and|or)\s+", part)
        parts.append(first)
        for other in others:
            if people_named(parts[-1]) or not parts[-1].strip():
                parts.append(other)
            else:
                parts[-1] += f" and {other}"
    return parts


def _group(text: str) -> str:
    text = text.strip()
    while (shorter := LEADING.sub("", text)) != text:
        text = shorter
    return text.strip(" ,.;:")
