"""What the cells of a staff list say: roles, days, hours. Each reader raises ValueError with a part of a sentence."""

import re
from datetime import date, time

from bot.people.rules.person import Role

SHORT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_YEAR, LAST_YEAR = 1940, 2099
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
VALID_ROLES = ", ".join(Role)
PLAIN = frozenset({Role.STAFF, Role.VOLUNTEER, Role.GOVERNOR})
DEPUTY_HEAD = "deputy head"  # two of our words, and the name of one job
_GOVERNOR = re.compile(r"\b(governors?|trustees?)\b")
_VOLUNTEER = re.compile(r"\b(volunteers?|(parent|reading) helpers?)\b")
_HELPER = re.compile(r"\bhelpers?\b")
_LEFT = re.compile(r"\b(ex|former|formerly|retired|resigned|left)\b")
_STAFF = re.compile(
    r"\b((head|deputy head|assistant head)?teach(er|ers|ing)|headmaster|headmistress|head|principal|deputy|assistants?|"
    r"hltas?|tas?|ttas?|lsas?|msas?|mdsas?|elsas?|ects?|nqts?|sendco|senco|dsl|ddsl|dht|aht|sbm|apprentices?|trainees?|interns?|managers?|bursar|officers?|administrators?|admin|secretary|"
    r"receptionist|clerks?|caretaker|site|cleaners?|cooks?|catering|kitchen|midday|lunchtime|supervisors?|"
    r"technicians?|librarian|mentors?|tutors?|instructors?|coaches|coach|leaders?|lead|coordinators?|co-ordinators?|"
    r"counsellor|nurse|crossing patrol|lollipop|nursery|practitioners?|therapist|psychologist|business|finance|support|"
    r"staff|employee|faculty|supply|cover|wraparound|breakfast|playworkers?|welfare|pastoral|safeguarding|office|it|ict|network)\b"
)
_CHILD = re.compile(r"\b(pupils?|learners?|child|children|leaver)\b|^students?$")
_DASHES = re.compile(r"\s*(?:[-\u2010-\u2015\u2212]|\b(?:to|until|till)\b)\s*")  # spreadsheets turn "-" into an en dash
_DAYS = re.compile(
    r"(mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|urs?)?(?:days?)?\.?"
    r"(?:-(mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|urs?)?(?:days?)?\.?)?"
)
_BETWEEN_DAYS = re.compile(r"(?:[\s,;/&+]|\band\b)+")
_HOUR = r"(\d{1,2})(?:[:.](\d{2}))? ?([ap]m)?"
_HOURS = re.compile(rf"{_HOUR}-{_HOUR}")
_MIDNIGHT = re.compile(r"[T ]+0{1,2}:00(:00(\.0+)?)?( ?am)?(Z|\+00:00)?$", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", re.ASCII)
_IN_WORDS = re.compile(r"(?:[a-z]{3,9},? +)?(\d{1,2})(?:st|nd|rd|th)?[-/. ]+([a-z]{3,9})\.?[-/., ]+(\d{4}|\d{2})", re.A)
_OUR_WORDS = re.compile(r"[\s,;|]+|/(?=[A-Za-z])")
_JOBS = re.compile(r"\s*[,;|]\s*")
_PHRASES = re.compile(r"\s*(?:[/&+]|\band\b)\s*")


def read_roles(text: str) -> tuple[frozenset[Role], date | None]:
    """Roles in our own words, and until when a deputy acts for the headteacher: `deputy:2027-08-31`."""
    if " ".join(text.lower().split()) == DEPUTY_HEAD:
        raise ValueError(f"{text!r} is one job and two roles; write deputy, or head")
    roles, delegate_until = set(), None
    for word in filter(None, _OUR_WORDS.split(text)):
        name, _, day = word.partition(":")
        if name.lower() not in list(Role):
            raise ValueError(f"{name!r} is not a valid role; the roles are {VALID_ROLES}{_hint(name)}")
        roles.add(Role(name.lower()))
        if day and name.lower() != Role.DEPUTY:
            raise ValueError(f"{word!r}: only a deputy acts for the headteacher until a day")
        delegate_until = read_day(day) or delegate_until
    return frozenset(roles), delegate_until


def _hint(word: str) -> str:
    try:
        (role,) = _of_job(word)
    except ValueError:
        return ""
    return f"; here, {word!r} is {role.value!r}"


def read_job(text: str, *, is_title: bool) -> tuple[frozenset[Role], date | None]:
    """Roles of somebody whose job another system names; staff if it says nothing.

    A job gives staff, governor or volunteer, never a role that may do more: a "Head of Year" is not the headteacher.
    Our own words give their roles, unless the column is one of job titles: somebody whose title is "IT" may teach it.
    """
    if not text:
        return frozenset({Role.STAFF}), None
    words = _words(text)
    # "Office staff" and "IT head" are jobs; "staff office" is how our own lists say it.
    if all_are_roles(text) and not is_title and (len(words) == 1 or words[0] in PLAIN):
        return read_roles(text)
    roles: set[Role] = set()
    for job in filter(None, _JOBS.split(text.lower())):
        roles |= _of_jobs(job, is_title=is_title)
    return frozenset(roles), None


def all_are_roles(text: str) -> bool:
    """Whether every word is one of our own for a role."""
    return all(word in list(Role) for word in _words(text))


def _words(text: str) -> list[str]:
    return [word.partition(":")[0].lower() for word in _OUR_WORDS.split(text) if word]


def _of_jobs(text: str, *, is_title: bool) -> set[Role]:
    """The roles of "Teacher and Governor", which is two jobs, or of "Speech and Language Therapist", which is one."""
    roles: set[Role] = set()
    try:
        for phrase in filter(None, _PHRASES.split(text)):
            roles |= {Role(phrase)} if phrase in list(Role) and not is_title else _of_job(phrase)
    except ValueError:
        return _of_job(text)
    return roles


def _of_job(job: str) -> set[Role]:
    spaced = " ".join(job.lower().split())
    if not _CHILD.search(spaced) and not _LEFT.search(spaced):
        if _GOVERNOR.search(spaced) or spaced == "chair":
            return {Role.GOVERNOR}
        if _VOLUNTEER.search(spaced):
            return {Role.VOLUNTEER}
        if _STAFF.search(spaced):
            return {Role.STAFF}
        if _HELPER.search(spaced):
            return {Role.VOLUNTEER}
    raise ValueError(f"{job!r} is not a role or a job known here; write one of {VALID_ROLES}")


def read_day(text: str) -> date | None:
    """A day as spreadsheets write it, day first always; None if the text is empty.

    >>> [read_day(text).isoformat() for text in ("01/09/2026", "1/9/26", "01-Sep-2026", "2026-09-01 00:00:00")]
    ['2026-09-01', '2026-09-01', '2026-09-01', '2026-09-01']
    """
    if not text:
        return None
    parts = _parts(_MIDNIGHT.sub("", text.strip()).lower())
    try:
        day = date(*parts) if parts else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        hint = "; the day comes first, then the month" if parts and parts[1] > 12 else ""
        raise ValueError(f"{text!r} is not a day; write it like 2027-08-31 or 31/08/2027{hint}")
    return day


def _parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day."""
    if match := _ISO.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_FIRST.fullmatch(text):
        return _year(match[3]), int(match[2]), int(match[1])
    match = _IN_WORDS.fullmatch(text)
    if not match or match[2][:3] not in MONTHS:
        return None
    return _year(match[3]), MONTHS.index(match[2][:3]) + 1, int(match[1])


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if year < 70 else 1900 + year


def read_weekdays(text: str) -> frozenset[int]:
    """Weekdays from 0, Monday; Monday to Friday if the text is empty.

    >>> sorted(read_weekdays("Mon \u2013 Wed, Fri")), sorted(read_weekdays("Monday & Thurs"))
    ([0, 1, 2, 4], [0, 3])
    """
    if not text:
        return frozenset(range(5))
    weekdays: set[int] = set()
    for word in filter(None, _BETWEEN_DAYS.split(_DASHES.sub("-", text.lower()))):
        match = _DAYS.fullmatch(word)
        if not match:
            raise ValueError(f"days: {text!r} is not understood; write Mon Tue Wed, or Mon-Fri")
        first, last = SHORT_DAYS.index(match[1]), SHORT_DAYS.index(match[2] or match[1])
        if last < first:
            raise ValueError(f"days: {text!r} runs backwards")
        weekdays |= set(range(first, last + 1))
    return frozenset(weekdays)


def read_hours(text: str) -> tuple[time, time] | None:
    """When a working day begins and ends, London time; None if the text is empty.

    >>> [f"{at:%H:%M}" for at in read_hours("8.30am \u2013 3.15pm") or ()]
    ['08:30', '15:15']
    """
    if not text:
        return None
    match = _HOURS.fullmatch(_DASHES.sub("-", text.lower()))
    begins = _hour(match[1], match[2], match[3]) if match else None
    ends = _hour(match[4], match[5], match[6]) if match else None
    if begins is None or ends is None:
        raise ValueError(f"hours: {text!r} is not understood; write 08:30-15:15")
    if ends <= begins:
        raise ValueError(f"hours: {text!r} runs backwards")
    return begins, ends


def _hour(hour: str, minute: str | None, half: str | None) -> time | None:
    """A time of the day; None if there is none, or if "9" may be the morning or the evening."""
    number = int(hour)
    if (half and not 1 <= number <= 12) or (not half and minute is None):
        return None
    try:
        return time(number % 12 + (12 if half == "pm" else 0) if half else number, int(minute or 0))
    except ValueError:
        return None
