"""Forgeries of the files that a seal binds, of head.txt, and of the names of files."""

import unicodedata
from collections.abc import Callable
from io import BytesIO
from random import Random

from openpyxl import load_workbook

from tests.evidence.dishonest_school import UNBOUND, Forged, NotPossible, kind, kind_of_file
from tests.evidence.honest_school import HonestPack

ACKNOWLEDGED, LESSONS, SHEETS = "acknowledgements.csv", "lessons.csv", "acknowledgements.xlsx"
LISTS = (ACKNOWLEDGED, LESSONS)
COLUMN = {"name": 1, "email": 2, "roles": 3, "how": 4, "version": 5, "acknowledged": 7, "signed": 8, "witness": 9}


def bound(draft: Forged) -> list[str]:
    return sorted(set(draft.files) - set(UNBOUND))


def policy(draft: Forged, ending: str) -> str:
    return next(name for name in sorted(draft.files) if name.startswith("policy-") and name.endswith(ending))


def rows_of(draft: Forged, name: str, least: int = 1) -> list[str]:
    """Rows of a list without its header; raises NotPossible if there are fewer than `least`."""
    rows = draft.files[name].decode("utf-8-sig").split("\r\n")[1:-1]
    if len(rows) < least:
        raise NotPossible(name)
    return rows


def put_rows(draft: Forged, name: str, rows: list[str]) -> None:
    header = draft.files[name].decode().split("\r\n")[0]
    draft.files[name] = "\r\n".join([header, *rows, ""]).encode("utf-8", "surrogatepass")


def change_cell(draft: Forged, random: Random, column: int, change: Callable[[str], str]) -> None:
    """Changes one cell of one acknowledgement; raises NotPossible if it would stay the same."""
    rows = rows_of(draft, ACKNOWLEDGED)
    changed = []
    for place, row in enumerate(rows):
        cells = row[1:-1].split('","')
        cells[column] = change(cells[column])
        changed.append((place, '"' + '","'.join(cells) + '"'))
    places = [pair for pair in changed if pair[1] != rows[pair[0]]]
    if not places:
        raise NotPossible(ACKNOWLEDGED)
    place, row = random.choice(places)
    rows[place] = row
    put_rows(draft, ACKNOWLEDGED, rows)


@kind_of_file("everything that was exported is here")
def a_file_left_out(draft: Forged, random: Random, pack: HonestPack) -> None:
    del draft.files[random.choice(bound(draft))]


@kind("everything that was exported is here")
def the_head_or_the_ledger_left_out(draft: Forged, random: Random, pack: HonestPack) -> None:
    del draft.files[random.choice(UNBOUND)]


@kind_of_file("only what was exported is here")
def a_file_added(draft: Forged, random: Random, pack: HonestPack) -> None:
    names = ("corrections.csv", "acknowledgements-final.csv", "policy-000000000000.txt", "READ ME FIRST.txt", "x.py")
    draft.files[random.choice(names)] = random.choice((b"", b"Everybody has acknowledged.\n"))


@kind_of_file("each file has its own content")
def two_files_swapped(draft: Forged, random: Random, pack: HonestPack) -> None:
    one, two = random.sample((ACKNOWLEDGED, LESSONS, SHEETS, "statement.txt", policy(draft, ".json")), 2)
    draft.files[one], draft.files[two] = draft.files[two], draft.files[one]


