"""Checks an evidence pack without Staffroom: python3 verify.py [--head NUMBER:HASH] [FOLDER]

Take this file from the release of Staffroom, not from the pack: people who change a pack can change the checker in it.
It needs only Python 3.8 or newer. It prints one sentence for each thing it finds. The exit code is 0 if the pack is
whole, 1 if it is not, and 2 if it is an old pack, whose files are not bound to the ledger.
"""

import argparse
import csv
import hashlib
import io
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

THIS_FOLDER = Path(__file__).resolve().parent
FIRST_PREVIOUS = "0" * 64  # the "previous" of entry 1
OLD_FORMAT, SEAL_FORMAT = 1, 3  # what an entry's hash is made of says its format, so leaving text out cannot hide it
NEW_FORMATS = (2, 3)
SEAL_KIND = "export_prepared"
CLOCK_KIND = "clock_went_back"  # an entry that notes it; packs of older versions leave it bare
SEAL_FACTS = {"opened", "erased", "before", "files"}
EVENT_PARTS = {"kind": str, "at": str, "local": str, "campaign": str, "subject": str, "actor": str, "facts": dict}
ACKNOWLEDGED = ("acknowledge", "paper")
ERASED = "(details erased)"
UNBOUND = {"ledger.jsonl", "head.txt"}  # they hold the seal itself
NAMES = {"README.txt", "statement.txt", "head.txt", "ledger.jsonl", "verify.py"}
NAMES |= {"acknowledgements.csv", "acknowledgements.xlsx", "lessons.csv"}
POLICY_NAME = r"(policy-[0-9a-f]{12})\.(txt|json)"
CLOCK_TOLERANCE = timedelta(seconds=1)  # two events at once may be written in either order
MAX_PRINTED = 20
GUARD = "'"  # written before a cell that a spreadsheet would read as a formula
# What XML 1.0 cannot hold, and what turns the direction of the words around it.
NOT_IN_SHEETS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
FORMULA = re.compile(
    "[\\s\ufffd\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb\u2032\u2033\x00-\x1f\x7f-\xa0\xad\u0300-\u036f\u061c\u180e"
    "\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff\ufff9-\ufffb"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180d\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]*"  # shown as nothing
    "[=+\\-@|%\u2212\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe62\ufe63\ufe66\ufe6a\ufe6b\u207a-\u207c\u208a-\u208c]"
)
COLUMNS = ["receipt", "name", "email", "roles", "how", "version", "text", "acknowledged"]
COLUMNS += ["day on the sheet", "witness", "counts", "entry hash"]
LESSON_COLUMNS = ["entry", "what", "lesson", "at", "details", "name", "called", "entry hash"]
MAX_CELL_CHARS = 10**8
Rows = Dict[str, List[Optional[str]]]
Entry = Dict[str, Any]


class Event(NamedTuple):
    """An opened entry. `who` is None if the details of the person were erased."""

    number: int
    hash: str
    what: Dict[str, Any]
    who: Optional[Dict[str, Any]]


class Mismatch(Exception):
    """Something in the pack is not as it must be; the text is a sentence about it."""


def main(arguments: Optional[List[str]] = None, folder: Path = THIS_FOLDER) -> int:
    """Checks an unpacked folder, by default the one this file is in. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Checks an evidence pack made by Staffroom.")
    parser.add_argument("--head", help="a head of the ledger you have kept yourself, NUMBER:HASH")
    parser.add_argument("folder", nargs="?", type=Path, default=folder, help="the unpacked pack")
    try:
        options = parser.parse_args(arguments)
        return check(options.folder, options.head if options.head is None else options.head.strip().lower())
    except SystemExit as end:
        return 1 if end.code else 0  # 2 would mean an old pack
    except Mismatch as error:
        say(f"NOT WHOLE: {error}")
    except Exception as error:  # noqa: BLE001 - whatever somebody put into the pack, an inspector gets a sentence
        say(f"NOT WHOLE: The pack cannot be read as a pack ({type(error).__name__}).")
    return 1


def say(text: str) -> None:
    """Prints in ASCII, without control characters: a pack may be somebody's attempt on the screen it is read on."""
    print(re.sub("[\x00-\x1f\x7f]", "?", text).encode("ascii", "backslashreplace").decode())


