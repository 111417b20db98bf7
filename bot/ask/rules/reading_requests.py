"""Recognises a request to read the policy itself: by patterns that a whole message matches, never by a guess.

What is not certainly such a request is a question, and is answered as one. A recogniser that learns can make the same
requests from people's own words with `request_for`.
"""

import re
from dataclasses import replace
from itertools import pairwise

from bot.ask.rules.citations import NUMBER, POINT, cited, document_named
from bot.ask.rules.clause_search import content_words
from bot.ask.rules.passages import MAX_ASKED_CHARS, PassageKind, PassageRequest
from bot.ask.rules.policy import Policy
from bot.ask.rules.words import words

MAX_TOPIC_WORDS = 3  # content words; with more it is a question, and an answer is better than a search
READ_CONTENTS, READ_SECTION, READ_TOPIC, READ_WORDING = "read-contents", "read-section", "read-topic", "read-wording"
READING_INTENTS = (READ_CONTENTS, READ_SECTION, READ_TOPIC, READ_WORDING)  # of commands.toml

_POLITE_START = re.compile(
    r"^(?:(?:hi|hello|hey|morning|ok|okay|so|and|please|sorry|quick one|quick question|thanks|right)[ ,.!:-]+)+|"
    r"^(?:can|could|would|will) you (?:please |just )*(?=read|show|find|search|quote|open|give|bring|send|tell|look)",
    re.IGNORECASE,
)
_POLITE_END = re.compile(r"[ ,.!?;:]*(?:\b(?:please|pls|plz|thanks|thank you|ta|cheers))?[ .!?,]*$", re.IGNORECASE)
_TAIL = re.compile(r"[,.;:!?]\s+|\s+-\s+")
_STORY = re.compile(rf"{_TAIL.pattern}|\s+(?=(?:he|she|they)\s)", re.IGNORECASE)
_QUESTION = re.compile(
    r"(?:and |so |or )*(?:can|could|may|am|is|are|do|does|should|must|what|who|when|where|how|why)\b", re.IGNORECASE
)

