"""How well documents are cut into clauses: `python -m tests.bench.documents FOLDER`.

The folder has NAME.docx or NAME.pdf beside NAME.clauses.json, a list of true clauses with `ref` and `text`, and perhaps
NAME.facts.json. Texts are compared with their white space made one. A table's head cells are no clauses: a cell of the
kind "heading-only table cell" is neither asked for nor counted against the import.
"""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.import_policy.import_policy import read_policy
from bot.import_policy.rules.clauses import Draft

ENDINGS = (".docx", ".pdf", ".txt", ".md")
ONLY_HEADS = "heading-only table cell"


@dataclass(frozen=True)
class Figures:
    """One document: shares of clauses found, of printed clauses that are true, of right references, and more."""

    name: str
    found: int
    true: int
    printed_true: int
    printed: int
    right_refs: int
    invented_words: int
    facts: str
    seconds: float


def spaced(text: str) -> str:
    """A text with its white space made one."""
    return " ".join(text.split())


def invented(draft: Draft) -> int:
    """How many words of clauses do not come from the source, in order."""
    source = "".join(draft.source.split())
    return sum(len(clause.text.split()) for clause in draft.clauses if "".join(clause.text.split()) not in source)


def measured(file: Path) -> Figures:
    """Imports one document and compares it with its true clauses."""
    begun = time.perf_counter()
    draft = read_policy(file)
    seconds = time.perf_counter() - begun
    truth = json.loads(file.with_suffix(".clauses.json").read_text(encoding="utf-8"))
    asked = [clause for clause in truth if clause.get("kind") != ONLY_HEADS]
    left = Counter(spaced(clause["text"]) for clause in truth)
    printed_true = 0
    by_text: dict[str, list[str]] = {}
    for clause in draft.clauses:
        text = spaced(clause.text)
        by_text.setdefault(text, []).append(clause.ref)
        printed_true += left[text] > 0
        left[text] -= 1
    found = right = 0
    for clause in asked:
        refs = by_text.get(spaced(clause["text"]), [])
        found += bool(refs)
        right += clause["ref"] in refs
        if refs and "-v" in sys.argv and clause["ref"] not in refs:
            print(f"  reference: {clause['ref']!r} is given as {refs}")
        if not refs and "-v" in sys.argv:
            print(f"  not found: {clause['ref']}: {clause['text'][:90]!r}")
    facts = _facts(file, draft)
    return Figures(
        file.name, found, len(asked), printed_true, len(draft.clauses), right, invented(draft), facts, seconds
    )


def _facts(file: Path, draft: Draft) -> str:
    """How many of the true facts are right, where they are known."""
    beside = file.with_suffix(".facts.json")
    if not beside.is_file():
        return "-"
    truth: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
    truth = {name: value for name, value in truth.items() if not name.startswith("comments")}
    wrong = [name for name, value in truth.items() if draft.facts.get(name) != value]
    for name in wrong if "-v" in sys.argv else ():
        print(f"  fact {name}: {truth[name]!r} is given as {draft.facts.get(name)!r}")
    return f"{len(truth) - len(wrong)}/{len(truth)}"


def main() -> None:
    """Prints the figures of every document of a folder."""
    folder = Path(sys.argv[1])
    print(f"{'document':28} {'found':>12} {'are clauses':>12} {'references':>12} {'invented':>8} {'facts':>7} {'s':>7}")
    files = sorted(
        file for file in folder.iterdir() if file.suffix in ENDINGS and file.with_suffix(".clauses.json").is_file()
    )
    for figures in map(measured, files):
        shares = (
            (figures.found, figures.true),
            (figures.printed_true, figures.printed),
            (figures.right_refs, figures.true),
        )
        parts = " ".join(f"{count:4}/{of:3} {count / max(of, 1):.2f}" for count, of in shares)
        print(f"{figures.name:28} {parts} {figures.invented_words:8} {figures.facts:>7} {figures.seconds:7.1f}")


if __name__ == "__main__":
    main()
