"""Staff lists damaged at random: never an error of another kind than ours, never a row in the wrong column."""

import random
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.roster.rules.staff_list import read_staff_list
from bot.tenant.staff_file import check_file
from bot.tenant.table_file import text_rows

SEED = 15
OWN_HEADER = ("id", "name", "email", "account", "roles", "days", "starts")
EXPORT_HEADER = ("Surname", "Forename", "Gender", "Work Email", "Staff Code", "Role", "Phone")


def own_row(number: int) -> tuple[str, ...]:
    account = f"0a-{number}" if number % 2 else ""
    return (
        f"t{number}",
        f"Teacher {'ABCDEFGHIJ'[number]}",
        f"t{number}@school.example",
        account,
        "staff",
        "Mon-Fri",
        "",
    )


def export_row(number: int) -> tuple[str, ...]:
    letter = "ABCDEFGHIJ"[number]
    return ("Teacher", letter, "F", f"{letter.lower()}@school.example", f"C{number}", "Teacher", f"01524 {number}")


def mangled(rows: list[tuple[str, ...]], separator: str, rng: random.Random) -> str:
    """The rows as text; in some of them one separator, quote or line end is put in or taken out."""
    lines = [separator.join(row) + "\n" for row in rows]
    for number in rng.sample(range(1, len(lines)), rng.randint(1, 3)):
        line = lines[number]
        if rng.random() < 0.5:
            place = rng.choice([place for place, char in enumerate(line) if char in f"{separator}\n"])
            lines[number] = line[:place] + line[place + 1 :]
        else:
            place = rng.randrange(line.index(separator) + 1, len(line))  # what cuts the first cell leaves a whole row
            lines[number] = line[:place] + rng.choice([separator, '"', "\n", separator * 2]) + line[place:]
    return "".join(lines)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("is_own", [True, False])
def test_separators_and_quotes_put_in_or_taken_out_never_move_a_row_into_the_wrong_column(separator: str, is_own: bool):
    rng = random.Random(SEED)
    header, row_of = (OWN_HEADER, own_row) if is_own else (EXPORT_HEADER, export_row)
    rows = [header, *(row_of(number) for number in range(6))]
    right = {
        (p.id, p.name, p.email, p.account, p.roles)
        for p in read_staff_list(text_rows("\n".join(separator.join(row) for row in rows), "x")).people
    }
    assert len(right) == 6

    for _ in range(400):
        text = mangled(rows, separator, rng)
        people = read_staff_list(text_rows(text, "x")).people
        wrong = {(p.id, p.name, p.email, p.account, p.roles) for p in people} - right
        assert not wrong, text


def test_bytes_changed_at_random_end_in_people_problems_or_one_sentence(tmp_path: Path):
    rng = random.Random(SEED)
    file = tmp_path / "staff.csv"
    rows = [OWN_HEADER, *(own_row(number) for number in range(6))]
    text = "Staff\n\n" + "\n".join(",".join(row) for row in rows)
    for _ in range(400):
        content = bytearray(text.encode(rng.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])))
        for _ in range(rng.randint(1, 8)):
            content[rng.randrange(len(content))] = rng.choice([0, 10, 13, 34, 44, 59, rng.randrange(256)])
        file.write_bytes(bytes(content[: rng.randint(1, len(content))]))
        try:
            check_file(file)
        except SettingsError as error:
            assert str(error).endswith(".")