def check(folder: Path, kept: Optional[str]) -> int:
    """Checks everything, prints it, and returns the exit code; raises Mismatch if it cannot go on."""
    files = read_files(folder)
    entries = read_ledger(text_of(files, "ledger.jsonl"))
    check_chain(entries)
    events = [event_of(entry) for entry in entries if "what" in entry]
    is_old = all(entry["format"] == OLD_FORMAT for entry in entries)
    findings = check_old_pack(files, events, len(entries)) if is_old else check_seal(files, entries, events)
    findings += check_heads(text_of(files, "head.txt"), entries, events, kept)
    findings += check_texts(files, events)
    findings += check_rows(files, "acknowledgements.csv", COLUMNS, acknowledgements(events), is_old)
    findings += check_rows(files, "lessons.csv", LESSON_COLUMNS, lessons(events), is_old)
    remarks = steps_back(events)
    for finding in findings[:MAX_PRINTED]:
        say(f"NOT WHOLE: {finding}")
    if len(findings) > MAX_PRINTED:
        say(f"And {len(findings) - MAX_PRINTED} more.")
    if not findings:
        report(entries, events, kept, is_old)
    for remark in remarks:
        say(f"Note: {remark}")
    return 1 if findings else 2 if is_old else 0


def report(entries: List[Entry], events: List[Event], kept: Optional[str], is_old: bool) -> None:
    """Prints what was checked, and what the check cannot show."""
    say(f"The ledger is whole: {len(entries)} entries, each following from the one before it.")
    say(f"{len(events)} of them can be read in this pack, and say what they said when they were written.")
    say(f"The list of {len(lessons(events))} events about recorded lessons says what the ledger says.")
    say(f"The list of {len(acknowledgements(events))} acknowledgements says what the ledger says.")
    say(f"Head of the ledger: {len(entries)}:{entries[-1]['hash']}")
    if is_old:
        say("This is an old pack: its files are not bound to the ledger. Ask the school to export it again.")
    else:
        say("Every file is the one that was sealed when the pack was made.")
    after = len(entries) - int(kept.partition(":")[0]) if kept else 0
    if after:
        seal = "" if is_old else ", the seal of the files among them"
        say(f"The entries up to the head you gave are witnessed. Entries after it, which are not: {after}{seal}.")
    elif kept is None:
        say("Not shown: that nobody wrote the whole ledger again. Only --head, with a head kept elsewhere, shows this.")


def read_files(folder: Path) -> Dict[str, bytes]:
    """What every file of the pack holds, by name."""
    if not folder.is_dir():
        raise Mismatch("There is no such folder. Unpack the pack, and name the folder.")
    files = sorted(folder.iterdir())
    for file in files:
        if file.is_symlink() or not file.is_file():
            raise Mismatch(f"{file.name!a} is not a file, and is not part of the pack.")
    return {file.name: file.read_bytes() for file in files}


def text_of(files: Dict[str, bytes], name: str) -> str:
    """A file's text; raises Mismatch if it is missing or is not UTF-8."""
    if name not in files:
        raise Mismatch(f"The file {name} is missing.")
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError:
        raise Mismatch(f"The file {name} is not text in UTF-8.") from None


def parsed(text: str, place: str) -> Dict[str, Any]:
    """A JSON object that can be read in one way only; raises Mismatch otherwise."""

    def unique(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise Mismatch(f"{place} says the same thing twice (a key is doubled).")
        return dict(pairs)

    def refused(number: str) -> None:
        raise Mismatch(f"{place} has a number that is not a whole number.")

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_float=refused, parse_constant=refused)
    except (ValueError, RecursionError):
        raise Mismatch(f"{place} cannot be read as JSON.") from None
    if not isinstance(value, dict):
        raise Mismatch(f"{place} is not a JSON object.")
    return value


def read_ledger(text: str) -> List[Entry]:
    """The entries, in the order of their lines; raises Mismatch for a line that is not as Staffroom writes it."""
    if not text.endswith("\n"):
        raise Mismatch("ledger.jsonl does not end with a whole line.")
    entries = []
    for number, line in enumerate(text[:-1].split("\n"), 1):
        place = f"Line {number} of ledger.jsonl"
        if not line.strip():
            raise Mismatch(f"{place} is blank.")
        entry = parsed(line, place)
        check_form(entry, place)
        if json.dumps(entry, ensure_ascii=False, sort_keys=True) != line:
            raise Mismatch(f"{place} is not written as Staffroom writes it.")
        entries.append({"format": OLD_FORMAT, **entry})
    return entries


