"""Learns from the bank of questions, once, and keeps what was learnt."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from bot import policies
from bot.ask import classifier, encoder
from bot.ask.rules.bank import Example
from bot.ask.rules.words import Lexicon
from bot.errors import SettingsError, WeightsError
from bot.settings import Settings

KEPT_LEARNT = 2  # caches kept: with the sentence model and without


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What there is to learn from, and where what was learnt is kept."""

    examples: tuple[Example, ...]
    phrases: dict[str, tuple[str, ...]]
    weights: Path | None
    file: Path


def lessons(settings: Settings) -> TrainingData:
    """Reads the bank; without the sentence model's weights, learning goes on with the other readings."""
    examples = policies.read_bank(settings.policies)
    phrases = policies.read_words(settings.policies)
    try:
        weights = encoder.find_weights(settings.weights)
    except WeightsError:
        weights = None
    name = classifier.fingerprint(examples, phrases, has_meaning=weights is not None)
    return TrainingData(examples, phrases, weights, settings.cache / f"learnt-{name}.npz")


def learn(settings: Settings, tell: Callable[[float], None]) -> None:
    """Learns from the bank and keeps what was learnt; three minutes of two processors, and 3 GB while it lasts."""
    given = lessons(settings)
    texts = [example.text for example in given.examples]
    share = 0.5 if given.weights else 0.0
    meanings = None
    if given.weights:
        meanings = encoder.SentenceEncoder(given.weights).vectors(texts, lambda done: tell(share * done / len(texts)))
    learnt = classifier.learn(
        given.examples, Lexicon.of(given.phrases), meanings, lambda done: tell(share + (1 - share) * done)
    )
    classifier.save(learnt, given.file)
    held = sorted(settings.cache.glob("learnt-*.npz"), key=lambda file: file.stat().st_mtime)
    for old in held[:-KEPT_LEARNT]:
        old.unlink(missing_ok=True)


def has_learnt(settings: Settings) -> bool:
    """Whether what was learnt from exactly this bank is kept and can be read."""
    return _learnt(lessons(settings)) is not None


def _learnt(given: TrainingData) -> classifier.Learnt | None:
    try:
        return classifier.load(given.file)
    except (OSError, ValueError, KeyError):
        return None


def open_recogniser(settings: Settings) -> classifier.Classifier:
    """The recogniser, learning first in a child process where the bank has changed."""
    given = lessons(settings)
    learnt = _learnt(given)
    if learnt is None:
        done = subprocess.run([sys.executable, "-m", "bot", "learn"], check=False)
        if done.returncode:
            raise SettingsError("Staffroom could not learn from the bank; the lines above say why.")
        learnt = classifier.load(given.file)
    threadpool_limits(1)  # two people asking at once each get a processor: 129 questions a second instead of 81
    embed = encoder.SentenceEncoder(given.weights) if given.weights else None
    return classifier.Classifier(learnt, Lexicon.of(given.phrases), embed)
