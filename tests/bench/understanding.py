"""How well questions are understood: `make bench PRACTICE="FILE ..."`.

FILE is YAML: a list of {id, q, any_of, verdict, also}; any_of are clause ids (a clause's parts count as the clause),
empty where the policy does not answer. Nothing of it is learnt from. Blind sets (`blind` in the name, or `_c` at its
end) are also counted together.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.ask.ports import QuestionReader
from bot.ask.rules.choose_situation import Reading
from bot.ask.understanding import Understanding
from bot.settings import read_settings
from tests.bench import figures
from tests.bench.goals import BLIND, Goals, goals_for, is_pooled
from tests.bench.outcomes import Outcome, governing_clauses, outcome
from tests.bench.parts import open_understanding, reply_to
from tests.practice import Case, measuring_cases

SWEEP = [round(0.05 * step, 2) for step in range(4, 20)]
SWEEP_HEADING = "  answer  straight right at precision        shown  outside  permissions"


class RememberingReader:
    """Reads each text once, however often it is asked."""

    def __init__(self, reader: QuestionReader) -> None:
        self._reader = reader
        self._readings: dict[str, Reading] = {}

    def read(self, texts: Sequence[str]) -> list[Reading]:
        new = [text for text in dict.fromkeys(texts) if text not in self._readings]
        if new:
            self._readings.update(zip(new, self._reader.read(new), strict=True))
        return [self._readings[text] for text in texts]


@dataclass(frozen=True, slots=True)
class Block:
    """Questions that are counted together, with what became of them."""

    name: str
    goals: Goals
    results: Sequence[Outcome]
    is_pool: bool = False

    @property
    def title(self) -> str:
        inside = sum(result.case.is_inside for result in self.results)
        return f"\n{self.name}: {len(self.results)} questions, {inside} inside"


def measure(cases: Sequence[Case], understanding: Understanding) -> list[Outcome]:
    """What becomes of each question."""
    governing = governing_clauses(understanding.policy)
    return [outcome(case, reply_to(case.question, understanding), governing) for case in cases]


def measured_blocks(sets: Sequence[tuple[str, Sequence[Case]]], understanding: Understanding) -> list[Block]:
    """Every set by its name, and the blind ones together if there are several."""
    return with_pool([Block(name, goals_for(name), measure(cases, understanding)) for name, cases in sets])


def with_pool(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks and, if several are blind, one more of all their questions."""
    blind = [block for block in blocks if is_pooled(block.name)]
    if len(blind) < 2:
        return list(blocks)
    name = f"{' + '.join(block.name for block in blind)}, pooled"
    return [*blocks, Block(name, BLIND, [result for block in blind for result in block.results], is_pool=True)]


def show_figures(blocks: Sequence[Block], *, lists_wrong: bool) -> None:
    """Prints every figure of every set, and the one that counts over all sets."""
    for block in blocks:
        print(block.title, *figures.figures(block.results, block.goals), sep="\n")
        if lists_wrong and not block.is_pool:
            print(*figures.miss_lines(block.results), sep="\n")
    everything = [result for block in blocks if not block.is_pool for result in block.results]
    print(f"\nall sets: {len(everything)} questions", figures.commands_figure(everything), sep="\n")


def show_sweep(sets: Sequence[tuple[str, Sequence[Case]]], understanding: Understanding) -> None:
    """Prints the main figures at other answer thresholds; each question is read once."""
    understanding = replace(understanding, reader=RememberingReader(understanding.reader))
    current = understanding.thresholds.answer
    lines = defaultdict(list)
    for answer in sorted({*SWEEP, current}):
        thresholds = replace(understanding.thresholds, answer=answer)
        for block in measured_blocks(sets, replace(understanding, thresholds=thresholds)):
            lines[block.title].append(f"{'*' if answer == current else ' '}{sweep_line(answer, block.results)}")
    for title, rows in lines.items():
        print(title, SWEEP_HEADING, *rows, sep="\n")
    print(f"\n* is the threshold in use, {current:g}")


def sweep_line(answer: float, results: Sequence[Outcome]) -> str:
    """The main figures at one threshold."""
    right, precise = figures.straight_right(results), figures.precision(results)
    shown, outside = figures.shown_right(results), figures.said_outside(results)
    return (
        f"{answer:7.2f}  {right.value:.3f} at {precise.value:.3f} ({right.number:3d} of {precise.total:3d})"
        f"  {shown.value:.3f}  {outside.value:.3f}    {figures.wrong_permissions(results).number:3d}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list the misses by kind")
    parser.add_argument(
        "--sweep", action="store_true", help="print the main figures at other answer thresholds instead"
    )
    options = parser.parse_args()
    sets = [(file.stem, measuring_cases(file)) for file in options.files]
    understanding = open_understanding(read_settings())
    if options.sweep:
        show_sweep(sets, understanding)
    else:
        show_figures(measured_blocks(sets, understanding), lists_wrong=options.wrong)


if __name__ == "__main__":
    main()