_POLICY = (
    r"(?:(?:the|our|your|a|both|all|these|those|staff|school|school's|whole|full|entire|actual) )*"
    r"(?:policy documents?|acceptable use (?:policy|agreement)|aup|social media policy|policy|policies|"
    r"policy text)(?: (?:itself|in full|text|documents?|again))*"
)
_SHOW = r"(?:(?:show|give|read|quote|open|see|view|send|bring up|tell|get|pull up)(?: me| us)?(?: out| up| to me)?)"
_MAY_SEE = (
    r"(?:(?:can|could|may) (?:i|we) (?:please )?|i(?:'d| would)? (?:want|like|need) to |let me |where (?:can|do) i )"
)
_SEE = rf"(?:{_SHOW}|{_MAY_SEE}(?:see|read|view|open|look at|have a look at|find|get to|check))"
_IT = rf"(?:{_POLICY}|it|they|we|the rules|you)"
_ABOUT = r"(?:about|on|regarding|re|concerning)"
_THING = r"(?:clause|section|paragraph|para|point|part|bit|rule|line|page|number)"
_NAMED_NUMBER = rf"(?:the )?(?:section|clause|part|chapter|rule|{POINT}) (?:no\.? )?{NUMBER}"
_BARE_NUMBER = r"\d{1,2}\.\d{1,2}(?:\s*[.,]?\s*\(?(?:[ivx]{1,5}|\d{1,2})\)?)?|\d{1,2}\s*\((?:[ivx]{1,5}|\d{1,2})\)"
_ID = r"(?:the )?(?:clause |section )?[a-z]{2,8}-[a-z0-9]+(?:\.[a-z0-9]+)*"
_POINT_OF = rf"(?:the )?{POINT} \d{{1,2}} (?:of|in|under) [a-z ,.0-9]+"
_HAS = r"(?:says?|mentions?|with|has|have|contains?)"
_IS_THERE = r"(?:is there |are there |have you got |do you have |does it have |got )?"
_CITE = rf"(?P<asked>(?:{_NAMED_NUMBER}|{_BARE_NUMBER}|{_POINT_OF}|{_ID})(?:,? (?:of|in|from) {_POLICY})?)"
_TOPIC = r"(?P<asked>[^,.;:!?\"“”]+?)"
_SAID = r"[\"“”'](?P<asked>[^\"“”]+)[\"“”']"
_IN_IT = rf"(?: (?:in|from) (?:there|it|them|here|{_POLICY}))?"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _each(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_CONTENTS = _any(
    rf"{_SEE} {_POLICY}",
    rf"where(?:'s| is| are|s) {_POLICY}",
    rf"(?:find|find me) {_POLICY}",
    _POLICY,
    rf"(?:what(?:'s| is)|what are) (?:in|the (?:sections|parts|contents) (?:of|in)) {_POLICY}",
    rf"(?:the )?contents(?: of {_POLICY})?",
    r"(?:what|which) (?:policies|documents) (?:do|have) you (?:have|hold|know|got)",
    rf"{_SHOW} (?:the )?(?:contents|sections)(?: of {_POLICY})?",
)
_SECTIONS = _each(
    rf"(?:{_SEE} )?(?:what )?{_CITE}(?: says| to me)?",
    rf"what (?:does|do) {_CITE}(?: actually)? say(?: exactly| about (?:it|that|this))?",
    rf"what(?:'s| is| does it say) (?:in )?{_CITE}",
    rf"{_SEE} (?P<asked>(?!.*\bpolic)(?:the )?[a-z ]{{3,60}})",  # only if a section has exactly this name
)
_TOPICS = _each(
    rf"what (?:does|do) {_IT} (?:actually )?(?:say|have) {_ABOUT} {_TOPIC}",
    rf"what does {_POLICY} have to say {_ABOUT} {_TOPIC}",
    rf"what is said {_ABOUT} {_TOPIC}",
    rf"{_IS_THERE}(?:anything|something|owt){_IN_IT} {_ABOUT} {_TOPIC}{_IN_IT}",
    rf"(?:search|look)(?: {_POLICY})? for {_TOPIC}{_IN_IT}",
    rf"(?:{_SEE}|find)(?: me)? (?:anything|something|everything|what it says|the {_THING}) {_ABOUT} {_TOPIC}{_IN_IT}",
    rf"(?:the )?{_THING} {_ABOUT} {_TOPIC}",
    rf"where does (?:it|{_POLICY}) (?:say|talk|mention) (?:anything |something )?(?:{_ABOUT} )?{_TOPIC}",
    rf"(?:which|what) {_THING} (?:is|covers|deals with|talks|mentions)(?: {_ABOUT})? {_TOPIC}",
    rf"(?:find|look up) {_TOPIC} (?:in|from) {_POLICY}",
)
_QUOTATIONS = _each(
    rf"(?:find|search|search for|look for|look up|show me|where does (?:it|{_POLICY}) (?:say|mention))(?: the words?)? "
    rf"{_SAID}{_IN_IT}",
    rf"(?:which|what|show me (?:the|every)) {_THING}s? {_HAS}(?: the words?)? {_SAID}{_IN_IT}",
    rf"(?:does|do) {_IT} (?:say|mention|use|contain)(?: the words?)? {_SAID}(?: anywhere)?",
    rf"(?:find|search for|look for) (?:the|every mention of the) word (?P<asked>[\w'-]+){_IN_IT}",
)
_WORDING = _any(
    rf"(?:and )?(?:which|what) (?:{_THING}|policy) (?:says?|said|is|was|does it say) (?:that|this|it|so)(?: in| from)?",
    r"(?:and )?where does it say (?:that|so|this|it)",
    rf"(?:and )?where(?:'s| is|s) (?:that|this|it)(?: (?:written|written down|from|in {_POLICY}|said))",
    rf"{_SEE} (?:the |that |exact |actual |full )*(?:wording|words|clauses?|quote|quotation|text)(?: {_IN_IT})?",
    rf"{_SEE} (?:me )?where it says (?:that|so|this)",
    r"(?:says|said) (?:where|which clause)",
    rf"which (?:{_THING}|policy)",
    rf"(?:which|what) {_THING} (?:is that|is this|was that)(?: in| from)?",
    r"what(?:'s| is| are) the (?:exact )?(?:wording|words)",
)

_PRONOUNS = frozenset(
    re.findall(
        r"\S+",
        """
        i i'm i've i'd me my mine we we're us our he he's his him she she's her hers they they're their them you your
        you're this that these those it someone somebody anyone who what when where why how if is are was were can could
        should must out up one
        """,
    )
)
_CHILDREN = re.compile(
    r"\b(?:a|an|one|some|another) (?:\w+ )?(?:child|kid|boy|girl|pupil|lad|lass|student|baby|toddler)\b", re.IGNORECASE
)
_NOUNS_IN_ING = frozenset(
    ("networking", "working", "gaming", "learning", "training", "safeguarding", "grooming", "screening", "monitoring")
)


def passage_request(line: str, policy: Policy, last: str = "") -> PassageRequest | None:
    """What a message asks to read; None if it is not certainly such a request.

    `last` is the situation answered before, for "which clause says that".
    """
    plain = _without_politeness(line)
    request = _request(plain, policy, last)
    if request:
        return request
    head, tail = _split(plain)
    request = _request(_without_politeness(head), policy, last) if tail and not _QUESTION.match(tail) else None
    has_more = request is not None and request.kind in {PassageKind.SECTION, PassageKind.QUOTED}
    return replace(request, beside=tail) if request and has_more and not tail.endswith("?") else None


def request_for(intent: str, line: str, policy: Policy, last: str = "") -> PassageRequest:
    """The request behind a message whose intent is known: one of `READING_INTENTS`.

    What is asked for is found by the patterns, or else wherever it stands in the message.
    """
    certain = passage_request(line, policy, last)
    if certain:
        return certain
    if intent == READ_SECTION:
        return _section_anywhere(line, policy) or _topic_anywhere(line, policy)
    if intent == READ_TOPIC:
        return _topic_anywhere(line, policy)
    is_about_answer = intent == READ_WORDING and bool(last)
    return PassageRequest(PassageKind.WORDING, last) if is_about_answer else _contents(line, policy)


def beside_what_is_asked(line: str, request: PassageRequest) -> str:
    """A message without the words that it quotes or searches for: what is looked at for a worry."""
    is_search = request.kind in {PassageKind.TOPIC, PassageKind.QUOTED}
    if not is_search or not request.asked:
        return line
    if request.asked in line:
        return line.replace(request.asked, " ", 1)
    for word in words(request.asked):
        line = re.sub(rf"\b{re.escape(word)}\b", " ", line, count=1, flags=re.IGNORECASE)
    return line


def is_short_topic(topic: str) -> bool:
    """Whether a topic is short enough to be searched for, and is not somebody doing something.

    >>> [is_short_topic(topic) for topic in ("former pupils", "using my phone at lunch", "a boy with bruises")]
    [True, False, False]
    """
    topic_words = words(topic)
    verb = any(
        word.endswith("ing") and word not in _NOUNS_IN_ING and following != "and"
        for word, following in pairwise(topic_words)
    )
    is_somebody = bool(_PRONOUNS & set(topic_words)) or bool(_CHILDREN.search(topic))
    return not verb and not is_somebody and 1 <= len(content_words(topic)) <= MAX_TOPIC_WORDS


def _without_politeness(line: str) -> str:
    begun = _POLITE_START.sub("", line.strip(), count=1)
    return _POLITE_END.sub("", _POLITE_START.sub("", begun, count=1), count=1)


def _split(line: str) -> tuple[str, str]:
    """A message up to its first stop, and the rest; the rest is empty if it has no stop."""
    stop = _TAIL.search(line)
    return (line[: stop.start()], line[stop.end() :]) if stop else (line, "")


def _request(line: str, policy: Policy, last: str) -> PassageRequest | None:
    if len(line) > MAX_ASKED_CHARS or not line:
        return None
    if _WORDING.fullmatch(line):
        return PassageRequest(PassageKind.WORDING, last)
    if _CONTENTS.fullmatch(line):
        return _contents(line, policy)
    return _quotation(line) or _section(line, policy) or _topic(line)


def _contents(line: str, policy: Policy) -> PassageRequest:
    document = document_named(line, policy.documents.values())
    return PassageRequest(PassageKind.CONTENTS, document.id if document else "")


def _quotation(line: str) -> PassageRequest | None:
    match = _first_match(_QUOTATIONS, line)
    return PassageRequest(PassageKind.QUOTED, match["asked"].strip()) if match else None


def _section(line: str, policy: Policy) -> PassageRequest | None:
    """What is cited: it must be there, unless it is called a section or a clause by number."""
    match = _first_match(_SECTIONS, line)
    if not match:
        return None
    asked = match["asked"].strip()
    is_certain = bool(
        re.fullmatch(rf"(?:the )?(?:section|clause|paragraph) {NUMBER}(?:,? (?:of|in|from) {_POLICY})?", asked, re.I)
    )
    is_there = cited(asked, policy) is not None
    return PassageRequest(PassageKind.SECTION, asked) if is_there or is_certain else None


def _topic(line: str) -> PassageRequest | None:
    match = _first_match(_TOPICS, line)
    if not match:
        return None
    topic = re.sub(
        rf"(?:^(?:the|any)\s+)|(?:\s+(?:in|from) (?:there|it|here|{_POLICY}))$", "", match["asked"], flags=re.I
    ).strip()
    return PassageRequest(PassageKind.TOPIC, topic) if is_short_topic(topic) else None


def _first_match(patterns: tuple[re.Pattern[str], ...], line: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.fullmatch(line))), None)


