"""What there is to read: searched, cut into pages, word for word."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.ask.read_policy import clause_index
from bot.ask.rules.clause_search import EMPTY_INDEX, ClauseIndex
from bot.ask.rules.passages import (
    ASK_FIRST,
    MAX_PAGE_CHARS,
    MAX_PAGE_CLAUSES,
    PassageKind,
    PassagePage,
    PassageRequest,
    pages_of,
    passage,
)
from bot.ask.rules.policy import Policy
from bot.settings import ROOT
from tests.fakes import clause

TODAY = date(2026, 9, 7)


@pytest.fixture(scope="module")
def index(policy: Policy) -> ClauseIndex:
    return clause_index(policy, ROOT / "policies")


def read(kind: PassageKind, asked: str, policy: Policy, index: ClauseIndex, page: int = 1) -> PassagePage:
    return passage(PassageRequest(kind, asked, page), policy, index, TODAY)


@pytest.mark.parametrize(
    ("words", "best"),
    [
        ("passwords", "AUP-safety.4.a"),
        ("former pupils", "SM-4.1.v"),
        ("trade unions", "SM-meta.c"),
        ("encryption", "AUP-access.7.b"),
        ("phones at lunch", "AUP-professional.4.b"),
        ("grooming", "SM-5.p4.b"),
        ("illegal material", "AUP-safety.6"),
        ("privacy settings", "SM-4.1.ii"),
        ("webcams", "SM-5.p3"),
        ("chatrooms", "SM-5.p3"),
    ],
)
def test_a_search_finds_the_clause_by_any_form_of_its_words(policy, index, words: str, best: str):
    found = read(PassageKind.TOPIC, words, policy, index)

    assert found.clauses[0].id == best and found.note == ""


def test_a_word_no_clause_has_brings_the_nearest_and_says_so(policy, index):
    assert read(PassageKind.TOPIC, "whatsapp", policy, index).note.startswith("No clause has “whatsapp”")


def test_photos_are_found_where_the_policy_says_photographs(policy, index):
    found = read(PassageKind.TOPIC, "photos", policy, index)

    assert found.note == "" and any("photograph" in quote.text for quote in found.clauses)


@pytest.mark.parametrize("words", ["parking", "vaping", "zquib"])
def test_nothing_found_is_said_and_the_sections_are_offered(policy, index, words: str):
    found = read(PassageKind.TOPIC, words, policy, index)

    assert found.note.startswith(f"No clause has “{words}”") and found.contents and not found.clauses


@pytest.mark.parametrize(
    ("words", "name"),
    [("the school data policy", "School Data Policy"), ("disciplinary procedure", "Disciplinary Procedure")],
)
def test_a_policy_that_is_only_mentioned_is_named_as_not_held(policy, index, words: str, name: str):
    found = read(PassageKind.TOPIC, words, policy, index)

    assert found.note == f"I do not hold the {name}. This is where the policies mention it." and found.clauses


@pytest.mark.parametrize("words", ["acceptable use policy", "social media policy", "policy", "the aup"])
def test_a_policy_that_is_held_is_never_said_not_to_be(policy, index, words: str):
    assert "do not hold" not in read(PassageKind.TOPIC, words, policy, index).note


def test_words_in_quotation_marks_are_found_word_for_word_whatever_their_capitals(policy, index):
    assert [quote.id for quote in read(PassageKind.QUOTED, "ENCRYPTED", policy, index).clauses] == ["AUP-access.7.b"]


def test_part_of_a_word_is_not_found_word_for_word_but_the_nearest_is(policy, index):
    found = read(PassageKind.QUOTED, "encrypt", policy, index)

    assert found.note.startswith("No clause has “encrypt” word for word") and found.clauses[0].id == "AUP-access.7.b"


def test_what_is_read_is_word_for_word_in_the_document(policy, index):
    for page in (1, 2, 3):
        found = read(PassageKind.SECTION, "SM-5", policy, index, page)
        assert all(quote.text == policy.clauses[quote.id].text for quote in found.clauses)


def test_all_pages_together_are_the_whole_section_once(policy, index):
    first = read(PassageKind.SECTION, "section 5", policy, index)
    pages = [read(PassageKind.SECTION, "section 5", policy, index, page) for page in range(1, first.pages + 1)]

    shown = [quote.id for page in pages for quote in page.clauses]
    assert shown == [id for id in policy.clauses if id.startswith("SM-5")]


@pytest.mark.parametrize(("asked", "shown"), [(0, 1), (-3, 1), (999, 4)])
def test_a_page_that_does_not_exist_is_the_nearest_one(policy, index, asked: int, shown: int):
    found = read(PassageKind.SECTION, "section 5", policy, index, asked)

    assert found.page == min(shown, found.pages) and found.clauses


@given(some.lists(some.text("word ", min_size=1, max_size=2_500), max_size=30))
def test_a_page_is_never_longer_than_can_be_read_and_nothing_is_lost(texts: list[str]):
    clauses = [clause(f"P-{number}", text) for number, text in enumerate(texts)]
    pages = pages_of(clauses)

    assert [item for page in pages for item in page] == clauses
    for page in pages:
        assert len(page) <= MAX_PAGE_CLAUSES
        assert len(page) == 1 or sum(len(item.text) for item in page) <= MAX_PAGE_CHARS


def test_the_wording_behind_an_answer_has_the_governing_clause_first(policy, index):
    for ruling in (ruling for ruling in policy.rulings.values() if ruling.clauses):
        found = read(PassageKind.WORDING, ruling.situation, policy, index)
        assert found.clauses[0].id == ruling.clauses[0]


@pytest.mark.parametrize("situation", ["", "no-such"])
def test_the_wording_without_an_answer_before_asks_for_the_question(policy, index, situation: str):
    found = read(PassageKind.WORDING, situation, policy, index)

    assert found.note == ASK_FIRST and found.contents


def test_a_section_of_another_paper_is_shown_where_ours_mentions_it(policy, index):
    found = read(PassageKind.SECTION, "section 7", policy, index)

    assert [quote.id for quote in found.clauses] == ["SM-5.p6"]
    assert found.note == "The policies have no “section 7”. This is where they mention it."


def test_a_section_that_is_nowhere_brings_the_sections_there_are(policy, index):
    found = read(PassageKind.SECTION, "section 9", policy, index)

    assert found.note.startswith("The policies have no “section 9”") and found.contents


def test_one_document_can_be_asked_for(policy, index):
    assert len(read(PassageKind.CONTENTS, "AUP", policy, index).contents) == 1
    assert len(read(PassageKind.CONTENTS, "", policy, index).contents) == 2


def test_an_empty_index_finds_nothing():
    assert EMPTY_INDEX.search("password").clauses == () and EMPTY_INDEX.quoted("password") == ()
