"""One question, or two."""

import pytest

from bot.ask.rules.question_parts import parts


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
