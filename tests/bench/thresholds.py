"""Finds the thresholds by cross-validation within the bank, grouped by who wrote the questions.

    python -m tests.bench.thresholds            about five minutes; prints what thresholds.toml should say

Each question is read by a classifier that has learnt from other writers only. Thresholds are then taken one after
the other: silence where most is won (what is outside and left alone, less what is inside and lost), doubt so that
permissions are hardly ever given where the bank says no, and the answer so that most answered straight is right.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from bot import app
from bot.ask import classifier, training
from bot.ask.encoder import SentenceEncoder
from bot.ask.policy_file import read_thresholds
from bot.ask.rules.bank import Example
from bot.ask.rules.choose_situation import Reading, Thresholds, decide
from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict
from bot.ask.rules.words import Lexicon
from bot.config import read_config
from bot.settings import read_settings

FOLDS = 4
RIGHT = 0.90  # of what is answered straight
RASH = 0.003  # of answers may allow what the bank forbids
GRID = [round(float(share), 2) for share in np.arange(0.05, 0.96, 0.05)]


def readings(
    examples: tuple[Example, ...], lexicon: Lexicon, sentence: SentenceEncoder
) -> Iterator[tuple[Example, Reading]]:
    """Every example with a reading by a classifier that has learnt nothing from its writer."""
    meanings = sentence.vectors([example.text for example in examples])
    voices = sorted({example.voice for example in examples})
    fold_of = {voice: number % FOLDS for number, voice in enumerate(voices)}
    for fold in range(FOLDS):
        others = [number for number, example in enumerate(examples) if fold_of[example.voice] != fold]
        learnt = classifier.learn([examples[number] for number in others], lexicon, meanings[others], lambda done: None)
        vectors = {
            examples[number].text: meanings[number]
            for number in range(len(examples))
            if fold_of[examples[number].voice] == fold
        }
        reader = classifier.Classifier(
            learnt, lexicon, lambda texts, vectors=vectors: np.stack([vectors[text] for text in texts])
        )
        for example in examples:
            if fold_of[example.voice] == fold:
                yield example, reader.read([example.text])[0]
        print(f"fold {fold + 1} of {FOLDS} is read", flush=True)


def grounds(example: Example, policy: Policy) -> set[str]:
    ids = [id for id in (example.situation, example.also) if id and not policy.situations[id].offers]
    return {next(iter(policy.ruling(id).clauses), "") for id in ids}


def outcome(pairs: list[tuple[Example, Reading]], policy: Policy, sure: Thresholds) -> dict[str, float]:
    counts: dict[str, int] = defaultdict(int)
    for example, reading in pairs:
        truth = grounds(example, policy)
        if not truth:
            continue
        inside = "" not in truth
        decision = decide(reading, policy, sure)
        ground = next(iter(policy.ruling(decision.situation).clauses), "") if decision.is_answer else None
        counts["inside" if inside else "outside"] += 1
        counts["lost"] += inside and ground == ""
        counts["alone"] += not inside and ground == ""
        if ground:
            verdict = policy.ruling(decision.situation).verdict
            forbidden = policy.ruling(example.situation).verdict in {Verdict.NO, Verdict.REPORT}
            counts["straight"] += 1
            counts["right"] += ground in truth
            counts["rash"] += verdict.is_permission and forbidden
    return {
        "lost": counts["lost"] / counts["inside"],
        "alone": counts["alone"] / counts["outside"],
        "straight": counts["straight"] / len(pairs),
        "right": counts["right"] / max(1, counts["straight"]),
        "rash": counts["rash"] / max(1, counts["straight"]),
    }


def main() -> None:
    settings = read_settings()
    policy = read_config(settings, app.today(), demo=True).policy
    given = training.training_data(settings)
    if given.weights is None:
        raise SystemExit("The sentence model is not installed; thresholds are found with it.")
    answerable = [
        pair
        for pair in readings(given.examples, Lexicon.of(given.phrases), SentenceEncoder(given.weights))
        if not policy.situations[pair[0].situation].offers
    ]
    pairs = [(example, replace(reading, ranked=reading.ranked[:40], unknown=())) for example, reading in answerable]
    sure = replace(read_thresholds(settings.policies), answer=0.0, doubt=1.0)

    def best(field: str, worth: Callable[[dict[str, float]], float]) -> Thresholds:
        candidates = [replace(sure, **{field: share}) for share in GRID]
        return max(candidates, key=lambda candidate: worth(outcome(pairs, policy, candidate)))

    sure = best("silent", lambda shares: shares["alone"] - shares["lost"])
    sure = best("doubt", lambda shares: shares["straight"] - (10 if shares["rash"] > RASH else 0))
    sure = best("answer", lambda shares: shares["straight"] - (10 if shares["right"] < RIGHT else 0))
    for field in ("answer", "silent", "doubt", "part", "near", "command", "lead", "quiet"):
        print(f"{field} = {getattr(sure, field)}")
    print({key: round(value, 3) for key, value in outcome(pairs, policy, sure).items()})
    for share in GRID[3:14]:
        print(
            "silent",
            share,
            {key: round(value, 3) for key, value in outcome(pairs, policy, replace(sure, silent=share)).items()},
        )
    for share in GRID[3:16]:
        print(
            "answer",
            share,
            {key: round(value, 3) for key, value in outcome(pairs, policy, replace(sure, answer=share)).items()},
        )


if __name__ == "__main__":
    main()
