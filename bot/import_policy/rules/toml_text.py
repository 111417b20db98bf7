"""A draft as the files of a school's folder: one document in TOML, and the whole text."""

from calendar import monthrange
from datetime import date

from bot.import_policy.rules.clauses import Draft, DraftClause
from bot.import_policy.rules.names import clause_ids

NAMES_IN_DOCUMENT = (
    "reference",
    "approved",
    "approved_by",
    "takes_effect",
    "owner",
    "binds",
    "does_not_bind",
    "other_policies",
)
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def quoted(text: str) -> str:
    """A text as TOML writes it.

    >>> quoted('"A" \\\\ b')
    '"\\\\"A\\\\" \\\\\\\\ b"'
    """
    return (
        '"'
        + "".join(ESCAPES.get(char, char if char.isprintable() or char == " " else _escaped(char)) for char in text)
        + '"'
    )


def _escaped(char: str) -> str:
    """A sign that cannot be printed; one that TOML cannot have at all is left out."""
    code = ord(char)
    return "" if 0xD800 <= code <= 0xDFFF else f"\\U{code:08X}"


def list_or_text(value: str | list[str] | tuple[str, ...]) -> str:
    """A text, or a list of texts, as TOML writes it."""
    return quoted(value) if isinstance(value, str) else "[" + ", ".join(quoted(text) for text in value) + "]"


def document_lines(draft: Draft, id: str, title: str, short: str) -> list[str]:
    """The beginning of a document's file: what it says of itself."""
    lines = [
        "# Imported clause by clause, word for word; the whole text is in source.txt. See policies/README.md.",
        "[document]",
        f"id = {quoted(id)}",
        f"title = {quoted(title)}",
        f"short = {quoted(short)}",
    ]
    if version := draft.facts.get("version"):
        lines.append(f"version = {list_or_text(version)}")
    due = last_day(str(draft.facts.get("review", "")))
    if due is not None:
        lines.append(f"review_due = {due.isoformat()}")
    lines += [f"{name} = {list_or_text(value)}" for name in NAMES_IN_DOCUMENT if (value := draft.facts.get(name))]
    return lines


def document_toml(draft: Draft, id: str, title: str) -> str:
    """The document's file: what it says of itself, and its clauses in reading order."""
    lines = document_lines(draft, id, title, title.split(": ")[0])
    ids = clause_ids(id, (clause.ref for clause in draft.clauses))
    for clause_id, clause in zip(ids, draft.clauses, strict=True):
        lines += ["", *_clause_lines(clause_id, clause)]
    return "\n".join(lines) + "\n"


def _clause_lines(id: str, clause: DraftClause) -> list[str]:
    lines = [
        "[[clause]]",
        f"id = {quoted(id)}",
        f"ref = {quoted(clause.ref)}",
        f"heading = {quoted(clause.heading)}",
        f"text = {quoted(clause.text)}",
        f"modality = {quoted(clause.modality)}",
        f"binds = {list_or_text(clause.binds)}",
    ]
    return [*lines, f"head = {list_or_text(clause.head)}"] if clause.head else lines


def last_day(printed: str) -> date | None:
    """The last day of a day or month such as "2026-10"; None for anything else.

    >>> last_day("2026-10"), last_day("2027-02-03"), last_day("2027 spring term")
    (datetime.date(2026, 10, 31), datetime.date(2027, 2, 3), None)
    """
    parts = printed.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) not in {2, 3}:
        return None
    try:
        year, month = int(parts[0]), int(parts[1])
        return date(year, month, int(parts[2]) if len(parts) == 3 else monthrange(year, month)[1])
    except ValueError:
        return None


def school_toml(name: str, documents: list[str]) -> str:
    """A new school's settings: what must be filled in, empty."""
    return f"""# The school's own details. Everything a person may see is in plain words; nothing here is secret.
name = {quoted(name)}
documents = {list_or_text(documents)}

[handoff]
# Who is named when a question sounds like harm to a child. Fill in all four.
safeguarding = ""   # "Mrs Example, our safeguarding lead"
phone = ""          # "01234 567890"
headteacher = ""    # "Mr Example, the headteacher"
chair = ""          # "Ms Example, the chair of governors, on 01234 567890"

[handoff.demo]
# Used in local mode only, where the four above are empty.
safeguarding = "the safeguarding lead"
phone = "the school's safeguarding number"
headteacher = "the headteacher"
chair = "the chair of governors"
"""
