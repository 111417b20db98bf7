"""Learns from the bank of questions, once, and keeps what was learnt.

Two things are learnt at set-up: what the words say, and the vectors of those questions of the bank that are newer than
what the encoder learnt beforehand. Both are kept as plain arrays, never as a pickle, in a file named after the digest
of everything they were learnt from.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.ask import encoder, tuning, word_classifier, worry_tuning
from bot.ask.encoder import Floats, SentenceEncoder, unit
from bot.ask.neighbours import Columns, Neighbours, columns_of
from bot.ask.policy_file import read_bank, read_commands, read_thresholds, read_words, read_worries
from bot.ask.recogniser import Meaning, Recogniser
from bot.ask.rules.bank import Example, Worry
from bot.ask.rules.choose_situation import Thresholds
from bot.ask.rules.words import MAX_QUESTION_CHARS, Lexicon
from bot.ask.tuning import Bytes, Tuning
from bot.ask.vocabulary import Vocabulary
from bot.ask.word_classifier import FeatureView, WordClassifier, WordModel
from bot.ask.worry_tuning import WorryTuning, fit_layer, joined, load_worry_tuning, save_worry_tuning, scaled
from bot.errors import SettingsError, WeightsError
from bot.policies import COMMON, SITUATIONS, bank_files, read_common
from bot.settings import Settings

MAX_FILES_KEPT = 2  # of what was learnt: one with the sentence model and one without
BANK_STEP = 5  # worries are learnt beside every fifth question of the bank, and their layer is scaled by another fifth
WORDS_SHARE = 0.5  # of the time that learning takes, if many questions are newer than what the encoder learnt

ShowShare = Callable[[float], None]  # called with the share that is done, from 0 to 1
ShowLine = Callable[[str], None]  # called with a line that says what is going on


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What there is to learn from, and the `file` that keeps what was learnt.

    The bank itself is read only to learn from it: that takes longer than everything else at a start. `phrases` are by
    canonical word; `weights` is the folder of the sentence model, None if it is not installed; `tuned` is what the
    encoder learnt of the bank beforehand, `worries` what it learnt of worries, None if the file is missing or broken.
    """

    phrases: dict[str, tuple[str, ...]]
    commands: frozenset[str]
    weights: Path | None
    tuned: Tuning | None
    worries: WorryTuning | None
    file: Path


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt at set-up.

    `vectors` has a row for each question of the bank, and none without the encoder; `about` has the columns of what
    each question is about.
    """

    words: WordModel
    vocabulary: Vocabulary
    vectors: Bytes
    about: Columns


def training_data(settings: Settings) -> TrainingData:
    """What there is to learn from; raises PolicyFileError if there is no bank, or the word list is broken."""
    phrases = read_words(settings.policies)
    weights = _weights(settings)
    file = settings.policies / COMMON / tuning.FILE
    tuned = _tuned(file) if weights else None
    version = hashlib.sha256(file.read_bytes()).hexdigest() if tuned else str(bool(weights))
    name = fingerprint(bank_files(settings.policies), phrases, version)
    commands = frozenset(read_commands(settings.policies))
    worries = _worries(settings.policies / COMMON / worry_tuning.FILE) if weights else None
    return TrainingData(phrases, commands, weights, tuned, worries, settings.cache / f"learnt-{name}.npz")


def _weights(settings: Settings) -> Path | None:
    try:
        return encoder.find_weights(settings.weights)
    except WeightsError:
        return None


def _tuned(file: Path) -> Tuning | None:
    try:
        return tuning.load_tuning(file)
    except WeightsError:
        return None


def _worries(file: Path) -> WorryTuning | None:
    try:
        return load_worry_tuning(file)
    except WeightsError:
        return None


def fingerprint(bank: Iterable[Path], phrases: dict[str, tuple[str, ...]], encoder_version: str) -> str:
    """The digest of everything that learning depends on, 24 hexadecimal digits: part of the file's name."""
    files = [hashlib.sha256(file.read_bytes()).hexdigest() for file in bank]
    words = word_classifier
    settings = [words.FEATURES_VERSION, words.VIEWS, words.PASSES, words.PENALTY, encoder_version]
    everything = json.dumps([settings, files, phrases])
    return hashlib.sha256(everything.encode()).hexdigest()[:24]


