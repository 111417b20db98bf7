"""What `doctor` shows of the running chooser: today's count, the last answer's shape, model and region. No words."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from bot.ask.rules.chooser_use import ChooserUse
from bot.chooser.budget import MAX_PER_DAY

FILE = "chooser.json"  # in the data folder


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests were made on `day`, and the last answer: its shape, and model and region as they were named."""

    day: str  # YYYY-MM-DD
    used: int
    shape: str
    model: str = ""
    region: str = ""

    def used_on(self, today: date) -> int:
        """How many requests were made that day."""
        return self.used if self.day == today.isoformat() else 0


def read_counts(data: Path) -> Counts | None:
    """What was last written; None if there is nothing that can be read."""
    try:
        state = json.loads((data / FILE).read_text(encoding="utf-8"))
        day, used, *names = (state[field] for field in ("day", "used", "shape", "model", "region"))
        shape, model, region = (str(name) for name in names)
        return Counts(str(day), max(int(used), 0), shape, model, region)
    except (OSError, ValueError, LookupError, TypeError):
        return None


def use_of(counts: Counts | None, used: int) -> ChooserUse:
    """Today's count and the last answer, as `doctor` and the page Settings show them."""
    if counts is None:
        return ChooserUse(used, MAX_PER_DAY)
    return ChooserUse(used, MAX_PER_DAY, counts.day, counts.shape, counts.model, counts.region)


def write_counts(data: Path, counts: Counts) -> None:
    """Puts these counts in place of the old ones; raises OSError if it cannot."""
    new = data / f"{FILE}.new"
    new.touch(mode=0o600)
    new.write_text(json.dumps(asdict(counts)), encoding="utf-8")
    new.replace(data / FILE)
