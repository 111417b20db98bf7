"""How a wording is written in the ledger: "says/2026-09-08". Sealed entries have that form, so it stays."""

from datetime import date

from bot.outbox.rules.message import Wording


def sealed_wording(wording: Wording | None) -> str:
    """A wording as the ledger writes it; empty for None."""
    if wording is None:
        return ""
    return f"{wording.name}/{wording.day.isoformat()}" if wording.day else wording.name


def opened_wording(text: str) -> Wording | None:
    """The wording that the ledger writes that way.

    >>> opened_wording("says/2026-09-08")
    Wording(name='says', day=datetime.date(2026, 9, 8))
    >>> opened_wording("cancelled").day, opened_wording("")
    (None, None)
    """
    name, _, day = text.partition("/")
    return Wording(name, date.fromisoformat(day) if day else None) if name else None
