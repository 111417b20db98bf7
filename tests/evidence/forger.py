"""Ways to forge a pack for somebody who has it in hand: each changes its files, given by name."""

import random

from tests.evidence.example_pack import (
    ledger,
)
from tests.evidence.forging_tools import (
    FORGERIES,
    LISTS,
    Files,
    change_line,
    close,
    forgery,
    lines_of,
    open_numbers,
    raw_line,
    rows_of,
    write_lines,
    write_rows,
)

CORRECTION = 13


@forgery(FORGERIES)
def a_name_is_replaced_where_the_details_were_taken_out(files: Files, chance: random.Random) -> None:
    change_line(files, 3, lambda line: close(line, "who"))
    rows = rows_of(files)
    rows[1][1] = "Somebody else"
    write_rows(files, rows)


@forgery(FORGERIES)
def details_are_taken_out(files: Files, chance: random.Random) -> None:
    change_line(files, chance.choice(open_numbers(files)), lambda line: close(line, "who"))


@forgery(FORGERIES)
def a_correction_is_hidden_so_that_a_receipt_counts(files: Files, chance: random.Random) -> None:
    change_line(files, CORRECTION, lambda line: close(line, "what", "who"))
    rows = [[("yes" if cell == "no, corrected" else cell) for cell in row] for row in rows_of(files)]
    write_rows(files, rows)


@forgery(FORGERIES)
def an_acknowledgement_is_hidden_with_its_row(files: Files, chance: random.Random) -> None:
    row = chance.choice(rows_of(files)[1:])
    change_line(files, int(row[0]), lambda line: close(line, "what", "who"))
    write_rows(files, [other for other in rows_of(files) if other != row])


@forgery(FORGERIES)
def any_entry_is_hidden(files: Files, chance: random.Random) -> None:
    change_line(files, chance.choice(open_numbers(files)), lambda line: close(line, "what", "who"))


@forgery(FORGERIES)
def everything_is_hidden(files: Files, chance: random.Random) -> None:
    lines = lines_of(files)
    for line in lines:
        close(line, "what", "who")
    write_lines(files, lines)
    for name in LISTS:
        write_rows(files, rows_of(files, name)[:1], name)


@forgery(FORGERIES)
def everything_but_the_seal_is_hidden(files: Files, chance: random.Random) -> None:
    lines = lines_of(files)
    for line in lines[:-1]:
        close(line, "what", "who")
    write_lines(files, lines)
    for name in LISTS:
        write_rows(files, rows_of(files, name)[:1], name)


@forgery(FORGERIES)
def the_seal_is_hidden(files: Files, chance: random.Random) -> None:
    lines = lines_of(files)
    close(lines[-1], *chance.choice([("who",), ("what", "who"), ("what",)]))
    write_lines(files, lines)


@forgery(FORGERIES)
def the_seal_is_cut_off(files: Files, chance: random.Random) -> None:
    lines = lines_of(files)[: -chance.randrange(1, 4)]
    write_lines(files, lines)
    files["head.txt"] = f"{len(lines)}:{lines[-1]['hash']}\n".encode()


@forgery(FORGERIES)
def a_hidden_entry_is_opened(files: Files, chance: random.Random) -> None:
    entry = ledger()[1]
    change_line(files, 2, lambda line: line.update(what=entry.what.text, what_salt=entry.what.salt))


@forgery(FORGERIES)
def a_file_says_something_else(files: Files, chance: random.Random) -> None:
    name = chance.choice(sorted(set(files) - {"ledger.jsonl", "head.txt"}))
    files[name] += chance.choice([b"\n", b"And more.", b"\0"])


@forgery(FORGERIES)
def a_byte_is_another(files: Files, chance: random.Random) -> None:
    name = chance.choice(sorted(files))
    at = chance.randrange(len(files[name]))
    other = chance.choice([byte for byte in range(256) if byte != files[name][at]])
    files[name] = files[name][:at] + bytes([other]) + files[name][at + 1 :]


