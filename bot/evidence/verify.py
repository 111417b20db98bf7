"""Checks an evidence pack without Staffroom: python3 verify.py [--head NUMBER:HASH]

Needs nothing but Python 3.8 or newer. It says what it checked, and ends with 0 when all of it fits and 1 when not.
"""

import argparse
import csv
import hashlib
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

HERE = Path(__file__).resolve().parent
GENESIS = "0" * 64
ACKNOWLEDGED = ("acknowledge", "paper")
GUARD = "'"  # stands before what a spreadsheet would take for a formula
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
Said = Tuple[Dict[str, Any], Any]  # what and who of an opened entry; None where who was erased


class Wrong(Exception):
    """Something in the pack does not fit."""


def main(arguments: Optional[List[str]] = None, folder: Path = HERE) -> int:
    """Checks a folder: the one this file lies in, where no other is given."""
    parser = argparse.ArgumentParser(description="Checks an evidence pack made by Staffroom.")
    parser.add_argument("--head", default="", help="a head of the ledger you have kept yourself, NUMBER:HASH")
    given = parser.parse_args(arguments)
    try:
        entries = read_ledger(folder / "ledger.jsonl")
        last = check_chain(entries)
        check_heads(entries, last, (folder / "head.txt").read_text(encoding="utf-8").strip(), given.head.strip())
        events = check_leaves(entries)
        check_texts(folder, events)
        number = check_rows(folder / "acknowledgements.csv", entries, events)
        about_lessons = check_lessons(folder / "lessons.csv", entries, events)
    except (Wrong, OSError, ValueError, KeyError, TypeError, csv.Error) as seen:
        print(f"NOT WHOLE: {seen}")
        return 1
    opened = sum(1 for entry in entries if entry.get("what_salt"))
    print(f"The ledger is whole: {len(entries)} entries, each following from the one before it.")
    print(f"{opened} of them are opened in this pack, and say what they said when they were written.")
    print(f"The list of {about_lessons} events about recorded lessons says what the ledger says.")
    print(f"The list of {number} acknowledgements says what the ledger says, and each text is the one acknowledged.")
    print(f"Head of the ledger: {len(entries)}:{last}")
    if not given.head:
        print("Compare that head with one you were given earlier (--head): only that shows nothing was written anew.")
    return 0


def read_ledger(file: Path) -> List[Entry]:
    """The entries, in the order of their lines."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def check_chain(entries: List[Entry]) -> str:
    """The hash of the last entry; raises Wrong naming the first that does not follow."""
    before = GENESIS
    for number, entry in enumerate(entries, 1):
        if entry["number"] != number:
            raise Wrong(f"entry {number} is missing")
        if entry["previous"] != before:
            raise Wrong(f"entry {number} does not follow from the one before it")
        body = {
            "format": 1,
            "number": number,
            "previous": before,
            "what": entry["what_hash"],
            "who": entry["who_hash"],
        }
        # Keys in order, no spaces, plain ASCII values: RFC 8785 canonical JSON.
        before = hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        if before != entry["hash"]:
            raise Wrong(f"entry {number} was changed after it was written")
    return before


def check_heads(entries: List[Entry], last: str, written: str, kept: str) -> None:
    """Raises Wrong where the pack's own head, or one that was kept outside, is not this ledger's."""
    if written != f"{len(entries)}:{last}":
        raise Wrong("head.txt is not the head of this ledger")
    if kept:
        number, _, hash = kept.lower().partition(":")
        if not number.isdigit() or int(number) > len(entries):
            raise Wrong(f"the ledger ends at entry {len(entries)}, but entry {number} was seen outside")
        if int(number) and entries[int(number) - 1]["hash"] != hash:
            raise Wrong(f"entry {number} is not the one whose hash was kept outside")


def check_leaves(entries: List[Entry]) -> Dict[int, Said]:
    """What each opened entry says, by number; raises Wrong where it is not what was sealed."""
    events: Dict[int, Said] = {}
    for entry in entries:
        for half in ("what", "who"):
            salt, text = entry.get(f"{half}_salt", ""), entry.get(half, "")
            if bool(salt) != bool(text):
                raise Wrong(f"entry {entry['number']} is half opened")
            if salt and hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest() != entry[f"{half}_hash"]:
                raise Wrong(f"entry {entry['number']}: {half} was changed after it was written")
        if entry.get("what"):
            who = json.loads(entry["who"]) if entry.get("who") else None
            events[entry["number"]] = (json.loads(entry["what"]), who)
    return events


def check_texts(folder: Path, events: Dict[int, Said]) -> None:
    """Raises Wrong where a text in the pack is not one that was acknowledged, or one of those is missing."""
    wanted = {what["facts"]["version"] for what, _ in events.values() if what["kind"] in ACKNOWLEDGED}
    held = set()
    for file in sorted(folder.glob("policy-*.json")):
        held.add(hashlib.sha256(file.read_bytes()).hexdigest())
        if file.stem != f"policy-{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}":
            raise Wrong(f"{file.name} is not the text its name says")
    if wanted - held:
        raise Wrong("a text that was acknowledged is not in this pack")


def read_rows(file: Path, columns: Tuple[str, ...]) -> List[Dict[str, str]]:
    """The rows of a list; raises Wrong where its columns are not ours."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        if tuple(reader.fieldnames or ()) != columns:
            raise Wrong(f"{file.name} has other columns")
        return list(reader)