def check_form(entry: Entry, place: str) -> None:
    """Raises Mismatch if an entry has other parts than an entry has, or a part has another form."""
    halves = [half for half in ("what", "who") if half in entry or f"{half}_salt" in entry]
    forms = dict.fromkeys(("previous", "hash", "what_hash", "who_hash"), "[0-9a-f]{64}")
    forms.update(dict.fromkeys(halves, "(?s).+"))
    forms.update({f"{half}_salt": "[0-9a-f]{32}" for half in halves})
    others = {"number", "format"} if "format" in entry else {"number"}
    if set(entry) != others.union(forms) or halves == ["who"]:
        raise Mismatch(f"{place} has a part that no entry has, or lacks one.")
    if any(type(entry[key]) is not int for key in others) or entry.get("format", 2) not in NEW_FORMATS:
        raise Mismatch(f"{place}: the number or the format is not a whole number that an entry can have.")
    for key, form in forms.items():
        if not isinstance(entry[key], str) or not re.fullmatch(form, entry[key]):
            raise Mismatch(f"{place}: {key} does not have the form it must have.")


def check_chain(entries: List[Entry]) -> None:
    """Raises Mismatch naming the first entry that does not follow, or whose text is not what was sealed."""
    previous, before = FIRST_PREVIOUS, OLD_FORMAT
    for number, entry in enumerate(entries, 1):
        if entry["number"] != number:
            raise Mismatch(f"Entry {number} is missing.")
        if entry["previous"] != previous:
            raise Mismatch(f"Entry {number} does not follow from the one before it.")
        if entry["format"] == OLD_FORMAT < before:
            raise Mismatch(f"Entry {number} has an older form than the entry before it.")
        halves = {half: entry[f"{half}_hash"] for half in ("what", "who")}
        body = {"format": entry["format"], "number": number, "previous": previous, **halves}
        # Keys in order, no spaces, plain ASCII values: RFC 8785 canonical JSON.
        previous, before = sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()), entry["format"]
        if previous != entry["hash"]:
            raise Mismatch(f"Entry {number} was changed after it was written.")
        for half in halves:
            if half in entry and sha256(bytes.fromhex(entry[f"{half}_salt"]) + entry[half].encode()) != halves[half]:
                raise Mismatch(f"Entry {number}: {half} was changed after it was written.")


