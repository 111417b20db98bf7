"""What the encoder learnt beforehand: its file, and whether it is what Staffroom really reads with."""

from dataclasses import replace

import numpy as np
import pytest

from bot.ask import tuning
from bot.ask.encoder import SIZE, find_weights
from bot.ask.policy_file import read_bank, read_commands
from bot.ask.training import open_encoder
from bot.ask.tuning import Tuning
from bot.errors import WeightsError
from bot.settings import ROOT

FILE = ROOT / "policies" / "staffroom" / tuning.FILE
LITTLE = Tuning(
    down={"encoder.layer.5.output.dense.weight": np.ones((1, 4), np.float32)},
    up={"encoder.layer.5.output.dense.weight": np.full((3, 1), 2, np.float32)},
    projection=np.eye(2, SIZE, dtype=np.float32),
    labels=("lunch", "phone"),
    head=np.array([[4, 0], [0, 4]], np.float32),
    head_bias=np.zeros(2, np.float32),
    keys=tuning.keys_of(["is it chips"]),
    vectors=np.array([[127, 0]], np.int8),
    bank="abc",
)


def test_the_file_gives_back_what_was_kept(tmp_path):
    file = tmp_path / "tuning.safetensors"
    tuning.save_tuning(LITTLE, file)
    back = tuning.load_tuning(file)

    assert (back.labels, back.bank, list(tmp_path.iterdir())) == (LITTLE.labels, LITTLE.bank, [file])
    np.testing.assert_array_equal(back.changes()["encoder.layer.5.output.dense.weight"], np.full((3, 4), 2))
    np.testing.assert_array_equal(back.keys, tuning.keys_of(["is it chips"]))
    np.testing.assert_array_equal(back.vectors, LITTLE.vectors)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="cannot be read"):
        tuning.load_tuning(tmp_path / "none")


def test_a_broken_file_is_refused(tmp_path):
    file = tmp_path / "tuning.safetensors"
    file.write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{}      rest")

    with pytest.raises(WeightsError):
        tuning.load_tuning(file)


def test_arrays_that_do_not_fit_together_are_refused(tmp_path):
    file = tmp_path / "tuning.safetensors"
    tuning.save_tuning(replace(LITTLE, head_bias=np.zeros(3, np.float32)), file)

    with pytest.raises(WeightsError, match="head_bias has the shape"):
        tuning.load_tuning(file)


def test_a_vector_read_along_a_label_is_about_that_label():
    means = np.zeros((1, SIZE), np.float32)
    means[0, 1] = 3

    assert LITTLE.head_shares(LITTLE.projected(means))[0].argmax() == 1


def test_vectors_kept_as_bytes_keep_their_directions():
    vectors = np.random.default_rng(1).normal(size=(50, 96)).astype(np.float32)
    back = tuning.from_bytes(tuning.in_bytes(vectors))

    assert (back * vectors).sum(axis=1) / np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)


def test_what_is_committed_of_the_encoder_is_small():
    assert sum(file.stat().st_size for file in FILE.parent.glob("*.safetensors")) <= 4_000_000


def test_the_committed_file_knows_every_situation_and_command(policy):
    narrow_and_wide = {*policy.situations, *read_commands(ROOT / "policies")}

    assert set(tuning.load_tuning(FILE).labels) == narrow_and_wide


def test_the_committed_vectors_are_those_of_the_committed_changes():
    tuned = tuning.load_tuning(FILE)
    row_of = {key: row for row, key in enumerate(tuned.keys.tolist())}
    texts = [example.text for example in read_bank(ROOT / "policies")][::1_000]
    known = [
        (text, row_of[key]) for text, key in zip(texts, tuning.keys_of(texts).tolist(), strict=True) if key in row_of
    ]
    computed = tuned.projected(open_encoder(find_weights(), tuned)([text for text, _ in known]))
    kept = tuning.from_bytes(tuned.vectors[[row for _, row in known]])

    assert len(known) > len(texts) / 2
    assert (computed * kept).sum(axis=1).min() > 0.995