@kind("each file is as it was")
def one_bit_flipped(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice(sorted(draft.files))
    content = bytearray(draft.files[name])
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    draft.files[name] = bytes(content)


@kind("each file is as it was")
def a_file_cut_or_emptied(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice(sorted(draft.files))
    draft.files[name] = draft.files[name][: random.choice((0, -1, len(draft.files[name]) // 2))]


@kind("each file is as it was")
def something_appended(draft: Forged, random: Random, pack: HonestPack) -> None:
    more = (b"\n", b" ", b"\0", b"\r\n", b"\x1a", "\u200b".encode(), b"{}\n", b"PK\x05\x06" + bytes(18))
    draft.files[random.choice(sorted(draft.files))] += random.choice(more)


@kind_of_file("this person acknowledged")
def another_name_in_the_list(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice(("Mr Nobody", "Anna ", "", "(details erased)", "'=1+1"))
    change_cell(draft, random, COLUMN["name"], lambda cell: name)


@kind_of_file("this is what the person is called")
def a_name_that_looks_the_same(draft: Forged, random: Random, pack: HonestPack) -> None:
    changes: tuple[Callable[[str], str], ...] = (
        lambda cell: cell.replace("a", "\u0430", 1).replace("e", "\u0435", 1),
        lambda cell: cell[:1] + "\u200b" + cell[1:],
        lambda cell: "\u202e" + cell[::-1],
        lambda cell: cell + "\u00a0",
        lambda cell: cell + "\ufe0f",
        lambda cell: unicodedata.normalize("NFD", cell + "\u00eb"),
        lambda cell: cell.replace(" ", "\u2003"),
        lambda cell: "\ufeff" + cell,
        lambda cell: cell + "\u0000",
        lambda cell: cell.upper(),
    )
    change_cell(draft, random, COLUMN["name"], random.choice(changes))


@kind_of_file("it was acknowledged then")
def another_time_in_the_list(draft: Forged, random: Random, pack: HonestPack) -> None:
    change = random.choice((("September", "August"), ("2021", "2020"), (":00", ":59"), ("London", "UTC")))
    change_cell(draft, random, COLUMN["acknowledged"], lambda cell: cell.replace(*change))


@kind_of_file("this person witnessed the sheet")
def another_witness_in_the_list(draft: Forged, random: Random, pack: HonestPack) -> None:
    column = COLUMN[random.choice(("signed", "witness"))]
    change_cell(draft, random, column, lambda cell: "2021-09-01" if cell.startswith("20") else "")


@kind_of_file("this person witnessed the sheet, by the staff list", fits=True)
def another_name_of_a_witness(draft: Forged, random: Random, pack: HonestPack) -> None:
    change_cell(draft, random, COLUMN["witness"], lambda cell: "The chair" if cell else "")


@kind_of_file("it was acknowledged in this way, by somebody with these roles")
def another_way_in_the_list(draft: Forged, random: Random, pack: HonestPack) -> None:
    column = random.choice(("email", "roles", "how", "version"))
    change_cell(draft, random, COLUMN[column], lambda cell: f"{cell}x" if cell else "head@school.example")


@kind_of_file("this acknowledgement counts")
def another_count_in_the_list(draft: Forged, random: Random, pack: HonestPack) -> None:
    change_cell(draft, random, 10, lambda cell: "yes" if cell != "yes" else "no, corrected")


@kind_of_file("the row is about this entry")
def another_entry_in_the_list(draft: Forged, random: Random, pack: HonestPack) -> None:
    ways: tuple[tuple[int, Callable[[str], str]], ...] = (
        (0, lambda cell: f"0{cell}"),
        (11, str.upper),
        (11, lambda cell: cell[:12]),
    )
    column, change = random.choice(ways)
    change_cell(draft, random, column, change)


@kind_of_file("the list has every row once, in order")
def rows_of_a_list_moved(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice([name for name in LISTS if len(draft.files[name].split(b"\r\n")) > 3] or [ACKNOWLEDGED])
    rows = rows_of(draft, name, 2)
    row = random.choice(rows)
    ways = ([*rows, row], [r for r in rows if r != row], rows[::-1], [*rows[1:], rows[0]], [], [*rows, ""])
    put_rows(draft, name, random.choice(ways))


@kind_of_file("the lesson was so, and its recording")
def another_lesson_in_the_list(draft: Forged, random: Random, pack: HonestPack) -> None:
    rows = rows_of(draft, LESSONS)
    place = random.randrange(len(rows))
    cells = rows[place][1:-1].split('","')
    cells[random.randrange(len(cells))] += random.choice(("x", " ", "\u200b", "; recorded: false"))
    rows[place] = '"' + '","'.join(cells) + '"'
    put_rows(draft, LESSONS, rows)


@kind_of_file("a row has just its cells")
def cells_of_a_row_moved(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice(LISTS)
    rows = rows_of(draft, name)
    cells = rows[-1][1:-1].split('","')
    ways = ([*cells, "Mr Nobody"], [*cells, ""], cells[:-1], [cells[1], cells[0], *cells[2:]], ["", *cells])
    rows[-1] = '"' + '","'.join(random.choice(ways)) + '"'
    put_rows(draft, name, rows)


@kind_of_file("the columns are called so")
def another_header(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice(LISTS)
    word = random.choice((b'"name"', b'"entry hash"'))
    draft.edit(name, word, random.choice((b'"Name"', b'"name","extra"', b'" name"', b'"counts"')))


@kind_of_file("the list is written as the program writes it", fits=True)
def another_spelling_of_a_list(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice(LISTS)
    text = draft.files[name].decode("utf-8-sig")
    ways = (
        text.encode(),
        b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        text.encode("utf-16-le"),
        text.encode("utf-8-sig").replace(b"\r\n", b"\n"),
        text.encode("utf-8-sig").replace(b"\r\n", b"\r"),
        text.encode("utf-8-sig").replace(b'","', b'", "'),
        text.encode("utf-8-sig").replace(b'","', b'";"'),
        text.encode("utf-8-sig").replace(b'"yes"', b"yes"),
        b"sep=,\r\n" + text.encode("utf-8-sig"),
        text.encode("utf-8-sig").rstrip(b"\r\n"),
        text.encode("utf-8-sig") + b"\r\n\r\n",
        text.encode("utf-8-sig") + b"\xff\xfe\r\n",
        text.encode("utf-8-sig") + b'"',
        text.encode("utf-8-sig") + b"\0",
        text.encode("utf-8-sig") + b'"' + b"x" * 200_000 + b'"\r\n',
    )
    draft.files[name] = random.choice(ways)


@kind_of_file("these words were acknowledged")
def another_statement(draft: Forged, random: Random, pack: HonestPack) -> None:
    after = random.choice((b"I have read this.", b"I have read this and agree to all.", "I hav\u0435 read".encode()))
    draft.edit("statement.txt", b"I have read this and agree.", after)


@kind_of_file("this text was acknowledged")
def another_text_to_read(draft: Forged, random: Random, pack: HonestPack) -> None:
    after = random.choice((b"Be unkind.", b"Be kind. Work on Sundays.", b"Be kind.\n\n", "Be \u202ekind.".encode()))
    draft.edit(policy(draft, ".txt"), b"Be kind.", after)


@kind_of_file("this text was acknowledged")
def another_text_to_check(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = policy(draft, ".json")
    start, end = b'{"clauses":', b"}"
    ways = (
        lambda: draft.edit(name, b"Be kind.", b"Be unkind."),
        lambda: draft.edit(name, b"Be kind.", b"Be \\u006bind."),
        lambda: draft.edit(name, start, b'{"clauses":[],"clauses":'),
        lambda: draft.edit(name, start, b'{ "clauses": '),
        lambda: draft.edit(name, start, b'{"a":1,"clauses":'),
        lambda: draft.files.update({name: draft.files[name] + b"\n"}),
        lambda: draft.files.update({name: draft.files[name].rstrip(end) + b',"z":NaN}'}),
        lambda: draft.files.update({name: b"[" * 100_000}),
        lambda: draft.files.update({name: b"\xff\xfe" + draft.files[name]}),
    )
    random.choice(ways)()


@kind_of_file("the README says how to check", fits=True)
def another_readme(draft: Forged, random: Random, pack: HonestPack) -> None:
    ways = ((b"Do not use the verify.py", b"Use the verify.py"), (b"WHAT IT DOES NOT PROVE", b"WHAT IT PROVES"))
    draft.edit("README.txt", *random.choice(ways))


@kind_of_file("the program in the pack is the school's", fits=True)
def another_program(draft: Forged, random: Random, pack: HonestPack) -> None:
    draft.files["verify.py"] = b'print("The ledger is whole. Every file is the one that was sealed.")\n'


@kind_of_file("the sheets say what the ledger says")
def other_sheets(draft: Forged, random: Random, pack: HonestPack) -> None:
    book = load_workbook(BytesIO(draft.files[SHEETS]))
    sheet = book.worksheets[0]
    way = random.randrange(4)
    if way == 0:
        sheet["B2"] = "Mr Nobody"
    elif way == 1:
        sheet.append(["99", "Mr Nobody", "", "staff", "pressed in teams"])
    elif way == 2:
        book.create_sheet("Corrections").append(["All were corrected."])
    else:
        sheet.delete_rows(sheet.max_row)
    buffer = BytesIO()
    book.save(buffer)
    draft.files[SHEETS] = buffer.getvalue()


@kind_of_file("the sheets are a spreadsheet")
def broken_sheets(draft: Forged, random: Random, pack: HonestPack) -> None:
    content = draft.files[SHEETS]
    ways = (b"", b"PK", content[:-30], content[: len(content) // 2], b"<html>", b"\xd0\xcf\x11\xe0" + bytes(600))
    draft.files[SHEETS] = random.choice(ways)


@kind("this is the ledger's head")
def another_head(draft: Forged, random: Random, pack: HonestPack) -> None:
    number, _, digest = pack.head.partition(":")
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    ways = (
        "", "\n", number, digest, f"{int(number) - 1}:{digest}\n", f"{number}:{digest.upper()}\n", f"{number}:{digest}",
        f"{number}:{digest}\r\n", f"\ufeff{number}:{digest}\n", f" {number}:{digest}\n", f"0{number}:{digest}\n",
        f"{wide}:{digest}\n", f"{number}:{digest}\0\n", f"{number}:{digest}\n{number}:{digest}\n", "\ud800\n",
        f"{number}:{'0' * 64}\n", f"+{number}:{digest}\n", f"{number}:{digest}\n# checked\n",
        f"{'9' * 5000}:{digest}\n",
        f"{pack.head}\n\n", f"{pack.head}\x0b", f"{pack.head}\u2028", f"{pack.head}\u200b\n", f"-{number}:{digest}\n",
    )  # fmt: skip
    draft.files["head.txt"] = random.choice(ways).encode("utf-8", "surrogatepass")