def check_rows(file: Path, entries: List[Entry], events: Dict[int, Said]) -> int:
    """How many acknowledgements are listed; raises Wrong where the list is not what the ledger says."""
    rows = read_rows(file, COLUMNS)
    wrong = {what["facts"]["entry"] for what, _ in events.values() if what["kind"] == "correct"}
    listed = [number for number, (what, _) in sorted(events.items()) if what["kind"] in ACKNOWLEDGED]
    if [row["receipt"] for row in rows] != [str(number) for number in listed]:
        raise Wrong("acknowledgements.csv does not list exactly the acknowledgements of the ledger")
    for row, number in zip(rows, listed):  # noqa: B905 - as long as each other, which the line above has checked
        what, who = events[number]
        facts = what["facts"]
        at = datetime.fromisoformat(what["local"])
        says = {
            "text": facts["version"],
            "version": facts["label"],
            "how": "on paper" if what["kind"] == "paper" else f"pressed in {facts['channel']}",
            "acknowledged": f"{at:%A} {at.day} {at:%B %Y, %H:%M} (London)",
            "day on the sheet": facts.get("signed", ""),
            "counts": "no, corrected" if number in wrong else "yes",
            "entry hash": entries[number - 1]["hash"],
        }
        if who is not None:
            says.update({"name": who["name"], "email": who["email"], "roles": who["roles"]})
        fits = [row[column] in (said, GUARD + said) for column, said in says.items()]
        if not all(fits):
            raise Wrong(f"acknowledgements.csv: receipt {number} is not what the ledger says")
    return len(rows)


def lessons_in(facts: Dict[str, Any]) -> List[str]:
    """The lessons an event is about, in order."""
    return sorted({facts.get("lesson", ""), *facts.get("lessons", ())} - {""})


def check_lessons(file: Path, entries: List[Entry], events: Dict[int, Said]) -> int:
    """How many events about lessons are listed; raises Wrong where the list is not what the ledger says."""
    rows = read_rows(file, LESSON_COLUMNS)
    listed = [number for number, (what, _) in sorted(events.items()) if lessons_in(what["facts"])]
    if [row["entry"] for row in rows] != [str(number) for number in listed]:
        raise Wrong("lessons.csv does not list exactly the lessons of the ledger")
    for row, number in zip(rows, listed):  # noqa: B905 - as long as each other, which the line above has checked
        what, who = events[number]
        facts, at = what["facts"], datetime.fromisoformat(what["local"])
        says = {
            "what": what["kind"],
            "lesson": " ".join(lessons_in(facts)),
            "at": f"{at:%A} {at.day} {at:%B %Y, %H:%M} (London)",
            "details": "; ".join(f"{name}: {json.dumps(facts[name], ensure_ascii=False)}" for name in sorted(facts)),
            "entry hash": entries[number - 1]["hash"],
        }
        if who is not None:
            says.update({"name": who.get("name", ""), "called": who.get("label", "")})
        if not all(row[column] in (said, GUARD + said) for column, said in says.items()):
            raise Wrong(f"lessons.csv: entry {number} is not what the ledger says")
    return len(rows)


if __name__ == "__main__":
    sys.exit(main())
