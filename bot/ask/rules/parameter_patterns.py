"""The patterns with which `command_parameters` finds who, when, which lesson and which words.

Each list of patterns is tried in order; the group `words` is what is found. The patterns know how staff really ask, and
leave alone what they do not know.
"""

import re


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts), re.IGNORECASE)


def _words(text: str) -> str:
    """A pattern for any of these words, which are separated by spaces; a dot in a word is a space."""
    return "(?:" + "|".join(word.replace(".", " ") for word in text.split()) + ")"


# Days and times, as far as they are said in a rough way or by name.
_WEEKDAY = (
    "(?:"
    + _words("mon tues wednes thurs fri satur sun")
    + "days?|"
    + _words("mon tues? weds? thu thurs? fri sat sun")
    + ")"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NUMBER = (
    r"(?:\d+|an?|another|one|two|three|four|five|six|seven|eight|nine|ten|fourteen"
    r"|(?:a )?couple of|extra)"
)
_LENGTH = rf"{_NUMBER} ?(?:more |extra |school |working )?(?:days?|weeks?|wks?|fortnights?|months?)(?: more)?"
_TERM = (
    r"(?:(?:the )?(?:start|end|middle|beginning|back|first day back) (?:of|after) )?"
    r"(?:the )?(?:next |after )?"
    r"(?:(?:\w+ )?half[ -]?term|(?:spring|summer|autumn|winter) term"
    r"|easter|whitsun|christmas|xmas|new year|holidays|bank holiday)"
)
_ROUGH = (
    rf"(?:(?:the )?(?:end|start|middle|beginning) of (?:the |this |next )?(?:\w+ )?(?:week|month|term|year|{_MONTH})"
    r"|(?:last|this|next) (?:week|month|morning|afternoon|night)"
    r"|yesterday|tomorrows?|tmrw|tomoz|tonight"
    rf"|{_LENGTH} from \w+|{_LENGTH}"
    rf"|(?:the )?(?:week|{_WEEKDAY}) after"
    rf"|{_TERM}"
    rf"|{_MONTH} \d{{1,2}}"
    r"|(?:the )?\d{1,2}(?:st|nd|rd|th)(?: of \w+)?)"
)
_NAMED_DAY = (
    rf"(?:(?:(?:a week |next |the )?{_WEEKDAY} )?(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}"
    rf"|{_MONTH} \d{{1,2}}"
    r"|\d{1,2}[/.]\d{1,2}(?:[/.]\d+)?"
    r"|(?:the )?\d{1,2}(?:st|nd|rd|th)(?: of (?:next |this )?\w+)?"
    rf"|(?:a week |next |the )?{_WEEKDAY}(?: week)?"
    rf"|{_ROUGH})"
)
_STOP = (
    r"(?=\s*(?:[,.;:!?()–-]\s|[,.;:!?)]*$|\s-)"
    r"|\s(?:so|then|and|but|please|pls|plz|don'?t|dont|because|bc|cos|ta|thanks|i think|leave"
    r"|can (?:you|u)|could you|would you|she|he|they|if|given|instead"
    r"|for (?:all|everyone|everybody|me|them)"
    r"|now|or|rather|when|thank|cheers|mebbes|maybe|with|at the (?:latest|earliest)|as)\b)"
)

A_ROUGH_DAY = _pattern(rf"\b(?:{_ROUGH}|{_WEEKDAY}(?: (?:mornings?|afternoons?))?)\b")
UNTIL = (
    _pattern(
        r"\b(?:until|till?|'til|up to|while)\s+(?:at least )?",
        r"(?P<words>(?!(?:i|we|then|further|you|ive|i've|they|his|her)\b)\S.{0,60}?)",
        rf"(?: x+)?{_STOP}",
    ),
    _pattern(
        r"(?:\d ?[–-] ?",
        r"|\b(?:to|by|deadline|due|back|say|make it|for|resume|before|again in|ends? on|probably|maybe|that's) )",
        rf"(?:on |is |of |be |after )?(?P<words>{_NAMED_DAY})\b",
    ),
)
A_LATER_DAY = (_pattern(rf"\b(?P<words>{_NAMED_DAY})\b"),)
A_ROUGH_TIME = _pattern(
    r"\b(?:same (?:time|slot)|first thing|last thing",
    r"|(?:period|p) ?\d",
    r"|half \d{1,2}|\d{1,2} ish|past \d{1,2}(?:[.:]\d\d)?",
    r"|(?:straight |just )?(?:after|before) ",
    r"(?:dinner|lunch|break|snack|register|school|assembly|playtime|mass|inset|\d{1,2}(?:[.:]?\d\d)?(?: ?[ap]m)?))\b",
)

# People: by title, or by the name or role that a command has in its usual place.
TITLED = _pattern(r"\b(?:mrs|mr|miss|ms|dr|sir|father|sister|rev)\b\.? [a-z][\w'’-]*")
_NO_PERSON = _words(
    r"""
    i me my we us you u it its it's this that these those they them she he her his him
    everyone everybody all both either there can could please do did is are when what who which
    one somebody someone nobody anyone not no on in off
    reminders? messages? contact lads? without sending should signatures? hand got nothing more paper forms? post
    computers? then \d+ leave sick now wrong last
    """
)
_CALLED = (
    rf"(?!(?:(?:the|a|an|my|our) )?{_NO_PERSON}\b)"
    r"(?P<words>(?:(?:the|our|a|an|my|wor|wee|new)\s)*[\w'’-]+(?:\s(?:of|from|in)\s(?:the\s)?\w+|\s\w+){0,3}?)"
)
_AFTER_A_NAME = (
    r"(?=\s*[,.;:!?()–-]|\s*$|['’]s\b|\s"
    + _words(
        """
        is was has had on off while whilst until till? til for from as who alone be out
        sign signed sighned did done have down to please pls because cos and twice into in.the whose undisturbed then
        when aside cheers wrote by
        """
    )
    + r"\b)"
)
_GREETING = r"(?:(?:hi|hello|please|so|and|that|got|log|maternity|paternity|poor)[,:]?\s)*"
_DO_NOT_WRITE = (
    r"(?:pause|mute|skip|exclude|leave|spare"
    r"|(?:don'?t|do not|stop|no need to) (?:be )?(?:messag|chas|remind|bother|contact|nag|ping|pester)\w*"
    r"|(?:reminders|messages|messaging|anything|nothing|nowt) (?:for|to)"
    r"|hold off on|go easy on|contact w/)"
)
PERSON = {
    "pause": (
        _pattern(rf"\b{_DO_NOT_WRITE}\s+{_CALLED}{_AFTER_A_NAME}"),
        _pattern(
            rf"^{_GREETING}{_CALLED}",
            r"(?=['’]s\b|\s(?:is|has|will be|on|off|begins|starts|goes|broke|lost|gone)\b)",
        ),
    ),
    "paper": (
        _pattern(
            rf"^{_GREETING}{_CALLED}(?=['’]s\b|\s",
            _words("has have came signed sighned sign did done filled brought handed returned wrote don't"),
            r"\b|, hard copy)",
        ),
        _pattern(rf"\b(?:from|fae|for|by|tick off|mark off|down that|acknowledgement,)\s+{_CALLED}{_AFTER_A_NAME}"),
        _pattern(r"(?P<words>\b(?:the|our)(?:\s\w+){1,3}?)(?=\ssign)"),
    ),
    "correct": (
        _pattern(rf"\b(?:record|entry|surname|name|date|duplicate|year)s? (?:for|of|against) {_CALLED}{_AFTER_A_NAME}"),
    ),
}

# Lessons: what they are called, between the words that lead to a name and those that end it.
_LESSON_ENDS = (
    r"(?=\s*(?:[,.;:!?()–-]\s|[,.;:!?)]*$|\s-)|['’]s\b"
    r"|\s(?:for (?:the|them|him|her|those|any|a|me)|and (?:i|it|the)|in the"
    rf"|\d?\d[.:]\d\d|1?\d not|{_WEEKDAY}|"
    + _words(
        """
        on at this next tomorrow today tonight tomoz tmrw so because cos is was has have from please pls that to
        again gone been yet off being down still now cancelled came come comes got getting moved ended it which who
        when before after taken took not can going finally anymore or remaining meant removed deleted away up would
        will won't until also
        """
    )
    + r")\b)"
)
_LEAD = (
    rf"(?:(?:the|my|our|a|an|that|this|me|some|class of|{_WEEKDAY}(?:['’]s)?|(?:yesterday|today|tomorrow)['’]?s)\s)*"
)
_NO_LESSON = _words(
    """
    it one this that them him her everything anything i i'm i've ive im we we're you there all done yes no not
    still gone been being off down up now is was has have did do does when what how who didn't didnt the end me u
    nothing never removed deleted? deleated its it's nah yeah aye think on in a please pls notice just and to so
    recording filming gon cleared by but oh ok right hi hello for about of
    """
)
_SUBJECT = rf"(?P<words>(?!{_NO_LESSON}\b)[\w'’&/-]+(?:\s[\w'’&/-]+){{0,8}}?)"
_FILM = r"(?:\s(?:one|video|vid|recording|film|filming|footage|clip|thing))?"
_RECORDED = r"(?:record(?:ed|ing)?|film(?:ed|ing)?|video(?:ed|ing)?|stream(?:ed|ing)?)"
_STATE = _words(
    "is off cancelled moved shifted rained gone going deid deleted removed reappeared now down not still won't been be"
)
NOTICE = (
    _pattern(
        r"\b(?:notice\b(?: up)?(?: please)?[ :,-]*(?:for|that|about|:)?",
        r"|(?:record|film|video|stream|tap)(?:ing|e)?",
        r"|camera(?:'s)? on for)",
        rf"\s+{_LEAD}{_SUBJECT}{_LESSON_ENDS}",
    ),
    _pattern(
        rf"\b{_LEAD}{_SUBJECT}",
        rf"(?=(?: live)?(?: lesson)? (?:is|being|is being|will be|getting|to be) {_RECORDED}\b)",
    ),
    _pattern(rf"^{_LEAD}{_SUBJECT}(?=,|\s{_WEEKDAY}|\son\s|\s{_RECORDED}\b)"),
)
LESSON = (
    _pattern(
        r"^(?:(?:yeah|yes|so|ok|hi|hello|eeek|sorry|please|done)[,.]?\s)*",
        rf"{_LEAD}{_SUBJECT}{_FILM}",
        rf"(?=(?:['’]s|\s(?:is|was|has|have|won't))?\s{_STATE}\b|\s-|,? (?:has|is) (?:that|it))",
    ),
    _pattern(
        r"\b(?:scrap|cancel|bin|deleted?|removed?|took|taken|wiped|binned",
        r"|(?:not|nae|n't|stop) record(?:ing)?",
        r"|shift|moved?|make|left on|until|record|remind me about|for)",
        rf"\s+{_LEAD}{_SUBJECT}{_FILM}{_LESSON_ENDS}",
    ),
    _pattern(
        r"\b(?:is|has|have|did|was|when does|when do you take|when will|what date does)",
        rf"\s+{_LEAD}{_SUBJECT}{_FILM}{_LESSON_ENDS}",
    ),
)

# What is read of the policy: a section by number or name, or the clauses with some words.
SECTION = (
    _pattern(
        r"\b(?:section|sect|point|clause|para(?:graph)?|number|part|rule|no\.?)\s+",
        r"(?P<words>(?:number )?\d+(?:\.\d+)*(?:\s?\([ivx]+\)|\s[ivx]+\b)?)",
    ),
    _pattern(r"(?P<words>\b\d+\.\d+(?:\s?\([ivx]+\)|\s[ivx]+\b)?)"),
    _pattern(
        r"\b(?:section|part|bit|page|paragraph) (?:for|on|about|called|headed|to do with) ",
        rf"(?:the )?(?P<words>[^,.;!?]+?){_STOP}",
    ),
)
QUERY = (
    _pattern(r"[\"“'‘](?P<words>[^\"“”‘’']{2,60})[\"”'’]"),
    _pattern(
        r"\b(?:about|on|regarding|concerning|covers?|mentions?(?: of)?|the words?",
        r"|search(?: it)?(?: for)?:?|find|look (?:up|for))\s+",
        r"(?:the word |every mention of |anything on |anything about |(?:the )?bit (?:on|about) )?(?:the )?",
        rf"(?P<words>[^,.;!?]+?)(?:{_STOP}|\sin (?:it|there)|\sat (?:all|work))",
    ),
    _pattern(r"^(?P<words>[\w' -]{2,40}?) (?:part|bit|section)\b"),
)
