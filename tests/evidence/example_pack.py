"""A small ledger, its evidence pack, and how a pack is checked."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from bot.evidence import pack_file, verify
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, Head, head, seal
from bot.evidence.rules.pack import (
    Pack,
    PackScope,
    PackText,
    acknowledgement_rows,
    lesson_rows,
    opened,
    seal_facts,
)
from bot.people.rules.person import KnownPerson
from bot.school.rules.calendar import LONDON

NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)
CANONICAL = '{"clauses":[["A-1","1","Safety","Be “kind” – always."]],"document":"AUP","version":"1"}'.encode()
DIGEST = sha256(CANONICAL).hexdigest()
TEXT = PackText("Acceptable Use", "1", DIGEST, "I have read it.", "Be “kind” – always.", CANONICAL)
CAMPAIGN = "AUP-2026-1"
SCOPE = PackScope(CAMPAIGN, "AUP", date(2026, 9, 1), date(2027, 8, 31))
NAMES = ("A teacher", '=HYPERLINK("x")', "Zoë Ł – “quoted”", "+44 1524", "A, comma")


def facts(**more: Fact) -> dict[str, Fact]:
    return {"document": "AUP", "label": "1", "version": DIGEST, "asked": DIGEST, "channel": "web"} | more


def ledger() -> list[Entry]:
    """A publication, an event of another campaign, and an acknowledgement by everybody, one of them on paper."""
    events = [
        Event(
            EventKind.PUBLISH,
            NINE,
            facts={"document": "AUP", "digest": DIGEST, "label": "1", "statement": "I have read it."},
        ),
        Event(EventKind.PAUSE, NINE, "p9", "p0", facts={"until": "2026-10-01"}, who={"name": "Somebody private"}),
    ]
    for number, name in enumerate(NAMES):
        who = {"name": name, "email": f"p{number}@school.example", "roles": "staff"}
        events.append(Event(EventKind.ACKNOWLEDGE, NINE, f"p{number}", f"p{number}", CAMPAIGN, facts(), who))
    paper = facts(signed="2026-09-07", witness="p0")
    events.append(Event(EventKind.PAPER, NINE, "p7", "p0", CAMPAIGN, paper, {"name": "V", "email": "", "roles": ""}))
    for id, starts in (("l1", NINE), ("l0", NINE - timedelta(days=365))):
        lesson: dict[str, Fact] = {"lesson": id, "starts": starts.isoformat(), "kept": 21}
        events.append(
            Event(EventKind.LESSON, NINE, "p1", "p1", facts=lesson, who={"name": "A colleague", "label": f"+{id}"})
        )
        events.append(Event(EventKind.LOOK, NINE, "p1", facts={"lesson": id, "found": "gone", "by": "tenant"}))
    events.append(Event(EventKind.CORRECT, NINE, "p7", "p0", CAMPAIGN, {"entry": 8}, {"reason": "wrong person"}))
    entries: list[Entry] = []
    for number, event in enumerate(events):
        entries.append(seal(event, head(entries), (f"{number:032x}", f"{number + 100:032x}")))
    return entries


def pack_of(entries: list[Entry]) -> Pack:
    return pack_as_shown(opened(entries, SCOPE))


def pack_as_shown(shown: tuple[Entry, ...]) -> Pack:
    known = {"p0": KnownPerson("p0", "t0", "The office", "", "")}
    return Pack(
        school="School",
        campaign=CAMPAIGN,
        year="2026/27",
        texts=(TEXT,),
        entries=shown,
        rows=acknowledgement_rows(shown, known),
        others=(("A late colleague", "past their day", "Monday 28 September 2026"),),
        lessons=lesson_rows(shown),
        made_at=NINE,
        is_demo=True,
    )


def sealed_by(entries: Sequence[Entry], key: str = "", **changes: Fact) -> tuple[bytes, Entry]:
    """The pack of a ledger as a zip, and the entry that seals it; `changes` are other facts in the seal."""
    return sealed_as_shown(opened(entries, SCOPE), key, **changes)


def sealed_as_shown(shown: tuple[Entry, ...], key: str = "", **changes: Fact) -> tuple[bytes, Entry]:
    """The pack of entries some of which are bare."""
    draft = pack_file.PackDraft.of(pack_as_shown(shown), key)
    before = head(shown)
    facts = seal_facts(shown, before, draft.hashes) | changes
    event = Event(EventKind.EXPORT_PREPARED, NINE, actor="p0", campaign=CAMPAIGN, facts=facts, who={"name": "IT"})
    entry = seal(event, before, ("e" * 32, "f" * 32))
    return draft.sealed(entry), entry


def hashed(entry: Entry, format: int) -> Entry:
    """The entry with its hash worked out for a format."""
    halves = {"what": entry.what.hash, "who": entry.who.hash}
    body = {"format": format, "number": entry.number, "previous": entry.previous, **halves}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return replace(entry, hash=sha256(text.encode()).hexdigest())


def relinked(entries: Iterable[Entry], format: int = 2) -> list[Entry]:
    """The entries as a whole new chain."""
    chain: list[Entry] = []
    for entry in entries:
        last = head(chain[-1:])
        chain.append(hashed(replace(entry, number=last.number + 1, previous=last.hash), format))
    return chain


def old_export(entries: Sequence[Entry]) -> Entry:
    """The entry with which releases up to 0.6.0 ended the ledger of a pack."""
    event = Event(EventKind.EXPORT, NINE, actor="p0", campaign=CAMPAIGN, who={"name": "IT"})
    return hashed(seal(event, head(entries), ("c" * 32, "d" * 32)), 1)


def old_pack(entries: Iterable[Entry]) -> bytes:
    """A pack as releases up to 0.6.0 made it."""
    chain = relinked(entries, 1)
    chain.append(old_export(chain))
    shown = opened(chain, SCOPE)
    return pack_file.PackDraft.of(replace(pack_as_shown(shown), entries=shown[:-1])).sealed(shown[-1])


def unpacked(folder: Path, entries: Sequence[Entry], **changes: Fact) -> Head:
    """Unpacks the pack of a ledger into a folder, and returns the head to keep."""
    content, entry = sealed_by(entries, **changes)
    zipfile.ZipFile(BytesIO(content)).extractall(folder)
    return Head(entry.number, entry.hash)


def run_verify(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit status of verify.py as a program, on a folder, and what it printed."""
    command = [sys.executable, "-I", verify.__file__, *arguments, str(folder)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.returncode, process.stdout + process.stderr
