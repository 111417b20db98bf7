import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.evidence.verify import as_cell

STARTS = "=+-@|\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\uff5c\u208a\u207a\u207c"
LEADS = [
    "",
    " ",
    "\t",
    "\n",
    "\r",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u2003",
    "\u3000",
    "\x16",
    "\x00",
    "\u202e",
    '"',
    "'",
    '" ',
    "\ud800",
    "\u3164",
    "\u115f",
    "\uffa0",
    "\u2800",
    "\ufe0f",
    "\U000e0020",
]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("lead", LEADS)
def test_what_a_spreadsheet_may_read_as_a_formula_gets_a_guard(lead: str, start: str):
    assert as_cell(f"{lead}{start}HYPERLINK(1)").startswith("'")


@pytest.mark.parametrize(
    "text",
    ["", "A teacher", "O'Neil-Smith", "Year 4", "\u201cWhite Rose\u201d", "07:00", "Zo\u00eb", "1 - 2", "R\u00e9union"],
)
def test_ordinary_text_stays_as_it_is(text: str):
    assert as_cell(text) == text


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_every_text_can_be_written_to_both_kinds_of_sheet(text: str):
    cell, buffer, book = as_cell(text), io.StringIO(), Workbook()

    csv.writer(buffer).writerow([cell])
    book.active.append([cell])
    book.active["A1"].data_type = "s"
    file = io.BytesIO()
    book.save(file)

    assert buffer.getvalue().encode()
    read = load_workbook(file).active["A1"].value or ""
    assert read.split() == cell.split()  # XML knows one kind of line break


def test_what_no_sheet_can_hold_becomes_the_replacement_character():
    assert as_cell("Phonics\x16, \ufffe and \ud800") == "Phonics\ufffd, \ufffd and \ufffd"
    assert as_cell("A \u202eteacher") == "A \ufffdteacher"
