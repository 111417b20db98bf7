"""What is due by the clock. Each duty is computed from the store and the day; nothing is queued."""

from datetime import date

from bot.ports import Store
from bot.rules.questions import kept_since


async def tick(store: Store, today: date) -> None:
    """Does what is due; safe to repeat at any time."""
    await store.forget_questions(kept_since(today))
