"""How Staffroom is set up: STAFFROOM_* in the environment, read here and nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError

ROOT = Path(__file__).parent.parent
PREFIX = "STAFFROOM_"
CREDENTIALS = ("APP_ID", "TENANT_ID", "SECRET", "CERTIFICATE")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, and what is switched on."""

    school: str
    policies: Path
    cards: Path
    data: Path
    cache: Path
    host: str
    port: int
    weights: Path | None
    credentials: tuple[str, ...]

    @property
    def demo_store(self) -> str:
        """Local mode's own store, never the one of a real school."""
        return f"tiny:{self.data / 'demo.db'}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings; raises SettingsError naming the variable that does not make sense."""
    given = os.environ if environment is None else environment

    def value(name: str, usual: str) -> str:
        return given.get(PREFIX + name) or usual

    data = Path(value("DATA", str(ROOT / "data")))
    own_weights = value("WEIGHTS", "")
    return Settings(
        school=value("SCHOOL", "slyne-with-hest"),
        policies=Path(value("POLICIES", str(ROOT / "policies"))),
        cards=ROOT / "cards",
        data=data,
        cache=Path(value("CACHE", str(ROOT / ".cache"))),
        host=value("HOST", "127.0.0.1"),
        port=_port(value("PORT", "3978")),
        weights=Path(own_weights) if own_weights else None,
        credentials=tuple(name for name in CREDENTIALS if given.get(PREFIX + name)),
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise SettingsError(f"STAFFROOM_PORT must be a number up to 65535, not {text!r}.")
    return int(text)
