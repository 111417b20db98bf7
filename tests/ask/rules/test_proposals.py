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
    propose_from_section,
    with_opposites_in_doubt,
)
from bot.ask.rules.rulings import Situation
from bot.ask.rules.verdicts import Verdict

SWAPPED = {"you", "your", "must"}
PHONE_AT_BREAK = Situation("own-phone-break", "using your own phone at break or lunch", "My own phone at break", "")
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
GARDEN = clause("P-8", "Staff may use a phone if the head agrees.", "may", binds=("staff",))
LUNCH = clause("P-2", "Staff may use a phone in the kitchen at lunch.", "may", binds=("staff",))


def proposed(*pairs: tuple[ImportedClause, float]) -> Proposal:
    """The proposal out of clauses and their scores."""
    proposal = propose(PHONE_AT_BREAK, [Candidate(clause, score) for clause, score in pairs])
    assert proposal
    return proposal


def on(label: str, asks: str, *pairs: tuple[ImportedClause, float]) -> Proposal:
    """The same on another situation."""
    proposal = propose(Situation("s", asks, label, ""), [Candidate(clause, score) for clause, score in pairs])
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
    assert propose(PHONE_AT_BREAK, [Candidate(LOCKED, 0.1)]) is None
    assert propose(PHONE_AT_BREAK, []) is None


def test_what_forbids_beats_what_allows_and_names_it_as_an_exception():
    proposal = proposed((LUNCH, 0.9), (LOCKED, 0.6))

    assert proposal.verdict is Verdict.NO
    assert proposal.clauses == ("P-1", "P-2")
    assert proposal.conditions == ("Staff may use a phone in the kitchen at lunch.",)


def test_a_permission_with_a_prohibition_near_it_is_only_information():
    assert proposed((LUNCH, 0.9), (LOCKED, 0.2)).verdict is Verdict.INFO
    assert proposed((GARDEN, 0.9), (LOCKED, 0.2)).verdict is Verdict.INFO
    assert proposed((GARDEN, 0.9), (LOCKED, 0.01)).verdict is Verdict.YES_IF


def test_a_permission_with_a_limit_that_is_no_condition_is_said_whole_and_allows_nothing():
    proposal = proposed((LUNCH, 0.9))

    assert proposal.verdict is Verdict.INFO
    assert (proposal.says, proposal.conditions) == ("You may use a phone in the kitchen at lunch.", ())
    assert proposal.is_doubtful


@pytest.mark.parametrize(
    "text", ["Only the bursar and the cook may open the safe.", "Only staff who drive can park here."]
)
@pytest.mark.parametrize("modality", ["may", "must_not"])  # an earlier import called it a prohibition
def test_what_only_some_may_do_is_no_permission_and_its_answer_says_who(text: str, modality: str):
    proposal = proposed((clause("P-5", text, modality, binds=("headteacher",)), 0.9))

    assert (proposal.verdict, proposal.headline, proposal.says) == (Verdict.NO, "Only those named", text)


def test_what_the_head_may_do_is_no_permission_for_all_staff():
    exempting = clause("P-6", "The headteacher may lend a tablet.", "may", binds=("headteacher",))

    assert proposed((exempting, 0.9)).verdict is Verdict.INFO


@pytest.mark.parametrize(
    ("text", "modality", "verdict", "says"),
    [
        ("I will not lend my badge.", "must", Verdict.NO, "You must not lend your badge."),
        ("I will say when I am late.", "must", Verdict.MUST, "You must say when you are late."),
        ("I understand that logs are kept.", "must", Verdict.INFO, "I understand that logs are kept."),
        ("Use the blue form, never the red one.", "must_not", Verdict.INFO, "Use the blue form, never the red one."),
        ("Keep the letter. Do not answer it.", "must_not", Verdict.INFO, "Keep the letter. Do not answer it."),
    ],
)
def test_a_headline_goes_with_its_sentence(text: str, modality: str, verdict: Verdict, says: str):
    proposal = proposed((clause("P-7", text, modality), 0.9))

    assert (proposal.verdict, proposal.says) == (verdict, says)


def test_a_definition_does_not_rule_beside_a_rule_on_what_it_defines():
    meaning = clause("P-1", "Smart toy: anything that listens.", "definition")
    names = clause("P-2", "Never tell a smart toy a pupil's name.", "must_not", binds=("staff",))
    pupils = clause("P-3", "Pupils do not bring a smart toy.", "must_not", binds=("pupils", "staff"))
    other = clause("P-4", "Never run.", "must_not")

    proposal = on(
        "Pupils' names and smart toys", "using one", (meaning, 0.9), (other, 0.5), (pupils, 0.3), (names, 0.1)
    )

    assert proposal.clauses[:2] == ("P-2", "P-3") and proposal.verdict is Verdict.NO and proposal.is_doubtful
    assert on("Smart toys", "what counts as one", (meaning, 0.9), (names, 0.5)).clauses[0] == "P-1"
    assert on("Smart toys", "using one", (meaning, 0.9)).verdict is Verdict.INFO


