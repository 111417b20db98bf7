"""Compares what is kept beside the ledger with what the ledger sealed: published texts, who is who, pinned accounts.

People who can change a row of the store can change its checksum too; they cannot change what is in the chain.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from bot.errors import LedgerBroken
from bot.evidence.ports import Store
from bot.evidence.rules.ledger import Entry, Event, EventKind
from bot.people.rules.person import KnownPerson

BATCH = 2_000  # entries read at once, so that nobody waits long for the event loop
TEXT_IS_GONE = "The text that entry {number} published is not in the store any more. Restore the last backup."
TWO_PEOPLE = "Two rows of the store are about one person on the staff list. Restore the last backup."
# Somebody may have got a new name, address and account at once, so this alone does not show that the store is wrong.
SOMEBODY_ELSE = (
    "The person of entry {number} now has another name, e-mail address and account. Check the staff list: is the id "
    "still that of the same person?"
)
ROW_IS_GONE = "Entry {number} is about somebody whose row is not in the store any more. Restore the last backup."
OTHER_PIN = "Entry {number} came from an account that the store joins to somebody else now. Restore the last backup."
NAMING = ("name", "email", "account")


class PublishedTexts(Protocol):
    """The texts that were published, by digest."""

    async def version(self, digest: str) -> object | None:
        """A text; None if it is not kept. Raises LedgerBroken if it is another than its digest says."""
        ...


async def check_side_tables(store: Store, texts: PublishedTexts) -> None:
    """Raises LedgerBroken, naming an entry, if what is kept beside the ledger does not fit it."""
    await SideTables(store, texts).check()


class SideTables:
    """What is kept beside the ledger, compared with it as often as it is read anew.

    The rows of people and pins are read from the file when the store is opened, and stay in memory. So all entries are
    compared once after that, and again when a row changes; otherwise only entries that were added.
    """

    def __init__(self, store: Store, texts: PublishedTexts) -> None:
        self._store = store
        self._texts = texts
        self._known: Mapping[str, KnownPerson] | None = None  # the rows the last check was made with
        self._pins: Mapping[str, Mapping[str, str]] = {}
        self._who = WhoIsWho({}, {})
        self._number = 0  # of the last entry that was compared

    async def check(self) -> None:
        """Compares what is new; raises LedgerBroken, naming an entry, also if an earlier check found that already."""
        known = await self._store.everybody_known()
        pins = await self._store.pins_of([person.id for person in known.values()])
        last = (await self._store.head()).number
        if known is self._known and pins == self._pins and last == self._number:
            return
        if known is not self._known or pins != self._pins or last < self._number:
            await self._begin_again(known, pins)
        try:
            await self._compare_until(last)
        except LedgerBroken:
            self._known = None  # so that the next check finds it again
            raise

    async def _begin_again(self, known: Mapping[str, KnownPerson], pins: Mapping[str, Mapping[str, str]]) -> None:
        self._known, self._pins, self._number = None, pins, 0
        self._who = WhoIsWho(known, pins)
        for pseudonym, person in known.items():
            if await self._store.pseudonym_of(person.id) != pseudonym:
                raise LedgerBroken(TWO_PEOPLE)
        self._known = known

    async def _compare_until(self, last: int) -> None:
        while self._number < last:
            until = min(self._number + BATCH, last)
            entries = await self._store.entries(self._number, until)
            for number, digest in await asyncio.to_thread(self._take, entries):
                if await self._texts.version(digest) is None:
                    raise LedgerBroken(TEXT_IS_GONE.format(number=number))
            self._number = until
        self._who.refuse_strangers()
        unknown = self._who.unknown
        gone = unknown.keys() - (await self._store.known(unknown)).keys()  # others were enrolled meanwhile
        if gone:
            raise LedgerBroken(ROW_IS_GONE.format(number=min(unknown[pseudonym] for pseudonym in gone)))

    def _take(self, entries: Iterable[Entry]) -> list[tuple[int, str]]:
        """Takes in entries; the numbers of those that published a text, with its digest."""
        events = [(entry.number, entry.event) for entry in entries]
        self._who.add((number, event) for number, event in events if event.who)
        published = [(number, event.facts) for number, event in events if event.kind is EventKind.PUBLISH]
        return [(number, str(facts["digest"])) for number, facts in published]


class WhoIsWho:
    """What the ledger sealed about people, beside the rows that say who is who now."""

    def __init__(self, known: Mapping[str, KnownPerson], pins: Mapping[str, Mapping[str, str]]) -> None:
        self._known = known
        self._pseudonyms = {
            (channel, account): pseudonym
            for pseudonym, person in known.items()
            for channel, account in pins.get(person.id, {}).items()
        }
        self._pinned = {pseudonym: frozenset(pins.get(person.id, {}).values()) for pseudonym, person in known.items()}
        self._unlike: dict[str, int] = {}  # the first entry about somebody that says other details
        self._alike: set[str] = set()
        self.unknown: dict[str, int] = {}  # the first entry about somebody who has no row

    def add(self, events: Iterable[tuple[int, Event]]) -> None:
        """Takes in events by number; raises LedgerBroken if one came from an account that is somebody else's now."""
        for number, event in events:
            pseudonym = event.subject or event.actor
            if not any(event.who.get(name) for name in NAMING):
                continue
            if pseudonym in self._known:
                self._compare(number, pseudonym, event)
            else:
                self.unknown.setdefault(pseudonym, number)

    def _compare(self, number: int, pseudonym: str, event: Event) -> None:
        person = self._known[pseudonym]
        now = (person.name, person.email, person.account)
        # A name or an address changes now and then; somebody of whom nothing is the same may be somebody else.
        is_same_account = event.who.get("account", "") in self._pinned[pseudonym]
        if is_same_account or _have_a_part_in_common([event.who.get(name, "") for name in NAMING], now):
            self._alike.add(pseudonym)
        else:
            self._unlike.setdefault(pseudonym, number)
        pinned = self._pseudonyms.get((event.who.get("channel", ""), event.who.get("account", "")), pseudonym)
        if pinned not in {pseudonym, event.actor}:
            raise LedgerBroken(OTHER_PIN.format(number=number))

    def refuse_strangers(self) -> None:
        """Raises LedgerBroken if no entry about somebody fits who they are said to be now."""
        strangers = [number for pseudonym, number in self._unlike.items() if pseudonym not in self._alike]
        if strangers:
            raise LedgerBroken(SOMEBODY_ELSE.format(number=min(strangers)))


def _have_a_part_in_common(sealed: Sequence[str], now: Sequence[str]) -> bool:
    return any(part and part == part_now for part, part_now in zip(sealed, now, strict=True))
