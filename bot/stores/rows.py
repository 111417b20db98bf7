"""Rows as both stores write them: a JSON object as compact text."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]


def body_of(row: Mapping[str, Any]) -> str:
    """A row as it is written; raises TypeError for what JSON does not know."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
