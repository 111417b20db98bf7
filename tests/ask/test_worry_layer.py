"""The layer that tells worries is scaled so that few harmless questions reach its thresholds."""

import numpy as np
import pytest

from bot.ask.encoder import SIZE, Floats
from bot.ask.worry_layer import CERTAIN_PER_THOUSAND, POSSIBLE_PER_THOUSAND, fit_worry_layer, scaled

LEAD, QUIET = 0.5, 0.2


def vectors(count: int, lean: float, seed: int) -> Floats:
    """Vectors at random, the first number of which leans to one side."""
    made = np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32)
    made[:, 0] += lean
    return made


def likelihoods(layer: Floats, means: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(means @ layer[:-1] + layer[-1]))), np.float32)


@pytest.fixture(scope="module")
def layer() -> Floats:
    messages = np.vstack([vectors(1_000, 3.0, 1), vectors(4_000, 0.0, 2)])
    fitted = fit_worry_layer(messages, np.repeat([True, False], [1_000, 4_000]))
    return scaled(fitted, vectors(5_000, 0.0, 3), lead=LEAD, quiet=QUIET)


def test_worries_it_has_not_seen_are_found(layer: Floats) -> None:
    assert (likelihoods(layer, vectors(500, 3.0, 4)) >= QUIET).mean() > 0.6


def test_no_more_harmless_questions_are_taken_for_worries_than_may_be(layer: Floats) -> None:
    shares = likelihoods(layer, vectors(5_000, 0.0, 3))

    assert round(float((shares > LEAD).mean()) * 1_000) == CERTAIN_PER_THOUSAND
    assert round(float((shares > QUIET).mean()) * 1_000) == POSSIBLE_PER_THOUSAND