def sha256(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def event_of(entry: Entry) -> Event:
    """What an opened entry says; raises Mismatch if that is not what an event says."""
    number = entry["number"]
    what = parsed(entry["what"], f"Entry {number}")
    who = parsed(entry["who"], f"Entry {number}") if "who" in entry else None
    if any(not isinstance(what.get(part), kind) for part, kind in EVENT_PARTS.items()):
        raise Mismatch(f"Entry {number} does not say what every event says.")
    if (what["kind"] == SEAL_KIND) != (entry["format"] == SEAL_FORMAT):
        raise Mismatch(f"Entry {number} is not of the format that its kind has.")
    return Event(number, entry["hash"], what, who)


def check_old_pack(files: Dict[str, bytes], events: List[Event], last: int) -> List[str]:
    """What is wrong with a pack from before packs had a seal."""
    findings = check_names(files)
    if not events or events[-1].number != last or events[-1].what["kind"] != "export":
        findings.append("The ledger does not end with the export that made this pack.")
    return findings


def check_names(files: Dict[str, bytes]) -> List[str]:
    """Which files no pack has, or every pack has and this one has not. A text is there to read and to check."""
    texts = {match[1] for match in (re.fullmatch(POLICY_NAME, name) for name in files) if match}
    names = NAMES.union(*({f"{text}.txt", f"{text}.json"} for text in texts))
    findings = [
        f"The file {name!a} is not part of the pack. Delete it, or say who put it there."
        for name in sorted(set(files) - names)
    ]
    return findings + [f"The file {name!a} is missing." for name in sorted(names - set(files))]


def check_seal(files: Dict[str, bytes], entries: List[Entry], events: List[Event]) -> List[str]:
    """What is not as the ledger's last entry sealed it; raises Mismatch if that is no seal."""
    seal = events[-1] if events else None
    if seal is None or seal.number != len(entries) or seal.what["kind"] != SEAL_KIND:
        raise Mismatch("The pack has no seal: the ledger's last entry does not say which files and entries are in it.")
    facts = seal.what["facts"]
    if set(facts) != SEAL_FACTS or not isinstance(facts["files"], dict):
        raise Mismatch(f"Entry {seal.number}, the seal, does not say what a seal says.")
    findings = check_opened(entries, events, numbers_in(facts["opened"]), numbers_in(facts["erased"]))
    if facts["before"] != f"{seal.number - 1}:{entries[-1]['previous']}":
        findings.append(f"Entry {seal.number}, the seal, was made for another ledger.")
    sealed = facts["files"]
    findings += check_names(files)
    findings += [f"The seal does not list the file {name!a}." for name in sorted(set(files) - UNBOUND - set(sealed))]
    for name in sorted(sealed):
        if name not in files:
            findings.append(f"The file {name!a}, which was sealed, is missing.")
        elif sha256(files[name]) != sealed[name]:
            findings.append(f"The file {name!a} was changed after the pack was made.")
    return findings


def numbers_in(ranges: Any) -> Set[int]:
    """The numbers of a list of [first, last], in order and without overlap; raises Mismatch for anything else."""
    numbers: Set[int] = set()
    before = 0
    for pair in ranges:
        first, last = pair
        if type(first) is not int or type(last) is not int or not before < first <= last < 10**7:
            raise Mismatch("The seal's list of entries cannot be read.")
        numbers.update(range(first, last + 1))
        before = last
    return numbers


def check_opened(entries: List[Entry], events: List[Event], opened: Set[int], erased: Set[int]) -> List[str]:
    """Which entries are not open, bare or erased as the seal says."""
    campaign, seal = events[-1].what["campaign"], entries[-1]["number"]
    findings = []
    if not erased <= opened <= set(range(1, seal)):
        findings.append(f"Entry {seal}, the seal, lists entries that it cannot list.")
    for entry in entries:
        number, is_open, has_who = entry["number"], "what" in entry, "who" in entry
        if is_open != (number in opened or number == seal):
            is_as_it_is = (
                "is open although the pack does not list it as open" if is_open else "should be open and is not"
            )
            findings.append(f"Entry {number} {is_as_it_is}.")
        elif is_open and has_who == (number in erased):
            has, lists = ("details", "lists") if has_who else ("no details", "does not list")
            findings.append(f"Entry {number} has {has} of the person although the pack {lists} it as erased.")
        elif entry["format"] == SEAL_FORMAT and not is_open:
            findings.append(f"Entry {number}, the seal of another pack, should be open and is not.")
    for event in events:
        is_shown_to_all = event.what["kind"] in ("publish", SEAL_KIND, CLOCK_KIND) or lessons_in(event)
        if event.what["campaign"] != campaign and not is_shown_to_all:
            findings.append(f"Entry {event.number} is about another campaign and should not be open.")
    return findings


def check_heads(written: str, entries: List[Entry], events: List[Event], kept: Optional[str]) -> List[str]:
    """What is wrong with `written`, the head in the pack, or `kept`, a head kept outside."""
    last = len(entries)
    findings = []
    if written != f"{last}:{entries[-1]['hash']}\n":
        findings.append("head.txt is not the head of this ledger.")
    if kept is None:
        return findings
    if not re.fullmatch("[0-9]{1,9}:[0-9a-f]{64}", kept):
        raise Mismatch("The head you gave does not look like 12:0a1b..., a number and 64 hexadecimal digits.")
    number, hash = int(kept.partition(":")[0]), kept.partition(":")[2]
    if number > last:
        return [*findings, f"The ledger ends at entry {last}, but entry {number} was seen outside."]
    if hash != (entries[number - 1]["hash"] if number else FIRST_PREVIOUS):
        return [*findings, f"Entry {number} is not the one whose hash was kept outside."]
    if number < last and number in {event.number for event in events if event.what["kind"] == SEAL_KIND}:
        findings.append(f"The head you gave sealed another pack. Ask for that pack, or for the head of entry {last}.")
    return findings


def check_texts(files: Dict[str, bytes], events: List[Event]) -> List[str]:
    """Which texts do not have the digest in their name, or were acknowledged and are missing."""
    findings = []
    in_pack = set()
    for name in sorted(files):
        if re.fullmatch(r"policy-.*\.json", name):
            digest = sha256(files[name])
            in_pack.add(digest)
            if name != f"policy-{digest[:12]}.json":
                findings.append(f"{name!a} is not the text its name says.")
    acknowledged = {event.what["facts"]["version"] for event in events if event.what["kind"] in ACKNOWLEDGED}
    return findings + [f"The text {text[:12]}, which was acknowledged, is missing." for text in acknowledged - in_pack]


def check_rows(files: Dict[str, bytes], name: str, columns: List[str], expected: Rows, is_old: bool) -> List[str]:
    """How the rows of a list differ from what the ledger says."""
    csv.field_size_limit(MAX_CELL_CHARS)
    try:
        header, *rows = csv.reader(io.StringIO(text_of(files, name).lstrip("\ufeff"), newline=""), strict=True)
    except (csv.Error, ValueError):
        raise Mismatch(f"{name} cannot be read as a list.") from None
    if header != columns or [] in rows:
        return [f"{name} has other columns, or an empty line."]
    listed = [row[0] for row in rows]
    missing = set(expected) - set(listed)
    findings = [f"Entry {number} has no row in {name}." for number in expected if number in missing]
    findings += [f"The row for {key!a} in {name} is not in the ledger." for key in listed if key not in expected]
    if not findings and listed != list(expected):
        findings.append(f"The rows of {name} are doubled or in another order.")
    for row in rows:
        cells = expected.get(row[0], row)
        if len(row) != len(columns):
            findings.append(f"{name}: the row for {row[0]!a} has cells too many or too few.")
        elif row[0] in expected and not all(fits(text, cell, is_old) for text, cell in zip(row, cells)):  # noqa: B905
            findings.append(f"{name}: the row for {row[0]} is not what the ledger says.")
    return findings


def fits(text: str, sealed: Optional[str], is_old: bool) -> bool:
    """Whether a cell says what is sealed. The ledger does not seal None, which is any text but an empty one."""
    if sealed is None:
        return bool(text)
    return text == as_cell(sealed) or (is_old and text in (sealed, GUARD + sealed))


def as_cell(text: str) -> str:
    """Text as a sheet can hold it, with U+FFFD for what it cannot, and as no spreadsheet reads it as a formula."""
    clean = NOT_IN_SHEETS.sub("\ufffd", text)
    return GUARD + clean if FORMULA.match(clean) else clean


def acknowledgements(events: List[Event]) -> Rows:
    """The row of each acknowledgement by its receipt."""
    corrected = {event.what["facts"]["entry"] for event in events if event.what["kind"] == "correct"}
    rows: Rows = {}
    for number, hash, what, who in events:
        if what["kind"] in ACKNOWLEDGED:
            facts, named = what["facts"], who or {}
            how = "on paper" if what["kind"] == "paper" else f"pressed in {facts['channel']}"
            person = [named.get("name", ERASED), named.get("email", ""), named.get("roles", "")]
            sealed = [how, facts["label"], facts["version"], london_time(what), facts.get("signed", "")]
            witness = None if facts.get("witness") else ""
            counts = "no, corrected" if number in corrected else "yes"
            rows[str(number)] = [str(number), *person, *sealed, witness, counts, hash]
    return rows


def lessons_in(event: Event) -> List[str]:
    """The ids of the lessons that an event is about, in order."""
    facts = event.what["facts"]
    return sorted({facts.get("lesson", ""), *facts.get("lessons", ())} - {""})


def lessons(events: List[Event]) -> Rows:
    """The row of each event about recorded lessons by its number."""
    rows: Rows = {}
    for event in events:
        if lessons_in(event):
            number, hash, what, who = event
            facts, named = what["facts"], {"name": ERASED} if who is None else who
            details = "; ".join(f"{name}: {json.dumps(facts[name], ensure_ascii=False)}" for name in sorted(facts))
            sealed = [what["kind"], " ".join(lessons_in(event)), london_time(what), details]
            rows[str(number)] = [str(number), *sealed, named.get("name", ""), named.get("label", ""), hash]
    return rows


def london_time(what: Dict[str, Any]) -> str:
    """When an event happened, as the lists write it."""
    local = datetime.fromisoformat(what["local"])
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} (London)"


