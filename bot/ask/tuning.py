"""What the sentence encoder has learnt from the bank beforehand (`make train`), and its small file.

The file is committed and frozen. It holds low-rank changes to the encoder's top layers (https://arxiv.org/abs/2106.09685),
a projection to fewer numbers, a linear layer that tells situations and commands apart, and the vectors of the bank's
questions, so that setting up does not have to compute them. A question or a situation that
came after it works at once all the same, by its neighbours: see bot/ask/neighbours.py.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from bot.ask.encoder import SIZE, Floats, unit
from bot.ask.rules.bank import Example
from bot.errors import WeightsError

Bytes: TypeAlias = NDArray[np.int8]

FILE = "tuning.safetensors"  # in policies/staffroom
FILE_VERSION = "1"  # of the file's arrays
STEPS = np.float32(127)  # a vector's numbers, from -1 to 1, are kept as -127 to 127 of its greatest
DOWN, UP = "down.", "up."


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was learnt. A low-rank change is `up @ down`, by the name of the weight matrix it is added to.

    `projection` has a row for each number of a projected vector, `head` a row for each of `labels`. `keys` and
    `vectors` belong to questions of the bank.
    """

    down: Mapping[str, Floats]
    up: Mapping[str, Floats]
    projection: Floats
    labels: tuple[str, ...]
    head: Floats
    head_bias: Floats
    keys: NDArray[np.uint64]
    vectors: Bytes
    bank: str

    def changes(self) -> dict[str, Floats]:
        """What is added to the encoder's weights."""
        return {name: np.asarray(self.up[name] @ self.down[name], np.float32) for name in self.down}

    def projected(self, means: Floats) -> Floats:
        """Sentence vectors as shorter ones of length 1, in which questions about the same lie close together."""
        return unit(means @ self.projection.T)

    def head_shares(self, projected: Floats) -> Floats:
        """For each projected vector the share of likelihood of each of `labels`."""
        return softmax(projected @ self.head.T + self.head_bias)


def softmax(scores: Floats) -> Floats:
    """Scores as shares of likelihood that add up to 1 in each row."""
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


def in_bytes(vectors: Floats) -> Bytes:
    """Vectors in a quarter of the room; `from_bytes` gives them back, their directions within half a degree."""
    greatest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.asarray(np.rint(vectors / greatest * STEPS), np.int8)


def from_bytes(vectors: Bytes) -> Floats:
    """The vectors that `in_bytes` was given, of length 1."""
    return unit(vectors.astype(np.float32))


def keys_of(texts: Iterable[str]) -> NDArray[np.uint64]:
    """A number for each text, by which its vector is found again."""
    digests = [hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), np.uint64)


def bank_digest(examples: Sequence[Example]) -> str:
    """The digest of all in the bank that the encoder learns from, in any order: 24 hexadecimal digits."""
    bank = sorted([example.text, example.situation, example.also] for example in examples)
    return hashlib.sha256(json.dumps(bank).encode()).hexdigest()[:24]


def save_tuning(tuning: Tuning, file: Path) -> None:
    """Writes the file: 16-bit floats, and bytes for the vectors. The file appears whole or not at all."""
    floats = {DOWN + name: array for name, array in tuning.down.items()}
    floats |= {UP + name: array for name, array in tuning.up.items()}
    floats |= {"projection": tuning.projection, "head": tuning.head, "head_bias": tuning.head_bias}
    arrays: dict[str, NDArray[Any]] = {name: np.ascontiguousarray(array, np.float16) for name, array in floats.items()}
    arrays |= {"keys": tuning.keys, "vectors": tuning.vectors}
    about = {"version": FILE_VERSION, "bank": tuning.bank, "labels": json.dumps(tuning.labels)}
    part = file.with_suffix(".part")
    save_file(arrays, part, metadata=about)
    part.replace(file)


def load_tuning(file: Path) -> Tuning:
    """Reads the file; raises WeightsError if it is missing, broken or of another version."""
    try:
        with safe_open(file, "np") as arrays:
            about = arrays.metadata() or {}
            if about.get("version") != FILE_VERSION:
                raise WeightsError(f"{FILE} was made for another version of Staffroom: run `make train`.")
            array_by_name = {name: arrays.get_tensor(name) for name in arrays.keys()}  # noqa: SIM118  (it is no mapping)
        return _checked(_tuning(array_by_name, about))
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise WeightsError(f"{FILE} cannot be read: {error}.") from error


def _tuning(array_by_name: Mapping[str, NDArray[np.generic]], about: Mapping[str, str]) -> Tuning:
    def floats(name: str) -> Floats:
        return np.asarray(array_by_name[name], np.float32)

    return Tuning(
        down={name.removeprefix(DOWN): floats(name) for name in array_by_name if name.startswith(DOWN)},
        up={name.removeprefix(UP): floats(name) for name in array_by_name if name.startswith(UP)},
        projection=floats("projection"),
        labels=tuple(json.loads(about["labels"])),
        head=floats("head"),
        head_bias=floats("head_bias"),
        keys=np.asarray(array_by_name["keys"], np.uint64),
        vectors=np.asarray(array_by_name["vectors"], np.int8),
        bank=about["bank"],
    )


def _checked(tuning: Tuning) -> Tuning:
    width = len(tuning.projection)
    shapes = {
        "projection": (tuning.projection.shape, (width, SIZE)),
        "head": (tuning.head.shape, (len(tuning.labels), width)),
        "head_bias": (tuning.head_bias.shape, (len(tuning.labels),)),
        "vectors": (tuning.vectors.shape, (len(tuning.keys), width)),
    }
    for name, (shape, expected) in shapes.items():
        if shape != expected:
            raise ValueError(f"{name} has the shape {shape}, not {expected}")
    if tuning.down.keys() != tuning.up.keys():
        raise ValueError("a low-rank change lacks one of its halves")
    return tuning
