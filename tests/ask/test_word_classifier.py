"""What a question is about, told by its words, on a little bank."""

import numpy as np
import pytest

from bot.ask import word_classifier
from bot.ask.word_classifier import WordClassifier
from tests.ask.little_bank import BANK, LEXICON


@pytest.fixture(scope="module")
def words() -> WordClassifier:
    return WordClassifier(word_classifier.learn_words(BANK, LEXICON), LEXICON)


@pytest.mark.parametrize(
    ("text", "situation"), [("INSTA at lunch??", "social"), ("wifi code", "wifi"), ("dinner today", "menu")]
)
def test_a_question_is_about_what_it_resembles(words, text, situation):
    shares = words.shares([text])[0]

    assert words.labels[int(shares.argmax())] == situation
    assert shares.sum() == pytest.approx(1, abs=1e-5)


def test_the_same_bank_is_always_learnt_the_same(words):
    again = WordClassifier(word_classifier.learn_words(BANK, LEXICON), LEXICON)

    np.testing.assert_array_equal(again.shares(["is tiktok ok at lunch"]), words.shares(["is tiktok ok at lunch"]))


def test_a_question_of_strange_letters_is_read_without_an_error(words):
    assert words.shares(["电话 مرحبا 🙂"]).shape == (1, 3)