def learn(settings: Settings, show_share: ShowShare) -> None:
    """Learns from the bank and keeps what was learnt: under 45 s on two processors, and under 1 GB of memory.

    Without what the encoder has learnt beforehand it takes a minute longer. `show_share` is called with the share that
    is done.
    """
    data = training_data(settings)
    save_learnt(learnt_from(read_bank(settings.policies), data, show_share), data.file)
    files = sorted(settings.cache.glob("learnt-*.npz"), key=lambda file: file.stat().st_mtime)
    for old in files[:-MAX_FILES_KEPT]:
        old.unlink(missing_ok=True)


def learnt_from(examples: Sequence[Example], data: TrainingData, show_share: ShowShare) -> Learnt:
    """What there is to learn from these examples."""
    words = word_classifier.learn_words(examples, Lexicon.of(data.phrases))
    show_share(WORDS_SHARE)
    vectors = _vectors(examples, data, lambda share: show_share(WORDS_SHARE + (1 - WORDS_SHARE) * share))
    show_share(1.0)
    return Learnt(words, Vocabulary.of(examples), vectors, columns_of(examples, words.labels))


def _vectors(examples: Sequence[Example], data: TrainingData, show_share: ShowShare) -> Bytes:
    """The bank's vectors; only those that the encoder's file lacks are computed."""
    if data.weights is None:
        return np.zeros((0, 0), np.int8)
    texts = [example.text[:MAX_QUESTION_CHARS] for example in examples]
    row_of = {} if data.tuned is None else {key: row for row, key in enumerate(data.tuned.keys.tolist())}
    rows = np.array([row_of.get(key, -1) for key in tuning.keys_of(texts).tolist()])
    new = np.flatnonzero(rows < 0).tolist()
    width = encoder.SIZE if data.tuned is None else data.tuned.vectors.shape[1]
    vectors = np.empty((len(texts), width), np.int8)
    if data.tuned:
        vectors[rows >= 0] = data.tuned.vectors[rows[rows >= 0]]
    if new:
        encode = open_encoder(data.weights, data.tuned)
        means = encode.vectors([texts[number] for number in new], lambda count: show_share(count / len(new)))
        vectors[new] = tuning.in_bytes(data.tuned.projected(means) if data.tuned else unit(means))
    return vectors


def open_encoder(weights: Path, tuned: Tuning | None, worries: WorryTuning | None = None) -> SentenceEncoder:
    """The sentence encoder, with what it has learnt."""
    return SentenceEncoder(weights, tuned.changes() if tuned else None, worries.changes() if worries else None)


def newer_questions(examples: Sequence[Example], data: TrainingData) -> int:
    """How many of the bank's questions are newer than what the encoder has learnt from; 0 if it has learnt nothing."""
    if data.tuned is None or data.tuned.bank == tuning.bank_digest(examples):
        return 0
    known = set(data.tuned.keys.tolist())
    texts = [example.text[:MAX_QUESTION_CHARS] for example in examples]
    return sum(key not in known for key in tuning.keys_of(texts).tolist())


def train_encoder(settings: Settings, show: ShowLine) -> Path:
    """Teaches the encoder the bank and returns the file it is kept in; `show` is called with what is going on.

    Raises ImportError unless what requirements-train.txt lists is installed, and WeightsError without the weights.
    """
    file = settings.policies / COMMON / tuning.FILE
    tuning.save_tuning(trained_encoder(settings, read_bank(settings.policies), show), file)
    return file


