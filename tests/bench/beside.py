"""This checkout of Staffroom beside another one: the same benches in turn, medians, and the ratio of ours to theirs.

    python -m tests.bench.beside OTHER [--times N] [--bench NAME ...]

OTHER is a checkout of another release, set up (`make setup-dev`); its benches run with its own Python. The two take
turns, so that what else the machine does hits both. A ratio above 1 means that this checkout takes more.
"""

import argparse
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bot.settings import ROOT

TIMES = 5
PROCESSOR_TIME = "processor time of the whole bench"
COLUMNS = f"{'old':>10} {'new':>10} {'new/old':>8}"


@dataclass(frozen=True)
class Bench:
    """A module of tests/bench with its arguments. It is stopped after the line that begins with `last_line`."""

    module: str
    arguments: tuple[str, ...] = ()
    last_line: str = ""


BENCHES = {
    "speed": Bench("speed", last_line="start to first answer"),  # learning comes next, which takes minutes
    "planning": Bench("planning"),
    "summing": Bench("summing"),
    "fanning": Bench("fanning", ("250",)),
    "lessons": Bench("lessons", ("1",)),
    "turns": Bench("turns"),
}


class Label(NamedTuple):
    """Which figure it is: the bench, the words before it, and its unit."""

    bench: str
    words: str
    unit: str


_PERCENTILE = re.compile(r":? p\d+$")
_GOAL = re.compile(r"\(goal [^)]*\)")
_FIGURE = re.compile(r"(?<!\w)(?P<number>\d+(?:\.\d+)?) ?(?P<unit>ms|s|MB|a second|x)(?!\w)")
_COUNT = re.compile(
    r"(?<!\w)\d[\d.,]*(?! at a time)\b"
)  # "250 people" may differ a little; "8 at a time" is another figure
Figures = dict[Label, list[float]]


def figures_in(bench: str, line: str) -> Iterator[tuple[Label, float]]:
    """The figures of a printed line: every number with a unit, under the words of the line up to it.

    >>> [(label.words, number) for label, number in figures_in("b", "250 cards: 4.4 s, 1.09 x the least (goal 1.1)")]
    [('# cards', 4.4), ('# cards', 1.09)]
    >>> [(label.words, number) for label, number in figures_in("b", "a press  8 at a time  90 a second   p50  2.1 ms")]
    [('a press 8 at a time', 90.0), ('a press 8 at a time p50', 2.1)]
    """
    title, end, line = "", 0, _GOAL.sub("", line)
    for figure in _FIGURE.finditer(line):
        words = _words(line[end : figure.start()])
        label = Label(bench, f"{title} {words}".strip(), figure["unit"])
        title, end = title or _title(words), figure.end()
        yield label, float(figure["number"])


def _title(words: str) -> str:
    """What all figures of a line are about, out of the words before the first."""
    if _PERCENTILE.search(words):
        return _PERCENTILE.sub("", words)
    return words.rpartition(": ")[0] or words


def _words(text: str) -> str:
    return " ".join(_COUNT.sub("#", text).split()).strip(" :,;")


def run(bench: Bench, checkout: Path) -> Iterator[str]:
    """The lines that a bench of a checkout prints."""
    command = [str(checkout / ".venv/bin/python"), "-u", "-m", f"tests.bench.{bench.module}", *bench.arguments]
    process = subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    with process:
        for line in process.stdout:
            yield line
            if bench.last_line and line.startswith(bench.last_line):
                os.killpg(process.pid, signal.SIGTERM)  # a session of its own, so nothing but this bench
                return
    if process.returncode:
        raise SystemExit(f"The bench {bench.module} failed in {checkout.name}.")


def processor_seconds() -> float:
    """Seconds of processor time that benches have used so far; what else the machine does hardly changes them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(benches: Iterable[Bench], checkouts: Sequence[Path], times: int) -> list[Figures]:
    """The figures of each checkout; in every round each bench runs in one checkout after the other."""
    measured: list[Figures] = [defaultdict(list) for _ in checkouts]
    for number in range(times):
        for bench in benches:
            for checkout, figures in zip(checkouts, measured, strict=True):
                load = os.getloadavg()[0]
                print(f"round {number + 1} of {times}: {bench.module}, load {load:.1f}", file=sys.stderr, flush=True)
                before = processor_seconds()
                for line in run(bench, checkout):
                    for label, figure in figures_in(bench.module, line):
                        figures[label].append(figure)
                figures[Label(bench.module, PROCESSOR_TIME, "s")].append(processor_seconds() - before)
    return measured


def show(old: Figures, new: Figures) -> None:
    """Prints the figures that both have, then those that only one has."""
    print(f"{'bench':9} {'figure':75} {COLUMNS}")
    for label in [label for label in old if label in new]:
        before, after = statistics.median(old[label]), statistics.median(new[label])
        ratio = f"{after / before:8.2f}" if before else f"{'':8}"
        print(f"{label.bench:9} {label.words[:75]:75} {before:10.2f} {after:10.2f} {ratio} {label.unit}")
    for title, figures, others in (("old", old, new), ("new", new, old)):
        for label in [label for label in figures if label not in others]:
            median = statistics.median(figures[label])
            print(f"only in the {title} one: {label.bench}: {label.words}: {median:.2f} {label.unit}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--bench", nargs="+", choices=BENCHES, default=list(BENCHES))
    given = parser.parse_args()
    benches = [BENCHES[name] for name in given.bench]
    old, new = measure(benches, [given.other.resolve(), ROOT], given.times)
    show(old, new)


if __name__ == "__main__":
    main()
