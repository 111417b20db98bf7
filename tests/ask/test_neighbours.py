"""The bank's nearest questions vote."""

import numpy as np
import pytest

from bot.ask.neighbours import SECOND_SITUATION_SHARE, Neighbours, columns_of
from bot.ask.rules.bank import Example

LABELS = ("lunch", "phone", "wifi")
EAST, NORTH = [1.0, 0.0], [0.0, 1.0]


def neighbours(*examples: tuple[list[float], str, str]) -> Neighbours:
    vectors = np.array([vector for vector, _, _ in examples], np.float32)
    return Neighbours(vectors, columns_of([Example("", about, "w", also) for _, about, also in examples], LABELS), 3)


def test_the_nearest_questions_count_most():
    bank = neighbours((EAST, "phone", ""), (NORTH, "lunch", ""), (NORTH, "lunch", ""))
    shares = bank.shares(np.array([EAST], np.float32))[0]

    assert shares.sum() == pytest.approx(1)
    assert shares[LABELS.index("phone")] > 0.99


def test_a_question_about_two_things_votes_for_both():
    shares = neighbours((EAST, "phone", "wifi")).shares(np.array([EAST], np.float32))[0]

    assert shares[LABELS.index("wifi")] == pytest.approx(SECOND_SITUATION_SHARE)
    assert shares[LABELS.index("lunch")] == 0


def test_a_bank_smaller_than_the_voters_votes_with_all_it_has():
    assert neighbours((EAST, "phone", ""), (NORTH, "wifi", "")).shares(np.eye(2, dtype=np.float32)).shape == (2, 3)
