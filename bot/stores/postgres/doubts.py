"""Messages of which it is not known whether they arrived: a digest and a time, nothing else."""

from datetime import datetime

from bot.stores.postgres.tables import Tables

DOUBTS = "SELECT marker, since FROM doubt ORDER BY marker"
SINCE = "SELECT since FROM doubt WHERE marker = %s"
KEEP = """
INSERT INTO doubt (school, marker, since) VALUES (current_school(), %s, %s)
ON CONFLICT (school, marker) DO NOTHING"""
SETTLED = "FROM doubt WHERE marker = ANY(%s) OR since < %s::timestamptz"


class DoubtTables(Tables):
    """Keeps the promises of `Doubts`."""

    async def keep_doubt(self, marker: str, since: datetime) -> None:
        """Keeps that a message is in doubt; the earlier time stays."""
        await self._change(KEEP, (marker, since))

    async def doubt(self, marker: str) -> datetime | None:
        """When a message that is in doubt was first sent; None if it is not in doubt."""
        row = await self._select_one(SINCE, marker)
        return row[0] if row else None

    async def forget_doubts(self, *markers: str, before: datetime | None = None) -> None:
        """Forgets doubts that are settled, and those from `before` a time."""
        if await self._select(f"SELECT marker {SETTLED} LIMIT 1", list(markers), before):
            await self._change(f"DELETE {SETTLED}", (list(markers), before))
