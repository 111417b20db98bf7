"""A section is struck from the text; everything else stays letter for letter."""

import tomllib
from pathlib import Path

import pytest

from bot.ask.rules.ruling_sections import without_parts, without_section
from bot.settings import ROOT

FILES = sorted((ROOT / "policies").rglob("rulings.toml"))
TEXT = '# top\n\n# of a\n[a]\nx = 1\n\n[[a.also]]\ny = 2\n\n# of b\n["b"]\nx = "[a]"\n'


def test_the_comment_above_the_next_section_stays():
    assert without_section(TEXT, "a") == '# top\n\n# of a\n# of b\n["b"]\nx = "[a]"\n'
    assert without_parts(TEXT, "a") == TEXT.replace("[[a.also]]\ny = 2\n\n", "")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_striking_any_answer_leaves_all_others_as_they_were(file: Path):
    text = file.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    for situation in tables:
        left = {id: table for id, table in tables.items() if id != situation}
        assert tomllib.loads(without_section(text, situation)) == left
