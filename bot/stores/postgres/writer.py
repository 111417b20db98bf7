"""The one writer of a replica: writes that wait, of all schools, share a transaction; each is told when it is durable.

Schools are entered in the order of their numbers, and each one's head is locked first: replicas wait for each other and
never in a circle. A unit that fails undoes itself and nobody else.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import psycopg

from bot.errors import LedgerBroken, StoreError, StoreUnsure
from bot.evidence.rules.ledger import Entry, Event, Head
from bot.stores.postgres.chain_writes import Append, append_all, hash_of_entry, lock_head
from bot.stores.postgres.connections import WRITE_SECONDS, Connections, School, WatchedConnection, enter_school
from bot.stores.postgres.failures import not_saved, unsure
from bot.stores.postgres.witness import add_to_witness, refuse_if_behind

LOG = logging.getLogger("staffroom.store")
T = TypeVar("T")
MAX_TOGETHER = 512  # units in one transaction
CLOSED = "The store is closed; nothing was changed."
NO_WITNESS = "{witness} could not be written ({why}), so nothing is confirmed. Make room, and start Staffroom again."


@dataclass(slots=True)
class Transaction:
    """What a unit works with: a connection that sees one school, whose head is locked."""

    connection: WatchedConnection
    school: School
    head: Head

    async def append(self, event: Event) -> Entry:
        """Adds an event that needs no key."""
        self.head, (outcome,) = await append_all(self.connection, self.head, [Append.of(event)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


Unit: TypeAlias = Callable[[Transaction], Awaitable[T]]


@dataclass(slots=True)
class _Request:
    """One unit that somebody waits for."""

    school: School
    unit: "Unit[Any] | Append"
    done: asyncio.Future[Any]
    outcome: Any = None
    error: Exception | None = None

    def answer(self) -> None:
        """Gives the outcome to the caller, if it still waits."""
        if self.done.done():
            return
        if self.error:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.outcome)


@dataclass(slots=True)
class Writer:
    """Runs units in a task of its own, in the order they came within a school.

    `heads` are those that the witness has, by the name of the school.
    """

    connections: Connections
    witness: Path
    heads: dict[str, Head] = field(default_factory=dict)
    write_seconds: float = WRITE_SECONDS
    _requests: deque[_Request] = field(default_factory=deque)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _task: "asyncio.Task[None] | None" = None
    _broken: str = ""  # why nothing is written any more
    _is_closed: bool = False

    async def __call__(self, school: School, unit: "Unit[T]") -> T:
        """What the unit returns, once it is durable; raises StoreError if not saved, StoreUnsure if nobody knows.

        Somebody who stops waiting does not stop the write.
        """
        outcome: T = await self._wait_for(school, unit)
        return outcome

    async def append(self, school: School, append: Append) -> Entry:
        """The entry of an event, once it is durable; as above."""
        entry: Entry = await self._wait_for(school, append)
        return entry

    async def _wait_for(self, school: School, unit: "Unit[Any] | Append") -> Any:
        if self._is_closed:
            raise StoreError(CLOSED)
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="store")
        request = _Request(school, unit, asyncio.get_running_loop().create_future())
        self._requests.append(request)
        self._wanted.set()
        return await asyncio.shield(request.done)

    async def close(self) -> None:
        """Writes what still waits, and ends."""
        self._is_closed = True
        self._wanted.set()
        if self._task:
            await self._task
            self._task = None

    async def _work(self) -> None:
        while self._requests or not self._is_closed:
            await self._wanted.wait()
            requests = [self._requests.popleft() for _ in range(min(len(self._requests), MAX_TOGETHER))]
            if not self._requests and not self._is_closed:
                self._wanted.clear()
            if requests:
                await self._write_safely(requests)
            for request in requests:
                request.answer()

    async def _write_safely(self, requests: Sequence[_Request]) -> None:
        if self._broken:
            _fail(requests, StoreError(self._broken))
            return
        batch = _Batch(self.connections, requests, self.heads)
        try:
            async with asyncio.timeout(self.write_seconds):
                await batch.write()
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody waits for an answer
            LOG.error("store_not_written unsure=%s error=%s", batch.is_committing, type(error).__name__)  # noqa: TRY400
            _fail(requests, unsure(error) if batch.is_committing else not_saved(error))
            return
        if batch.heads:
            self.heads = {**self.heads, **batch.heads}
            await self._witness(requests)

    async def _witness(self, requests: Sequence[_Request]) -> None:
        try:
            await asyncio.to_thread(add_to_witness, self.witness, self.heads)
        except OSError as error:
            self._broken = NO_WITNESS.format(witness=self.witness.name, why=error.strerror)
            LOG.critical("store_refuses_to_write why=%s", self._broken)
            _fail(requests, StoreError(self._broken))


@dataclass(slots=True)
class _Batch:
    """The requests of one transaction. `heads` are those that ledgers got, by the name of the school.

    `witnessed` are those of the witness before.
    """

    connections: Connections
    requests: Sequence[_Request]
    witnessed: Mapping[str, Head]
    heads: dict[str, Head] = field(default_factory=dict)
    is_committing: bool = False  # from now on nobody knows, until the server has answered

    async def write(self) -> None:
        """Does all of them; raises what undid all of them."""
        in_order = sorted(self.requests, key=lambda request: request.school.id)  # stable: within a school as they came
        async with self.connections.connection() as connection:
            for _, requests in groupby(in_order, key=lambda request: request.school.id):
                await self._write_school(connection, list(requests))
            warnings, self.is_committing = connection.warnings, True
            await connection.commit()
            if connection.warnings != warnings:
                raise StoreUnsure("The server gave a warning with its commit.")

    async def _write_school(self, connection: WatchedConnection, requests: Sequence[_Request]) -> None:
        school = requests[0].school
        async with connection.pipeline():  # one round trip, also below: nobody else can write while the head is locked
            await enter_school(connection, school)
            before = await lock_head(connection)
            try:
                await self._refuse_if_taken_back(connection, school, before)
            except LedgerBroken as error:
                LOG.critical("store_refuses_to_write why=%s", error)
                _fail(requests, error)
                return
        transaction = Transaction(connection, school, before)
        for is_append, run in groupby(requests, key=lambda request: isinstance(request.unit, Append)):
            if is_append:
                await _append_together(transaction, list(run))
            else:
                for request in run:
                    await _run_unit(transaction, request)
        if transaction.head != before:
            self.heads[school.name] = transaction.head

    async def _refuse_if_taken_back(self, connection: WatchedConnection, school: School, head: Head) -> None:
        """Raises LedgerBroken if the database has lost what we confirmed: a standby may have taken its place."""
        kept = self.witnessed.get(school.name, Head())
        if head != kept:  # else nobody has written since
            refuse_if_behind(kept, await hash_of_entry(connection, kept.number))


async def _run_unit(transaction: Transaction, request: _Request) -> None:
    """One unit in a savepoint of its own."""
    assert not isinstance(request.unit, Append)
    before = transaction.head
    try:
        async with transaction.connection.transaction():
            request.outcome = await request.unit(transaction)
    except psycopg.OperationalError:
        raise  # the connection is gone, or a time limit is over: that undoes everything
    except Exception as error:  # noqa: BLE001 - it belongs to the caller of this unit alone
        transaction.head = before
        request.error = not_saved(error) if isinstance(error, psycopg.Error) else error


async def _append_together(transaction: Transaction, requests: Sequence[_Request]) -> None:
    """Appends in one savepoint; if one of them cannot be written, each in a savepoint of its own."""
    appends = [request.unit for request in requests if isinstance(request.unit, Append)]
    try:
        async with transaction.connection.pipeline(), transaction.connection.transaction():
            head, outcomes = await append_all(transaction.connection, transaction.head, appends)
    except psycopg.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - it belongs to one of the callers alone
        if len(requests) > 1:
            for request in requests:
                await _append_together(transaction, [request])
        else:
            requests[0].error = not_saved(error) if isinstance(error, psycopg.Error) else error
        return
    transaction.head = head
    for request, outcome in zip(requests, outcomes, strict=True):
        if isinstance(outcome, Exception):
            request.error = outcome
        else:
            request.outcome = outcome


def _fail(requests: Iterable[_Request], error: StoreError) -> None:
    """All of them have this error, unless they have one of their own."""
    for request in requests:
        request.error = request.error or error