PARK = clause("K-1", "Staff must not park a van in the yard.", "must_not", binds=("staff",))
REPORT = clause("K-2", "Staff must tell the office when a van is damaged.", "must", binds=("staff",))


@pytest.mark.parametrize(
    ("label", "asks", "candidates", "is_doubtful"),
    [
        ("Parking a van", "parking a van in the yard", [(PARK, 0.9)], False),
        ("Parking a van", "parking a van in the yard", [(PARK, 0.6)], True),  # the score is low
        ("Parking a van", "parking a van in the yard", [(PARK, 0.9), (REPORT, 0.8)], True),  # the margin is small
        ("A damaged van", "reporting a van that is broken", [(REPORT, 0.9)], False),
        ("A damaged van", "reporting a van that is broken", [(PARK, 0.9)], True),  # "no" is no answer to that
        ("Parking a van", "why vans may not park", [(PARK, 0.9)], True),
        ("Washing a bicycle", "washing a bicycle in the yard", [(PARK, 0.9)], True),  # another topic
        ("A parent's van", "parents parking a van", [(PARK, 0.9)], True),  # other people
        ("Parking a former van", "parking a van", [(PARK, 0.9)], True),  # a narrower case
    ],
)
def test_a_choice_that_is_not_sure_is_read_by_itself(
    label: str, asks: str, candidates: list[tuple[ImportedClause, float]], is_doubtful: bool
):
    assert on(label, asks, *candidates).is_doubtful is is_doubtful


def test_one_clause_does_not_surely_answer_two_opposite_situations():
    situations = {
        "child": Situation("child", "", "A former pupil under 18", ""),
        "adult": Situation("adult", "", "A former pupil over 18", ""),
        "van": Situation("van", "", "Parking a van", ""),
    }
    group = [Proposal(id, Verdict.NO, "No.", ("P-1",), 0.9) for id in situations]

    decisions = with_opposites_in_doubt([group], situations)

    assert {p.situation: p.is_doubtful for p in decisions[0]} == {"child": True, "adult": True, "van": False}


def test_a_section_named_like_a_situation_is_shown_whole_and_allows_nothing():
    van = Situation("van", "parking a van", "Parking a van", "")
    may = clause("K-3", "Vans may be parked.", "may")

    proposal = propose_from_section(van, [Candidate(may, 0.2), Candidate(REPORT, 0.1)])

    assert proposal and proposal.is_doubtful
    assert (proposal.verdict, proposal.clauses) == (Verdict.INFO, ("K-3", "K-2"))
    assert propose_from_section(van, []) is None


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
    assert cell.quoted_text == "Staff should not: Post pictures of children"


def test_a_line_to_sign_on_is_no_rule():
    lines = ["Signed ......... Date .........", "Name: ________ Job title: ________"]

    assert all(clause("P-9", line, "information").is_signature_line for line in lines)
    assert not clause("P-9", "Signed copies are kept in the office: all of them.", "information").is_signature_line


@pytest.mark.parametrize(
    ("text", "says", "conditions"),
    [
        ("Staff must not ring out except on the farm visit.", "You must not ring out.", ("except on the farm visit",)),
        ("Staff may ring home if a child is ill.", "You may ring home.", ("a child is ill",)),
        ("In the garden, staff may wear a watch.", "In the garden, staff may wear a watch.", ()),
        (
            "You may say you cook in a school, but do not name it.",
            "You may say you cook in a school, but do not name it.",
            (),
        ),
        (
            "Do not post about a trip, even if nobody is named.",
            "Do not post about a trip, even if nobody is named.",
            (),
        ),
        ("Only the cook, the bursar and the head may ring.", "Only the cook, the bursar and the head may ring.", ()),
        (
            "Worries about a cook go to Jo. Worries about Jo go to Al.",
            "Worries about a cook go to Jo. Worries about Jo go to Al.",
            (),
        ),
        ("Staff must ask if they may leave.", "Staff must ask if they may leave.", ()),
        ("If a kettle breaks, it must be handed in.", "If a kettle breaks, it must be handed in.", ()),
        ("If the head agrees, you may take a kettle home.", "You may take a kettle home.", ("the head agrees",)),
        (
            "Kettles may be lent with the permission of the cook.",
            "Kettles may be lent.",
            ("with the permission of the cook",),
        ),
        ("Kettles may be lent as long as they come back.", "Kettles may be lent.", ("they come back",)),
        ("Do not boil milk, unless the cook is ill.", "Do not boil milk.", ("unless the cook is ill",)),
        ("Staff must tell parents what they saw.", "Staff must tell parents what they saw.", ()),
        ("I will not lend my badge.", "You must not lend your badge.", ()),
        ("I will be told when I am late.", "I will be told when I am late.", ()),
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
    proposal = propose(PHONE_AT_BREAK, candidates)

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
