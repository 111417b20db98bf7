"""Three readings in one: what each contributes, and what holds without one of them."""

import numpy as np
import pytest

from bot.ask import tuning, word_classifier
from bot.ask.encoder import SIZE, SentenceEncoder, find_weights, unit
from bot.ask.neighbours import Neighbours, columns_of
from bot.ask.recogniser import Meaning, Recogniser
from bot.ask.rules.bank import Example
from bot.ask.tuning import Tuning
from bot.ask.vocabulary import Vocabulary
from bot.ask.word_classifier import WordClassifier
from bot.ask.worry_tuning import WorryTuning
from tests.ask.little_bank import BANK, LEXICON

NEW = Example("Is the blue thing in the staffroom free?", "blue-thing", "w")


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(find_weights())


def recogniser(
    bank: tuple[Example, ...],
    encoder: SentenceEncoder | None = None,
    tuned: Tuning | None = None,
    worries: WorryTuning | None = None,
) -> Recogniser:
    words = WordClassifier(word_classifier.learn_words(bank, LEXICON), LEXICON)
    meaning = None
    if encoder:
        means = encoder.vectors([example.text for example in bank])
        vectors = tuned.projected(means) if tuned else unit(means)
        meaning = Meaning(
            encoder,
            Neighbours(vectors, columns_of(bank, words.labels), len(words.labels)),
            tuned,
            words.labels,
            worries,
        )
    return Recogniser(words, Vocabulary.of(bank), meaning, commands={"wifi"})


def a_tuning(labels: tuple[str, ...]) -> Tuning:
    """A tuning that leaves the encoder as it is, and whose layer finds every label as likely."""
    return Tuning(
        down={},
        up={},
        projection=np.eye(SIZE, dtype=np.float32),
        labels=labels,
        head=np.zeros((len(labels), SIZE), np.float32),
        head_bias=np.zeros(len(labels), np.float32),
        keys=tuning.keys_of([]),
        vectors=np.zeros((0, SIZE), np.int8),
        bank="",
    )


def shares_of(reading):
    return dict(reading.ranked) | dict(reading.commands)


def test_situations_and_commands_are_told_apart_and_share_one_likelihood(encoder):
    reading = recogniser(BANK, encoder).read(["the wifi password"])[0]

    assert [id for id, _ in reading.commands] == ["wifi"]
    assert {id for id, _ in reading.ranked} == {"menu", "social"}
    assert sum(shares_of(reading).values()) == pytest.approx(1, abs=1e-5)
    assert reading.worry == 0


def test_meaning_finds_what_no_word_tells(encoder):
    text = "router connection trouble"  # no word of it is in the bank
    by_words, by_both = (recogniser(BANK, model).read([text])[0] for model in (None, encoder))

    assert shares_of(by_both)["wifi"] > shares_of(by_words)["wifi"]


def test_a_situation_newer_than_the_layer_is_found_by_its_neighbours(encoder):
    tuned = a_tuning(("menu", "social", "wifi"))
    bank = (*BANK, NEW, Example("whose is the blue box by the kettle", "blue-thing", "w"))
    reading = recogniser(bank, encoder, tuned).read(["that blue box next to the kettle"])[0]

    assert reading.ranked[0][0] == "blue-thing"
    assert sum(shares_of(reading).values()) == pytest.approx(1, abs=1e-5)


def test_what_the_layer_knows_and_the_bank_no_longer_has_is_left_out(encoder):
    reading = recogniser(BANK, encoder, a_tuning(("gone", "menu", "social", "wifi"))).read(["tiktok at lunch"])[0]

    assert "gone" not in shares_of(reading)
    assert sum(shares_of(reading).values()) == pytest.approx(1, abs=1e-5)


def test_how_likely_a_worry_is_comes_from_what_was_learnt_about_worries(encoder):
    layer = np.append(np.zeros(2 * SIZE, np.float32), np.float32(2))
    reading = recogniser(BANK, encoder, worries=WorryTuning({}, {}, layer)).read(["tiktok at lunch"])[0]

    assert reading.worry == pytest.approx(1 / (1 + np.exp(-2)))


def test_a_wording_somebody_taught_is_read_as_taught_and_only_word_for_word():
    odd = Example("is tiktok at break fish", "menu", "w")
    taught, near = recogniser((*BANK, odd)).read(["Is TIKTOK at break fish?", "is tiktok at break"])

    assert taught.ranked[0][0] == "menu"
    assert taught.ranked[0][1] >= 0.95
    assert near.ranked[0][0] == "social"
    assert sum(shares_of(taught).values()) == pytest.approx(1, abs=1e-5)


def test_words_the_bank_lacks_are_named():
    assert recogniser(BANK).read(["can i have blorbify"])[0].unknown == ("blorbify",)


@pytest.mark.parametrize("is_encoded", [True, False])
def test_situations_of_a_schools_own_are_read_as_soon_as_they_are_written_and_gone_with_the_file(encoder, is_encoded):
    bank_only = recogniser(BANK, encoder if is_encoded else None)

    own = bank_only.with_own({"dog": ["may my dog come along"]})
    another = own.with_own({"cat": ["may my cat come along"]})

    assert own.read(["May my dog come along?"])[0].ranked[0][0] == "dog"
    assert another.read(["may my cat come along"])[0].ranked[0][0] == "cat"
    assert "dog" not in shares_of(another.read(["may my dog come along"])[0])
    assert shares_of(another.with_own({}).read(["tiktok"])[0]) == shares_of(bank_only.read(["tiktok"])[0])
