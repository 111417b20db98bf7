"""Places in a document's text: where its clauses are, which characters they cover, and which lines are in none."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

MIN_LETTERS = 3  # a line with fewer letters is a number or a bullet
MAX_CANDIDATES = 50  # places of the same words that are looked at
ROMAN_NUMBER = re.compile(r"\W*[ivxlc]+\W*", re.I)
SAME_SIGNS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters of a text from `begin` up to, and without, `end`."""

    begin: int
    end: int


def trimmed(text: str, span: Span) -> Span | None:
    """A span without the white space around it; None if it is nothing else.

    >>> trimmed(" On ", Span(0, 4)), trimmed("  ", Span(0, 2))
    (Span(begin=1, end=3), None)
    """
    words = text[span.begin : span.end]
    if not words.strip():
        return None
    return Span(span.begin + len(words) - len(words.lstrip()), span.end - len(words) + len(words.rstrip()))


def words_of(text: str, spans: Iterable[Span]) -> str:
    """What the spans say: a line for each, white space made single.

    >>> words_of("Staff must: (a) knock;", [Span(0, 11), Span(12, 22)])
    'Staff must:\\n(a) knock;'
    """
    return "\n".join(" ".join(text[span.begin : span.end].split()) for span in spans)


def count(text: str, spans: Iterable[Span]) -> int:
    """How many characters are in the spans, white space not counted."""
    return sum(len("".join(text[span.begin : span.end].split())) for span in spans)


def between(length: int, spans: Iterable[Span]) -> list[Span]:
    """What of a text of this length is in no span; the spans do not overlap.

    >>> between(9, [Span(2, 4), Span(4, 6)])
    [Span(begin=0, end=2), Span(begin=6, end=9)]
    """
    gaps, begin = [], 0
    for span in sorted(spans):
        if span.begin > begin:
            gaps.append(Span(begin, span.begin))
        begin = max(begin, span.end)
    return [*gaps, Span(begin, length)] if begin < length else gaps


def lines_in(text: str, gaps: Iterable[Span]) -> Iterator[Span]:
    """The lines of some spans, or what of a line is in them, without the empty ones."""
    for gap in gaps:
        for match in re.finditer(r"[^\n]+", text[gap.begin : gap.end]):
            line = trimmed(text, Span(gap.begin + match.start(), gap.begin + match.end()))
            if line is not None:
                yield line


def has_words(words: str) -> bool:
    """Whether a piece of text is more than a number or a bullet.

    >>> has_words("(iii)"), has_words("4.2 a"), has_words("Off site")
    (False, False, True)
    """
    return sum(char.isalpha() for char in words) >= MIN_LETTERS and not ROMAN_NUMBER.fullmatch(words)


def located(source: str, texts: Sequence[str]) -> list[Span | None]:
    """Where each text is in the source, in their order and without overlap; None for one that is not there.

    White space does not count. A text at the begin of a word comes before one inside of it.

    >>> located("1. Phones are\\noff. Phones are off.", ["Phones are off.", "Phones are off."])
    [Span(begin=3, end=18), Span(begin=19, end=34)]
    """
    places = [place for place, char in enumerate(source) if not char.isspace()]
    letters = "".join(source[place] for place in places)
    taken = bytearray(len(letters))
    found: list[Span | None] = []
    begin = 0
    for text in texts:
        wanted = "".join(text.split())
        candidates = list(islice(_free(letters, wanted, taken, begin), MAX_CANDIDATES))
        place = next((c for c in candidates if _begins_word(source, places[c])), next(iter(candidates), -1))
        if place < 0:
            found.append(None)
            continue
        begin = place + len(wanted)
        taken[place:begin] = b"\x01" * len(wanted)
        found.append(Span(places[place], places[begin - 1] + 1))
    return found


def _places(letters: str, wanted: str, start: int) -> Iterator[int]:
    place = letters.find(wanted, start) if wanted else -1
    while place >= 0:
        yield place
        place = letters.find(wanted, place + 1)


def _free(letters: str, wanted: str, taken: bytearray, begin: int) -> Iterator[int]:
    """The places that no other text has taken: first those from `begin` on, so that repeated words keep their order."""
    for start in (begin, 0):
        for place in _places(letters, wanted, start):
            if not any(taken[place : place + len(wanted)]):
                yield place


def _begins_word(source: str, place: int) -> bool:
    return place == 0 or source[place - 1].isspace()


def places_of(source: str, spans: Sequence[Span], wanted: str) -> list[int]:
    """Where in the spans a person's words begin, as offsets of the source. Case, quotes and dashes do not count."""
    places = [place for span in spans for place in range(span.begin, span.end) if not source[place].isspace()]
    letters = "".join(_plain(source[place]) for place in places)
    starts = _places(letters, "".join(_plain(char) for char in wanted if not char.isspace()), 0)
    begins = {span.begin for span in spans}
    return [places[start] for start in starts if places[start] in begins or _begins_word(source, places[start])]


def _plain(char: str) -> str:
    """A character as it is compared; always one character."""
    lower = char.translate(SAME_SIGNS).lower()
    return lower if len(lower) == 1 else char