def steps_back(events: List[Event]) -> List[str]:
    """A sentence for each note that the clock went back, and for each entry earlier than the readable one before it.

    An entry that is earlier because of a step that is noted is not mentioned again.
    """
    remarks = []
    before: Optional[Event] = None
    for event in events:
        if event.what["kind"] == CLOCK_KIND:
            remarks.append(noted_step(event))
        elif before and time_of(event) < time_of(before) - CLOCK_TOLERANCE:
            remarks.append(
                f"Entry {event.number} has an earlier time than entry {before.number}: the computer's clock was put "
                "back. That alone does not make the pack bad."
            )
        before = event
    return remarks


def time_of(event: Event) -> datetime:
    """When an event happened."""
    return datetime.fromisoformat(event.what["at"])


def noted_step(event: Event) -> str:
    """What a note that the clock went back says; raises Mismatch if it does not name both times."""
    try:
        before, now = [utc_time(event.what["facts"][name]) for name in ("before", "now")]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Mismatch(f"Entry {event.number} does not say from when to when the clock went back.") from None
    return (
        f"Before entry {event.number + 1} the computer's clock was put back from {before} to {now} (UTC). "
        "That alone does not make the pack bad."
    )


def utc_time(text: str) -> str:
    """A time to the second: a step may be as short as that."""
    time = datetime.fromisoformat(text).astimezone(timezone.utc)
    return f"{time:%A} {time.day} {time:%B %Y, %H:%M:%S}"


if __name__ == "__main__":
    sys.exit(main())
