"""Checks an evidence pack without Staffroom: python3 verify.py [--head NUMBER:HASH]

Needs only Python 3.8 or newer. It prints what it checked. The exit code is 0 if everything is right, and 1 if not.
"""

import argparse
import csv
import hashlib
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

THIS_FOLDER = Path(__file__).resolve().parent
FIRST_PREVIOUS = "0" * 64  # the "previous" of entry 1
ACKNOWLEDGED = ("acknowledge", "paper")
GUARD = "'"  # written before a cell that a spreadsheet would read as a formula
COLUMNS = (
    "receipt",
    "name",
    "email",
    "roles",
    "how",
    "version",
    "text",
    "acknowledged",
    "day on the sheet",
    "witness",
    "counts",
    "entry hash",
)
LESSON_COLUMNS = ("entry", "what", "lesson", "at", "details", "name", "called", "entry hash")
Entry = Dict[str, Any]
Event = Tuple[Dict[str, Any], Any]  # "what" and "who" of an opened entry; None for "who" if it was erased


class Mismatch(Exception):
    """Something in the pack is not as it must be."""


def main(arguments: Optional[List[str]] = None, folder: Path = THIS_FOLDER) -> int:
    """Checks an unpacked folder, by default the one this file is in. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Checks an evidence pack made by Staffroom.")
    parser.add_argument("--head", default="", help="a head of the ledger you have kept yourself, NUMBER:HASH")
    options = parser.parse_args(arguments)
    try:
        entries = read_ledger(folder / "ledger.jsonl")
        last = check_chain(entries)
        check_heads(entries, last, (folder / "head.txt").read_text(encoding="utf-8").strip(), options.head.strip())
        events = check_leaves(entries)
        check_texts(folder, events)
        acknowledgements = check_acknowledgements(folder / "acknowledgements.csv", entries, events)
        lesson_events = check_lessons(folder / "lessons.csv", entries, events)
    except (Mismatch, OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        print(f"NOT WHOLE: {error}")
        return 1
    opened = sum(1 for entry in entries if entry.get("what_salt"))
    print(f"The ledger is whole: {len(entries)} entries, each following from the one before it.")
    print(f"{opened} of them can be read in this pack, and say what they said when they were written.")
    print(f"The list of {lesson_events} events about recorded lessons says what the ledger says.")
    print(
        f"The list of {acknowledgements} acknowledgements says what the ledger says, "
        "and each text is the one acknowledged."
    )
    print(f"Head of the ledger: {len(entries)}:{last}")
    if not options.head:
        print("Compare that head with one you were given earlier (--head). Only that shows nothing was written again.")
    return 0


def read_ledger(file: Path) -> List[Entry]:
    """The entries, in the order of their lines."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def check_chain(entries: List[Entry]) -> str:
    """The hash of the last entry; raises Mismatch, which names the first entry that does not follow."""
    previous = FIRST_PREVIOUS
    for number, entry in enumerate(entries, 1):
        if entry["number"] != number:
            raise Mismatch(f"entry {number} is missing")
        if entry["previous"] != previous:
            raise Mismatch(f"entry {number} does not follow from the one before it")
        body = {
            "format": 1,
            "number": number,
            "previous": previous,
            "what": entry["what_hash"],
            "who": entry["who_hash"],
        }
        # Keys in order, no spaces, plain ASCII values: RFC 8785 canonical JSON.
        previous = hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        if previous != entry["hash"]:
            raise Mismatch(f"entry {number} was changed after it was written")
    return previous


def check_heads(entries: List[Entry], last: str, written: str, kept: str) -> None:
    """Raises Mismatch if `written`, the head in the pack, or `kept`, a head kept outside, is not this ledger's."""
    if written != f"{len(entries)}:{last}":
        raise Mismatch("head.txt is not the head of this ledger")
    if kept:
        number, _, hash = kept.lower().partition(":")
        if not number.isdigit() or int(number) > len(entries):
            raise Mismatch(f"the ledger ends at entry {len(entries)}, but entry {number} was seen outside")
        if int(number) and entries[int(number) - 1]["hash"] != hash:
            raise Mismatch(f"entry {number} is not the one whose hash was kept outside")


