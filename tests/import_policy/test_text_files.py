"""Plain text and Markdown become clauses too."""

from time import process_time

from bot.import_policy.rules.clauses import Draft
from bot.import_policy.rules.cut_clauses import cut
from bot.import_policy.text_reader import read_text_file


def cited(text: str | bytes) -> list[tuple[str, str]]:
    return [(clause.ref, clause.text) for clause in drafted(text).clauses]


def drafted(text: str | bytes) -> Draft:
    return cut(read_text_file(text if isinstance(text, bytes) else text.encode()))


def test_markdown_has_headings_lists_and_tables_and_no_signs_of_its_own():
    text = """# Phones policy

Version 3, adopted by the governing body on 3 May 2025

## 1. Rules

1. Staff **must** lock phones away,
   in [their locker](http://example.org).
2. Phones may be used:
   - in the *staff room*
   - off site

| Place | Rule |
|---|---|
| Hall | No phones at any time |
"""

    assert cited(text) == [
        ("1", "Staff must lock phones away, in their locker."),
        ("2", "Phones may be used:"),
        ("2, bullet 1", "in the staff room"),
        ("2, bullet 2", "off site"),
        ("Table, row 1 (Hall)", "Hall No phones at any time"),
    ]
    assert (drafted(text).title, drafted(text).facts["version"]) == ("Phones policy", "3")


def test_plain_text_is_read_with_headings_in_capitals_and_wrapped_lines():
    text = "PHONES POLICY\r\n\r\nRULES\r\n* Lock your phone away before\r\n  you meet a class.\r\n* Never film.\r\n"

    assert cited(text) == [
        ("RULES, bullet 1", "Lock your phone away before you meet a class."),
        ("RULES, bullet 2", "Never film."),
    ]


def test_text_as_windows_writes_it_keeps_its_quotes():
    assert cited("Phones\n\nStaff say “no” — always.\n".encode("cp1252"))[0][1] == "Staff say “no” — always."


def test_nothing_of_a_text_is_in_neither_list():
    draft = drafted("Our rules\n\nPhones\n\nPhones must be off.\n\n(a) At noon\n\n1.1 Or later.\n")

    listed = " ".join([*draft.left_out, *(clause.text for clause in draft.clauses)])
    assert [word for word in draft.source.split() if word not in listed.split() and word[:1].isalpha()] == []


def test_a_text_of_thousands_of_lines_is_read_in_a_moment():
    text = "\n".join(f"The {number}th line of this policy says a little." for number in range(8_000))
    began = process_time()

    read_text_file(text.encode())

    assert process_time() - began < 4
