"""Opens the chooser that the settings name."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import monotonic

from bot.ask.rules.model_pick import ModelEndpoint
from bot.chooser.budget import CircuitBreaker, DailyBudget
from bot.chooser.chooser import ModelChooser
from bot.chooser.counts import read_counts
from bot.chooser.endpoint import ChatEndpoint, Proof
from bot.chooser.prompt import read_prompt
from bot.credentials import Tokens
from bot.errors import SettingsError
from bot.settings import ChooserSettings, Settings

SCOPE = "https://cognitiveservices.azure.com/.default"
MAX_KEY_CHARS = 4_000
NO_KEY = "STAFFROOM_CHOOSER_KEY must name a file with one line, the key: {file}."
NO_IDENTITY = "STAFFROOM_CHOOSER_IDENTITY needs the bot's own identity, which only a bot in Teams has."


def open_chooser(settings: Settings, tokens: Tokens | None, today: Callable[[], date]) -> ModelChooser | None:
    """The language model that IT has set up, or None; raises SettingsError if its key cannot be read.

    What was counted today before a restart still counts, though not whose it was.
    """
    chosen = settings.chooser
    if chosen is None:
        return None
    endpoint = ChatEndpoint(
        ModelEndpoint(chosen.address, chosen.model),
        read_prompt(settings.policies),
        _proof(chosen, tokens),
        is_direct=chosen.is_loopback,
    )
    counts, day = read_counts(settings.data), today()
    budget = DailyBudget(today, counts.used_on(day) if counts else 0, day)
    return ModelChooser(endpoint, budget, CircuitBreaker(monotonic), settings.data)


def _proof(chosen: ChooserSettings, tokens: Tokens | None) -> Proof:
    if chosen.is_identity:
        if tokens is None:
            raise SettingsError(NO_IDENTITY)
        return lambda: tokens.token(SCOPE)
    key = _read_key(chosen.key) if chosen.key else ""

    async def proof() -> str:
        # Read again each time, so that a key which was changed counts at once.
        return await asyncio.to_thread(_read_key, chosen.key) if chosen.key else key

    return proof


def _read_key(file: Path) -> str:
    """The key; raises SettingsError unless the file has one line of visible ASCII."""
    try:
        key = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(NO_KEY.format(file=file.name)) from error
    if not 0 < len(key) <= MAX_KEY_CHARS or not key.isprintable() or " " in key:
        raise SettingsError(NO_KEY.format(file=file.name))
    return key
