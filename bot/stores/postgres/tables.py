"""What every part of the store shares: one school of a database, its reads, and the replica's writer."""

from typing import Any, TypeVar

from bot.stores.postgres.connections import Connections, School, Values
from bot.stores.postgres.writer import Transaction, Unit, Writer

T = TypeVar("T")


class Tables:
    """The tables of one school. Reads see only what is committed."""

    def __init__(self, connections: Connections, writer: Writer, school: School) -> None:
        self._connections = connections
        self._writer = writer
        self._school = school

    async def _select(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return await self._connections.select(self._school, sql, values)

    async def _select_one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        rows = await self._select(sql, *values)
        return rows[0] if rows else None

    async def _write(self, unit: "Unit[T]") -> T:
        return await self._writer(self._school, unit)

    async def _change(self, sql: str, values: Values = ()) -> int:
        """Runs one statement as a unit of its own, and returns how many rows it changed."""

        async def unit(transaction: Transaction) -> int:
            return (await transaction.connection.execute(sql.encode(), values)).rowcount

        return await self._write(unit)
