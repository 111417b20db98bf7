"""What a document says of itself: title, school, version, dates, owner, whom it binds, other policies it names."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from bot.import_policy.rules import tables
from bot.import_policy.rules.binds import APPLIES_TO, DOES_NOT_APPLY, groups_in
from bot.import_policy.rules.blocks import BlockKind
from bot.import_policy.rules.other_policies import policies_named
from bot.import_policy.rules.roles import HAS_A_RULE, Part, Role

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
A_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH},?\s+\d{{4}}\b|\b{MONTH}\s+\d{{4}}\b"
    r"|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b(?:spring|summer|autumn)(?:\s+term)?\s+\d{4}\b",
    re.I,
)
FACT_LABELS = {
    "review": r"""(?:date\s+)?(?:of\s+)?(?:next|due\ for)\s+review(?:\s+date)? | review(?:\s+(?:date|due|by))?
        | (?:policy\s+)?(?:to\s+be\s+)?(?:reviewed|revis(?:ed|ited)|looked\ at)(?:\s+again)?(?:\s+(?:by|in|on))?
        | next\s+review(?:ed)?(?:\s+(?:date|due))? | date\s+(?:for|of)\s+(?:next\s+)?review""",
    "takes_effect": r"""takes?\s+effect|effective(?:\s+(?:from|date))?|in\s+force(?:\s+from)?|valid\s+from
        |comes\s+into\s+force""",
    "approved": r"""(?:date\s+)?(?:of\s+)?(?:last\s+)?
        (?:approved|approval|agreed|adopted|ratified|adoption|ratification)""",
    "version": r"(?:version|edition|issue)(?:\s+(?:number|no\.?))?",
    "owner": r"""(?:(?:policy|document)\s+)?(?:owner|author|lead|written\s+by|prepared\s+by|produced\s+by
        |responsible(?:\s+\w+){0,2}|person\s+responsible)""",
    "reference": r"(?:(?:policy|document)\s+)?(?:reference|ref\.?)(?:\s+(?:number|no\.?))?",
    "school": r"(?:school|academy|trust)(?:\s+name)?(?=\s*:)",
    "date": r"date|dated",
    "last": r"issued?|published|last\s+(?:updated|reviewed|amended)",
}
FACTS = tuple((name, re.compile(rf"^(?:{words})(?!\w)", re.I | re.X)) for name, words in FACT_LABELS.items())
BETWEEN_FACTS = re.compile(  # several facts on one line
    r"\s+[|•]\s+|(?<!\bof)(?<!\bdate)(?<!\bpolicy)(?<!\bto be)\s+"
    r"(?=(?:Version|Approved|Adopted|Ratified|Next\s+review|Review\s+date|Owner|Author|Effective)\b)"
)
WORDS_OF_A_BODY = re.compile(
    r"\b(?:board|bod(?:y|ies)|governors?|governing|committee|trustees?|council|head\s?teacher|directors)\b", re.I
)
EDITION = re.compile(
    r"^(?:(?:first|second|third|fourth|fifth|sixth|\d+(?:st|nd|rd|th))\s+edition|v(?:ersion)?\.?\s*\d[\w.]*)$", re.I
)
VERSION_IN_LINE = re.compile(r"\bv(?:ersion)?\.?\s*(\d+(?:\.\d+)*)\b", re.I)
A_SCHOOL = re.compile(r"\b(?:school|academy|college|nursery|trust|primary|federation|infants?|juniors?)\b", re.I)
A_POLICY = re.compile(
    r"\b(?:policy|policies|agreement|guidance|code|procedure|protocol|guidelines|statement|handbook|rules)\b", re.I
)
MAX_TITLE_WORDS = 16
MAX_FRONT_WORDS = 22
MAX_FACT_LINE_WORDS = 12


def front_matter_end(parts: Sequence[Part]) -> int:
    """How many of the first parts are the document's cover: everything before its first heading or rule."""
    for number, part in enumerate(parts):
        if part.role in {Role.TITLE, Role.LEFT_OUT}:
            continue
        if part.role is Role.TABLE and (tables.is_cover_table(part.block) or tables.is_version_table(part.block)):
            continue
        if part.role in {Role.HEADING, Role.TEXT} and part.label is None and _is_cover_line(parts, number):
            continue
        return number
    return 0


def _is_cover_line(parts: Sequence[Part], number: int) -> bool:
    """Whether a line before the rules is of the cover: the title, the school, or a fact of the document."""
    text = parts[number].block.text.strip()
    if len(text.split()) > MAX_FRONT_WORDS:
        return False
    if _fact(text) is not None or A_DATE.fullmatch(text):
        return True
    if parts[number].role is Role.HEADING:
        return _is_title_line(parts, number)
    is_sentence = text.endswith((".", ";", ":")) and len(text.split()) > 2
    has_headings = any(part.role in {Role.TITLE, Role.HEADING} for part in parts)  # else it may be the rule itself
    return not is_sentence and not HAS_A_RULE.search(text) and has_headings


