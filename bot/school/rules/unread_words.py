"""Finds the words of a line that may change a day or an hour and were not read.

What was read was cut out before and left a line break. A form asks about the rest rather than take half of what
somebody said.
"""

import re
from datetime import time

from bot.school.rules.spoken_days import ENDS, MONTH, NUMBER, STARTS

_OTHER_DAYS = "birth|holi|every|week|work|some|pay|hey|dooms|fara|play|hallo|sports?|inset|training|bank|open|fun|world"
_BEFORE = (
    "about|around|roughly|approx(?:imately)?|circa|after|before|not|or|either|maybe|perhaps|probably|possibly|except"
    "|by|last|first|second|third|fourth|other|alternate|following|previous"
    "|past|unless"
    "|good|shrove|ash|easter|maundy"
    "|palm|whit|every|each|next|until|till|since|half|quarter|early|late|instead of|rather than|week"
    "|fortnight|half[ -]?term|approx|twice"
    "|ends(?: at| by)?|(?:end|ending|finish) (?:at|by)|finish(?:es|ing)(?: at| by)?"
    "|(?:bank )?holidays?"
    # Not then, perhaps not then, or not exactly then.
    "|isn['’]?t|aren['’]?t|wasn['’]?t|no longer|never|anything but|avoid|can(?:['’]?t|not)(?: (?:do|make))?"
    "|(?:don['’]?t|do not) record|was|were|(?:should|would|could|might|may|must) (?:be|have been)"
    "|i (?:think|guess|hope)|likely|ideally|preferably|prob|poss|say|nearer|closer?(?: to)?|towards?|up to"
    "|(?:later|earlier|sooner) than|somewhere(?: between)?|deadline|due|as of|another|any|some|a|most"
    "|plus|minus|following on from"
)
_AFTER = (
    "or|and (?=the )|not|if|unless|week|fortnight|next|last|before|after|ish|onwards|instead|except|but|gone|just gone"
    "|latest|earliest|the following|the week|approx(?:imately)?|roughly|give or take|hopefully"
    "|maybe|perhaps|probably|possibly|prob|poss|i (?:think|guess|hope)|at (?:the latest|the earliest|a push|best)"
    "|finish|deadline|thereafter|moved|rescheduled|eve\\b(?! of)|minus|once|when|pending|subject to|pencill?ed"
    "|the day (?:after|before)|bring|brought|put back|pushed"
)
_UNCERTAIN = "some ?time|provisional(?:ly)?|unconfirmed|to be confirmed|to be decided|tbd|tbc|tba|circa"
_SHIFT = "later|earlier|early|sooner|before|after"
_AMOUNT = rf"(?:\d\d?|an?|a few|several|{NUMBER})"
# Another zone's hour: "GMT" is not London's in summer. BST is London's.
_ZONES = "(?:gmt|utc|zulu|c?es?t|edt|[cmp][sd]t|ist|aest|(?:paris|european|eastern|pacific|dubai) time)"
# With an hour these are no doubt: rough_times compares them with it. Without an hour the form asks anyway.
_OF_THE_SCHOOL_DAY = "(?:lunch|dinner|break|play|school|registration|register|assembly|snack)"
_UNREAD = (
    rf"\b(?:{_BEFORE})[ ,(]*(?:on |at |the )*(?=\n)",
    rf"(?<=\n)[ ,(-]*(?!(?:before|after) {_OF_THE_SCHOOL_DAY})(?:{_AFTER})\b",
    rf"(?:\b\d\d?(?:st|nd|rd|th)?|{STARTS}\d\d?[.:]\d\d) ?(?:and|&|or|to|,|/|[–—-]) ?(?=\n)",
    rf"(?<=\n) ?(?:and|&|or|to|past|/|[–—-]) ?(?:\d\d?|{NUMBER})\b(?![a-z])",
    rf"(?<=\n) ?\d\d?{ENDS}(?= ?(?:\n|$|[,.;)]))",
    r"(?:mon|tues?|weds|wednes|thurs?|fri|satur)days?\b|sundays?\b|\b(?:tues?|weds?|thurs?|fri|mon)\b",
    rf"\b(?!(?:{_OTHER_DAYS})days?\b)(?!(?:mid|to)day\b)[a-z]{{2,7}}days?\b",
    r"\b(?:tomm?or?r?r?ow\w*|tomoz|tmrw|tmw|2mor\w*|today|tonight|yesterday|fortnight(?:ly)?|daily|weekends?)\b",
    rf"{STARTS}\d\d?(?:st|nd|rd|th)?,?(?: of)? {MONTH}{ENDS}|\b{MONTH},? (?:the )?\d\d?(?:st|nd|rd|th)?{ENDS}",
    rf"\b(?:in|of|from|until|till?|this|next|last|early|mid|late|end of|start of|beginning of) {MONTH}{ENDS}",
    rf"{STARTS}\d\d?(?:st|nd|rd|th)(?= ?(?:\n|$|[,.;)]| ?[/&–-]| (?:at|@|of (?:next|this|the|every)|or|and)\b))",
    r"(?:\b(?:next|this|last|in a|every|each|the following|coming|other|a)\b |(?<=\n) ?)"
    r"(?:weeks?|wks?|months?|term|fortnight)\b",
    r"\b(?:before|after|until|till?|of|next|this|last|over|in)(?: the)? (?:half[ -]?term|term|christmas|easter"
    r"|summer|holidays?|hols|weekend|inset)\b",
    r"\b(?:every|each|alternate) (?:other |second )?(?:day|week|month|morning|afternoon|evening)s?\b|\bmonthly\b"
    r"|\b(?:twice|once) (?:a|per) (?:week|month|day)\b|\bnext but one\b|\b(?:bi-?)?weekly\b"
    r"|\b(?:half[ -]?)?termly\b|\b(?:odd|even) (?:weeks?|wks?)\b",
    rf"\b{_AMOUNT} (?:days|weeks?|wks?|fortnights?|months?)(?:['’]s?)?[ ,]*(?:(?:from|starting) )?(?=\n)"
    rf"|(?<=\n)[ ,]*(?:for |in )(?:the )?(?:next )?{_AMOUNT} (?:weeks?|wks?|days|fortnights?|months?|terms?)\b",
    r"\b(?:mornings|afternoons|evenings)\b",
    rf"{STARTS}\d{{1,2}}:\d\d|{STARTS}\d{{1,2}}(?:[.:]\d\d)? ?[ap]\.?m\b|o['’]clock|\bmidnight\b",
    rf"\b(?:quarter|half|five|ten|twenty) (?:past|to) (?:\d|{NUMBER})",
    rf"{STARTS}\d\d?[./-]\d\d?[./-]\d{{2,4}}{ENDS}|{STARTS}\d\d?/\d\d?(?!\w)",
    r"\b\d\d?(?:[.:]\d\d)?(?: ?[ap]m)?[ -]?ish\b|(?<=\n) ?-?ish\b",
    r"\bw/[bce]\b|\bw\.[bce]\b|\b(?:wk|week)s? ?/?(?:comm?\w*|beg\w*|start\w*|end\w*|of)\b",
    rf"(?:\bc\.|[~≈]) ?(?=\n)|(?<=\n)[ (]*{_ZONES}(?![a-z])|\bbi-? ?(?=\n)",
    rf"(?<=\n) ?(?:of )?{MONTH}\b",
    r"(?<=\w)/(?=\n)|(?<=\n)/(?=\w)|\b\d{4} ?(?:hrs?|hours)\b",
    rf"\b(?:{_UNCERTAIN}|cancell?ed|postponed)\b",
    r"\bnot (?:on )?(?:mon|tue|wed|thu|fri)",
    rf"\b(?:half an|quarter of an|few|couple of|{_AMOUNT}) ?(?:hours?|hrs?|days?|minutes?|mins?) (?:{_SHIFT})\b",
    r"(?<=\n) ?(?:for|lasting) \d{1,3} ?(?:hours?|hrs?|minutes?|mins?)\b|(?<=\n) ?plus (?:an?|half|\d\d?) (?:hour|min)",
    rf"\b(?!(?:may|march|april|june|august)\b){MONTH}\.? ?(?=\n)",
    rf"(?<=\n) ?[+−-] ?(?:\d|{NUMBER})|\b(?:{NUMBER}) and ?(?=\n)",
    r"(?<=\n) ?\d\d?\.(?:0?[1-9]|1[0-2])\.? ?(?=\n)",  # "Tuesday 10.9" may be a date, and not that Tuesday's
    r"\(\?\)|(?<=\n)\?(?= ?\S| ?\n)|(?<=\n) ?[ab](?= ?(?:\n|$|[,.;)]))",
)
_ANY_UNREAD = re.compile("|".join(f"(?:{text})" for text in _UNREAD), re.ASCII | re.IGNORECASE)
# Which Tuesday it is: of a week that the school counts, of a month, a term or a year. Digits of names are hidden.
_A_WEEK = "(?:weeks?|wks?) ?(?:[\\d\ue000-\ue009]{1,2}|[ab]|one|two)"
_WHICH_WEEKDAY = re.compile(
    rf"\b{_A_WEEK}\b[ ,)]*(?=\n)|(?<=\n)[ ,(]*(?:(?:of|in) )?(?:the )?(?:{_A_WEEK}|[ab] week)(?!\w)"
    rf"|\b{MONTH}\.? ?(?=\n)|(?<=\n)[ ,(]*(?:in 20\d\d\b|20\d\d(?= ?(?:\n|$|\))))"
    r"|(?<=\n)[ ,(]*(?:in |of |post[ -]?)?(?:the )?(?:next )?(?:autumn|spring|summer|lent|michaelmas|half)[ -]?term\b"
    r"|\bone ?(?=\n)",
    re.ASCII | re.IGNORECASE,
)
MAX_SHOWN = 3
_ROUGH_TIMES = (
    (r"\b(?:after|straight after) (?:lunch|dinner)\b|\bafternoons?\b", time(12), time(18)),
    (r"\bafter school\b|\bevenings?\b", time(14, 30), time(23)),
    (r"\bbefore school\b|\bfirst thing\b", time(6), time(9, 30)),
    (r"\bbefore (?:lunch|dinner)\b|\bmornings?\b", time(6), time(12, 30)),
)


