"""What comes from outside is checked and cleaned once, by the same functions at every edge."""

import pytest

from bot.outside import clean_line, clean_text, email_address, identifier, number


@pytest.mark.parametrize(
    "character", ["\x00", "\x0b", "\x16", "\x1f", "\x7f", "\x9f", "\ud800", "\udfff", "\ufffe", "\U0001fffe", "\ufdd0"]
)
def test_a_character_that_a_later_writer_cannot_hold_becomes_the_replacement_character(character: str) -> None:
    assert clean_text(f"Phonics{character}1") == "Phonics\ufffd1"


@pytest.mark.parametrize("character", ["\u200b", "\ufeff", "\u202e", "\u2066", "\u200f", "\u00ad", "\U000e0041"])
def test_an_invisible_character_that_misleads_a_reader_is_left_out(character: str) -> None:
    assert clean_text(f"sum{character}mary") == "summary"


def test_text_keeps_its_lines_its_accents_and_its_emoji() -> None:
    assert clean_text("Zoe\u0308\r\nnai\u0308ve\u2028👩\u200d🏫") == "Zoë\nnaïve\n👩\u200d🏫"


def test_cleaning_again_changes_nothing() -> None:
    text = clean_text("a\x16\u202e\r\n e\u0301\ud800")
    assert clean_text(text) == text


def test_a_name_is_one_line() -> None:
    assert clean_line("\u2003Year\u00a04\t\n phonics ") == "Year 4 phonics"


@pytest.mark.parametrize(
    "text",
    [
        "mailto:head@school.uk", "A Head <head@school.uk>", "head@school", "head@@school.uk", "head@sch\u200bool.uk",
        "head@\u212aent.uk", "@school.uk", "head@-school.uk", "head@school.uk, deputy@school.uk", "not an address",
        "", ".head@school.uk", "head..deputy@school.uk", "h" * 65 + "@school.uk", "h@" + "s" * 250 + ".uk",
    ],
)  # fmt: skip
def test_what_is_not_an_e_mail_address_is_none(text: str) -> None:
    assert email_address(text) is None


@pytest.mark.parametrize("text", ["head@school.uk", "HEAD@SCHOOL.UK", " Head@School.uk\n"])
def test_addresses_that_differ_in_case_are_one_address(text: str) -> None:
    assert email_address(text) == "head@school.uk"


def test_ids_are_compared_in_lower_case_ascii() -> None:
    assert [identifier(text) for text in ("T1", "t1 ", "t 1", "", "tÉ", "t\u200b1")] == [
        "t1",
        "t1",
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-inf", "1e400", "", "ten", "1_000", "٣", None, True, [], "9" * 400, 10**400]
)
def test_what_is_no_finite_number_is_none(value: object) -> None:
    assert number(value, 0, 60) is None


@pytest.mark.parametrize(("value", "expected"), [("1e9", 60), (-5, 0), (" 7.5 ", 7.5), (3, 3)])
def test_a_number_is_moved_into_its_range(value: object, expected: float) -> None:
    assert number(value, 0, 60) == expected