@forgery(FORGERIES)
def a_byte_is_missing_or_doubled(files: Files, chance: random.Random) -> None:
    name = chance.choice(sorted(files))
    at = chance.randrange(len(files[name]))
    files[name] = files[name][:at] + files[name][at : at + 1] * chance.choice([0, 2]) + files[name][at + 1 :]


@forgery(FORGERIES)
def a_file_is_missing(files: Files, chance: random.Random) -> None:
    del files[chance.choice(sorted(files))]


@forgery(FORGERIES)
def a_file_is_empty_or_cut(files: Files, chance: random.Random) -> None:
    name = chance.choice(sorted(files))
    files[name] = files[name][: chance.choice([0, 1, len(files[name]) // 2, len(files[name]) - 1])]


@forgery(FORGERIES)
def there_is_another_file(files: Files, chance: random.Random) -> None:
    name = chance.choice(
        ["policy-0000.txt", "notes.txt", "head.txt.bak", "statement2.txt", "a\x1b[2Jb", "ledger.jsonl~"]
    )
    files[name] = b"I was there."


@forgery(FORGERIES)
def a_file_has_another_name(files: Files, chance: random.Random) -> None:
    name = chance.choice(sorted(files))
    files[chance.choice([name.upper() + "x", f" {name}", f"old-{name}"])] = files.pop(name)


@forgery(FORGERIES)
def two_files_are_exchanged(files: Files, chance: random.Random) -> None:
    first, second = chance.sample(sorted(files), 2)
    files[first], files[second] = files[second], files[first]


@forgery(FORGERIES)
def a_row_has_a_surplus_cell(files: Files, chance: random.Random) -> None:
    name = chance.choice(LISTS)
    rows = rows_of(files, name)
    chance.choice(rows).append(chance.choice(["", "really", "0"]))
    write_rows(files, rows, name)


@forgery(FORGERIES)
def a_row_lacks_a_cell(files: Files, chance: random.Random) -> None:
    name = chance.choice(LISTS)
    rows = rows_of(files, name)
    del chance.choice(rows)[-1]
    write_rows(files, rows, name)


@forgery(FORGERIES)
def a_cell_says_something_else(files: Files, chance: random.Random) -> None:
    name = chance.choice(LISTS)
    rows = rows_of(files, name)
    row = chance.choice(rows)
    at = chance.randrange(len(row))
    row[at] = chance.choice([f"{row[at]} ", f"'{row[at]}", "x", f"{row[at]}\ufffd"])
    write_rows(files, rows, name)


@forgery(FORGERIES)
def rows_are_doubled_dropped_or_exchanged(files: Files, chance: random.Random) -> None:
    name = chance.choice(LISTS)
    rows = rows_of(files, name)
    at = chance.randrange(1, len(rows))
    other = {"drop": rows[:at] + rows[at + 1 :], "double": rows[:at] + rows[at - 1 :], "turn": [rows[0], *rows[:0:-1]]}
    write_rows(files, other[chance.choice(sorted(other))], name)


@forgery(FORGERIES)
def a_row_is_invented(files: Files, chance: random.Random) -> None:
    rows = rows_of(files)
    write_rows(files, [*rows, [chance.choice(["99", "2", "", "３"]), *rows[1][1:]]])


@forgery(FORGERIES)
def a_header_is_another(files: Files, chance: random.Random) -> None:
    name = chance.choice(LISTS)
    rows = rows_of(files, name)
    rows[0][-1] = "hash"
    write_rows(files, rows, name)


@forgery(FORGERIES)
def a_key_is_doubled(files: Files, chance: random.Random) -> None:
    number = chance.randrange(1, 15)
    raw_line(files, number, '"number": ', f'"number": {chance.choice([number, 1])}, "number": ')


@forgery(FORGERIES)
def a_number_is_written_in_another_way(files: Files, chance: random.Random) -> None:
    number = chance.randrange(1, 15)
    forms = [
        f"{number}.0",
        f"{number}e0",
        f'"{number}"',
        "true",
        "null",
        f"-{number}",
        "NaN",
        "Infinity",
        "9" * 5000,
        "[]",
    ]
    raw_line(files, number, f'"number": {number}', f'"number": {chance.choice(forms)}')


@forgery(FORGERIES)
def the_format_is_another(files: Files, chance: random.Random) -> None:
    number = chance.randrange(1, 14)
    form = chance.choice(
        ['"format": 1', '"format": 3', '"format": true', '"format": 2.0', '"format": "2"', '"form": 2']
    )
    raw_line(files, number, '"format": 2', form)


@forgery(FORGERIES)
def the_format_is_left_out(files: Files, chance: random.Random) -> None:
    lines = lines_of(files)
    for line in lines:
        del line["format"]
    write_lines(files, lines)


@forgery(FORGERIES)
def a_line_has_a_surplus_part(files: Files, chance: random.Random) -> None:
    surplus = chance.choice([{"note": "x"}, {"": ""}, {"who_salt": "0" * 32}, {"what": ""}, {"Number": 1}])
    change_line(files, 2, lambda line: line.update(surplus))


@forgery(FORGERIES)
def a_line_is_nested_deeply(files: Files, chance: random.Random) -> None:
    deep = chance.choice(["[" * 100_000, '{"a":' * 100_000, "[" * 900 + "]" * 900])
    raw_line(files, chance.randrange(1, 15), '"previous": ', f'"deep": {deep}, "previous": ')


@forgery(FORGERIES)
def a_line_is_blank_doubled_or_gone(files: Files, chance: random.Random) -> None:
    lines = files["ledger.jsonl"].splitlines(keepends=True)
    at = chance.randrange(len(lines))
    lines[at : at + 1] = chance.choice(
        [[], [lines[at]] * 2, [b"\n", lines[at]], [lines[at], b" \n"], [b"[]\n"], [b"1\n"]]
    )
    files["ledger.jsonl"] = b"".join(lines)


@forgery(FORGERIES)
def the_ledger_is_written_in_another_way(files: Files, chance: random.Random) -> None:
    whole = files["ledger.jsonl"]
    ways = [b"\xef\xbb\xbf" + whole, whole.replace(b"\n", b"\r\n"), whole.replace(b": ", b":"), whole.rstrip(b"\n")]
    ways += [whole + b"\n", whole.decode().encode("utf-16"), whole.replace(b"number", b"n\\u0075mber"), b" " + whole]
    files["ledger.jsonl"] = chance.choice(ways)


@forgery(FORGERIES)
def a_salt_or_hash_is_written_in_another_way(files: Files, chance: random.Random) -> None:
    key = chance.choice(["what_salt", "who_salt", "what_hash", "hash", "previous"])
    way = chance.choice(
        [lambda t: t.upper() + " ", lambda t: f" {t}", lambda t: " ".join([t[:2], t[2:]]), lambda t: ""]
    )
    change_line(files, 3, lambda line: line.update({key: way(line[key])}))


@forgery(FORGERIES)
def the_head_has_another_form(files: Files, chance: random.Random) -> None:
    head_text = files["head.txt"].decode()
    ways = [
        head_text.upper(),
        head_text.strip(),
        f"{head_text}\n",
        f" {head_text}",
        f"0{head_text}",
        "",
        "x",
        "٣:" + head_text,
    ]
    files["head.txt"] = chance.choice(ways).encode()


@forgery(FORGERIES)
def what_somebody_said_is_another(files: Files, chance: random.Random) -> None:
    number = chance.choice([number for number in open_numbers(files) if number != 2])
    half = chance.choice(["what", "who"])
    change_line(files, number, lambda line: line.update({half: line[half].replace("e", "i", 1) + " "}))
