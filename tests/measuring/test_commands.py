"""How commands are counted."""

from tests.bench.commands import (
    CommandLine,
    figures,
    right_commands,
    taken_for_commands,
    taken_for_questions,
    wrong_lines,
)
from tests.bench.shares import Goal, Share

LINES = [
    CommandLine("pause Sam until Friday", "pause", "pause"),
    CommandLine("show me the summary", "summary", "summary"),
    CommandLine("who hasn't signed yet?", "summary", "pause"),
    CommandLine("open the campaign", "open", ""),
    CommandLine("can I use my phone?", "", ""),
    CommandLine("Can I record my Year 4 lesson on Thursday?", "", "record"),
    CommandLine("where do I park?", "", ""),
]


def test_a_command_is_right_only_if_it_is_the_one_wanted():
    assert right_commands(LINES) == Share(2, 4)


def test_a_command_answered_as_a_question_is_counted_apart():
    assert taken_for_questions(LINES) == Share(1, 4)


def test_only_policy_questions_can_be_taken_for_commands():
    assert taken_for_commands(LINES) == Share(1, 3)


def test_the_figures_are_printed_beside_their_goals():
    assert [(figure.share, figure.goal) for figure in figures(LINES)] == [
        (Share(2, 4), Goal(0.95)),
        (Share(1, 4), None),
        (Share(1, 3), Goal(0.005, is_floor=False)),
    ]


def test_lines_taken_for_something_else_are_listed():
    assert wrong_lines(LINES) == [
        "  wanted summary, read pause: who hasn't signed yet?",
        "  wanted open, read a question: open the campaign",
        "  wanted a question, read record: Can I record my Year 4 lesson on Thursday?",
    ]
