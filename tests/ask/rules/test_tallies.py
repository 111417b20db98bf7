"""What is kept of questions."""

import pytest

from bot.ask.rules.tallies import LONGEST_SENT, kept_since, sent
from bot.errors import BadInput
from tests.fakes import MONDAY, days


def test_a_sent_question_is_kept_as_one_line_with_its_day_and_nothing_else():
    kept = sent("  can I\nvape? ", MONDAY)

    assert (kept.text, kept.on) == ("can I vape?", MONDAY)
    assert kept.__slots__ == ("text", "on")


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST_SENT + 1)])
def test_an_empty_or_endless_question_is_not_sent(text):
    with pytest.raises(BadInput):
        sent(text, MONDAY)


def test_a_question_is_kept_for_ninety_days():
    assert kept_since(MONDAY + days(90)) == MONDAY
