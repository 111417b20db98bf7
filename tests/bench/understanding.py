"""How well questions are understood: `make bench PRACTICE=FILE`.

FILE is YAML: a list of {id, q, any_of, verdict, also}; any_of are clause ids (a clause's parts count as the clause),
empty where the policy does not answer. Nothing of it is learnt from.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.ask.ask import Understanding, ask
from bot.ask.rules.answers import Answer, PolicyReply
from bot.ask.rules.verdicts import Verdict
from bot.settings import read_settings
from tests.bench.parts import open_understanding
from tests.practice import read_cases

TODAY = date(2026, 9, 7)


def whole(ref: str) -> str:
    """A clause's own id without the letter of its part."""
    head, _, tail = ref.rpartition(".")
    return head if len(tail) == 1 and tail in "abc" else ref


def governs(answer: Answer) -> str:
    return whole(answer.quotes[0].id) if answer.quotes else ""


@dataclass(slots=True)
class Score:
    """Counts of what happened to the questions of one file."""

    counts: Counter[str] = field(default_factory=Counter)
    rash: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def take(self, case: dict[str, Any], reply: PolicyReply) -> None:
        shown = (*reply.answers, *reply.offers)
        if case["any_of"]:
            self._inside(case, reply, shown)
        else:
            self.counts["outside"] += 1
            self.counts["outside alone"] += reply.verdict is Verdict.NOT_COVERED
            self.counts["outside not answered"] += reply.verdict in {Verdict.NOT_COVERED, Verdict.CHOOSE}
            if reply.verdict is not Verdict.NOT_COVERED:
                situations = [answer.situation.id for answer in shown]
                self.wrong.append(f"{case['id']} outside -> {situations}: {case['q'][:90]}")
        if reply.answers and governs(reply.answers[0]):
            self.counts["straight"] += 1
            self.counts["straight right"] += governs(reply.answers[0]) in case["any_of"]

    def _inside(self, case: dict[str, Any], reply: PolicyReply, shown: tuple[Answer, ...]) -> None:
        fits = [governs(answer) in case["any_of"] for answer in shown]
        self.counts["inside"] += 1
        self.counts["first"] += bool(fits) and fits[0]
        self.counts["offered"] += any(fits)
        if not any(fits[:1]):
            self.wrong.append(
                f"{case['id']} {case['any_of'][:3]} -> {[answer.situation.id for answer in shown]}: {case['q'][:90]}"
            )
        wanted = {case.get("verdict"), *case.get("also", [])} - {None}
        if not wanted or not reply.answers:
            return
        if fits[0]:
            self.counts["verdicts"] += 1
            self.counts["verdict right"] += reply.verdict.value in wanted
            if reply.verdict.value not in wanted:
                self.wrong.append(
                    f"{case['id']} verdict {wanted} -> {reply.verdict} {shown[0].situation.id}: {case['q'][:90]}"
                )
        if reply.verdict.is_permission and wanted <= {"no", "report"}:
            self.rash.append(f"{case['id']} {wanted} -> {reply.verdict} {shown[0].situation.id}: {case['q'][:90]}")

    def lines(self) -> list[str]:
        def share(part: str, of: str) -> str:
            number, total = self.counts[part], self.counts[of]
            return f"{part:22} {number:4d} of {total:4d}  {number / max(1, total):.3f}"

        pairs = [
            ("first", "inside"),
            ("offered", "inside"),
            ("outside alone", "outside"),
            ("outside not answered", "outside"),
            ("straight right", "straight"),
            ("verdict right", "verdicts"),
        ]
        return [share(*pair) for pair in pairs] + [
            f"permission given where it should be no or report: {len(self.rash)}",
            *self.rash,
        ]


def measure(file: Path, understanding: Understanding) -> Score:
    score = Score()
    for case in read_cases(file):
        score.take(case, ask(case["q"], understanding, TODAY))
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list what was read wrongly")
    given = parser.parse_args()
    understanding = open_understanding(read_settings())
    for file in given.files:
        score = measure(file, understanding)
        print(f"\n{file.name}", *score.lines(), sep="\n")
        if given.wrong:
            print(*score.wrong, sep="\n")


if __name__ == "__main__":
    main()
