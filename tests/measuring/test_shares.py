"""Shares, how sure they are, and their goals."""

import pytest

from tests.bench.shares import Figure, Goal, Share, wilson


# Newcombe, Statistics in Medicine 17 (1998), table I, method 3: the score interval without continuity correction.
@pytest.mark.parametrize(
    ("number", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(number: int, total: int, low: float, high: float):
    assert wilson(number, total) == pytest.approx((low, high), abs=0.00005)


def test_the_interval_stays_between_nothing_and_all():
    assert wilson(20, 20)[1] == 1.0
    assert wilson(0, 7)[0] == 0.0
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_share_counts_what_is_true():
    assert Share.of([True, False, True]) == Share(2, 3)
    assert Share(2, 3).value == pytest.approx(0.667, abs=0.001)
    assert Share(0, 0).value == 0.0


@pytest.mark.parametrize(
    ("goal", "share", "judgement"),
    [
        (Goal(0.94), Share(94, 100), "goal >= 0.94: met"),
        (Goal(0.94), Share(90, 100), "goal >= 0.94: missed by 0.040"),
        (Goal(0, is_floor=False), Share(0, 9), "goal <= 0: met"),
        (Goal(0, is_floor=False), Share(1, 10), "goal <= 0: missed by 0.100"),
        (Goal(0.005, is_floor=False), Share(1, 200), "goal <= 0.005: met"),
        (Goal(0.94), Share(0, 0), "goal >= 0.94: nothing to measure"),
    ],
)
def test_a_goal_says_whether_it_is_met_and_by_how_much_it_is_not(goal: Goal, share: Share, judgement: str):
    assert goal.judgement(share) == judgement


def test_a_figure_has_its_count_share_interval_and_goal_on_one_line():
    line = str(Figure("straight right", Share(81, 263), Goal(0.8)))

    assert " ".join(line.split()) == "straight right 81 of 263 0.308 (0.255 to 0.366) goal >= 0.8: missed by 0.492"
