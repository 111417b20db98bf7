"""`python -m bot`: all commands for a terminal. Only bot/cli prints."""

import argparse
import logging
import sys
from collections.abc import Mapping, Sequence

from bot.cli import calendar, import_policy, policy, questions, records, roster, serve, when
from bot.errors import StaffroomError
from bot.log import set_up
from bot.settings import read_settings

LOG = logging.getLogger("staffroom.cli")
CANNOT_USE = (
    "A file or folder could not be used: {why}. Look at the names you gave and at the settings STAFFROOM_DATA and "
    "STAFFROOM_STORE, then try again."
)
UNEXPECTED = (
    "Something went wrong that Staffroom does not know ({kind}), and the command was not finished. Try again; if it "
    "happens again, report it with the command you gave."
)


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
    except Exception as error:  # noqa: BLE001 - whatever it was, a sentence is shown, never a traceback
        LOG.error("command_failed error=%s", type(error).__name__)  # noqa: TRY400 - it may hold people's words
        print(_sentence_for(error), file=sys.stderr)
    return 1


def _sentence_for(error: Exception) -> str:
    if isinstance(error, OSError):
        return CANNOT_USE.format(why=error.strerror or type(error).__name__)
    return UNEXPECTED.format(kind=type(error).__name__)


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
