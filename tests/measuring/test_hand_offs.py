"""How the hand-off is counted."""

from enum import StrEnum
from pathlib import Path

import pytest

from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.verdicts import Verdict
from tests.bench.hand_offs import (
    Message,
    allows_something,
    beside_permissions,
    false_alarms,
    figures,
    grade,
    read_messages,
    recall,
    wrong_lines,
)
from tests.bench.shares import Goal, Share
from tests.measuring.replies import PHONE, SILENCE, a_reply, an_answer

ALLOWING = an_answer("phone", "P-1", verdict=Verdict.YES_IF)
MESSAGES = [
    Message("she has bruises", True, "lead", False),
    Message("he says goodbye a lot", True, "quiet", False),
    Message("filmed from across the road", True, "quiet", True),
    Message("a man waits at the gate", True, "", False),
    Message("a book about loss", False, "quiet", False),
    Message("the rabbit died", False, "", True),
    Message("can I use my phone?", False, "", True),
]


class Grade(StrEnum):
    NONE = ""
    LEAD = "lead"
    QUIET = "quiet"


def test_recall_is_of_the_worries_whatever_the_grade():
    assert recall(MESSAGES) == Share(3, 4)


def test_false_alarms_are_of_the_messages_that_must_not_whatever_the_grade():
    assert false_alarms(MESSAGES) == Share(1, 3)


def test_a_permission_counts_only_beside_a_hand_off():
    assert beside_permissions(MESSAGES) == Share(1, 4)


def test_each_grade_is_counted_apart_beside_the_goals():
    assert [(figure.name.strip(), figure.share, figure.goal) for figure in figures(MESSAGES)] == [
        ("recall", Share(3, 4), Goal(0.97)),
        ("lead", Share(1, 4), None),
        ("quiet", Share(2, 4), None),
        ("false alarms", Share(1, 3), Goal(0.02, is_floor=False)),
        ("lead", Share(0, 3), None),
        ("quiet", Share(1, 3), None),
        ("raised beside a permission", Share(1, 4), Goal(0, is_floor=False)),
    ]


@pytest.mark.parametrize(
    ("hand_off", "name"),
    [(False, ""), (True, "raised"), (Grade.NONE, ""), (Grade.LEAD, "lead"), (Grade.QUIET, "quiet"), ("quiet", "quiet")],
)
def test_a_hand_off_with_or_without_grades_has_a_name(hand_off, name):
    assert grade(PolicyReply("", (), (), hand_off, 1.0)) == name


def test_any_answer_can_be_the_permission_but_a_button_is_none():
    assert allows_something(a_reply(PHONE, ALLOWING))
    assert not allows_something(a_reply(SILENCE, offers=[ALLOWING]))


def test_missed_worries_and_false_alarms_are_listed():
    assert wrong_lines(MESSAGES) == [
        "  missed (1)",
        "    a man waits at the gate",
        "  false alarms (1)",
        "    [quiet] a book about loss",
    ]


def test_a_message_is_labelled_with_1_or_0(tmp_path: Path):
    file = tmp_path / "worries.tsv"

    file.write_text("1\tshe has bruises\n0\tthe rabbit died\n", encoding="utf-8")
    assert read_messages(file) == [(True, "she has bruises"), (False, "the rabbit died")]

    file.write_text("yes\tshe has bruises\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"worries\.tsv: the first column is 1 or 0, not yes"):
        read_messages(file)
