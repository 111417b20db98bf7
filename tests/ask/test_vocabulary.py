"""The words the bank knows, and the questions it has word for word."""

import pytest

from bot.ask.rules.bank import Example
from bot.ask.vocabulary import Vocabulary
from tests.ask.little_bank import BANK


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("can i have blorbify on the wfii in 5B", ("blorbify", "in")),
        ("phones at lunch", ()),
        ("電話 please", ("電話",)),
        ("ks2 lunch 10am in 5B", ("in",)),
    ],
)
def test_a_word_nobody_has_taught_is_named_and_a_slip_of_a_known_one_is_not(text, unknown):
    assert Vocabulary.of(BANK).unknown_words(text) == unknown


def test_a_question_about_two_things_is_not_certain_word_for_word():
    vocabulary = Vocabulary.of([Example("Insta?", "social", "w"), Example("Wifi!", "wifi", "w", "social")])

    assert vocabulary.questions == {"insta": "social"}
