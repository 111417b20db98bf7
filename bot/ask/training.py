"""Learns from the bank of questions, once, and keeps what was learnt."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from bot.ask import classifier, encoder
from bot.ask.policy_file import read_bank, read_words
from bot.ask.rules.bank import Example
from bot.ask.rules.words import Lexicon
from bot.errors import SettingsError, WeightsError
from bot.settings import Settings

MAX_FILES_KEPT = 2  # of what was learnt: one with the sentence model and one without


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What there is to learn from, and the `file` that keeps what was learnt.

    `phrases` are by canonical word; `weights` is the folder of the sentence model, None if it is not installed.
    """

    examples: tuple[Example, ...]
    phrases: dict[str, tuple[str, ...]]
    weights: Path | None
    file: Path


def training_data(settings: Settings) -> TrainingData:
    """What there is to learn from; raises PolicyFileError if the bank or the word list is broken."""
    examples = read_bank(settings.policies)
    phrases = read_words(settings.policies)
    try:
        weights = encoder.find_weights(settings.weights)
    except WeightsError:
        weights = None
    name = classifier.fingerprint(examples, phrases, has_embeddings=weights is not None)
    return TrainingData(examples, phrases, weights, settings.cache / f"learnt-{name}.npz")


def learn(settings: Settings, show_share: Callable[[float], None]) -> None:
    """Learns from the bank and keeps what was learnt. Takes three minutes on two processors, and 3 GB of memory.

    `show_share` is called with the share that is done, from 0 to 1.
    """
    data = training_data(settings)
    texts = [example.text for example in data.examples]
    encoding_share = 0.5 if data.weights else 0.0
    embeddings = None
    if data.weights:
        encode = encoder.SentenceEncoder(data.weights)
        embeddings = encode.vectors(texts, lambda count: show_share(encoding_share * count / len(texts)))

    def show_fitting(share: float) -> None:
        show_share(encoding_share + (1 - encoding_share) * share)

    model = classifier.learn(data.examples, Lexicon.of(data.phrases), embeddings, show_fitting)
    classifier.save(model, data.file)
    files = sorted(settings.cache.glob("learnt-*.npz"), key=lambda file: file.stat().st_mtime)
    for old in files[:-MAX_FILES_KEPT]:
        old.unlink(missing_ok=True)


def has_learnt(settings: Settings) -> bool:
    """Whether what was learnt from exactly this bank is kept and can be read."""
    return _kept_model(training_data(settings)) is not None


def _kept_model(data: TrainingData) -> classifier.LearntModel | None:
    try:
        return classifier.load(data.file)
    except (OSError, ValueError, KeyError):
        return None


def open_classifier(settings: Settings) -> classifier.Classifier:
    """The classifier. If the bank has changed, a child process learns from it first, which takes minutes.

    Raises SettingsError if that fails.
    """
    data = training_data(settings)
    model = _kept_model(data)
    if model is None:
        child = subprocess.run([sys.executable, "-m", "bot", "learn"], check=False)
        if child.returncode:
            raise SettingsError("Staffroom could not learn from the bank; the lines above say why.")
        model = classifier.load(data.file)
    threadpool_limits(1)  # two people who ask at once get a processor each: 129 questions a second instead of 81
    encode = encoder.SentenceEncoder(data.weights) if data.weights else None
    return classifier.Classifier(model, Lexicon.of(data.phrases), encode)
