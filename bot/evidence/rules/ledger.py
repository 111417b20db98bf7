"""The hash-chained list of events that count as evidence.

Each entry holds the hashes of two salted leaves and of the entry before it, in RFC 8785 canonical JSON. *What* says
what happened, under pseudonyms; *who* says whom it was about, as they were then. Erasing a person takes *who* and its
salt away, and the chain still verifies. A chain alone does not stop somebody who holds the file from writing all
of it again: its head, printed in summaries and exports, lets outsiders notice.

An entry's version is the format that its hash is made of, so that it shows even where nothing can be read: 1 in
releases up to 0.6.0, 2 since, and 3 for the seal of an evidence pack.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeAlias

import rfc8785

from bot.errors import LedgerBroken
from bot.school.rules.calendar import LONDON

Fact: TypeAlias = str | int | bool | list[str] | list[dict[str, str]] | tuple[tuple[int, int], ...] | dict[str, str]
OLD_FORMAT, FORMAT, SEAL_FORMAT = 1, 2, 3
FORM = 2  # of what is sealed in an entry; those of release 0.5.0 say nothing of it and have form 1
GENESIS = "0" * 64  # what the first entry names as the hash before it


class EventKind(StrEnum):
    """What happened."""

    PUBLISH = "publish"  # a policy's text became a version
    OPEN = "open"  # a campaign began
    RELEASE = "release"  # the headteacher saw what would go to these people, and let it go
    HOLD = "hold"  # nothing more goes out until the headteacher lets it go again
    EXTEND = "extend"  # a campaign's due date moved
    CLOSE = "close"  # a campaign ended
    ACKNOWLEDGE = "acknowledge"  # somebody pressed Acknowledge on one exact text
    PAPER = "paper"  # the office recorded a signed sheet
    PAUSE = "pause"  # somebody is left in peace until a day
    QUESTION = "question"  # somebody asked the headteacher; the time only
    ANSWER = "answer"  # somebody answered it, here or in person; never what
    WITHDRAW = "withdraw"  # somebody took their question to the headteacher back
    TIME = "time"  # somebody asked for time to read
    JOIN = "join"  # somebody came after a campaign had opened, with a due date of their own
    LEAVE = "leave"  # somebody left without having completed
    CORRECT = "correct"  # an earlier entry was wrong and no longer counts
    LESSON = "lesson"  # a teacher planned a lesson whose recording children are told of
    MOVE = "move"  # a planned lesson is at another time
    ANNOUNCE = "announce"  # the notice in a lesson's chat says this from now on
    TAKE_BACK = "take_back"  # a notice was a mistake, or its lesson is off
    ASK = "ask"  # a teacher is asked whether it was recorded, or whether it is gone
    RECORD = "record"  # a lesson was recorded, or was not
    REMIND = "remind"  # a teacher is reminded of a recording's last day
    LOOK = "look"  # somebody looked whether a recording is there
    TELL = "tell"  # the headteacher is told of a recording
    WISH = "wish"  # a teacher said whether lessons of their calendar are announced
    EXPIRY = "expiry"  # the IT lead said whether the tenant takes recordings away by itself
    RULING_APPROVED = "ruling_approved"  # the headteacher approved exactly these words and clauses of an answer
    RULING_CHANGED = "ruling_changed"  # an answer was changed on the pages: what was approved before no longer counts
    NEW_VERSION = "new_version"  # a new version of a document took the old one's place, or the old one came back
    POLICY_ADDED = "policy_added"  # a document was put into the school's folder on the pages, with these clauses
    CHOOSER_ACKNOWLEDGED = "chooser_acknowledged"  # the headteacher: unclear questions may go to exactly this endpoint
    CHOOSER_WITHDRAWN = "chooser_withdrawn"  # the headteacher: they may not any more
    SETTINGS_CHANGED = "settings_changed"  # contacts, terms, hours or reminders were changed on the pages
    EXPORT = "export"  # an evidence pack was made, in releases up to 0.6.0
    EXPORT_PREPARED = "export_prepared"  # the seal of an evidence pack: which entries and files are in it
    ERASE = "erase"  # somebody's details were taken away
    REMOVE = "remove"  # details were taken away because their time was over
    RESTORE = "restore"  # a backup took the store's place
    CLOCK_WENT_BACK = "clock_went_back"  # the next entry has an earlier time than the one before


@dataclass(frozen=True, slots=True)
class Event:
    """Something that counts as evidence. `at` carries a time zone.

    `subject` and `actor` are pseudonyms: whom it is about and who did it, empty where there is nobody. `facts` holds
    nothing that names a person; `who` holds all that does. `form` says which facts there are: from 2 on, events about
    lessons name the channel of a conversation.
    """

    kind: EventKind
    at: datetime
    subject: str = ""
    actor: str = ""
    campaign: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    who: Mapping[str, str] = field(default_factory=dict)
    form: int = FORM


@dataclass(frozen=True, slots=True)
class Leaf:
    """One half of an entry: its hash for ever; its salt (hex) and canonical text until it is erased."""

    hash: str
    salt: str = ""
    text: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it can still be read."""
        return bool(self.salt)

    @property
    def fits(self) -> bool:
        """Whether what can be read is what was sealed; an erased leaf fits."""
        return not (self.salt or self.text) or _leaf_hash(self.salt, self.text) == self.hash


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in its place: numbers count from 1 without a gap, hashes are SHA-256 in hexadecimal."""

    number: int
    previous: str
    what: Leaf
    who: Leaf
    hash: str

    @property
    def format(self) -> int:
        """What its hash is made of; 0 if it was changed."""
        formats = (FORMAT, OLD_FORMAT, SEAL_FORMAT)
        return next((format for format in formats if _entry_hash(self, format) == self.hash), 0)

    @property
    def event(self) -> Event:
        """What happened; without `who` where that was erased."""
        what = json.loads(self.what.text)
        return Event(
            kind=EventKind(what["kind"]),
            at=datetime.fromisoformat(what["at"]),
            subject=what["subject"],
            actor=what["actor"],
            campaign=what["campaign"],
            facts=what["facts"],
            who=json.loads(self.who.text) if self.who.is_open else {},
            form=what.get("form", 1),
        )

    def without_who(self) -> "Entry":
        """The entry with nobody named in it, still in its place in the chain."""
        return replace(self, who=Leaf(self.who.hash))

    def bare(self) -> "Entry":
        """The entry with nothing to read, still in its place in the chain."""
        return replace(self, what=Leaf(self.what.hash), who=Leaf(self.who.hash))


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of a ledger's last entry: what an outsider keeps."""

    number: int = 0
    hash: str = GENESIS

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """A head as printed; raises LedgerBroken for anything else.

        >>> Head.read(f"12:{GENESIS}").number
        12
        """
        number, _, hash = text.strip().lower().partition(":")
        if not (number.isascii() and number.isdigit() and len(hash) == len(GENESIS) and set(hash) <= set(_HEX)):
            raise LedgerBroken("A head of the ledger looks like 12:0a1b..., a number and 64 hexadecimal digits.")
        return cls(int(number), hash)


