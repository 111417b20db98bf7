"""Learns which messages tell of a worry, on top of the encoder as it is: a minute of work.

The encoder changes only with `make train`. This layer, 384 weights and a bias, is fitted again by itself
(`python -m bot train --worries`), so that lines which somebody adds to `worries.tsv` count at once.
"""

import numpy as np
from numpy.typing import NDArray

from bot.ask.encoder import Floats

PENALTY = 0.03  # the inverse of how strongly weights are kept small (C in scikit-learn)
# Of a thousand questions of the bank that are no worry and that the layer has not seen, as many may be taken for a
# certain one, and for a possible one at least. docs/decisions/15-recogniser.md has the figures.
CERTAIN_PER_THOUSAND, POSSIBLE_PER_THOUSAND = 7, 30


def fit_worry_layer(vectors: Floats, are_worries: NDArray[np.bool_]) -> Floats:
    """The layer's weights and, last, its bias, from the mean vectors of messages."""
    from sklearn.linear_model import LogisticRegression  # imported here because only training needs it

    model = LogisticRegression(C=PENALTY, max_iter=3_000).fit(vectors, are_worries)
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def scaled(layer: Floats, harmless: Floats, *, lead: float, quiet: float) -> Floats:
    """The layer with its scale moved, so that as many of the `harmless` vectors reach the thresholds as may."""
    scores = harmless @ layer[:-1] + layer[-1]
    certain, possible = (
        float(np.quantile(scores, 1 - share / 1_000)) for share in (CERTAIN_PER_THOUSAND, POSSIBLE_PER_THOUSAND)
    )
    slope = (_logit(lead) - _logit(quiet)) / (certain - possible)
    moved = layer * slope
    moved[-1] += _logit(lead) - certain * slope
    return np.asarray(moved, np.float32)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))
