"""How much of a policy's source is in its clauses, and what is not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.school.rules.documents import Clause

MIN_LETTERS = 3  # fewer left over on a line are a number or a bullet
A_NUMBER = re.compile(r"\W*[ivxlc]+\W*")  # so is a roman one
LEADERS = re.compile(r"(?:[.…_]\s*){4,}")  # the dots of a table of contents


@dataclass(frozen=True, slots=True)
class Coverage:
    """`covered` of `characters` are in clauses, white space not counted; `left_out` are the lines with others."""

    covered: int
    characters: int
    left_out: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The share in clauses, rounded down: 100 only if nothing is left out."""
        return self.covered * 100 // max(self.characters, 1)


def coverage(source: str, clauses: Iterable[Clause]) -> Coverage:
    """Counts each clause once, at its first place that no other clause has taken. One of several lines that is nowhere
    as a whole is counted line by line: it was joined over a heading or a page's foot.

    >>> clause = Clause("P-1", "P", "1", "", "Phones are off.", frozenset())
    >>> coverage("Our policy\\n1. Phones are off.", [clause])
    Coverage(covered=13, characters=24, left_out=('Our policy',))
    """
    positions = [place for place, char in enumerate(source) if not char.isspace()]
    letters = "".join(source[place] for place in positions)
    taken = bytearray(len(letters))
    begin = 0
    for clause in clauses:
        whole = "".join(clause.text.split())
        is_whole = _free_place(letters, whole, taken, begin) >= 0
        for wanted in [whole] if is_whole else ["".join(line.split()) for line in clause.text.splitlines()]:
            place = _free_place(letters, wanted, taken, begin)
            if place >= 0:
                taken[place : place + len(wanted)] = b"\x01" * len(wanted)
                begin = place + len(wanted)
    return Coverage(sum(taken), len(letters), tuple(_lines_left(source, positions, taken)))


def _free_place(letters: str, wanted: str, taken: bytearray, begin: int) -> int:
    """Where a clause is: after the last one if it can be, so that repeated words are told apart by their order."""
    for start in (begin, 0):
        place = letters.find(wanted, start)
        while place >= 0 and wanted:
            if not any(taken[place : place + len(wanted)]):
                return place
            place = letters.find(wanted, place + 1)
    return -1


def _lines_left(source: str, positions: list[int], taken: bytearray) -> Iterable[str]:
    is_taken = dict(zip(positions, taken, strict=True))
    place = 0
    for line in source.split("\n"):
        left = "".join(char if not is_taken.get(place + number) else " " for number, char in enumerate(line))
        if sum(char.isalpha() for char in left) >= MIN_LETTERS and not A_NUMBER.fullmatch(left):
            yield " ".join(LEADERS.sub("… ", left).split())
        place += len(line) + 1
