"""What is learnt at set-up: kept, found again, and named after all it depends on."""

from pathlib import Path

import numpy as np

from bot.ask import training, word_classifier
from bot.ask.encoder import SIZE, find_weights
from bot.ask.neighbours import columns_of
from bot.ask.rules.bank import Example
from bot.ask.training import Learnt, TrainingData, fingerprint
from bot.ask.tuning import Tuning, bank_digest, keys_of
from bot.ask.vocabulary import Vocabulary
from bot.ask.word_classifier import WordClassifier
from tests.ask.little_bank import BANK, LEXICON, PHRASES


def test_what_was_learnt_is_kept_and_read_again_whole(tmp_path):
    words = word_classifier.learn_words(BANK, LEXICON)
    file = tmp_path / "learnt.npz"
    training.save_learnt(
        Learnt(words, Vocabulary.of(BANK), np.eye(3, dtype=np.int8), columns_of(BANK, words.labels)), file
    )
    back = training.load_learnt(file)

    before, after = (WordClassifier(model, LEXICON).shares(["my phone and the wifi"]) for model in (words, back.words))
    np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(back.vectors, np.eye(3))
    assert back.vocabulary == Vocabulary.of(BANK)
    assert list(tmp_path.iterdir()) == [file]


def test_anything_that_changes_what_is_learnt_changes_its_name(tmp_path):
    bank, longer = tmp_path / "a.toml", tmp_path / "b.toml"
    bank.write_text("[lunch]", encoding="utf-8")
    longer.write_text("[lunch]\nw = ['chips']", encoding="utf-8")
    name = fingerprint([bank], PHRASES, "one")

    assert fingerprint([bank], PHRASES, "one") == name
    assert fingerprint([bank], PHRASES, "another") != name
    assert fingerprint([longer], PHRASES, "one") != name
    assert fingerprint([bank], {**PHRASES, "new": ("x",)}, "one") != name


def data(learnt_from: tuple[Example, ...]) -> TrainingData:
    tuned = Tuning(
        down={},
        up={},
        projection=np.eye(2, SIZE, dtype=np.float32),
        labels=("menu",),
        head=np.zeros((1, 2), np.float32),
        head_bias=np.zeros(1, np.float32),
        keys=keys_of(example.text for example in learnt_from),
        vectors=np.tile(np.array([[127, 0]], np.int8), (len(learnt_from), 1)),
        bank=bank_digest(learnt_from),
    )
    return TrainingData({key: PHRASES[key] for key in PHRASES}, frozenset(), find_weights(), tuned, None, Path())


def test_only_vectors_of_lines_that_are_newer_than_the_encoders_file_are_computed():
    new = Example("whose is the blue thing", "menu", "w")
    vectors = training.learnt_from((new, *BANK), data(BANK), lambda share: None).vectors

    assert training.newer_questions((new, *BANK), data(BANK)) == 1
    assert (vectors[1:] == (127, 0)).all()
    assert tuple(vectors[0]) != (127, 0)


def test_a_bank_in_another_order_is_the_same_bank():
    assert training.newer_questions(BANK[::-1], data(BANK)) == 0
