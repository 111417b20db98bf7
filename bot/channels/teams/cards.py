"""Cards as Teams shows them."""

from pathlib import Path
from typing import Any

from bot.card_text import cleaned
from bot.cards import Cards, with_last_line
from bot.channels.fingerprint import fingerprint_of
from bot.channels.teams import limits
from bot.desk.rules.messages import Outgoing

CARD = "application/vnd.microsoft.card.adaptive"


class TeamsCards:
    """The templates of a folder, filled for Teams. In the demo every card says DEMO."""

    def __init__(self, folder: Path, *, is_demo: bool) -> None:
        self._cards = Cards(folder)
        self._cards_with_fallback = Cards(folder, with_fallback)
        self.is_demo = is_demo

    def message(self, outgoing: Outgoing) -> dict[str, Any]:
        """The message that shows a card: a message activity without its address."""
        filled = self._filled_with(self._cards_with_fallback, outgoing)
        return {
            "type": "message",
            "summary": cleaned(outgoing.text.partition("\n")[0]),
            "attachments": [{"contentType": CARD, "content": filled}],
        }

    def fits(self, outgoing: Outgoing) -> bool:
        """Whether a message in Teams can hold the card."""
        return limits.fits(self._filled(outgoing))

    def fingerprint(self, outgoing: Outgoing) -> str:
        """SHA-256 of the card as people see it, in hexadecimal; what is added for older clients does not count."""
        return fingerprint_of(self._filled(outgoing))

    def _filled(self, outgoing: Outgoing) -> dict[str, Any]:
        return self._filled_with(self._cards, outgoing)

    def _filled_with(self, cards: Cards, outgoing: Outgoing) -> dict[str, Any]:
        card = cards.fill(outgoing.card, {**outgoing.values, "is_demo": self.is_demo})
        return with_last_line(card, outgoing.quiet_line.on_card) if outgoing.quiet_line else card


def with_fallback(part: Any) -> Any:
    """The card with an Action.Submit behind each Action.Execute, for clients too old for it."""
    if isinstance(part, list):
        return [with_fallback(item) for item in part]
    if not isinstance(part, dict):
        return part
    adapted = {key: with_fallback(value) for key, value in part.items()}
    if adapted.get("type") == "Action.Execute":
        data = {**adapted.get("data", {}), "verb": adapted["verb"]}
        shared = {name: adapted[name] for name in ("associatedInputs", "style") if name in adapted}
        adapted["fallback"] = {"type": "Action.Submit", "title": adapted["title"], "data": data, **shared}
    return adapted
