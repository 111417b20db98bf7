"""What both stores say and do about the ledger's chain."""

import secrets

from bot.evidence.rules.ledger import Entry, Event, Head, Leaf, chain, seal_leaves
from bot.stores.rows import Row

SALT_BYTES = 16
VERIFIED_TOGETHER = 2_000  # entries read at once to be verified
MAX_NUMBER = 99_999_999  # entries are kept by their number in eight digits
MOVED = "Something else was recorded just now. Please look again; nothing was changed."
NO_KEY = "An event needs an idempotency key, or the head it was decided on."
CUT_SHORT = "The ledger ends before its last entry; restore the last backup."
MISSING = "Entry {number} is missing; restore the last backup."


def seal_after(head: Head, event: Event) -> Entry:
    """The entry for an event after a head, with two fresh salts."""
    return chain(event.kind, fresh_leaves(event), head)


def fresh_leaves(event: Event) -> tuple[Leaf, Leaf]:
    """The two halves of an event's entry, with two fresh salts."""
    return seal_leaves(event, (secrets.token_hex(SALT_BYTES), secrets.token_hex(SALT_BYTES)))


def entry_row(entry: Entry) -> Row:
    """An entry as a row, without its number."""
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


def entry_of(number: int, row: Row) -> Entry:
    """The entry a row stands for."""
    what = Leaf(row["what_hash"], row["what_salt"], row["what"])
    who = Leaf(row["who_hash"], row["who_salt"], row["who"])
    return Entry(number, row["previous"], what, who, row["hash"])
