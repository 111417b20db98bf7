"""Reading the policy at the desk: by words and by buttons."""

from dataclasses import replace

import pytest

from bot.ask.answer_card import answer_card, as_json
from bot.ask.ask import ask
from bot.ask.rules.answers import UNPUBLISHED
from bot.ask.rules.verdicts import Verdict
from tests.ask.small_school import UNDERSTANDING, WEDNESDAY, AskingSchool


@pytest.fixture
def school() -> AskingSchool:
    return AskingSchool()


@pytest.mark.parametrize("words", ["policies", "Read the policies", "where is the policy?", "show me the policy"])
async def test_the_documents_are_shown_with_their_sections_to_open(school: AskingSchool, words: str):
    reply = await school.write(words)

    assert reply.card == "policies" and not reply.is_beside
    assert [document["title"] for document in reply.values["documents"]] == ["Paper"]
    assert "1. Section 1" in reply.text


async def test_the_button_on_the_welcome_card_leaves_that_card_where_it_is(school: AskingSchool):
    assert (await school.press("policies")).is_beside


async def test_pages_are_turned_by_buttons(school: AskingSchool):
    first = await school.press("read", kind="section", asked="P-1", page="1")
    following = first.values["options"][0]
    second = await school.press(**{name: value for name, value in following.items() if name != "label"})

    assert (first.values["page"], second.values["page"]) == ("Page 1 of 2", "Page 2 of 2")
    assert [option["label"] for option in first.values["options"]] == ["Next page", "Back to the policies"]
    assert [option["label"] for option in second.values["options"]] == ["Previous page", "Back to the policies"]
    assert second.values["clauses"][0]["text"] == "Clause 6 says so."


async def test_after_an_answer_the_clause_that_says_so_is_shown(school: AskingSchool):
    reply = await school.write("which clause says that?", last="allowed")

    assert [clause["text"] for clause in reply.values["clauses"]] == ["Clause 1 says so.", "Clause 5 says so."]
    assert reply.last == "allowed"


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"kind": "everything"},
        {"kind": "section", "asked": "x" * 201},
        {"kind": "section", "asked": "P-1", "page": "minus one"},
        {"kind": "section", "asked": "P-1", "page": "1" * 400},
    ],
)
async def test_a_bad_press_gets_a_plain_sentence(school: AskingSchool, inputs: dict[str, str]):
    reply = await school.press("read", **inputs)

    assert reply.card == "note" and reply.text.endswith(".")


async def test_reading_is_not_counted_and_no_text_is_kept(school: AskingSchool):
    await school.write("find 'clause'")
    await school.press("read", kind="section", asked="P-1")

    assert await school.store.tallies() == () and await school.store.questions() == ()


async def test_what_is_read_from_a_draft_says_that_it_is_unpublished(school: AskingSchool):
    draft = replace(school, drafts=frozenset({"Paper"}))

    assert UNPUBLISHED in (await draft.write("read me section 1")).values["note"]


@pytest.mark.parametrize(
    ("line", "is_worrying"),
    [
        ("find 'bruises'", False),
        ("what does it say about bruises", False),
        ("read me section 1", False),
        ("read me section 1, a boy has bruises", True),
        ("read me section 1, somebody is odd", True),  # what the reader has learnt is a worry
    ],
)
async def test_words_that_are_looked_for_are_no_worry_but_what_is_said_besides_is(
    school: AskingSchool, line: str, is_worrying: bool
):
    reply = await school.write(line)

    assert reply.card in {"passage", "policies"}
    assert bool(reply.values["hand_off"]) is is_worrying
    assert ("Telling me is not reporting" in reply.text) is is_worrying


async def test_who_asks_who_is_who_gets_the_schools_contact(school: AskingSchool):
    reply = await school.write("who is the safeguarding lead?")

    assert reply.is_note and "the lead, in person or on 01234" in reply.text


def test_for_machines_what_is_read_is_information_with_its_clauses():
    line = "read me section 1"
    fields = as_json(ask(line, UNDERSTANDING, WEDNESDAY), line, UNDERSTANDING.policy)

    assert (fields["verdict"], fields["situation"], fields["options"]) == ("info", "", [])
    assert fields["clauses"][0] == {"ref": "P-1", "document": "Paper", "text": "Clause 1 says so."}


def test_for_machines_a_contact_is_not_covered_by_the_policy_and_named_in_short():
    reply = ask("who is the head?", UNDERSTANDING, WEDNESDAY)
    fields = as_json(reply, "who is the head?", UNDERSTANDING.policy)

    assert reply.verdict is Verdict.NOT_COVERED
    assert (fields["verdict"], fields["clauses"]) == ("not_covered", [])
    assert "the head" in fields["in_short"]


def test_a_card_that_cannot_be_shown_is_read_as_text():
    reply = ask("read me section 1", UNDERSTANDING, WEDNESDAY)
    text = answer_card(reply, UNDERSTANDING.policy, is_private=True).text

    assert '"Clause 1 says so."' in text and "(P-1)" in text and "Page 1 of 2" in text
