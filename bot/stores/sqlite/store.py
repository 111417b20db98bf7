"""The default store: TinyDB documents as rows of one SQLite file, written by one writer.

TinyDB's own JSON file does not survive a kill in the middle of a write; docs/decisions/ has the measurements.
One process writes (a lock file sees to it); others may open the same file read-only beside it.
"""

import sqlite3
from dataclasses import asdict
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from bot.ask.rules.tallies import Count, Outcome, SentQuestion, Tally
from bot.errors import LedgerBroken, StoreError, StoreLocked
from bot.evidence.rules.ledger import verify
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.stores.sqlite.ledger import LedgerTables
from bot.stores.sqlite.network_share import mounts, network_kind
from bot.stores.sqlite.rows import DurableTinyDB
from bot.stores.sqlite.writer import Writer


class SqliteStore(LedgerTables):
    """The default store. `demo` marks a new file as a demo for ever; the two kinds are never mixed."""

    def __init__(self, path: Path, school: str, *, demo: bool, writes: bool = True) -> None:
        self._school = school
        self._lock = FileLock(f"{path}.lock")
        self._erased = path.with_name("erased.txt")
        self._made, self._listed = {}, ({}, [], ())
        self._is_closed = False
        if writes and (kind := network_kind(path.resolve(), mounts())):
            raise StoreError(
                f"{path.name} lies on a network share ({kind}), where it could be damaged: use a local disk."
            )
        try:
            if writes:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._lock.acquire(timeout=0)
                path.touch(mode=0o600)  # for this account's eyes only; SQLite gives its side files the same mode
            self._db = DurableTinyDB(path, writes=writes)
        except Timeout as seen:
            raise StoreLocked(f"Another Staffroom is already using {path.name}; stop it first.") from seen
        except (sqlite3.Error, OSError, ValueError) as seen:
            self._lock.release()
            raise StoreError(f"{path.name} cannot be opened: {seen}.") from seen
        except StoreError:
            self._lock.release()
            raise
        self._writer = Writer(self._storage)
        try:
            self._check(demo=demo, writes=writes)
        except BaseException:
            self._db.close()
            self._lock.release()
            raise

    def _check(self, *, demo: bool, writes: bool) -> None:
        """Raises StoreError where the file is of the other kind, LedgerBroken where its ledger is not whole."""
        mark = self._storage.row("about", "kind")
        if mark is None and writes:
            self._storage.begin()
            self._storage.run(lambda: self._storage.stage("about", {"kind": {"demo": demo}}, set()))
            self._storage.commit()
        elif mark is not None and mark["demo"] is not demo:
            kind = "a demo" if mark["demo"] else "a real school's"
            raise StoreError(f"This store is {kind} store and stays one. Set STAFFROOM_DATA to another folder.")
        if writes and verify(self._entries(0)) != self._head_now():
            raise LedgerBroken("The ledger ends before its last entry; restore the last backup.")

    async def count(self, *counts: Count) -> None:
        """Adds one to each of these tallies, all or none."""

        def unit() -> None:
            for one in counts:
                key = f"{one.week.isoformat()}/{one.situation}/{one.what.value}"
                held = self._row_now("tally", key) or {"times": 0}
                self._put("tally", key, {"times": held["times"] + 1})

        if counts:
            await self._write(unit)

    async def tallies(self) -> tuple[Tally, ...]:
        """How often what happened, by week and situation."""
        found = []
        for key, row in sorted(self._rows("tally").items()):
            _, week, situation, what = key.split("/")
            found.append(Tally(Count(date.fromisoformat(week), situation, Outcome(what)), row["times"]))
        return tuple(found)

    async def keep_question(self, question: SentQuestion) -> None:
        """Keeps a sent question: its words and the day."""
        key = f"{question.on.isoformat()}/{question.text}"
        await self._write(lambda: self._put("question", key, {"kept": True}))

    async def questions(self) -> tuple[SentQuestion, ...]:
        """Every sent question still kept, oldest first."""
        cut = [key.split("/", 2) for key in sorted(self._rows("question"))]
        return tuple(SentQuestion(text, date.fromisoformat(day)) for _, day, text in cut)

    async def forget_questions(self, before: date) -> int:
        """Forgets questions sent before that day."""
        old = [key for key in self._rows("question") if key.split("/", 2)[1] < before.isoformat()]
        if old:
            await self._write(lambda: self._remove("question", old))
            await self._empty_log()
        return len(old)

    async def pin(self, account: str, person: str) -> None:
        """Joins an account to a person's id for good; raises StoreError where either is pinned already."""

        def unit() -> None:
            held = self._now("pin")
            if self._key(account) in held or any(row["person"] == person for row in held.values()):
                raise StoreError("This account or this person is joined already; nothing was changed.")
            self._add("pin", account, {"person": person})

        await self._write(unit)

    async def pins(self) -> dict[str, str]:
        """Person ids by account."""
        return {key.split("/", 1)[1]: row["person"] for key, row in self._rows("pin").items()}

    async def keep_place(self, place: Conversation) -> None:
        """Keeps where somebody can be reached, by conversation."""
        row = asdict(place) | {"kind": place.kind.value}
        if self._row("place", place.conversation) != row:
            await self._write(lambda: self._put("place", place.conversation, row))

    async def forget_place(self, conversation: str) -> None:
        """Forgets a conversation."""
        key = self._key(conversation)
        if key in self._rows("place"):
            await self._write(lambda: self._remove("place", [key]))
            await self._empty_log()

    async def places(self) -> tuple[Conversation, ...]:
        """Every conversation the bot is in."""
        made = self._made_of("place", lambda _, row: Conversation(**{**row, "kind": ConversationKind(row["kind"])}))
        return tuple(made.values())

    async def is_well(self) -> bool:
        """Whether the file can still be read."""
        try:
            return await self._write(self._storage.is_readable)
        except (StoreError, sqlite3.Error):
            return False

    async def close(self) -> None:
        """Closes the file and lets the next writer in."""
        if not self._is_closed:
            self._is_closed = True
            await self._writer.close()
            self._db.close()
            self._lock.release()