def _section_anywhere(line: str, policy: Policy) -> PassageRequest | None:
    """What a message cites, wherever the citation stands in it."""
    for pattern in (_POINT_OF, _ID, _NAMED_NUMBER, _BARE_NUMBER):
        for match in re.finditer(rf"\b{pattern}", line, re.IGNORECASE):
            if cited(match[0], policy):
                return PassageRequest(PassageKind.SECTION, match[0])
    return None


def _topic_anywhere(line: str, policy: Policy) -> PassageRequest:
    """What a message wants to read about: what stands in quotation marks, or after the last "about" or "on"."""
    quotation = re.search(r"[\"“”](?P<asked>[^\"“”]+)[\"“”]|(?<!\w)'(?P<word>[^']+)'(?!\w)", line)
    if quotation:
        return PassageRequest(PassageKind.QUOTED, (quotation["asked"] or quotation["word"]).strip()[:MAX_ASKED_CHARS])
    plain = re.sub(_POLICY, " ", _without_politeness(line), flags=re.IGNORECASE)
    pieces = re.split(rf"\b(?:{_ABOUT}|for|mentions?|covers?|bits?|part)\b", plain, flags=re.IGNORECASE)
    # A story after the topic is not searched for: it may report a worry.
    topics = [" ".join(content_words(_STORY.split(piece)[0]))[:MAX_ASKED_CHARS] for piece in reversed(pieces)]
    topic = next(filter(None, topics), "")
    return PassageRequest(PassageKind.TOPIC, topic) if topic else _contents(line, policy)
