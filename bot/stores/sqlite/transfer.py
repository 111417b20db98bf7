"""Reads everything of a school out of the file, and writes all of it into a new one."""

import json

from bot.stores.chain import entry_row
from bot.stores.contents import Pin, SchoolContents
from bot.stores.conversation_rows import conversation_key, conversation_row
from bot.stores.message_rows import message_of, message_row
from bot.stores.rows import Row
from bot.stores.sqlite.arrivals import ArrivalTables, doubt_row
from bot.stores.sqlite.counts import TallyTables, TextTables
from bot.stores.sqlite.ledger import LedgerTables, key_of
from bot.stores.sqlite.people import known_row
from bot.stores.sqlite.shared_files import SharedFileTables
from bot.stores.version_rows import version_of, version_row


class TransferTables(LedgerTables, SharedFileTables, ArrivalTables, TallyTables, TextTables):
    """A school's tables, read and written as a whole."""

    async def contents(self) -> SchoolContents:
        """Everything the school keeps; raises StoreError or LedgerBroken for what is damaged."""
        pins = [_pin(key, row) for key, row in self._small_rows("pin").items()]
        versions = self._small_rows("version")
        mark = self._rows_storage.row("about", "kind") or {}
        everybody = await self.everybody_known()
        return SchoolContents(
            is_demo=bool(mark.get("demo")),
            entries=await self.entries(),
            keys={key: row["number"] for key, row in self._documents("once")},
            messages=tuple(message_of(row) for _, row in self._documents("message")),
            people=tuple(everybody[pseudonym] for pseudonym in sorted(everybody)),
            pins=tuple(sorted(pins, key=lambda pin: (pin.channel, pin.account))),
            conversations=tuple(self._conversations.by_key.values()),
            tallies=await self.tallies(),
            questions=await self.questions(),
            versions=tuple(version_of(digest, versions[digest]) for digest in sorted(versions)),
            shared_files=await self.shared_files(),
            doubts=await self.doubts(),
        )

    async def fill(self, contents: SchoolContents) -> None:
        """Writes everything into a new store, all or nothing; raises LedgerBroken if there are entries already."""

        def unit() -> None:
            ledger = {key_of(entry.number): entry_row(entry) for entry in contents.entries}
            self._add("ledger", ledger)
            self._add("once", {key: {"number": number} for key, number in contents.keys.items()})
            self._add("message", {message.key: message_row(message) for message in contents.messages})
            if contents.entries:
                self._put_document("head", "head", {"number": contents.head.number, "hash": contents.head.hash})
            for tab, rows in _small_tables(contents).items():
                self._add(tab, rows)

        await self._write(unit)

    def _documents(self, tab: str) -> list[tuple[str, Row]]:
        bodies = self._database.durable.bodies(tab, self._key(""), self._after_last())
        return [(self._rest(key), json.loads(body)) for key, body in bodies]

    def _add(self, tab: str, rows: dict[str, Row]) -> None:
        """Inside a unit: writes rows that are new."""
        if rows:
            self._rows_storage.stage(tab, {self._key(rest): row for rest, row in rows.items()}, set(), is_new=True)


def _pin(key: str, row: Row) -> Pin:
    channel, _, account = key.partition("/")
    return Pin(channel, account, row["person"], row.get("is_released", False))


def _pin_row(pin: Pin) -> Row:
    return {"person": pin.person} | ({"is_released": True} if pin.is_released else {})


def _small_tables(contents: SchoolContents) -> dict[str, dict[str, Row]]:
    """The rows of the tables that are in memory, by table and key."""
    tallies = {
        f"{tally.count.week.isoformat()}/{tally.count.situation}/{tally.count.outcome.value}": {"times": tally.times}
        for tally in contents.tallies
    }
    conversations = {
        conversation_key(chat.channel, chat.id): conversation_row(chat) | {"order": order}
        for order, chat in enumerate(contents.conversations, 1)
    }
    return {
        "known": {person.pseudonym: known_row(person, {}) for person in contents.people},
        "person": {person.id: {"pseudonym": person.pseudonym} for person in contents.people},
        "pin": {f"{pin.channel}/{pin.account}": _pin_row(pin) for pin in contents.pins},
        "conversation": conversations,
        "tally": tallies,
        "question": {f"{asked.on.isoformat()}/{asked.text}": {"kept": True} for asked in contents.questions},
        "shared_file": {file.id: {"remove_at": file.remove_at.isoformat()} for file in contents.shared_files},
        "doubt": {marker: doubt_row(since) for marker, since in contents.doubts.items()},
        "version": {version.digest: version_row(version) for version in contents.versions},
    }
