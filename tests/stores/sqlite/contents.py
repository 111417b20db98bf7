"""What a store holds."""

from pathlib import Path

from bot.outbox.rules.message import MessageKind
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import NINE, TEXT


async def everything(path: Path) -> list[object]:
    """All that can be read from a store."""
    opened = SqliteStore(path, "school", demo=True, writes=False)
    try:
        return [
            await opened.entries(),
            await opened.head(),
            await opened.messages(*MessageKind),
            [await opened.messages(recipient=f"p{number}") for number in range(60)],
            await opened.open_messages(NINE),
            await opened.everybody_known(),
            await opened.pins_of(["t1", "t2"]),
            await opened.conversation_of("msteams", "account"),
            await opened.shared_conversations(),
            await opened.tallies(),
            await opened.questions(),
            await opened.version(TEXT.digest),
        ]
    finally:
        await opened.close()
