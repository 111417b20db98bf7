"""How grave a worry is, and what a reply says of it."""

from dataclasses import replace

import pytest

from bot.ask.rules.safeguarding import HandOff
from bot.ask.rules.worries import grade, gravest, hand_off_words, told_pieces
from tests.fakes import CONTACTS, SURE


@pytest.mark.parametrize(
    ("worry", "expected"),
    [
        (0.0, HandOff.NONE),
        (0.19, HandOff.NONE),
        (0.2, HandOff.QUIET),
        (0.49, HandOff.QUIET),
        (0.5, HandOff.LEAD),
        (1.0, HandOff.LEAD),
    ],
)
def test_a_likely_worry_leads_and_a_possible_one_adds_a_line(worry: float, expected: HandOff):
    assert grade(worry, SURE) is expected


def test_the_gravest_of_several_grades_counts():
    assert gravest([HandOff.QUIET, HandOff.LEAD, HandOff.NONE]) is HandOff.LEAD
    assert gravest([HandOff.NONE, HandOff.QUIET]) is HandOff.QUIET
    assert gravest([]) is HandOff.NONE


def test_only_no_hand_off_is_falsy():
    assert [grade for grade in HandOff if not grade] == [HandOff.NONE]


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("pause Sam, he came in bruised", ["pause Sam", "he came in bruised"]),
        (
            "Callum has burns on his hands, record that Mrs Khan signed",
            ["Callum has burns on his hands", "record that Mrs Khan signed"],
        ),
        ("pause Sam because she is frightened of him", ["pause Sam", "she is frightened of him"]),
        ("the test please", ["the test please"]),
        (
            "who is left? a girl in my class will not stop crying",
            ["who is left", "a girl in my class will not stop crying"],
        ),
        ("leave Sam alone he says he is scared", ["leave Sam alone", "he says", "he is scared"]),
        ("doctor", []),
        ("pause Sam, ill", ["pause Sam"]),
    ],
)
def test_a_line_with_a_command_is_cut_where_something_else_may_be_told(line: str, pieces: list[str]):
    assert told_pieces(line) == pieces


def test_the_quiet_line_says_whom_to_tell_and_that_nobody_is_told():
    words = hand_off_words(HandOff.QUIET, CONTACTS, is_private=True)

    assert words.quiet == "If a child may be at risk, tell the lead on 01234 now: I have told nobody."
    assert words.lead == ""


def test_the_quiet_line_names_no_number_if_the_school_has_given_none():
    words = hand_off_words(HandOff.QUIET, replace(CONTACTS, phone=""), is_private=True)

    assert words.quiet == "If a child may be at risk, tell the lead now: I have told nobody."


def test_a_reply_has_the_hand_off_or_the_quiet_line_and_never_both():
    words = hand_off_words(HandOff.LEAD, CONTACTS, is_private=True)

    assert "Telling me is not reporting" in words.lead and words.quiet == ""
    assert hand_off_words(HandOff.NONE, CONTACTS, is_private=True).any == ""