def _is_title_line(parts: Sequence[Part], number: int) -> bool:
    """Whether a heading is the title: larger than all others, or named a policy and followed by the cover's facts."""
    heading = parts[number].block
    headings = [part for part in parts if part.role is Role.HEADING]
    others = [part for part in headings if part is not parts[number]]
    earlier = [part for part in parts[:number] if part.role in {Role.TITLE, Role.HEADING}]
    if not earlier:
        is_largest = bool(others) and all(_rank(parts[number]) < _rank(part) for part in others)
        is_named = bool(A_POLICY.search(heading.text) or _is_school(heading.text)) and len(heading.text.split()) > 1
        return is_largest or is_named
    following = next((part for part in parts[number + 1 :] if part.role is not Role.LEFT_OUT), None)
    if following is None:
        return False
    if following.role is Role.TABLE:
        return tables.is_cover_table(following.block)
    has_title = any(not _is_school(part.block.text) for part in earlier)
    if _is_school(heading.text) or (not has_title and A_POLICY.search(heading.text)):
        return True
    return (
        following.role in {Role.TEXT, Role.HEADING}
        and following.label is None
        and _fact(following.block.text) is not None
    )


def _rank(part: Part) -> tuple[int, float]:
    return part.block.heading_level or 9, -part.block.size


def _fact(line: str) -> tuple[str, str] | None:
    """The fact a line states, and its value; None if it states none.

    >>> _fact("Written by: Ms Example"), _fact("Date of next review May 2027")
    (('owner', 'Ms Example'), ('review', 'May 2027'))
    """
    line = " ".join(line.split())
    for name, label in FACTS:
        match = label.match(line)
        if match and len(line.split()) <= MAX_FRONT_WORDS:
            return name, line[match.end() :].strip(" :–-\t")
    return ("version", line) if EDITION.match(line) else None


def is_fact_line(text: str) -> bool:
    """Whether a line of the text is only a fact of the document, as on many a last page.

    >>> is_fact_line("Review date: May 2026"), is_fact_line("Approved devices are listed in section 4.")
    (True, False)
    """
    is_short = len(text.split()) <= MAX_FACT_LINE_WORDS and not text.rstrip().endswith(".")
    return is_short and _fact(text) is not None and (":" in text or A_DATE.search(text) is not None)


def stated_in(lines: Sequence[str]) -> dict[str, str | list[str]]:
    """The facts of such lines."""
    about: dict[str, str | list[str]] = {}
    for line in lines:
        fact = _fact(line)
        if fact:
            _note(about, *fact)
    return about


def facts_of(parts: Sequence[Part], front: int) -> dict[str, str | list[str]]:
    """Everything found; what is not there has no entry."""
    about: dict[str, str | list[str]] = {}
    title = _title(parts, front)
    about["title"] = title
    for name, value in _stated(parts, front):
        _note(about, name, value)
    school = _school(parts, front, title)
    if school:
        about.setdefault("school", school)
    body = [part.block.text for part in parts[front:] if part.role in {Role.TEXT, Role.FOOTNOTE}]
    binds = next((groups for text in body if not DOES_NOT_APPLY.search(text) and (groups := groups_in(text))), ())
    about["binds"] = list(binds or _applies_on_cover(parts, front))
    excluded = next((groups for text in body if (groups := groups_in(text, DOES_NOT_APPLY))), ())
    if excluded:
        about["does_not_bind"] = list(excluded)
    about["other_policies"] = policies_named(body, title)
    return about


def _note(about: dict[str, str | list[str]], name: str, value: str) -> None:
    if not value or name == "last":
        return
    if name in {"review", "approved", "takes_effect", "date"}:
        _note_date(about, "approved" if name == "date" else name, value)
    elif name == "version":
        about.setdefault("version", re.split(r"\s+[(–-]|,\s", value)[0].strip())
    else:
        about.setdefault(name, value)


def _note_date(about: dict[str, str | list[str]], name: str, value: str) -> None:
    match = A_DATE.search(value)
    if match:
        about.setdefault(name, iso_date(match[0]))
        about.setdefault(f"{name}_as_printed", match[0])
        value = value[: match.start()]
    value = re.sub(
        r"(?:^\s*(?:by|on|in|date|from)\b|\b(?:on|in)\s*$)\s*", "", value.strip(" ,:;–-("), flags=re.I
    ).strip(" ,:;–-")
    value = re.sub(r"^the\s+", "", re.sub(r"\s+(?:on|in)$", "", value))
    if name == "approved" and WORDS_OF_A_BODY.search(value):
        about.setdefault("approved_by", value[0].upper() + value[1:])


