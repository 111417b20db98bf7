"""Proposed rulings as text of rulings.toml. What a person wrote stays letter for letter."""

import re
import textwrap
from collections.abc import Collection, Mapping, Sequence

from bot.ask.rules.imported_clauses import ImportedClause
from bot.ask.rules.proposals import Proposal
from bot.ask.rules.verdicts import Verdict

_TABLE = re.compile(r"\s*\[\s*(?:\"([^\"]+)\"|([A-Za-z0-9_-]+))\s*\]\s*(?:#.*)?$")
_PROPOSED = re.compile(r"\s*proposed\s*=\s*true\s*(?:#.*)?$")
_DOUBTFUL = re.compile(r"\s*doubtful\s*=\s*true\s*(?:#.*)?$")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
MAX_COMMENT_CHARS = 110
NO_CLAUSE_IS_NEAR = "# No clause comes near these. Does your policy really say nothing?"


def proposed_text(decisions: Sequence[Sequence[Proposal]], clauses: Mapping[str, ImportedClause]) -> str:
    """The sections of proposals, each decision under a comment with its clauses' words."""
    return "".join(_decision(group, clauses) for group in decisions)


def silent_text(situations: Sequence[str]) -> str:
    """The sections that propose to say that the policy does not say; nothing until a person confirms them."""
    sections = [f'[{_quoted_key(id)}]\nproposed = true\nverdict = "{Verdict.NOT_COVERED}"\n' for id in situations]
    return f"\n{NO_CLAUSE_IS_NEAR}\n" + "\n".join(sections) if sections else ""


def _decision(group: Sequence[Proposal], clauses: Mapping[str, ImportedClause]) -> str:
    quoted = [line for id in group[0].clauses for line in _comment(clauses[id])]
    together = f"# One decision for {len(group)} situations:\n" if len(group) > 1 else ""
    return "\n" + together + "\n".join(quoted) + "\n" + "\n".join(_section(proposal) for proposal in group)


def _comment(clause: ImportedClause) -> list[str]:
    """A clause's words as comment lines; what is no printable character cannot end a comment."""
    words = "".join(char if char.isprintable() else " " for char in f"{clause.ref or clause.id}: {clause.quoted_text}")
    return textwrap.wrap(
        " ".join(words.split()), MAX_COMMENT_CHARS, initial_indent="# ", subsequent_indent="#   ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _section(proposal: Proposal) -> str:
    lines = [
        f"[{_quoted_key(proposal.situation)}]",
        "proposed = true",
        *(["doubtful = true"] if proposal.is_doubtful else []),
        f"verdict = {_quoted(proposal.verdict)}",
        f"says = {_quoted(proposal.says)}",
    ]
    if proposal.headline:
        lines.append(f"headline = {_quoted(proposal.headline)}")
    if proposal.conditions:
        lines.append(f"conditions = {_list(proposal.conditions)}")
    return "\n".join([*lines, f"governing = {_list(proposal.clauses)}", ""])


def accepted_text(text: str, situations: Collection[str]) -> str:
    """The same text without `proposed = true` and `doubtful = true` in the sections of these situations.

    >>> accepted_text('[a]\\nproposed = true # new\\n[b]\\nproposed = true\\n', {"a"})
    '[a]\\n[b]\\nproposed = true\\n'
    """
    kept = []
    section = ""
    for line in text.splitlines(keepends=True):
        heading = _TABLE.match(line.rstrip("\r\n"))
        section = (heading[1] or heading[2]) if heading else section
        is_mark = _PROPOSED.match(line.rstrip("\r\n")) or _DOUBTFUL.match(line.rstrip("\r\n"))
        if not (section in situations and is_mark):
            kept.append(line)
    return "".join(kept)


def _quoted_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    safe = (char if char.isprintable() or char in _ESCAPES else " " for char in text)
    return '"' + "".join(_ESCAPES.get(char, char) for char in safe) + '"'


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"
