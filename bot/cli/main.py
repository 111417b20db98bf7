"""`python -m bot`: all commands for a terminal. Only bot/cli prints."""

import argparse
import sys
from collections.abc import Mapping, Sequence

from bot.cli import calendar, import_policy, policy, questions, records, roster, serve, when
from bot.errors import StaffroomError
from bot.log import set_up
from bot.settings import read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command in a process of its own; returns its exit status."""
    set_up()
    _print_any_text()
    return run_command(arguments)


def run_command(arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Runs one command; returns the exit status: 0 if all is well, 1 if there is something to fix."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(read_settings(environment), options))
    except StaffroomError as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except KeyboardInterrupt:
        print()
    return 1


def _print_any_text() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def parser() -> argparse.ArgumentParser:
    """The parser of all commands. What it parses has `run`, to be called with the settings and the parsed options."""
    staffroom = argparse.ArgumentParser(
        prog="python -m bot", description="Staffroom answers staff from the school's policy."
    )
    commands = staffroom.add_subparsers(required=True, metavar="command")

    def command(name: str, help: str, run: object) -> argparse.ArgumentParser:
        command_parser = commands.add_parser(name, help=help, description=help)
        command_parser.set_defaults(run=run)
        return command_parser

    for group in (serve, questions, policy, import_policy, calendar, records, roster, when):
        group.add_commands(command)
    return staffroom
