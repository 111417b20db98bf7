"""Reads the section [retention] of school.toml."""

from collections.abc import Mapping
from typing import Any

from bot.errors import PolicyFileError
from bot.evidence.rules.retention import Retention
from bot.policies import SCHOOL

MAX_YEARS, MAX_DAYS = 100, 36_500


def retention(entry: Mapping[str, Any]) -> Retention:
    """How long personal details are kept; raises PolicyFileError."""
    usual = Retention()
    years, days = entry.get("leavers_years", usual.leavers_years), entry.get("outbox_days", usual.outbox_days)
    if not (_is_whole_number(years, MAX_YEARS) and _is_whole_number(days, MAX_DAYS)):
        raise PolicyFileError(
            f"{SCHOOL}: retention: leavers_years must be a whole number from 1 to {MAX_YEARS}, and outbox_days one "
            f"from 1 to {MAX_DAYS}."
        )
    return Retention(years, days)


def _is_whole_number(value: Any, most: int) -> bool:
    return type(value) is int and 0 < value <= most  # true is an int as well, and would mean one year
