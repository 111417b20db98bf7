"""Learning, keeping what was learnt, and reading, on a little bank."""

import numpy as np
import pytest

from bot.ask import classifier
from bot.ask.encoder import SIZE, SentenceEncoder, find_weights
from bot.ask.rules.bank import Example
from bot.ask.rules.words import Lexicon
from bot.errors import WeightsError

PHRASES = {"social": ("insta", "tiktok"), "meal": ("lunch", "dinner", "sandwich")}
LEXICON = Lexicon.of(PHRASES)
BANK = tuple(
    Example(f"{start} {what}", situation, "w")
    for situation, whats in {
        "social": ("insta at lunch", "tiktok at break", "my facebook feed", "look at insta"),
        "menu": ("for lunch today", "the dinner menu", "a sandwich please", "fish on friday"),
        "wifi": ("the wifi password", "wifi on my phone", "school internet code", "the network key"),
    }.items()
    for what in whats
    for start in ("can i have", "is it ok", "what about", "tell me")
)


@pytest.fixture(scope="module")
def learnt():
    return classifier.learn(BANK, LEXICON, None, lambda done: None)


@pytest.mark.parametrize(
    ("text", "situation"), [("INSTA at lunch??", "social"), ("wifi code", "wifi"), ("dinner today", "menu")]
)
def test_a_question_is_read_as_what_it_resembles(learnt, text, situation):
    reading = classifier.Classifier(learnt, LEXICON, None).read([text])[0]

    assert reading.ranked[0][0] == situation
    assert sum(share for _, share in reading.ranked) == pytest.approx(1, abs=1e-5)


def test_the_same_question_is_always_read_the_same(learnt):
    again = classifier.learn(BANK, LEXICON, None, lambda done: None)
    first, second = (
        classifier.Classifier(each_time, LEXICON, None).read(["is tiktok ok at lunch"])[0]
        for each_time in (learnt, again)
    )

    assert first == second


def test_a_wording_somebody_taught_is_read_as_taught_and_only_word_for_word(learnt):
    odd = Example("Is the blue thing in the staffroom free?", "wifi", "w")
    reader = classifier.Classifier(classifier.learn((*BANK, odd), LEXICON, None, lambda done: None), LEXICON, None)

    taught, near = reader.read(
        ["is the BLUE thing in the staffroom free", "is the blue thing in the staffroom not free"]
    )
    assert taught.ranked[0][0] == "wifi"
    assert taught.ranked[0][1] > 0.95 > near.ranked[0][1]
    assert sum(share for _, share in taught.ranked) == pytest.approx(1, abs=1e-5)


def test_what_was_learnt_is_kept_and_read_again_whole(learnt, tmp_path):
    file = tmp_path / "learnt.npz"
    classifier.save(learnt, file)

    before, after = (
        classifier.Classifier(weights, LEXICON, None).read(["my phone and the wifi"])
        for weights in (learnt, classifier.load(file))
    )
    assert before == after
    assert list(tmp_path.iterdir()) == [file]


def test_a_word_nobody_has_taught_is_named_and_a_slip_of_a_known_one_is_not(learnt):
    reading = classifier.Classifier(learnt, LEXICON, None).read(["can i have blorbify on the wfii in 5B"])[0]

    assert reading.unknown == ("on", "blorbify", "in") or reading.unknown == ("blorbify", "in")


def test_anything_that_changes_what_is_learnt_changes_its_name():
    name = classifier.fingerprint(BANK, PHRASES, has_embeddings=False)

    assert classifier.fingerprint(BANK, PHRASES, has_embeddings=True) != name
    assert classifier.fingerprint(BANK[1:], PHRASES, has_embeddings=False) != name
    assert classifier.fingerprint(BANK, {**PHRASES, "new": ("x",)}, has_embeddings=False) != name


def test_a_question_of_strange_letters_is_read_without_an_error(learnt):
    reading = classifier.Classifier(learnt, LEXICON, None).read(["电话 مرحبا 🙂"])[0]

    assert len(reading.ranked) == 3


@pytest.fixture(scope="module")
def sentence() -> SentenceEncoder:
    return SentenceEncoder(find_weights())


def test_sentences_that_mean_the_same_lie_close(sentence):
    sentence_vector, near, far = sentence.vectors(
        ["Can I use my phone at lunch?", "Is my mobile allowed at dinner time?", "The boiler is broken."]
    )

    assert sentence_vector @ near > 0.6 > 0.3 > sentence_vector @ far


def test_one_sentence_alone_and_among_others_has_the_same_vector(sentence):
    texts = ["short", "a somewhat longer sentence about phones", "another short one"]
    together = sentence.vectors(texts)

    for text, vector in zip(texts, together, strict=True):
        np.testing.assert_allclose(sentence([text])[0], vector, atol=1e-5)
    assert together.shape == (3, SIZE)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_weights_that_are_not_the_published_ones_are_not_used(tmp_path):
    with pytest.raises(WeightsError, match="is missing"):
        find_weights(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(WeightsError, match="not the published file"):
        find_weights(tmp_path)
