"""What is learnt at set-up: kept, found again, and named after all it depends on."""

import numpy as np

from bot.ask import training, word_classifier
from bot.ask.training import Learnt, fingerprint
from bot.ask.vocabulary import Vocabulary
from bot.ask.word_classifier import WordClassifier
from tests.ask.little_bank import BANK, LEXICON, PHRASES


def test_what_was_learnt_is_kept_and_read_again_whole(tmp_path):
    words = word_classifier.learn(BANK, LEXICON)
    file = tmp_path / "learnt.npz"
    training.save(Learnt(words, Vocabulary.of(BANK), np.eye(3, dtype=np.int8)), file)
    back = training.load(file)

    before, after = (WordClassifier(model, LEXICON).shares(["my phone and the wifi"]) for model in (words, back.words))
    np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(back.vectors, np.eye(3))
    assert back.vocabulary == Vocabulary.of(BANK)
    assert list(tmp_path.iterdir()) == [file]


def test_anything_that_changes_what_is_learnt_changes_its_name():
    name = fingerprint(BANK, PHRASES, "one")

    assert fingerprint(BANK, PHRASES, "another") != name
    assert fingerprint(BANK[1:], PHRASES, "one") != name
    assert fingerprint(BANK, {**PHRASES, "new": ("x",)}, "one") != name
