"""How a group of commands adds itself to `python -m bot`."""

import argparse
from typing import Protocol

from bot.settings import Settings


class Run(Protocol):
    """Runs a command; returns the exit code, 0 if all is well."""

    def __call__(self, settings: Settings, options: argparse.Namespace, /) -> int:
        """Runs the command with the options from the command line."""
        ...


class AddCommand(Protocol):
    """Adds a command and returns its parser, so that its arguments can be added."""

    def __call__(self, name: str, help: str, run: Run, /) -> argparse.ArgumentParser:
        """Adds a command of that name."""
        ...
