"""What is kept of questions."""

from dataclasses import asdict

import pytest

from bot.ask.rules.tallies import MAX_SENT_CHARS, kept_since, question_to_send
from bot.errors import BadInput
from tests.fakes import MONDAY, days


def test_a_sent_question_is_kept_as_one_line_with_its_day_and_nothing_else():
    question = question_to_send("  can I\nvape? ", MONDAY)

    assert asdict(question) == {"text": "can I vape?", "on": MONDAY}


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_SENT_CHARS + 1)])
def test_an_empty_or_endless_question_is_not_sent(text):
    with pytest.raises(BadInput):
        question_to_send(text, MONDAY)


def test_a_question_is_kept_for_ninety_days():
    assert kept_since(MONDAY + days(90)) == MONDAY
