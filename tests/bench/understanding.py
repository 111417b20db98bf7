"""How well questions are understood: `make bench PRACTICE="FILE ..."`.

FILE is YAML: a list of {id, q, any_of, verdict, also}; any_of are clause ids (a clause's parts count as the clause),
empty where the policy does not answer. Nothing of it is learnt from. Blind sets (`blind` in the name, or `_c` at its
end) are also counted together.

`--chooser URL` (with `--model NAME` and `--key FILE`) asks a model about what our own reading is not sure of, and
`--choices FILE` replays picks that were recorded: JSON, a list of {id, choice, also, sure} by the questions' ids. Both
print the figures without it first, then with it. Choices measure; nothing may be fitted to them.
"""

import argparse
import asyncio
import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot import app
from bot.ask.ask import answer_picked
from bot.ask.ports import Chooser, QuestionReader
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.choose_situation import Reading
from bot.ask.rules.model_pick import NONE, Option, Pick, Sureness, options_for
from bot.ask.understanding import Understanding
from bot.chooser.budget import DailyBudget
from bot.chooser.open import open_chooser
from bot.settings import PREFIX, Settings, read_settings
from tests.bench import figures
from tests.bench.goals import BLIND, Goals, goals_for, is_pooled
from tests.bench.outcomes import Outcome, governing_clauses, outcome
from tests.bench.parts import TODAY, open_understanding, reply_to
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

    def with_own(self, own: Mapping[str, Sequence[str]]) -> "RememberingReader":
        return RememberingReader(self._reader.with_own(own))


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


async def measured_with(
    chooser: Chooser, sets: Sequence[tuple[str, Sequence[Case]]], understanding: Understanding
) -> list[Block]:
    """The same as `measured_blocks`, where our own reading is not sure with what the chooser picks."""
    governing = governing_clauses(understanding.policy)
    blocks = []
    for name, cases in sets:
        results = [outcome(case, await reply_with_pick(case, chooser, understanding), governing) for case in cases]
        blocks.append(Block(f"{name}, with the chooser", goals_for(name), results))
    return blocks


async def reply_with_pick(case: Case, chooser: Chooser, understanding: Understanding) -> PolicyReply:
    """The reply as `Ask` makes it in somebody's own chat."""
    reply = reply_to(case.question, understanding)
    if reply.unsure is None:
        return reply
    options = options_for(reply.unsure, understanding.policy)
    pick = await chooser.pick(reply.question, options, case.id)
    return answer_picked(reply, pick, understanding, TODAY) if pick else reply


@dataclass
class RecordedChoices:
    """Picks that a model made before, by the ids of the questions, which are the askers here.

    One that is not among the options is none.
    """

    picks: Mapping[str, Pick]
    asked: int = 0
    unknown: list[str] = field(default_factory=list)  # ids of situations that are not among the options

    async def pick(self, question: str, options: Sequence[Option], asker: str) -> Pick | None:
        self.asked += 1
        pick = self.picks.get(asker)
        if pick and pick.situation and pick.situation not in {option.id for option in options}:
            self.unknown.append(pick.situation)
            return None
        return pick


def read_choices(file: Path) -> RecordedChoices:
    """The choices of a file."""
    picks = {}
    for entry in json.loads(file.read_text(encoding="utf-8")):
        picked, second = ("" if entry[name] == NONE else entry[name] for name in ("choice", "also"))
        picks[str(entry["id"])] = Pick(picked, second, Sureness(entry["sure"]))
    return RecordedChoices(picks)


async def show_with_choices(
    choices: RecordedChoices, sets: Sequence[tuple[str, Sequence[Case]]], understanding: Understanding
) -> None:
    """Prints every figure with recorded choices, and how often they were asked for."""
    show_figures(await measured_with(choices, sets, understanding), lists_wrong=False)
    print(f"\nasked about {choices.asked} questions; {len(choices.unknown)} choices were not among the options")


async def show_with_endpoint(
    settings: Settings, sets: Sequence[tuple[str, Sequence[Case]]], understanding: Understanding
) -> None:
    """Prints every figure with a model that is really asked, and how it answered. The daily budget does not count."""
    chooser = open_chooser(settings, None, app.today)
    assert chooser is not None
    chooser.budget, chooser.data = NoBudget(app.today), None
    chooser.start()
    try:
        show_figures(await measured_with(chooser, sets, understanding), lists_wrong=False)
    finally:
        await chooser.close()
    print(f"\n{chooser.budget.used} requests")


class NoBudget(DailyBudget):
    """Counts requests and refuses none."""

    def take(self, person: str) -> bool:
        self.used += 1
        return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list the misses by kind")
    parser.add_argument(
        "--sweep", action="store_true", help="print the main figures at other answer thresholds instead"
    )
    parser.add_argument("--chooser", default="", metavar="URL", help="also with the model at this address")
    parser.add_argument("--model", default="model", help="its name there")
    parser.add_argument("--key", default="", metavar="FILE", help="a file with its key")
    parser.add_argument("--choices", type=Path, metavar="FILE", help="also with these recorded picks")
    options = parser.parse_args()
    sets = [(file.stem, measuring_cases(file)) for file in options.files]
    understanding = open_understanding(read_settings())
    if options.sweep:
        show_sweep(sets, understanding)
        return
    understanding = replace(understanding, reader=RememberingReader(understanding.reader))
    show_figures(measured_blocks(sets, understanding), lists_wrong=options.wrong)
    if options.choices:
        asyncio.run(show_with_choices(read_choices(options.choices), sets, understanding))
    if options.chooser:
        names = {"CHOOSER": options.chooser, "CHOOSER_MODEL": options.model, "CHOOSER_KEY": options.key}
        asked = read_settings({**os.environ, **{PREFIX + name: value for name, value in names.items()}})
        asyncio.run(show_with_endpoint(asked, sets, understanding))


if __name__ == "__main__":
    main()
