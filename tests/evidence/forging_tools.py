"""The files of a pack as somebody who forges one has them in hand: lines and rows to read, change and write."""

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Files: TypeAlias = dict[str, bytes]
Forgery: TypeAlias = Callable[[Files, random.Random], None]
LISTS = ("acknowledgements.csv", "lessons.csv")
FORGERIES: dict[str, Forgery] = {}  # every kind that can be made with the pack alone, or with the whole ledger
REWRITTEN: dict[str, Forgery] = {}  # those that write the ledger again, or go on with it: only a head shows them


def forgery(kinds: dict[str, Forgery]) -> Callable[[Forgery], Forgery]:
    def kept(function: Forgery) -> Forgery:
        kinds[function.__name__] = function
        return function

    return kept


def lines_of(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["ledger.jsonl"].decode().splitlines()]


def write_lines(files: Files, lines: Sequence[dict[str, Any]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)
    files["ledger.jsonl"] = text.encode()


def rows_of(files: Files, name: str = LISTS[0]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))


def write_rows(files: Files, rows: Sequence[Sequence[str]], name: str = LISTS[0]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    files[name] = buffer.getvalue().encode("utf-8-sig")


def close(line: dict[str, Any], *halves: str) -> None:
    for half in halves:
        line.pop(half, None)
        line.pop(f"{half}_salt", None)


def open_numbers(files: Files) -> list[int]:
    return [line["number"] for line in lines_of(files)[:-1] if "what" in line]


def change_line(files: Files, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    lines = lines_of(files)
    change(lines[number - 1])
    write_lines(files, lines)


def raw_line(files: Files, number: int, before: str, after: str) -> None:
    lines = files["ledger.jsonl"].decode().split("\n")
    assert before in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(before, after, 1)
    files["ledger.jsonl"] = "\n".join(lines).encode("utf-8", "surrogatepass")


def zipped(content: bytes) -> Files:
    """The files of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def take(files: Files, content: bytes) -> None:
    files.clear()
    files.update(zipped(content))
