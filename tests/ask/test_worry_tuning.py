"""What the encoder learnt about worries beforehand: its file, and how sure it may be."""

from dataclasses import replace

import numpy as np
import pytest

from bot.ask import tuning, worry_tuning
from bot.ask.encoder import SIZE, Floats, find_weights
from bot.ask.policy_file import read_thresholds
from bot.ask.training import open_encoder
from bot.ask.tuning import load_tuning
from bot.ask.worry_tuning import (
    CERTAIN_PER_THOUSAND,
    POSSIBLE_PER_THOUSAND,
    WORRY_SHARE,
    WorryTuning,
    fit_layer,
    joined,
    load_worry_tuning,
    scaled,
    scores,
)
from bot.errors import WeightsError
from bot.settings import ROOT

FILE = ROOT / "policies" / "staffroom" / worry_tuning.FILE
MATRIX = "encoder.layer.5.output.dense.weight"
LEAD, QUIET = 0.5, 0.2
LITTLE = WorryTuning(
    down={MATRIX: np.ones((1, 4), np.float32)},
    up={MATRIX: np.full((3, 1), 2, np.float32)},
    layer=np.append(np.eye(1, 2 * SIZE, SIZE, dtype=np.float32)[0], np.float32(-1)),
)


def vectors(count: int, lean: float, seed: int) -> Floats:
    """Vectors at random, the first number of which leans to one side."""
    made = np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32)
    made[:, 0] += lean
    return made


def shares(layer: Floats, means: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scores(layer, means))), np.float32)


def test_the_file_gives_back_what_was_kept(tmp_path):
    file = tmp_path / worry_tuning.FILE
    worry_tuning.save_worry_tuning(LITTLE, file)
    back = load_worry_tuning(file)

    assert list(tmp_path.iterdir()) == [file]
    np.testing.assert_array_equal(back.changes()[MATRIX], np.full((3, 4), 2))
    np.testing.assert_array_equal(back.layer, LITTLE.layer)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="cannot be read"):
        load_worry_tuning(tmp_path / "none")


def test_a_broken_file_is_refused(tmp_path):
    file = tmp_path / worry_tuning.FILE
    file.write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{}      rest")

    with pytest.raises(WeightsError):
        load_worry_tuning(file)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (replace(LITTLE, layer=np.zeros(3, np.float32)), "layer has the shape"),
        (replace(LITTLE, up={}), "lacks one of its halves"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(tmp_path, broken, says):
    file = tmp_path / worry_tuning.FILE
    worry_tuning.save_worry_tuning(broken, file)

    with pytest.raises(WeightsError, match=says):
        load_worry_tuning(file)


def test_a_layer_is_as_sure_as_its_score():
    means = np.zeros((1, SIZE), np.float32)

    assert LITTLE.likelihoods(means, means)[0] == pytest.approx(1 / (1 + np.e))
    assert LITTLE.likelihoods(means, means + 2)[0] == pytest.approx(1 / (1 + 1 / np.e))


def test_worries_that_were_not_learnt_from_are_found():
    messages = np.vstack([vectors(1_000, 3.0, 1), vectors(4_000, 0.0, 2)])
    fitted = fit_layer(messages, np.repeat([True, False], [1_000, 4_000]))
    layer = scaled(fitted, vectors(5_000, 0.0, 3), lead=LEAD, quiet=QUIET)

    assert (shares(layer, vectors(500, 3.0, 4)) >= QUIET).mean() > 0.6


def test_two_layers_are_joined_by_their_shares_whatever_their_scales():
    one, other = (np.append(np.eye(1, SIZE)[0], bias).astype(np.float32) for bias in (0.0, 1.0))
    harmless = vectors(2_000, 0.0, 5), vectors(2_000, 0.0, 6)
    layer = joined(one, other, harmless)

    np.testing.assert_allclose(joined(one * 50, other, harmless), layer, rtol=1e-4, atol=1e-6)
    assert layer[SIZE] / layer[0] == pytest.approx(WORRY_SHARE / (1 - WORRY_SHARE), rel=0.1)


def test_no_more_harmless_questions_are_taken_for_worries_than_may_be():
    harmless = vectors(5_000, 0.0, 3)
    layer = scaled(np.append(np.eye(1, SIZE)[0], 0).astype(np.float32), harmless, lead=LEAD, quiet=QUIET)

    assert round(float((shares(layer, harmless) > LEAD).mean()) * 1_000) == CERTAIN_PER_THOUSAND
    assert round(float((shares(layer, harmless) > QUIET).mean()) * 1_000) == POSSIBLE_PER_THOUSAND


def test_the_committed_file_tells_a_worry_from_its_harmless_twin():
    worries, thresholds = load_worry_tuning(FILE), read_thresholds(ROOT / "policies")
    encoder = open_encoder(find_weights(), load_tuning(FILE.with_name(tuning.FILE)), worries)
    twins = ["he has bruises on his arm again and will not say why", "where do I find the bruise chart poster"]
    told, harmless = worries.likelihoods(*encoder.both(twins))

    assert told >= thresholds.lead
    assert harmless < thresholds.quiet
