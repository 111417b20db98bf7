"""The ledger in the store, the people behind its pseudonyms, and the texts they acknowledged."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from bot.campaigns.rules.campaign import KnownPerson
from bot.campaigns.rules.versions import Passage, Version
from bot.evidence.rules.ledger import Entry, Event, Head, Leaf, seal
from bot.outbox.rules.message import Message
from bot.people.rules.person import Person
from bot.stores.sqlite.outbox import OutboxTables
from bot.stores.sqlite.rows import Row

SALT = 16  # bytes


class LedgerTables(OutboxTables):
    """Keeps the promises of `Ledger`. `_erased` lists pseudonyms whose details were taken away, for a restore."""

    _erased: Path

    async def append(self, event: Event, key: str = "", slots: Sequence[Message] = ()) -> Entry:
        """Adds an event and its slots, unless the key has an entry already."""

        def unit() -> Entry:
            held = self._row_now("once", key) if key else None
            if held:
                return self._entry_now(held["number"])
            entry = self._sealed(event)
            if key:
                self._add("once", key, {"number": entry.number})
            self._keep_new(slots)
            return entry

        return await self._write(unit)

    def _sealed(self, event: Event) -> Entry:
        entry = seal(event, self._head_now(), (secrets.token_hex(SALT), secrets.token_hex(SALT)))
        self._add("ledger", _number(entry.number), _to_row(entry))
        self._put("head", "head", {"number": entry.number, "hash": entry.hash})
        return entry

    def _head_now(self) -> Head:
        row = self._row_now("head", "head")
        return Head(row["number"], row["hash"]) if row else Head()

    def _entry_now(self, number: int) -> Entry:
        row = self._row_now("ledger", _number(number))
        assert row is not None
        return _from_row(number, row)

    async def entries(self, after: int = 0) -> tuple[Entry, ...]:
        """Every entry with a higher number, in order."""
        return tuple(self._entries(after))

    def _entries(self, after: int) -> Iterator[Entry]:
        last = self._row("head", "head")
        for number in range(after + 1, (last["number"] if last else 0) + 1):
            row = self._row("ledger", _number(number))
            if row:  # a missing one shows as a gap, which verifying names
                yield _from_row(number, row)

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        """Pseudonyms by roster id."""
        held = {one.id: row["pseudonym"] for one in people if (row := self._row("person", one.id))}
        stale = [one for one in people if self._row("known", held.get(one.id, "")) != _details(one)]
        return held | (await self._write(lambda: self._enrolled(stale)) if stale else {})

    def _enrolled(self, people: Sequence[Person]) -> dict[str, str]:
        made = {}
        for one in people:
            row = self._row_now("person", one.id) or {"pseudonym": secrets.token_hex(SALT)}
            self._put("person", one.id, row)
            self._put("known", row["pseudonym"], _details(one))
            made[one.id] = row["pseudonym"]
        return made

    async def known(self) -> dict[str, KnownPerson]:
        """Everybody enrolled and not erased, by pseudonym."""
        return dict(self._made_of("known", lambda key, row: KnownPerson(pseudonym=key.split("/", 1)[1], **row)))

    async def erase(self, pseudonym: str, event: Event) -> Entry:
        """Takes away everything that names somebody, and says so in the ledger."""
        # Noted first: should the machine stop in between, a later restore forgets them all the same.
        with self._erased.open("a", encoding="ascii") as listed:
            listed.write(f"{pseudonym}\n")

        def unit() -> Entry:
            self.forget_person(pseudonym)
            return self._sealed(event)

        entry = await self._write(unit)
        await self._wipe()
        return entry

    def forget_person(self, pseudonym: str) -> None:
        """Inside a unit: takes away all that names somebody, in every table."""
        held = self._row_now("known", pseudonym) or {"id": "", "account": ""}
        pins = {key: row for key, row in self._now("pin").items() if row["person"] == held["id"]}
        accounts = {held["account"], *(key.split("/", 1)[1] for key in pins)} - {""}
        self._remove("pin", list(pins))
        self._remove("place", [key for key, row in self._now("place").items() if row["account"] in accounts])
        self._remove("slot", [key for key in self._now("slot") if pseudonym in key])
        if self._row_now("known", pseudonym):
            self._remove("known", [self._key(pseudonym)])
            self._remove("person", [self._key(held["id"])])
        for key, row in self._now("ledger").items():
            entry = _from_row(int(key.split("/", 1)[1]), row)
            if entry.who.is_open and (entry.event.subject or entry.event.actor) == pseudonym:
                self._put("ledger", _number(entry.number), _to_row(entry.without_who()))

    async def keep_version(self, version: Version) -> None:
        """Keeps a text by its digest."""
        row = asdict(version) | {"review_due": version.review_due.isoformat()}
        row["passages"] = [list(asdict(one).values()) for one in version.passages]
        if self._row("version", version.digest) is None:
            await self._write(lambda: self._put("version", version.digest, row))

    async def version(self, digest: str) -> Version | None:
        """A published text."""
        row = self._row("version", digest)
        if row is None:
            return None
        passages = tuple(Passage(*one) for one in row["passages"])
        due = date.fromisoformat(row["review_due"])
        return Version(row["document"], row["title"], row["label"], due, passages)


def _details(person: Person) -> Row:
    return {"id": person.id, "name": person.name, "email": person.email, "account": person.account}


def _number(number: int) -> str:
    return f"{number:08d}"


def _to_row(entry: Entry) -> Row:
    what, who = entry.what, entry.who
    return {
        "what": what.text,
        "what_salt": what.salt,
        "what_hash": what.hash,
        "who": who.text,
        "who_salt": who.salt,
        "who_hash": who.hash,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _from_row(number: int, row: Row) -> Entry:
    what = Leaf(row["what_hash"], row["what_salt"], row["what"])
    who = Leaf(row["who_hash"], row["who_salt"], row["who"])
    return Entry(number, row["previous"], what, who, row["hash"])