def check_leaves(entries: List[Entry]) -> Dict[int, Event]:
    """What each opened entry says, by number; raises Mismatch if it is not what was sealed."""
    events: Dict[int, Event] = {}
    for entry in entries:
        for half in ("what", "who"):
            salt, text = entry.get(f"{half}_salt", ""), entry.get(half, "")
            if bool(salt) != bool(text):
                raise Mismatch(f"entry {entry['number']} is half opened")
            if salt and hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest() != entry[f"{half}_hash"]:
                raise Mismatch(f"entry {entry['number']}: {half} was changed after it was written")
        if entry.get("what"):
            who = json.loads(entry["who"]) if entry.get("who") else None
            events[entry["number"]] = (json.loads(entry["what"]), who)
    return events


def check_texts(folder: Path, events: Dict[int, Event]) -> None:
    """Raises Mismatch if a text does not have the digest in its name, or a text that was acknowledged is missing."""
    acknowledged = {what["facts"]["version"] for what, _ in events.values() if what["kind"] in ACKNOWLEDGED}
    in_pack = set()
    for file in sorted(folder.glob("policy-*.json")):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        in_pack.add(digest)
        if file.stem != f"policy-{digest[:12]}":
            raise Mismatch(f"{file.name} is not the text its name says")
    if acknowledged - in_pack:
        raise Mismatch("a text that was acknowledged is not in this pack")


def read_rows(file: Path, columns: Tuple[str, ...]) -> List[Dict[str, str]]:
    """The rows of a list; raises Mismatch if its columns are not `columns`."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != columns:
            raise Mismatch(f"{file.name} has other columns")
        return list(reader)


def check_acknowledgements(file: Path, entries: List[Entry], events: Dict[int, Event]) -> int:
    """How many acknowledgements are listed; raises Mismatch if the list is not what the ledger says."""
    rows = read_rows(file, COLUMNS)
    corrected = {what["facts"]["entry"] for what, _ in events.values() if what["kind"] == "correct"}
    listed = [number for number, (what, _) in sorted(events.items()) if what["kind"] in ACKNOWLEDGED]
    if [row["receipt"] for row in rows] != [str(number) for number in listed]:
        raise Mismatch("acknowledgements.csv does not list exactly the acknowledgements of the ledger")
    for row, number in zip(rows, listed):  # noqa: B905 - the line above checked that they are equally long
        what, who = events[number]
        facts = what["facts"]
        expected = {
            "text": facts["version"],
            "version": facts["label"],
            "how": "on paper" if what["kind"] == "paper" else f"pressed in {facts['channel']}",
            "acknowledged": london_time(what),
            "day on the sheet": facts.get("signed", ""),
            "counts": "no, corrected" if number in corrected else "yes",
            "entry hash": entries[number - 1]["hash"],
        }
        if who is not None:
            expected.update({"name": who["name"], "email": who["email"], "roles": who["roles"]})
        if not has_cells(row, expected):
            raise Mismatch(f"acknowledgements.csv: receipt {number} is not what the ledger says")
    return len(rows)


def london_time(what: Dict[str, Any]) -> str:
    """When an event happened, as the lists write it."""
    local = datetime.fromisoformat(what["local"])
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} (London)"


def has_cells(row: Dict[str, str], expected: Dict[str, str]) -> bool:
    """Whether a row has every expected text, as it is or with the guard before it."""
    return all(row[column] in (text, GUARD + text) for column, text in expected.items())


def lessons_in(facts: Dict[str, Any]) -> List[str]:
    """The ids of the lessons that an event is about, in order."""
    return sorted({facts.get("lesson", ""), *facts.get("lessons", ())} - {""})


def check_lessons(file: Path, entries: List[Entry], events: Dict[int, Event]) -> int:
    """How many events about lessons are listed; raises Mismatch if the list is not what the ledger says."""
    rows = read_rows(file, LESSON_COLUMNS)
    listed = [number for number, (what, _) in sorted(events.items()) if lessons_in(what["facts"])]
    if [row["entry"] for row in rows] != [str(number) for number in listed]:
        raise Mismatch("lessons.csv does not list exactly the lessons of the ledger")
    for row, number in zip(rows, listed):  # noqa: B905 - the line above checked that they are equally long
        what, who = events[number]
        facts = what["facts"]
        expected = {
            "what": what["kind"],
            "lesson": " ".join(lessons_in(facts)),
            "at": london_time(what),
            "details": "; ".join(f"{name}: {json.dumps(facts[name], ensure_ascii=False)}" for name in sorted(facts)),
            "entry hash": entries[number - 1]["hash"],
        }
        if who is not None:
            expected.update({"name": who.get("name", ""), "called": who.get("label", "")})
        if not has_cells(row, expected):
            raise Mismatch(f"lessons.csv: entry {number} is not what the ledger says")
    return len(rows)


if __name__ == "__main__":
    sys.exit(main())