def _stated(parts: Sequence[Part], front: int) -> Iterator[tuple[str, str]]:
    """The facts that the cover states, then those of tables of versions, running lines and the last page."""
    everywhere = list(enumerate(parts))
    for number, part in everywhere:
        is_cover = number < front or (part.role is Role.TABLE and tables.is_cover_table(part.block))
        if not is_cover:
            continue
        lines = _pairs(part) if part.block.kind is BlockKind.TABLE else part.block.text.splitlines()
        for line in lines:
            yield from (fact for piece in BETWEEN_FACTS.split(line) if (fact := _fact(piece)))
    for _, part in everywhere:
        if part.block.kind is BlockKind.ASIDE:
            match = VERSION_IN_LINE.search(part.block.text)
            if match:
                yield "version", match[1]


def _pairs(part: Part) -> list[str]:
    """A cover table's labels with their values, as lines."""
    lines = []
    for row in part.block.rows:
        cells = [" ".join(cell.split()) for cell in row]
        lines += [
            f"{label.rstrip(':')}: {value}" for label, value in zip(cells[::2], cells[1::2], strict=False) if label
        ]
    return lines


def iso_date(printed: str) -> str:
    """A printed date as 2024-06-01, 2025-05 or "2023 summer term"; as printed if it is none of them.

    >>> iso_date("1st June 2024"), iso_date("May 2025"), iso_date("Summer Term 2023"), iso_date("2/9/25")
    ('2024-06-01', '2025-05', '2023 summer term', '2025-09-02')
    """
    words = printed.lower().replace(",", " ").replace(" of ", " ").split()
    year = words[-1]
    if words[0] in {"spring", "summer", "autumn"}:
        return f"{year} {words[0]} term"
    numbers = [int(number) for number in re.findall(r"\d+", printed)]
    month = next((n for word in words if (n := _month(word))), 0)
    try:
        if month and len(numbers) == 2:
            return date(numbers[1], month, numbers[0]).isoformat()
        if month:
            return f"{numbers[0]}-{month:02}"
        first, second, third = numbers
        if first > 31:
            return date(first, second, third).isoformat()
        return date(third + 2000 if third < 100 else third, second, first).isoformat()
    except ValueError:
        return printed


def _month(word: str) -> int:
    return next(
        (n for n, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.startswith(word[:3]) and word.isalpha()), 0
    )


def _cover_lines(parts: Sequence[Part], front: int) -> list[Part]:
    cover = [part for part in parts[:front] if part.role in {Role.TITLE, Role.HEADING, Role.TEXT}]
    return [part for part in cover if _fact(part.block.text) is None and not A_DATE.fullmatch(part.block.text.strip())]


def _title(parts: Sequence[Part], front: int) -> str:
    """The title: by its style, its size, or the words "policy", "agreement" and the like; with its subtitle."""
    lines = [part for part in _cover_lines(parts, front) if len(part.block.text.split()) <= MAX_TITLE_WORDS]
    if not lines:
        return ""
    best = max(range(len(lines)), key=lambda n: _title_score(lines[n]))
    title = _one_line(lines[best])
    following = lines[best + 1] if best + 1 < len(lines) else None
    if following and _is_subtitle(following) and not _is_school(_one_line(following)):
        subtitle = _one_line(following)
        title = f"{title}: {subtitle}" if not title.endswith((":", "–", "-")) else f"{title} {subtitle}"
    return title


def _title_score(part: Part) -> tuple[float, ...]:
    text = _one_line(part)
    return (
        not _is_school(text),
        part.role is Role.TITLE,
        part.role is Role.HEADING or part.block.is_bold,
        part.block.size,
        bool(A_POLICY.search(text)),
    )


def _is_subtitle(part: Part) -> bool:
    return (
        part.role is Role.TITLE
        or part.block.is_bold
        or bool(re.match(r"(?:for|guidance|a guide)\b", part.block.text, re.I))
    )


def _is_school(text: str) -> bool:
    return bool(A_SCHOOL.search(text)) and not A_POLICY.search(text)


def _school(parts: Sequence[Part], front: int, title: str) -> str:
    """The school's name, from the cover or from what runs along every page."""
    lines = [_one_line(part) for part in _cover_lines(parts, front)]
    running = [
        piece.strip()
        for part in parts
        if part.block.kind is BlockKind.ASIDE
        for piece in re.split(r"\t|\s–\s|\||\s{3,}", part.block.text)
    ]
    for text in (*lines, *running):
        if (
            _is_school(text)
            and text != title
            and len(text.split()) <= 9
            and text[:1].isupper()
            and not text.endswith(".")
        ):
            return text
    return ""


def _applies_on_cover(parts: Sequence[Part], front: int) -> tuple[str, ...]:
    lines = [line for part in parts[:front] for line in (_pairs(part) if part.block.rows else [part.block.text])]
    return next(
        (groups for line in lines if (groups := groups_in(line.replace("Applies to:", "applies to "), APPLIES_TO))), ()
    )


def _one_line(part: Part) -> str:
    return " ".join(part.block.text.split())
