"""How files of measuring questions and lines are read."""

from pathlib import Path

import pytest

from tests.practice import Case, measuring_cases, read_columns

CASE = """
- {id: P1, q: 'can I?', any_of: [P-1, P-2], verdict: 'no', also: [must]}
- {id: P2, q: 'where do I park?', any_of: []}
"""


@pytest.mark.parametrize("content", [CASE, "questions:" + CASE])
def test_cases_are_a_list_or_stand_under_questions(tmp_path: Path, content: str):
    file = tmp_path / "cases.yaml"
    file.write_text(content, encoding="utf-8")

    assert measuring_cases(file) == [
        Case("P1", "can I?", frozenset({"P-1", "P-2"}), "no", frozenset({"must"})),
        Case("P2", "where do I park?", frozenset()),
    ]


def test_every_verdict_that_was_written_down_counts():
    assert Case("P1", "", frozenset({"P-1"}), "no", frozenset({"must"})).verdicts == {"no", "must"}
    assert Case("P1", "", frozenset({"P-1"})).verdicts == frozenset()


@pytest.mark.parametrize(("verdict", "is_forbidden"), [("no", True), ("report", True), ("must", False), ("", False)])
def test_no_and_report_are_forbidden(verdict: str, is_forbidden: bool):
    assert Case("P1", "", frozenset({"P-1"}), verdict, frozenset({"no"})).is_forbidden is is_forbidden


def test_columns_are_parted_by_a_tab_and_the_second_may_be_empty(tmp_path: Path):
    file = tmp_path / "lines.tsv"
    file.write_text("pause Sam\tpause\n\ncan I use my phone?\t\n", encoding="utf-8")

    assert read_columns(file) == [("pause Sam", "pause"), ("can I use my phone?", "")]


@pytest.mark.parametrize("line", ["no tab", "a\tb\tc"])
def test_a_line_without_exactly_one_tab_is_refused_by_its_number(tmp_path: Path, line: str):
    file = tmp_path / "lines.tsv"
    file.write_text(f"pause Sam\tpause\n{line}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"lines\.tsv, line 2: expected two columns"):
        read_columns(file)
