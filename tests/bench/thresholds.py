"""Finds the thresholds by cross-validation within the bank, grouped by who wrote the questions.

    python -m tests.bench.thresholds            prints what the figures would be; needs what `make train` needs

Each question is read by a recogniser whose encoder, words and neighbours have seen nothing by the same hand. Training
an encoder takes a while, so it is kept in the cache, and one fold of three is read. The readings are then decided
with many thresholds. What a person loses decides: asking back costs a click, a wrong "no" costs trust, a wrong "yes"
costs a job.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot import app
from bot.ask import training, tuning
from bot.ask.policy_file import read_bank, read_thresholds
from bot.ask.recogniser import Recogniser
from bot.ask.rules.bank import Example
from bot.ask.rules.choose_command import meant_as
from bot.ask.rules.choose_situation import Reading, Thresholds, decide
from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict
from bot.config import read_config
from bot.settings import Settings, read_settings

FOLDS, FOLDS_READ = 3, 1
SEED = 7  # of the folds
GRID = [round(0.05 * step, 2) for step in range(4, 19)]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question of the bank, and how a recogniser read it that knows nothing by its writer."""

    example: Example
    reading: Reading


def fold_of(examples: Sequence[Example]) -> dict[str, int]:
    """The fold of each voice."""
    voices = sorted({example.voice for example in examples})
    random.Random(SEED).shuffle(voices)
    return {voice: number % FOLDS for number, voice in enumerate(voices)}


def recogniser_without(
    fold: int, examples: Sequence[Example], data: training.TrainingData, settings: Settings
) -> Recogniser:
    """A recogniser that has learnt from the other folds only."""
    folds = fold_of(examples)
    others = tuple(example for example in examples if folds[example.voice] != fold)
    tuned = tuning.load_tuning(fold_file(fold, others, settings))
    rest = replace(data, tuned=tuned)
    return training.recogniser_of(rest, training.learnt_from(others, rest, lambda share: None))


def fold_file(fold: int, others: Sequence[Example], settings: Settings) -> Path:
    """The file of the encoder that has learnt from the other folds; it is trained if it is not there."""
    file = settings.cache / f"fold-{fold}-{tuning.bank_digest(others)}.safetensors"
    if not file.is_file():
        tuning.save_tuning(training.trained_encoder(settings, others, lambda line: print(line, flush=True)), file)
    return file


def pairs(settings: Settings) -> Iterator[Pair]:
    """Every question of the folds that are read, with its reading."""
    examples, data = read_bank(settings.policies), training.training_data(settings)
    folds = fold_of(examples)
    for fold in range(FOLDS_READ):
        reader = recogniser_without(fold, examples, data, settings)
        unseen = [example for example in examples if folds[example.voice] == fold]
        for start in range(0, len(unseen), 16):
            batch = unseen[start : start + 16]
            texts = [example.text for example in batch]
            for example, reading in zip(batch, reader.read(texts), strict=True):
                yield Pair(example, meant_as(example.text, reading, takes_commands=True))
        print(f"fold {fold + 1} of {FOLDS_READ} is read", flush=True)


def governing(situation: str, policy: Policy) -> set[str]:
    """The clauses that would be a right first quotation; empty for what the policy does not answer, and commands."""
    ruling = policy.rulings.get(situation)
    return set(ruling.governing or ruling.clauses[:1]) if ruling else set()


def figures(read: Iterable[Pair], policy: Policy, sure: Thresholds) -> dict[str, float]:
    """What becomes of the questions with these thresholds, as shares."""
    counts: dict[str, int] = defaultdict(int)
    for pair in read:
        count(pair, policy, sure, counts)
    inside, outside = max(1, counts["inside"]), max(1, counts["outside"])
    return {
        "straight right": counts["right"] / inside,
        "precision": counts["right"] / max(1, counts["straight"]),
        "silent": counts["lost"] / inside,
        "outside": counts["alone"] / outside,
        "commands": counts["command right"] / max(1, counts["command"]),
        "taken for commands": counts["taken"] / (inside + outside),
        "allowed": counts["allowed"] / max(1, counts["forbidden"]),
    }


def count(pair: Pair, policy: Policy, sure: Thresholds, counts: dict[str, int]) -> None:
    """Adds what becomes of one question."""
    example, reading = pair.example, pair.reading
    is_command = sum(share for _, share in reading.commands) >= sure.command
    if example.situation in policy.commands:
        counts["command"] += 1
        counts["command right"] += is_command and reading.commands[0][0] == example.situation
        return
    if policy.situations[example.situation].offers:
        return
    truth = governing(example.situation, policy) | governing(example.also, policy)
    counts["inside" if truth else "outside"] += 1
    counts["taken"] += is_command
    if is_command:
        return
    decision = decide(reading, policy, sure)
    quoted = governing(decision.situation, policy) if decision.is_answer else set()
    counts["straight"] += bool(quoted)
    counts["right"] += bool(quoted & truth)
    is_silent = decision.is_answer and not quoted
    counts["lost" if truth else "alone"] += is_silent
    verdict = policy.rulings[example.situation].verdict
    if verdict in {Verdict.NO, Verdict.REPORT}:
        counts["forbidden"] += 1
        counts["allowed"] += decision.is_answer and policy.ruling(decision.situation).verdict.is_permission


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--field", action="append", help="the threshold to vary; otherwise all that decide answers")
    given = parser.parse_args()
    settings = read_settings()
    policy = read_config(settings, app.today(), demo=True).policy
    sure = read_thresholds(settings.policies)
    read = list(pairs(settings))
    for field in given.field or ("answer", "permit", "silent", "doubt", "command"):
        for share in GRID:
            shares = figures(read, policy, replace(sure, **{field: share}))
            print(f"{field} {share:.2f}  " + "  ".join(f"{name} {value:.3f}" for name, value in shares.items()))


if __name__ == "__main__":
    main()
