"""How well commands are understood in people's own words: `make bench COMMANDS=FILE`.

FILE has lines of `text<TAB>command`; the command is empty for a question to the policy. Nothing of it is learnt from.
A line's command is what the reply says it was taken for: nothing is carried out.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.ask.rules.answers import PolicyReply
from bot.settings import read_settings
from tests.bench.goals import COMMANDS_AT_MOST
from tests.bench.parts import open_understanding, reply_to
from tests.bench.shares import Figure, Goal, Share
from tests.practice import read_columns

RIGHT_AT_LEAST = 0.95


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A line with the command it should be taken for and the one it was; both are empty for a question."""

    text: str
    wanted: str
    read: str


def taken_for(reply: PolicyReply, wanted: str) -> str:
    """The command a reply carries. A page of the policy is what each of the commands to read asks for."""
    if reply.passage and wanted.startswith("read-"):
        return wanted
    return reply.command.name if reply.command else ""


def right_commands(lines: Sequence[CommandLine]) -> Share:
    """Of the commands: those taken for the right one."""
    return Share.of(line.read == line.wanted for line in lines if line.wanted)


def taken_for_questions(lines: Sequence[CommandLine]) -> Share:
    """Of the commands: those answered as questions to the policy."""
    return Share.of(not line.read for line in lines if line.wanted)


def taken_for_commands(lines: Sequence[CommandLine]) -> Share:
    """Of the questions to the policy: those taken for a command."""
    return Share.of(bool(line.read) for line in lines if not line.wanted)


def figures(lines: Sequence[CommandLine]) -> list[Figure]:
    """Every figure, each beside its goal if it has one."""
    return [
        Figure("right command", right_commands(lines), Goal(RIGHT_AT_LEAST)),
        Figure("  taken for a policy question", taken_for_questions(lines)),
        Figure(
            "policy questions taken for a command",
            taken_for_commands(lines),
            Goal(COMMANDS_AT_MOST, is_floor=False),
        ),
    ]


def wrong_lines(lines: Sequence[CommandLine]) -> list[str]:
    """Every line that was taken for something else."""
    return [
        f"  wanted {line.wanted or 'a question'}, read {line.read or 'a question'}: {line.text}"
        for line in lines
        if line.read != line.wanted
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list what was taken for something else")
    options = parser.parse_args()
    rows = read_columns(options.file)
    understanding = open_understanding(read_settings())
    lines = [CommandLine(text, wanted, taken_for(reply_to(text, understanding), wanted)) for text, wanted in rows]
    print(f"\n{options.file.stem}: {len(lines)} lines", *figures(lines), sep="\n")
    if options.wrong:
        print(*wrong_lines(lines), sep="\n")


if __name__ == "__main__":
    main()
