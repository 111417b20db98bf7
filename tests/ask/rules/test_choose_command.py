"""When a line is a command, when one is offered, and when it is a question whatever the shares say."""

import pytest

from bot.ask.rules.choose_command import as_question, command_meant, command_offered, meant_as
from bot.ask.rules.choose_situation import Reading
from tests.fakes import SURE

SHARES = [  # of the commands, of the likeliest situation; the command meant, and the command offered
    ({"left": 0.9}, 0.1, "left", "left"),
    ({"left": 0.4, "summary": 0.3}, 0.3, "left", "left"),
    ({"left": 0.59}, 0.41, "", "left"),
    ({"left": 0.2, "summary": 0.15}, 0.3, "", "left"),
    ({"left": 0.35}, 0.4, "", ""),
    ({"left": 0.29}, 0.2, "", ""),
    ({}, 0.9, "", ""),
]


@pytest.mark.parametrize(("commands", "situation", "meant", "offered"), SHARES)
def test_commands_count_together_and_the_likeliest_of_them_is_meant(commands, situation, meant, offered):
    reading = Reading((("lunch", situation),), commands=tuple(commands.items()))

    assert command_meant(reading, SURE) == meant
    assert command_offered(reading, SURE) == offered


def test_a_question_about_what_is_allowed_is_read_without_commands():
    reading = Reading((("lunch", 0.3), ("photos", 0.1)), commands=(("notice", 0.6),), worry=0.4)
    question = meant_as("can I record my lesson?", reading, takes_commands=True)

    assert question.ranked == (("lunch", 0.75), ("photos", 0.25))
    assert (question.commands, question.worry) == ((), 0.4)


def test_where_commands_are_not_taken_every_line_is_a_question():
    reading = Reading((("lunch", 0.4),), commands=(("notice", 0.6),))

    assert meant_as("put up a notice", reading, takes_commands=True) == reading
    assert meant_as("put up a notice", reading, takes_commands=False).commands == ()


def test_a_line_that_is_nothing_but_a_command_has_no_situation_to_make_likelier():
    reading = Reading((("lunch", 0.0),), commands=(("notice", 1.0),))

    assert as_question(reading).ranked == (("lunch", 0.0),)
