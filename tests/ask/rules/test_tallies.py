"""What is kept of questions."""

from dataclasses import asdict

import pytest

from bot.ask.rules.tallies import MAX_SENT_CHARS, SentQuestion, kept_since, question_to_send, readable_questions
from bot.errors import BadInput
from tests.fakes import MONDAY, days


def test_a_sent_question_is_kept_as_one_line_with_the_monday_of_its_week_and_nothing_else():
    question = question_to_send("  can I\nvape? ", MONDAY + days(3))

    assert asdict(question) == {"text": "can I vape?", "on": MONDAY}


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_SENT_CHARS + 1)])
def test_an_empty_or_endless_question_is_not_sent(text):
    with pytest.raises(BadInput):
        question_to_send(text, MONDAY)


def test_a_question_is_kept_for_ninety_days():
    assert kept_since(MONDAY + days(90)) == MONDAY


def test_the_questions_of_a_week_are_read_from_the_next_monday_on_in_alphabetical_order():
    sent = [SentQuestion("why?", MONDAY), SentQuestion("How?", MONDAY), SentQuestion("new?", MONDAY + days(7))]

    assert readable_questions(sent, MONDAY + days(6)) == {}
    assert readable_questions(sent, MONDAY + days(7)) == {MONDAY: ["How?", "why?"]}
    assert list(readable_questions(sent, MONDAY + days(14))) == [MONDAY + days(7), MONDAY]


def test_the_day_that_older_releases_kept_is_read_as_its_week():
    older = [SentQuestion("why?", MONDAY + days(4)), SentQuestion("How?", MONDAY + days(1))]

    assert readable_questions(older, MONDAY + days(7)) == {MONDAY: ["How?", "why?"]}
