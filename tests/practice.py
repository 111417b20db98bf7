"""Measuring questions: files of cases, each with an id, a question and the clauses that answer it.

Nothing is learnt from them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what is known of it.

    `any_of` are the clauses that are each a right first quotation, empty if the policy does not answer the question.
    `verdict` is the one that was written down, empty if none was; `also` are others that are as defensible.
    """

    id: str
    question: str
    any_of: frozenset[str]
    verdict: str = ""
    also: frozenset[str] = frozenset()

    @property
    def is_inside(self) -> bool:
        """Whether the policy answers the question."""
        return bool(self.any_of)

    @property
    def is_forbidden(self) -> bool:
        """Whether the policy says no to what is asked about, or asks to report it."""
        return self.verdict in {"no", "report"}

    @property
    def verdicts(self) -> frozenset[str]:
        """Every verdict that counts as right; empty if none was written down."""
        return (self.also | {self.verdict}) - {""}


def read_cases(file: Path) -> list[dict[str, Any]]:
    """The cases of a file, which is a list of them or has one under `questions`."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    cases: list[dict[str, Any]] = content["questions"] if isinstance(content, dict) else content
    return cases


def measuring_cases(file: Path) -> list[Case]:
    """The cases of a file, as records."""
    return [
        Case(
            id=str(entry["id"]),
            question=entry["q"],
            any_of=frozenset(entry["any_of"]),
            verdict=entry.get("verdict") or "",
            also=frozenset(entry.get("also") or ()),
        )
        for entry in read_cases(file)
    ]


def read_columns(file: Path) -> list[tuple[str, str]]:
    """The two columns of a file of lines with one tab each; empty lines, and those from # on, are left out.

    Raises ValueError with the number of a line that has no tab, or several.
    """
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) != 2:
            raise ValueError(f"{file.name}, line {number}: expected two columns with a tab between them.")
        rows.append((columns[0], columns[1]))
    return rows