def train_worries(settings: Settings, show: ShowLine) -> Path:
    """Teaches the encoder the worries, from `worries.tsv` and the bank; else as `train_encoder`."""
    from bot.ask.train_worries import train_worries as train  # imported here because only `make train` installs torch

    weights, worrying = encoder.find_weights(settings.weights), _worrying(settings)
    examples, sure = read_bank(settings.policies), read_thresholds(settings.policies)
    learnt = [example for number, example in enumerate(examples) if number % BANK_STEP == 0 or example.is_any(worrying)]
    questions = [Worry(example.text, is_worry=example.is_any(worrying)) for example in learnt]
    messages = [*read_worries(settings.policies), *questions]
    trained = train(messages, weights, show)
    show("the layer that reads both kinds of vector")
    harmless = [example.text for example in examples[BANK_STEP // 2 :: BANK_STEP] if not example.is_any(worrying)]
    encode = open_encoder(weights, tuning.load_tuning(settings.policies / COMMON / tuning.FILE), trained)
    file = settings.policies / COMMON / worry_tuning.FILE
    layer = _worry_layer(trained.layer, messages, harmless, encode, sure)
    save_worry_tuning(replace(trained, layer=layer), file)
    return file


def _worry_layer(
    for_worries: Floats, messages: Sequence[Worry], harmless: Sequence[str], encode: SentenceEncoder, sure: Thresholds
) -> Floats:
    """The layer that was learnt for worries, with one beside it for what questions are like."""
    as_questions = encode.vectors([message.text for message in messages])
    for_questions = fit_layer(as_questions, np.array([message.is_worry for message in messages]))
    vectors = encode.both_vectors(harmless)
    layer = joined(for_questions, for_worries, vectors)
    return scaled(layer, np.hstack(vectors), lead=sure.lead, quiet=sure.quiet)


def _worrying(settings: Settings) -> frozenset[str]:
    """The situations that are worries."""
    situations = read_common(settings.policies, SITUATIONS)
    return frozenset(id for id, entry in situations.items() if entry.get("hand_off"))


def trained_encoder(settings: Settings, examples: Sequence[Example], show: ShowLine) -> Tuning:
    """What the encoder learns from these examples and from the worries of the policies folder. Raises ImportError."""
    from bot.ask.train_encoder import train  # imported here because only `make train` installs torch

    weights = encoder.find_weights(settings.weights)
    return train(examples, read_worries(settings.policies), _worrying(settings), weights, show)


def has_learnt(settings: Settings) -> bool:
    """Whether what was learnt from exactly this bank is kept and can be read."""
    return _kept(training_data(settings)) is not None


def _kept(data: TrainingData) -> Learnt | None:
    try:
        return load_learnt(data.file)
    except (OSError, ValueError, KeyError):
        return None


def open_recogniser(settings: Settings, own: Mapping[str, Sequence[str]] | None = None) -> Recogniser:
    """The recogniser. If the bank has changed, a child process learns from it first, which takes half a minute.

    `own` are wordings of situations that only this school has. Raises SettingsError if learning fails.
    """
    data = training_data(settings)
    learnt = _kept(data)
    if learnt is None:
        child = subprocess.run([sys.executable, "-m", "bot", "learn"], check=False)
        if child.returncode:
            raise SettingsError("Staffroom could not learn from the bank; the lines above say why.")
        learnt = load_learnt(data.file)
    threadpool_limits(1)  # two people who ask at once get a processor each: 129 questions a second instead of 81
    return recogniser_of(data, learnt, own)


def recogniser_of(data: TrainingData, learnt: Learnt, own: Mapping[str, Sequence[str]] | None = None) -> Recogniser:
    """A recogniser out of what was learnt."""
    words = WordClassifier(learnt.words, Lexicon.of(data.phrases))
    meaning = None
    if data.weights:
        neighbours = Neighbours(tuning.from_bytes(learnt.vectors), learnt.about, len(words.labels))
        encode = open_encoder(data.weights, data.tuned, data.worries)
        meaning = Meaning(encode, neighbours, data.tuned, words.labels, data.worries)
    return Recogniser(words, learnt.vocabulary, meaning, data.commands, own)


def save_learnt(learnt: Learnt, file: Path) -> None:
    """Keeps what was learnt; the file appears whole or not at all."""
    words, vocabulary = learnt.words, learnt.vocabulary
    arrays = {f"{name}.terms": np.array("\n".join(view.columns)) for name, view in words.views.items()}
    arrays |= {f"{name}.rarity": view.idf for name, view in words.views.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part.npz")
    np.savez(
        part,
        allow_pickle=False,
        labels=np.array("\n".join(words.labels)),
        weights=words.weights,
        bias=words.bias,
        forms=np.array("\n".join(sorted(vocabulary.forms))),
        questions=np.array("\n".join(vocabulary.questions)),
        about=np.array("\n".join(vocabulary.questions.values())),
        vectors=learnt.vectors,
        about_situations=learnt.about,
        **arrays,
    )
    part.replace(file)


def load_learnt(file: Path) -> Learnt:
    """What was learnt before; raises OSError, ValueError or KeyError if the file is missing or broken."""
    with np.load(file, allow_pickle=False) as arrays:
        views = {
            name: FeatureView(
                word_classifier.numbered(_lines(arrays[f"{name}.terms"])), arrays[f"{name}.rarity"], weight
            )
            for name, (weight, _, _) in word_classifier.VIEWS.items()
        }
        words = WordModel(tuple(_lines(arrays["labels"])), views, arrays["weights"], arrays["bias"])
        questions = dict(zip(_lines(arrays["questions"]), _lines(arrays["about"]), strict=True))
        vocabulary = Vocabulary(frozenset(_lines(arrays["forms"])), questions)
        return Learnt(words, vocabulary, arrays["vectors"], arrays["about_situations"])


def _lines(array: NDArray[np.str_]) -> list[str]:
    return str(array).split("\n")
