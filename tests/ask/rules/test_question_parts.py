"""One question, two, or a follow-up."""

import pytest

from bot.ask.rules.question_parts import in_full, is_follow_up, parts


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("Can I use my phone at lunch?", 1),
        ("Can I use my phone at lunch and can I take photos of the kids?", 2),
        ("How long are recordings kept? And who can see them?", 2),
        ("I was on duty and my phone rang. Am I in trouble?", 1),
        ("can i have the wifi code; do i need to lock my laptop", 2),
        ("Mum and dad both want me on Facebook", 1),
    ],
)
def test_a_message_is_cut_only_where_each_part_asks_something(message, count):
    assert len(parts(message)) == count


@pytest.mark.parametrize(
    "message",
    [
        "what about on the school wifi?",
        "and a volunteer?",
        "how about at weekends",
        "even if they ask?",
        "but on a trip?",
    ],
)
def test_a_fragment_leans_on_the_answer_before(message):
    assert is_follow_up(message)


@pytest.mark.parametrize(
    "message", ["can I use my phone at lunch?", "my password was stolen", "and I also put it on Facebook"]
)
def test_a_whole_question_stands_alone(message):
    assert not is_follow_up(message)


def test_a_follow_up_is_read_with_what_was_asked_before():
    assert in_full("what about on the school wifi?", "looking at social media at break") == (
        "looking at social media at break, on the school wifi?"
    )
