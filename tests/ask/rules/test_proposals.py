"""What clauses may rule on: stricter first, in the clauses' own words, and never a permission in doubt."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ask.rules.clause_sentences import sentence_of
from bot.ask.rules.imported_clauses import ImportedClause, in_lists
from bot.ask.rules.proposals import (
    Candidate,
    Proposal,
    in_decisions,
    most_asked_first,
    propose,
)
from bot.ask.rules.verdicts import Verdict

SWAPPED = {"you", "your"}
SUBJECTS = ("Staff", "All staff", "Teachers and volunteers", "Visitors", "Phones", "I", "The nursery team", "Pupils")
RULES = ("must", "must not", "should", "should not", "may", "can", "will not", "shall")
DEEDS = ("keep their phones in the blue lockers", "ring a parent", "take photographs of children in the garden",
         "wear a smartwatch", "leave my tablet on the nappy table", "charge it")  # fmt: skip
TAILS = ("", " except on the farm visit", ", unless the head agrees", " only if it is urgent", " without leave",
         " other than at lunch", " with the permission of the manager", " provided that nobody sees")  # fmt: skip
MODALITIES = ("must", "must_not", "should", "may", "information", "definition")


def clause(id: str, text: str, modality: str, **fields: object) -> ImportedClause:
    """A clause of an invented phones policy."""
    return ImportedClause(**{"id": id, "document": "P", "ref": id, "heading": "Phones", "text": text,
                             "modality": modality} | fields)  # type: ignore[arg-type]  # fmt: skip


LOCKED = clause("P-1", "Staff must not carry a phone in the baby room.", "must_not", binds=("staff",))
LUNCH = clause("P-2", "Staff may use a phone in the kitchen at lunch.", "may", binds=("staff",))


def proposed(*pairs: tuple[ImportedClause, float]) -> Proposal:
    """The proposal out of clauses and their scores."""
    proposal = propose("own-phone-break", [Candidate(clause, score) for clause, score in pairs])
    assert proposal
    return proposal


def words_of(*texts: str) -> set[str]:
    return {word for text in texts for word in re.findall(r"[a-z']+", text.lower())}


@pytest.mark.parametrize(
    ("text", "modality", "verdict"),
    [
        ("Staff must lock phones away.", "must", Verdict.MUST),
        ("Staff must not text parents.", "must_not", Verdict.NO),
        ("Staff should lock phones away.", "should", Verdict.MUST),
        ("Phones may be carried.", "may", Verdict.YES),
        ("Phones may be carried if the head agrees.", "may", Verdict.YES_IF),
        ("Lockers are blue.", "information", Verdict.INFO),
        ("“Phone” means any device that rings.", "definition", Verdict.INFO),
    ],
)
def test_the_verdict_is_what_the_clause_does(text: str, modality: str, verdict: Verdict):
    proposal = proposed((clause("P-9", text, modality), 0.9))

    assert proposal.verdict is verdict
    assert proposal.clauses == ("P-9",)
    assert proposal.headline == ("You should" if modality == "should" else "")


def test_nothing_is_proposed_where_no_clause_is_likely():
    assert propose("own-phone-break", [Candidate(LOCKED, 0.1)]) is None
    assert propose("own-phone-break", []) is None


def test_what_forbids_beats_what_allows_and_names_it_as_an_exception():
    proposal = proposed((LUNCH, 0.9), (LOCKED, 0.6))

    assert proposal.verdict is Verdict.NO
    assert proposal.clauses == ("P-1", "P-2")
    assert proposal.conditions == ("Staff may use a phone in the kitchen at lunch.",)


def test_a_permission_with_a_prohibition_near_it_is_only_information():
    assert proposed((LUNCH, 0.9), (LOCKED, 0.2)).verdict is Verdict.INFO
    assert proposed((LUNCH, 0.9), (LOCKED, 0.01)).verdict is Verdict.YES_IF


def test_what_others_may_do_is_no_permission_for_staff():
    pupils = clause("P-3", "Pupils may bring a phone.", "may", binds=("pupils",))

    assert proposed((pupils, 0.9)).verdict is Verdict.INFO


def test_a_prohibition_whose_words_alone_do_not_forbid_is_not_shown_under_a_no():
    assert proposed((clause("P-3", "Post pictures of children", "must_not"), 0.9)).verdict is Verdict.INFO


def test_an_item_of_a_list_is_read_behind_its_beginning():
    clauses = in_lists(
        [
            clause("P-4", "Staff must not:", "must_not"),
            clause("P-4(a)", "lend a phone to a child;", "must_not"),
            clause("P-4(b)", "ring a parent at night; or", "must_not"),
            clause("P-5", "Lockers are blue.", "information"),
        ]
    )

    assert [item.lead_in_id for item in clauses] == ["", "P-4", "P-4", ""]
    proposal = proposed((clauses[2], 0.9))
    assert proposal.says == "You must not ring a parent at night."
    assert proposal.clauses == ("P-4(b)", "P-4")


def test_a_cell_is_read_behind_the_head_of_its_column():
    cell = in_lists([clause("T-1", "Post pictures of children", "must_not", head=("Staff should not",))])[0]

    assert proposed((cell, 0.9)).says == "You should not post pictures of children."


@pytest.mark.parametrize(
    ("text", "says", "conditions"),
    [
        ("Staff must not ring out except on the farm visit.", "You must not ring out.", ("except on the farm visit",)),
        ("Staff may ring home if a child is ill.", "You may ring home.", ("a child is ill",)),
        ("In the garden, staff may wear a watch.", "You may wear a watch.", ("In the garden",)),
        ("Staff must tell parents what they saw.", "Staff must tell parents what they saw.", ()),
        ("I will not lend my badge.", "You will not lend your badge.", ()),
        ("I will say when I am late.", "I will say when I am late.", ()),
    ],
)
def test_a_sentence_speaks_to_its_reader_where_that_is_safe(text: str, says: str, conditions: tuple[str, ...]):
    modal = "may" if " may " in text else "must"
    sentence = sentence_of(text, modal=modal)

    assert (sentence.text, sentence.conditions) == (says, conditions)


@given(st.sampled_from(SUBJECTS), st.sampled_from(RULES), st.sampled_from(DEEDS), st.sampled_from(TAILS),
       st.sampled_from(MODALITIES), st.sampled_from(["", "Staff must not:", "You may:"]))  # fmt: skip
def test_no_word_is_invented_and_no_yes_comes_of_a_prohibition(
    subject: str, rule: str, deed: str, tail: str, modality: str, lead_in: str
):
    written = clause("P-9", f"{subject} {rule} {deed}{tail}.", modality, lead_in=lead_in)

    proposal = proposed((written, 0.9))

    assert words_of(proposal.says, *proposal.conditions) <= words_of(written.text, lead_in) | SWAPPED
    assert not (proposal.verdict.is_permission and modality != "may")
    assert not (proposal.verdict.is_permission and ("not" in rule or "not" in lead_in))


@given(st.lists(st.tuples(st.sampled_from(MODALITIES), st.floats(0, 1)), min_size=1, max_size=6))
def test_no_permission_is_proposed_beside_a_likely_prohibition(found: list[tuple[str, float]]):
    candidates = [
        Candidate(clause(f"P-{number}", "Staff must not or may ring home.", modality, binds=("staff",)), score)
        for number, (modality, score) in enumerate(found)
    ]
    proposal = propose("own-phone-break", candidates)

    best = max(score for _, score in found)
    if proposal and any(modality == "must_not" and score >= best / 2 for modality, score in found):
        assert not proposal.verdict.is_permission


def test_situations_with_one_rule_are_one_decision_the_most_asked_first():
    of_baby_room = proposed((LOCKED, 0.9))
    proposals = [
        Proposal("wearables", Verdict.NO, "No.", ("P-1", "P-2"), 0.5),
        of_baby_room,
        Proposal("photo-own-device", Verdict.NO, "No.", ("P-3",), 0.7),
    ]

    decisions = most_asked_first(in_decisions(proposals, 70), {"photo-own-device": 80, "wearables": 9})

    assert [[p.situation for p in group] for group in decisions] == [
        ["photo-own-device"], ["wearables", "own-phone-break"],
    ]  # fmt: skip
    assert {(p.says, p.clauses) for p in decisions[1]} == {(of_baby_room.says, ("P-1", "P-2"))}


def test_a_person_decides_at_most_sixty_times_for_seventy_clauses():
    proposals = [Proposal(f"s{n}", Verdict.NO, "No.", (f"P-{n}",), n / 200) for n in range(200)]

    decisions = in_decisions(proposals, 70)

    assert len(decisions) == 60
    assert min(group[0].score for group in decisions) == 140 / 200
