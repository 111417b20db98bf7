"""A document of another school is recognised by the name that it prints."""

import pytest

from bot.school.rules.school_names import is_other_school


@pytest.mark.parametrize(
    ("printed", "ours"),
    [
        ("Marlpit Lane Primary School", "Marlpit Lane"),
        ("MARLPIT LANE C.E. PRIMARY", "Marlpit Lane Primary School"),
        ("St Luke’s Academy", "St Lukes C of E Primary School"),
        ("Slyne-with-Hest St Luke's", "St. Luke's Slyne with Hest CE Primary School"),
        ("", "Marlpit Lane"),
        ("The School", "Marlpit Lane"),
        ("Marlpit Lane", "The Primary School"),
    ],
)
def test_names_that_may_be_of_the_same_school_are_not_another_one(printed: str, ours: str):
    assert not is_other_school(printed, ours)


@pytest.mark.parametrize(
    ("printed", "ours"),
    [
        ("Hilltop Infants", "Marlpit Lane Primary School"),
        ("St Mary's C of E Primary School", "St Luke's C of E Primary School"),
        ("Northwood Academy Trust", "Southwood Academy"),
    ],
)
def test_a_name_without_a_word_of_our_own_is_another_school(printed: str, ours: str):
    assert is_other_school(printed, ours)
