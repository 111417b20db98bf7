"""Measuring questions: files of cases, each with an id, a question and the clauses that answer it."""

from pathlib import Path
from typing import Any

import yaml


def read_cases(file: Path) -> list[dict[str, Any]]:
    """The cases of a file, which is a list of them or has one under `questions`."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    cases: list[dict[str, Any]] = content["questions"] if isinstance(content, dict) else content
    return cases
