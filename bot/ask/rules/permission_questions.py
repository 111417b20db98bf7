"""Tells a question about what is allowed from a request: "can I record my lesson?" never opens a form.

The recogniser learns what people want of the bot. This is the guard behind it: a rule that somebody asks about is
answered, whatever the recogniser makes of the words.
"""

import re

_BEGINNING = r"(?:^|[.!?;,]\s*|\b(?:and|so|but|pls|please|hi|hello|hiya|hey|wait|ok|just|wondering|question)[ ,]+)"
_SOMEBODY = (
    r"(?:i|we|ta'?s|teachers|staff|supply|governors|volunteers|"
    r"(?:the|a|my|our|her|his|another) "
    r"(?:ta|teacher|colleague|volunteer|student|helper|coach|parent|mum|dad|pupil|child|cook|head)s?)"
)
_MAY_I = rf"(?:can|could|may|might|can't|cant) {_SOMEBODY}"
_MUST_I = r"(?:do (?:i|we) (?:have|need) to|(?:must|should) (?:i|we)|have (?:i|we) to)"
_IS_IT_OK = (
    r"(?:(?:is|would) (?:it|that|this)(?: be)? (?:ok|okay|al(?:l )?right|fine)|"
    r"(?:ok|okay|fine|al(?:l )?right|allowed) (?:to|if)|"
    r"(?:am|are|is|was|i'?m) (?:\w+ ){0,6}?(?:allowed|permitted|against (?:the|our)))\b"
)
_ASKING = re.compile(
    rf"{_BEGINNING}(?:{_MAY_I}|{_MUST_I}|{_IS_IT_OK})\b|\b(?:what(?:'s| is| are)|is there a) (?:the )?rules?\b",
    re.IGNORECASE,
)

# What people ask to be shown or given, rather than for leave to do.
_PAPERS = (
    r"summary|figures|overview|polic(?:y|ies)|agreement|text|document|clause|section|paragraph|passage|wording|words|"
    r"line|lists?|names|record|receipt|confirmation|proof|evidence|pack|pdf|spre?a?dsheet|export|lot|form|card|remainders?|"
    r"reminders?|message that|preview|deadline|recordings|recorded|recording|overdue|sentence|the bit|register|"
    r"overview|regulations|number \d+|recipients|targets|to whom"
)
_SHOWN = (
    rf"(?:(?:see|have|get|read|view|hear|borrow|look (?:at|over)|have a (?:look|peek) at|take|request|"
    rf"trouble you|prevail upon you)\b.*\b(?:{_PAPERS})\b|"
    r"(?:just )?(?:see|read|have|get|borrow) (?:it|that|everything|the (?:actual|one|ones|whole))\b|"
    r"(?:see|know|ask|be shown) (?:it|what|who|whose|when|all|the (?:polic|names|actual))|(?:see|read)\W*$)"
)
_DONE_BY_THE_BOT = (
    r"(?:sign|agree|put m[ey] name|do (?:it|mine|yours)|pause|extend|close|finish|call time|"
    r"give (?:everyone|everybody|people|them)|make it (?:the|end)|say the|move the (?:date|deadline)|start over|"
    r"start again|begin from|scrap|stop (?:the |sending)|hold (?:the |off)|"
    r"log it|upload a pic|give you|hand over|read the policy|go back to|go live|launch the|call it a day|"
    r"stretch the|swap it|undo (?:it|that)|grant|do mine)\b"
)
_POLITELY = r"(?:please |just |possibly |then |quickly |i |still )*"
_REQUEST = re.compile(
    rf"\b{_MAY_I} {_POLITELY}(?:{_SHOWN}|{_DONE_BY_THE_BOT})|"
    rf"\b(?:ok|okay|al(?:l )?right|fine) (?:to|if (?:i|we)) {_DONE_BY_THE_BOT}|"
    r"(?:^|\b(?:you|u|please|pls|hi|hello) )(?:ask|forward|pass|tell|give|put it to)\b.{0,30}\b"
    r"(?:head|boss|mrs? \w+|miss|us|her|him|it)\b|\bask you\b|\bquestion (?:to|for)\b",
    re.IGNORECASE,
)


# Campaigns are closed and extended, and recordings are not: that is a question about the 21 days.
_OF_RECORDINGS = re.compile(
    rf"\b{_MAY_I} (?:extend|close|shorten|delete|keep|take down)\b.*\b(?:recordings?|videos?|21 days|lessons?)\b",
    re.IGNORECASE,
)


def asks_what_is_allowed(line: str) -> bool:
    """Whether a message asks for leave, or about a rule, rather than for something that the bot can do.

    >>> asks_what_is_allowed("Can I record my Year 4 lesson on Thursday?")
    True
    >>> asks_what_is_allowed("can I see the summary?")
    False
    """
    return bool(_ASKING.search(line)) and (bool(_OF_RECORDINGS.search(line)) or not _REQUEST.search(line))