_HEX = "0123456789abcdef"


def seal(event: Event, after: Head, salts: tuple[str, str]) -> Entry:
    """The entry for an event after a ledger's head; `salts` are two fresh ones of 32 hexadecimal digits."""
    return chain(event.kind, seal_leaves(event, salts), after)


def seal_leaves(event: Event, salts: tuple[str, str]) -> tuple[Leaf, Leaf]:
    """The two halves of an event's entry, what and who, which do not depend on the entry before; salts as above."""
    what = {
        "actor": event.actor,
        "at": event.at.astimezone(UTC).isoformat(),
        "campaign": event.campaign,
        "facts": dict(event.facts),
        "form": event.form,
        "kind": event.kind.value,
        "local": event.at.astimezone(LONDON).isoformat(),
        "subject": event.subject,
    }
    return _sealed(salts[0], what), _sealed(salts[1], dict(event.who))


def chain(kind: EventKind, leaves: tuple[Leaf, Leaf], after: Head) -> Entry:
    """The entry that puts the two halves of an event after a ledger's head."""
    entry = Entry(after.number + 1, after.hash, *leaves, "")
    format = SEAL_FORMAT if kind is EventKind.EXPORT_PREPARED else FORMAT
    return replace(entry, hash=_entry_hash(entry, format))


def _sealed(salt: str, part: object) -> Leaf:
    text = rfc8785.dumps(part).decode()  # type: ignore[arg-type]  # the library's own recursive type is private
    return Leaf(_leaf_hash(salt, text), salt, text)


def _leaf_hash(salt: str, text: str) -> str:
    try:
        return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()
    except ValueError:  # a salt somebody has tampered with
        return ""


def _entry_hash(entry: Entry, format: int) -> str:
    body: dict[str, Any] = {
        "format": format,
        "number": entry.number,
        "previous": entry.previous,
        "what": entry.what.hash,
        "who": entry.who.hash,
    }
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def head(entries: Iterable[Entry]) -> Head:
    """The head of a ledger; of an empty one, number 0."""
    last = Head()
    for entry in entries:
        last = Head(entry.number, entry.hash)
    return last


def verify(entries: Iterable[Entry], witness: Head | None = None, *, begin: Head | None = None) -> Head:
    """The head of a ledger that is whole; raises LedgerBroken naming the first entry that does not fit.

    With a head that somebody outside has kept, it also finds that the ledger was cut short or written again. `begin` is
    the head of entries that were verified before; `entries` are those after it.
    """
    last = begin or Head()
    is_witnessed = witness is None or witness == last
    for entry in entries:
        _check(entry, last)
        last = Head(entry.number, entry.hash)
        if witness and last.number == witness.number:
            if last != witness:
                raise LedgerBroken(f"Entry {last.number} is not the one whose hash was kept outside.")
            is_witnessed = True
    if not is_witnessed and witness:
        raise LedgerBroken(f"The ledger ends at entry {last.number}, but entry {witness.number} was seen outside.")
    return last


def _check(entry: Entry, last: Head) -> None:
    number = last.number + 1
    if entry.number != number:
        raise LedgerBroken(f"Entry {number} is missing; entry {entry.number} is in its place.")
    if entry.previous != last.hash:
        raise LedgerBroken(f"Entry {number} does not follow from the one before it.")
    if not entry.what.fits:
        raise LedgerBroken(f"Entry {number}: what happened was changed after it was written.")
    if not entry.who.fits:
        raise LedgerBroken(f"Entry {number}: whom it was about was changed after it was written.")
    if not entry.format:
        raise LedgerBroken(f"Entry {number} was changed after it was written.")
