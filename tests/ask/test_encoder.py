"""The sentence encoder: the published weights, and what is added to them."""

import numpy as np
import pytest

from bot.ask.encoder import SIZE, SentenceEncoder, find_weights, unit
from bot.errors import WeightsError

MATRIX = "encoder.layer.5.output.dense.weight"


@pytest.fixture(scope="module")
def sentence() -> SentenceEncoder:
    return SentenceEncoder(find_weights())


def test_sentences_that_mean_the_same_lie_close(sentence):
    sentence_vector, near, far = unit(
        sentence.vectors(
            ["Can I use my phone at lunch?", "Is my mobile allowed at dinner time?", "The boiler is broken."]
        )
    )

    assert sentence_vector @ near > 0.6 > 0.3 > sentence_vector @ far
    assert np.linalg.norm(sentence_vector) == pytest.approx(1)


def test_one_sentence_alone_and_among_others_has_the_same_vector(sentence):
    texts = ["short", "a somewhat longer sentence about phones", "another short one"]
    together = sentence.vectors(texts)

    for text, vector in zip(texts, together, strict=True):
        np.testing.assert_allclose(sentence([text])[0], vector, atol=1e-5)
    assert together.shape == (3, SIZE)


def test_what_was_learnt_changes_what_sentences_mean(sentence):
    changed = SentenceEncoder(find_weights(), {MATRIX: np.eye(SIZE, 4 * SIZE, dtype=np.float32)})

    assert not np.allclose(changed(["short"]), sentence(["short"]), atol=1e-3)


def test_what_was_learnt_about_worries_leaves_questions_as_they_are(sentence):
    texts, change = ["short", "a somewhat longer one"], np.eye(SIZE, 4 * SIZE, dtype=np.float32)
    as_questions, as_worries = SentenceEncoder(find_weights(), worry_changes={MATRIX: change}).both(texts)

    np.testing.assert_allclose(as_questions, sentence(texts), atol=1e-5)
    np.testing.assert_allclose(as_worries, SentenceEncoder(find_weights(), {MATRIX: change})(texts), atol=1e-5)


def test_many_messages_are_read_for_worries_as_a_few_are():
    encoder = SentenceEncoder(find_weights(), worry_changes={MATRIX: np.eye(SIZE, 4 * SIZE, dtype=np.float32)})
    texts = [f"message number {number}" for number in range(20)]

    np.testing.assert_allclose(encoder.both_vectors(texts), encoder.both(texts), atol=1e-5)


@pytest.mark.parametrize("changes", [{"no.such.weight": np.zeros(1)}, {MATRIX: np.zeros((2, 2))}])
def test_a_change_that_does_not_fit_is_refused(changes):
    with pytest.raises(WeightsError, match="does not fit"):
        SentenceEncoder(find_weights(), changes)


def test_weights_that_are_not_the_published_ones_are_not_used(tmp_path):
    with pytest.raises(WeightsError, match="is missing"):
        find_weights(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(WeightsError, match="not the published file"):
        find_weights(tmp_path)