def unread_words(rest: str) -> tuple[str, ...]:
    """The words in what is left of a line that may change its day or its hour; each once, a few of them.

    >>> unread_words("maths\\nand Thursdays"), unread_words("maths \\n or 11"), unread_words("May ball\\n")
    (('Thursdays',), ('or',), ())
    """
    words = (" ".join(match[0].split()).strip(" ,(-") for match in _ANY_UNREAD.finditer(rest))
    return tuple(dict.fromkeys(word for word in words if word))[:MAX_SHOWN]


def other_weekdays(rest: str) -> tuple[str, ...]:
    """The words beside a weekday that may say which one it is, and were not read.

    >>> other_weekdays("maths \\n of week 3\\n"), other_weekdays("Spelling week 3: \\n")
    (('of week 3',), ())
    """
    return tuple(" ".join(match[0].split()).strip(" ,(") for match in _WHICH_WEEKDAY.finditer(rest))[:MAX_SHOWN]


def rough_times(rest: str, begins: time | None) -> tuple[str, ...]:
    """The words such as "after lunch" that the hour does not fit.

    >>> rough_times("maths after lunch", time(13, 15)), rough_times("maths after lunch", time(10))
    ((), ('after lunch',))
    """
    if begins is None:
        return ()
    matches = ((re.search(words, rest, re.IGNORECASE), since, until) for words, since, until in _ROUGH_TIMES)
    return tuple(match[0] for match, since, until in matches if match and not since <= begins <= until)
