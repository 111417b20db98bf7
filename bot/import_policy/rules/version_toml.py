"""A new version as the document's file: the ids that clauses had, and what people noted of them."""

from collections.abc import Iterable

from bot.import_policy.rules.clauses import Draft
from bot.import_policy.rules.toml_text import document_lines, list_or_text, quoted
from bot.import_policy.rules.versions import HeldClause


def version_toml(draft: Draft, id: str, title: str, short: str, clauses: Iterable[HeldClause]) -> str:
    """The file. `id` and `short` stay those of the document, whatever is printed on its cover."""
    lines = document_lines(draft, id, title, short)
    for clause in clauses:
        lines += ["", *_clause_lines(clause)]
    return "\n".join(lines) + "\n"


def _clause_lines(clause: HeldClause) -> list[str]:
    lines = [
        "[[clause]]",
        f"id = {quoted(clause.id)}",
        f"ref = {quoted(clause.ref)}",
        f"heading = {quoted(clause.heading)}",
        f"text = {quoted(clause.text)}",
        f"modality = {quoted(clause.modality)}",
        f"binds = {list_or_text(clause.binds)}",
    ]
    lines += [f"head = {list_or_text(clause.head)}"] if clause.head else []
    return [*lines, f"topics = {list_or_text(clause.topics)}"] if clause.topics else lines
