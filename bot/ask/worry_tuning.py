"""What the sentence encoder has learnt about worries beforehand (`make train`), and its small file.

The file is committed and frozen. It holds low-rank changes to the encoder's top layers, which are kept apart from those
for questions because one set of changes cannot serve both well, and a linear layer that reads both kinds of vector:
what a message says of harm, and what an ordinary question is like. docs/decisions/15-recogniser.md has the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from bot.ask.encoder import SIZE, Floats
from bot.ask.tuning import DOWN, UP
from bot.errors import WeightsError

FILE = "worries.safetensors"  # in policies/staffroom
FILE_VERSION = "1"  # of the file's arrays
WORRY_SHARE = 0.3  # of the score comes from the vectors for worries, the rest from those for questions
PENALTY = 0.03  # the inverse of how strongly the weights of the latter are kept small (C in scikit-learn)
# Of a thousand questions of the bank that are no worry and were not learnt from, as many may be taken for a certain
# one, and for a possible one at least.
CERTAIN_PER_THOUSAND, POSSIBLE_PER_THOUSAND = 6, 70


@dataclass(frozen=True, slots=True)
class WorryTuning:
    """What was learnt. A low-rank change is `up @ down`, by the name of the weight matrix it is added to.

    `layer` has a weight for each number of a message's two vectors, as a question and as a worry, and its bias last.
    """

    down: Mapping[str, Floats]
    up: Mapping[str, Floats]
    layer: Floats

    def changes(self) -> dict[str, Floats]:
        """What is added to the encoder's published weights where it reads for worries."""
        return {name: np.asarray(self.up[name] @ self.down[name], np.float32) for name in self.down}

    def likelihoods(self, as_questions: Floats, as_worries: Floats) -> Floats:
        """For each message how likely it reports harm to a child, or an adult who may cause it: 0 to 1."""
        return np.asarray(1 / (1 + np.exp(-scores(self.layer, np.hstack([as_questions, as_worries])))), np.float32)


def scores(layer: Floats, vectors: Floats) -> Floats:
    """A linear layer's score for each vector; the layer's bias is its last number."""
    return np.asarray(vectors @ layer[:-1] + layer[-1], np.float32)


def fit_layer(vectors: Floats, are_worries: NDArray[np.bool_]) -> Floats:
    """A layer's weights and, last, its bias, from the vectors of messages as questions."""
    from sklearn.linear_model import LogisticRegression  # imported here because only training needs it

    model = LogisticRegression(C=PENALTY, max_iter=3_000).fit(vectors, are_worries)
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def joined(for_questions: Floats, for_worries: Floats, harmless: tuple[Floats, Floats]) -> Floats:
    """One layer out of two. Each counts by its share, whatever the scale of its scores for `harmless` messages."""
    halves = [
        layer * np.float32(share / scores(layer, vectors).std())
        for layer, share, vectors in zip(
            (for_questions, for_worries), (1 - WORRY_SHARE, WORRY_SHARE), harmless, strict=True
        )
    ]
    bias = sum(float(half[-1]) for half in halves)
    return np.concatenate([*(half[:-1] for half in halves), [bias]]).astype(np.float32)


def scaled(layer: Floats, harmless: Floats, *, lead: float, quiet: float) -> Floats:
    """The layer with its scale moved, so that as many of the `harmless` vectors reach the thresholds as may."""
    harmless_scores = scores(layer, harmless)
    certain, possible = (
        float(np.quantile(harmless_scores, 1 - share / 1_000))
        for share in (CERTAIN_PER_THOUSAND, POSSIBLE_PER_THOUSAND)
    )
    slope = (_logit(lead) - _logit(quiet)) / (certain - possible)
    moved = layer * slope
    moved[-1] += _logit(lead) - certain * slope
    return np.asarray(moved, np.float32)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def save_worry_tuning(tuning: WorryTuning, file: Path) -> None:
    """Writes the file, with 16-bit floats for the changes. It appears whole or not at all."""
    changes = {DOWN + name: array for name, array in tuning.down.items()}
    changes |= {UP + name: array for name, array in tuning.up.items()}
    halves: dict[str, NDArray[np.generic]] = {
        name: np.ascontiguousarray(array, np.float16) for name, array in changes.items()
    }
    part = file.with_suffix(".part")
    save_file({**halves, "layer": tuning.layer}, part, metadata={"version": FILE_VERSION})
    part.replace(file)


def load_worry_tuning(file: Path) -> WorryTuning:
    """Reads the file; raises WeightsError if it is missing, broken or of another version."""
    try:
        with safe_open(file, "np") as arrays:
            if (arrays.metadata() or {}).get("version") != FILE_VERSION:
                raise WeightsError(f"{FILE} was made for another version of Staffroom: run `make train`.")
            by_name = {
                name: np.asarray(arrays.get_tensor(name), np.float32)
                for name in arrays.keys()  # noqa: SIM118  (it is no mapping)
            }
        return _checked(
            WorryTuning(
                down={name.removeprefix(DOWN): array for name, array in by_name.items() if name.startswith(DOWN)},
                up={name.removeprefix(UP): array for name, array in by_name.items() if name.startswith(UP)},
                layer=by_name["layer"],
            )
        )
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise WeightsError(f"{FILE} cannot be read: {error}.") from error


def _checked(tuning: WorryTuning) -> WorryTuning:
    if tuning.layer.shape != (2 * SIZE + 1,):
        raise ValueError(f"layer has the shape {tuning.layer.shape}, not {(2 * SIZE + 1,)}")
    if tuning.down.keys() != tuning.up.keys():
        raise ValueError("a low-rank change lacks one of its halves")
    return tuning
