"""Teaches the sentence encoder which messages tell of a worry: `make train`, a quarter of an hour on two processors.

Needs torch, like `train_encoder`, whose encoder it uses. Low-rank changes to the top layers and one linear layer are
learnt together, from the published weights: from messages written for this, and from questions of the bank.
"""

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bot.ask.encoder import SIZE
from bot.ask.rules.bank import Worry
from bot.ask.train_encoder import (
    CHANGE_SCALE,
    Encoder,
    changed_maps,
    floats_of,
    pace,
    random_batches,
)
from bot.ask.worry_tuning import WorryTuning

RANK = 8  # of a change
TRAINING_PASSES = 4  # over the messages
RATE, LAYER_RATE = 1e-3, 1e-2  # how far a step goes, of the low-rank changes and of the layer
SMOOTHING = 0.02  # of the likelihood goes to the other side: labels may be wrong
STEPS_SHOWN = 100
ShowLine = Callable[[str], None]


def train_worries(messages: Sequence[Worry], folder: Path, show: ShowLine) -> WorryTuning:
    """What the encoder learns from these messages; the layer reads vectors for worries only, and is not scaled yet.

    `folder` has the published weights. The same messages give nearly the same tuning: the order of sums may differ.
    """
    random.seed(1)
    torch.manual_seed(1)
    encoder, layer = Encoder(folder, RANK), nn.Linear(SIZE, 1)
    show("the unchanged layers read the messages")
    sentences = encoder.below([message.text for message in messages])
    wanted = torch.tensor([float(message.is_worry) for message in messages]) * (1 - 2 * SMOOTHING) + SMOOTHING
    _learn(encoder, layer, sentences, wanted, show)
    maps = changed_maps(encoder)
    return WorryTuning(
        down={name: floats_of(linear.down) for name, linear in maps.items()},
        up={name: floats_of(linear.up * CHANGE_SCALE) for name, linear in maps.items()},
        layer=np.append(floats_of(layer.weight[0]), floats_of(layer.bias)),
    )


def _learn(
    encoder: Encoder, layer: nn.Linear, sentences: Sequence[torch.Tensor], wanted: torch.Tensor, show: ShowLine
) -> None:
    changing = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    groups = [{"params": changing, "lr": RATE}, {"params": [*layer.parameters()], "lr": LAYER_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    batches = random_batches(sentences)
    steps = math.ceil(TRAINING_PASSES * len(sentences) / len(next(batches)))
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: pace(step / steps))
    encoder.train()
    losses: list[float] = []
    for step, batch in zip(range(1, steps + 1), batches, strict=False):
        scores = layer(encoder([sentences[number] for number in batch]))[:, 0]
        loss = functional.binary_cross_entropy_with_logits(scores, wanted[batch])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*changing, *layer.parameters()], 1.0)
        optimiser.step()
        scheduler.step()
        losses.append(float(loss.detach()))
        if step % STEPS_SHOWN == 0:
            show(f"step {step} of {steps}: loss {sum(losses[-STEPS_SHOWN:]) / STEPS_SHOWN:.3f}")
