"""Ways to forge a pack for somebody who has the ledger, and writes it again or goes on with it."""

import random

from bot.evidence import pack_file
from bot.evidence.rules.ledger import Event, EventKind, Head, seal
from bot.evidence.rules.pack import opened
from tests.evidence.example_pack import (
    CAMPAIGN,
    NINE,
    SCOPE,
    facts,
    ledger,
    old_export,
    old_pack,
    relinked,
    sealed_as_shown,
    sealed_by,
)
from tests.evidence.forging_tools import (
    FORGERIES,
    LISTS,
    REWRITTEN,
    Files,
    forgery,
    rows_of,
    take,
    write_rows,
    zipped,
)

CORRECTION = 13


@forgery(REWRITTEN)
def a_name_is_sealed_again(files: Files, chance: random.Random) -> None:
    entries = ledger()
    at = chance.randrange(2, 8)
    other = Event(EventKind.ACKNOWLEDGE, NINE, "p1", "p1", CAMPAIGN, facts(), {"name": "Somebody else"})
    entries[at] = seal(other, Head(), ("a" * 32, "b" * 32))
    take(files, sealed_by(relinked(entries))[0])


@forgery(REWRITTEN)
def an_entry_is_left_out_of_a_new_chain(files: Files, chance: random.Random) -> None:
    entries = ledger()
    del entries[chance.choice([1, 2, 12])]
    take(files, sealed_by(relinked(entries))[0])


@forgery(REWRITTEN)
def a_new_seal_lists_fewer_entries(files: Files, chance: random.Random) -> None:
    entries = list(opened(ledger(), SCOPE))
    entries[CORRECTION - 1] = entries[CORRECTION - 1].bare()
    take(files, sealed_as_shown(tuple(entries))[0])


@forgery(REWRITTEN)
def a_seal_is_added_after_the_seal(files: Files, chance: random.Random) -> None:
    entries = [*opened(ledger(), SCOPE), sealed_by(ledger())[1]]
    at = chance.choice([2, CORRECTION - 1])
    entries[at] = entries[at].bare()
    take(files, sealed_as_shown(tuple(entries))[0])


@forgery(FORGERIES)
def a_seal_is_added_after_the_seal_which_is_hidden(files: Files, chance: random.Random) -> None:
    entries = [*opened(ledger(), SCOPE), sealed_by(ledger())[1].bare()]
    take(files, sealed_as_shown(tuple(entries))[0])


@forgery(REWRITTEN)
def the_whole_ledger_is_an_old_one(files: Files, chance: random.Random) -> None:
    take(files, old_pack(ledger()))


@forgery(FORGERIES)
def the_ledger_goes_on_as_an_old_one_with_everything_hidden(files: Files, chance: random.Random) -> None:
    entries = [entry.bare() for entry in [*ledger(), sealed_by(ledger())[1]]]
    last = old_export(entries)
    files["ledger.jsonl"] = zipped(pack_file.PackDraft({}, b"", "", "").sealed(last))["ledger.jsonl"]
    ledger_so_far = zipped(sealed_as_shown(tuple(entries))[0])["ledger.jsonl"].splitlines(keepends=True)[:-1]
    files["ledger.jsonl"] = b"".join(ledger_so_far) + files["ledger.jsonl"]
    files["head.txt"] = f"{last.number}:{last.hash}\n".encode()
    for name in LISTS:
        write_rows(files, rows_of(files, name)[:1], name)
