"""How questions are tidied and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.ask.rules.words import Lexicon, one_slip_apart, tidy, words
from bot.errors import BadInput


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t", "\u200b\u200d", "\x00\x07", "\ufeff"])
def test_nothing_to_read_gets_a_plain_sentence(nothing):
    with pytest.raises(BadInput, match="did not see a question"):
        tidy(nothing)


@given(some.text(max_size=300))
def test_whatever_is_typed_becomes_one_visible_line_or_a_plain_sentence(text):
    try:
        line = tidy(text)
    except BadInput:
        return

    assert line == " ".join(line.split())
    assert line.isprintable()
    assert tidy(line) == line


def test_curly_apostrophes_are_the_same_as_straight_ones():
    assert words(tidy("Can\u2019t I?")) == ["can't", "i"]


def test_the_lexicon_finds_phrases_and_each_meaning_once():
    lexicon = Lexicon.of({"social": ["insta", "face book"], "break": ["dinner time", "lunch"]})

    assert lexicon.read(words("insta and face book at lunch")) == ["break", "social"]
    assert lexicon.read([]) == []


@given(some.text(alphabet="abcdefghij", min_size=4, max_size=9), some.integers(0, 8))
def test_a_letter_left_out_is_one_slip_apart(word, place):
    slipped = word[: place % len(word)] + word[place % len(word) + 1 :]

    assert word in one_slip_apart(slipped)
