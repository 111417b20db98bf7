"""Teaches the sentence encoder what the bank knows: `make train`, some 20 minutes on two processors.

Needs what requirements-train.txt lists, torch above all. Nothing else in Staffroom does.

Three things are learnt together: low-rank changes to the top layers, which let questions about the same situation lie
close together; a layer that tells situations and commands apart; and one that tells worries. The last is only there for
what it teaches the others, and is not kept: `train_worries` makes the one that reads messages. The lower layers stay as
published, so that what they make of the bank is computed once.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from bot.ask import tuning
from bot.ask.encoder import HEADS, LAYERS, SIZE
from bot.ask.neighbours import SECOND_SITUATION_SHARE
from bot.ask.rules.bank import Example, Worry
from bot.ask.tuning import Tuning

TOP_LAYERS = 3  # that change: with more of them the encoder forgets what it knew
RANK = 16  # of a change
CHANGE_SCALE = 2.0
PROJECTED_SIZE = 96
HEAD_SCALE = 16.0  # a cosine times this is a score
TRAINING_PASSES = 4.5  # over the bank
RATE, HEAD_RATE = 1e-3, 1e-2  # how far a step goes, of the low-rank changes and of the other layers
WARM_UP = 0.06  # of the steps, during which the rate rises
SENTENCES_PER_STEP = 32
SMOOTHING = 0.05  # of the likelihood goes to all situations alike: labels may be wrong
DROPOUT = 0.1
WORRY_WEIGHT = 0.3  # of what worries teach, beside what situations teach
MAX_TRAINING_TOKENS = 96
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
ShowLine = Callable[[str], None]


class ChangedLinear(nn.Module):
    """A published linear map that stays as it is, and the low-rank change beside it."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, rank: int) -> None:
        super().__init__()
        self.weight, self.bias = weight, bias
        self.down = nn.Parameter(torch.randn(rank, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.up = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The map with its change."""
        return functional.linear(x, self.weight + CHANGE_SCALE * self.up @ self.down, self.bias)


class FixedLinear(nn.Module):
    """A published linear map."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        super().__init__()
        self.weight, self.bias = weight, bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The map."""
        return functional.linear(x, self.weight, self.bias)


class TrainedLayer(nn.Module):
    """One layer of the encoder. `rank` is that of the changes it learns; with 0 it stays as published."""

    def __init__(self, weights: dict[str, torch.Tensor], prefix: str, rank: int) -> None:
        super().__init__()
        pairs = [_pair(weights, prefix + name) for name in MATRICES]
        self.maps = nn.ModuleList([ChangedLinear(*pair, rank) if rank else FixedLinear(*pair) for pair in pairs])
        self.attention_norm = _norm(weights, prefix + "attention.output.LayerNorm")
        self.output_norm = _norm(weights, prefix + "output.LayerNorm")
        self.dropout = DROPOUT if rank else 0.0

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The layer's output for a batch of sentences; `mask` is very negative where a sentence has ended."""
        query, key, value, attention_output, widen, narrow = self.maps
        batch, length, _ = x.shape
        heads = [linear(x).view(batch, length, HEADS, SIZE // HEADS).transpose(1, 2) for linear in (query, key, value)]
        dropout = self.dropout if self.training else 0.0
        attention = functional.scaled_dot_product_attention(*heads, attn_mask=mask, dropout_p=dropout)
        attention = attention_output(attention.transpose(1, 2).reshape(batch, length, SIZE))
        x = self.attention_norm(x + functional.dropout(attention, self.dropout, self.training))
        forward = narrow(functional.gelu(widen(x)))
        return self.output_norm(x + functional.dropout(forward, self.dropout, self.training))


def _pair(weights: dict[str, torch.Tensor], name: str) -> tuple[torch.Tensor, torch.Tensor]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _norm(weights: dict[str, torch.Tensor], name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(SIZE, eps=1e-12)
    norm.weight.data, norm.bias.data = _pair(weights, name)
    norm.requires_grad_(False)
    return norm


class Encoder(nn.Module):
    """The published encoder, whose top layers learn changes of this rank."""

    def __init__(self, folder: Path, rank: int = RANK) -> None:
        super().__init__()
        weights = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TRAINING_TOKENS)
        token_type = weights["embeddings.token_type_embeddings.weight"][0]
        self.words = weights["embeddings.word_embeddings.weight"]
        self.positions = weights["embeddings.position_embeddings.weight"] + token_type
        self.norm = _norm(weights, "embeddings.LayerNorm")
        layers = [
            TrainedLayer(weights, f"encoder.layer.{number}.", rank if number >= LAYERS - TOP_LAYERS else 0)
            for number in range(LAYERS)
        ]
        self.lower = nn.ModuleList(layers[: LAYERS - TOP_LAYERS])
        self.upper = nn.ModuleList(layers[LAYERS - TOP_LAYERS :])

    @torch.no_grad()
    def below(self, texts: Sequence[str]) -> list[torch.Tensor]:
        """What the unchanged layers make of each sentence, with a row for each token."""
        ids = [torch.tensor(encoding.ids) for encoding in self.tokenizer.encode_batch(list(texts))]
        sentences: list[torch.Tensor] = [torch.empty(0)] * len(ids)
        by_length = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        for batch in _slices(by_length, 64):
            tokens = nn.utils.rnn.pad_sequence([ids[number] for number in batch], batch_first=True)
            x = self.norm(self.words[tokens] + self.positions[: tokens.shape[1]])
            mask = _mask([len(ids[number]) for number in batch])
            for layer in self.lower:
                x = layer(x, mask)
            for number, rows in zip(batch, x, strict=True):
                sentences[number] = rows[: len(ids[number])].half()
        return sentences

    def forward(self, sentences: Sequence[torch.Tensor]) -> torch.Tensor:
        """The mean vector of each sentence, from what `below` made of it."""
        lengths = [len(rows) for rows in sentences]
        x = nn.utils.rnn.pad_sequence([rows.float() for rows in sentences], batch_first=True)
        mask = _mask(lengths)
        for layer in self.upper:
            x = layer(x, mask)
        is_token = (mask[:, 0, 0, :] == 0).unsqueeze(-1)
        return (x * is_token).sum(1) / torch.tensor(lengths).unsqueeze(-1)


def _mask(lengths: Sequence[int]) -> torch.Tensor:
    ends = torch.tensor(lengths).unsqueeze(1)
    is_token = torch.arange(max(lengths)).unsqueeze(0) < ends
    return torch.where(is_token, 0.0, -1e9)[:, None, None, :]


def _slices(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


class Heads(nn.Module):
    """What reads the mean vectors: the projection, the situations and commands, the worries."""

    def __init__(self, label_count: int) -> None:
        super().__init__()
        self.projection = nn.Linear(SIZE, PROJECTED_SIZE, bias=False)
        nn.init.orthogonal_(self.projection.weight)
        self.situations = nn.Linear(PROJECTED_SIZE, label_count)
        self.worry = nn.Linear(SIZE, 1)

    def scores(self, means: torch.Tensor) -> torch.Tensor:
        """A score for each situation and command: scaled cosines, and how common it is."""
        projected = functional.normalize(self.projection(means), dim=-1)
        rows = functional.normalize(self.situations.weight, dim=-1)
        return HEAD_SCALE * functional.linear(projected, rows) + self.situations.bias


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn: sentences below the changing layers, the wanted likelihoods, and which are worries.

    The first rows of `sentences` are the bank's, as many as `wanted` has; the others are only worries or not.
    """

    sentences: list[torch.Tensor]
    wanted: torch.Tensor
    is_worry: torch.Tensor


def train(
    examples: Sequence[Example], worries: Sequence[Worry], worrying: frozenset[str], folder: Path, show: ShowLine
) -> Tuning:
    """What the encoder learns from the bank and from `worries`; `worrying` are the situations that are worries.

    `folder` has the published weights. The same bank gives nearly the same tuning: the order of sums may differ.
    """
    random.seed(1)
    torch.manual_seed(1)
    labels = sorted({id for example in examples for id in (example.situation, example.also) if id})
    encoder, heads = Encoder(folder), Heads(len(labels))
    show("the unchanged layers read the bank")
    sentences = encoder.below([*(example.text for example in examples), *(worry.text for worry in worries)])
    bank_worries = [bool({example.situation, example.also} & worrying) for example in examples]
    is_worry = torch.tensor([*bank_worries, *(worry.is_worry for worry in worries)]).float()
    _learn(encoder, heads, Lessons(sentences, _wanted(examples, labels), is_worry), show)
    return _tuning(encoder, heads, labels, examples, sentences[: len(examples)])


def _wanted(examples: Sequence[Example], labels: Sequence[str]) -> torch.Tensor:
    column = {label: number for number, label in enumerate(labels)}
    wanted = torch.zeros(len(examples), len(labels))
    for row, example in zip(wanted, examples, strict=True):
        second = SECOND_SITUATION_SHARE if example.also and example.also != example.situation else 0.0
        row[column[example.situation]] += 1 - second
        row[column[example.also or example.situation]] += second
    return wanted * (1 - SMOOTHING) + SMOOTHING / len(labels)


def _learn(encoder: Encoder, heads: Heads, lessons: Lessons, show: ShowLine) -> None:
    changing = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    groups = [{"params": changing, "lr": RATE}, {"params": [*heads.parameters()], "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = int(TRAINING_PASSES * math.ceil(len(lessons.sentences) / SENTENCES_PER_STEP))
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: pace(step / steps))
    encoder.train()
    losses: list[float] = []
    for step, batch in zip(range(1, steps + 1), random_batches(lessons.sentences), strict=False):
        loss = _loss(encoder, heads, lessons, batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*changing, *heads.parameters()], 1.0)
        optimiser.step()
        scheduler.step()
        losses.append(float(loss.detach()))
        if step % 200 == 0:
            show(f"step {step} of {steps}: loss {sum(losses[-200:]) / 200:.3f}")


def pace(done: float) -> float:
    """The rate's share of its greatest: it rises, then falls in a straight line."""
    return done / WARM_UP if done < WARM_UP else max(0.02, 1 - done)


def random_batches(sentences: Sequence[torch.Tensor]) -> Iterator[list[int]]:
    """The numbers of sentences of like length, batch by batch without end, in random order."""
    while True:
        numbers = random.sample(range(len(sentences)), len(sentences))
        pools = [sorted(pool, key=lambda number: len(sentences[number])) for pool in _slices(numbers, 1_600)]
        batches = [list(batch) for pool in pools for batch in _slices(pool, SENTENCES_PER_STEP)]
        yield from random.sample(batches, len(batches))


def _loss(encoder: Encoder, heads: Heads, lessons: Lessons, batch: Sequence[int]) -> torch.Tensor:
    means = encoder([lessons.sentences[number] for number in batch])
    worry = functional.binary_cross_entropy_with_logits(heads.worry(means)[:, 0], lessons.is_worry[list(batch)])
    rows = [row for row, number in enumerate(batch) if number < len(lessons.wanted)]
    if not rows:
        return WORRY_WEIGHT * worry
    likely = functional.log_softmax(heads.scores(means[rows]), -1)
    wanted = lessons.wanted[[batch[row] for row in rows]]
    return -(likely * wanted).sum(-1).mean() * len(rows) / len(batch) + WORRY_WEIGHT * worry


@torch.no_grad()
def _tuning(
    encoder: Encoder, heads: Heads, labels: Sequence[str], examples: Sequence[Example], below: list[torch.Tensor]
) -> Tuning:
    encoder.eval()
    means = torch.cat([encoder(below[start : start + 64]) for start in range(0, len(below), 64)])
    projected = functional.normalize(heads.projection(means), dim=-1)
    changes = changed_maps(encoder)
    return Tuning(
        down={name: floats_of(linear.down) for name, linear in changes.items()},
        up={name: floats_of(linear.up * CHANGE_SCALE) for name, linear in changes.items()},
        projection=floats_of(heads.projection.weight),
        labels=tuple(labels),
        head=floats_of(HEAD_SCALE * functional.normalize(heads.situations.weight, dim=-1)),
        head_bias=floats_of(heads.situations.bias),
        keys=tuning.keys_of(example.text for example in examples),
        vectors=tuning.in_bytes(floats_of(projected)),
        bank=tuning.bank_digest(examples),
    )


def changed_maps(encoder: Encoder) -> dict[str, Any]:
    """The maps of the layers that learn, by the published name of the weight matrix that each changes."""
    return {
        f"encoder.layer.{LAYERS - TOP_LAYERS + number}.{name}.weight": linear
        for number, layer in enumerate(encoder.upper)
        for name, linear in zip(MATRICES, layer.maps, strict=True)
    }


def floats_of(values: torch.Tensor) -> Any:
    """Numbers as a numpy array of 32-bit floats."""
    return values.detach().numpy().astype(np.float32)
