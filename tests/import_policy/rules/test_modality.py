"""What a clause does is guessed from its words, and in doubt it is no permission."""

import pytest

from bot.import_policy.rules.binds import binds_of, groups_in
from bot.import_policy.rules.clauses import Modality
from bot.import_policy.rules.modality import modality_below, modality_of


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Staff must lock phones away.", "must"),
        ("Staff must not film pupils.", "must_not"),
        ("Phones may be used at lunch.", "may"),
        ("Phones may not be used in class.", "must_not"),
        ("Staff should not give out their number.", "must_not"),
        ("Staff should ask first.", "should"),
        ("Only the bursar may open the safe.", "may"),
        ("I will not lend my badge.", "must_not"),
        ("We ask you not to bring pets.", "must_not"),
        ("No child’s name may be shown.", "must_not"),
        ("If a tablet cannot be locked, it must be handed in.", "must"),
        ("If a pupil writes to you, tell the office.", "must"),
        ("Do not reply.", "must_not"),
        ("A breach may be dealt with under the Disciplinary Policy.", "information"),
        ("The school may look into its accounts.", "information"),
        ("Staff are not expected to answer in the holidays.", "information"),
        ("This policy explains how phones may be used.", "information"),
        ("Reports that do not matter are filed.", "information"),
        ("“Device” means a phone.", "definition"),
        ("A picture must be moved so that it can be deleted.", "must"),
    ],
)
def test_modality(text: str, modality: str):
    assert modality_of(text) == modality


@pytest.mark.parametrize(
    ("lead_in", "own", "modality"),
    [
        ("Staff must not:", Modality.MUST_NOT, "must_not"),
        ("I will use chats, and I will not:", Modality.MUST, "must_not"),
        ("Phones may be used if:", Modality.MAY, "information"),
        ("Phones must be off, except where:", Modality.MUST, "information"),
        ("view material that is:", Modality.MUST_NOT, "must_not"),
    ],
)
def test_what_the_items_below_a_lead_in_do(lead_in: str, own: Modality, modality: str):
    assert modality_below(lead_in, own) == modality


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Visitors and contractors must sign in.", ("visitors", "contractors")),
        ("A member of staff may ring out.", ("staff",)),
        ("Pictures of children must be deleted.", ("staff",)),
        ("If a parent asks, staff must refuse.", ("staff",)),
        ("Passwords must be long.", ("staff",)),
        ("Choir chats are run by parents. Staff must not join them.", ("staff",)),
        ("Parent helpline numbers must not be passed on.", ("staff",)),
        ("Pupils do not use the kiln. You may show it.", ("pupils", "staff")),
        ("Never lend a parent your badge.", ("staff",)),
    ],
)
def test_whom_a_clause_binds(text: str, people: tuple[str, ...]):
    assert binds_of(text) == people


@pytest.mark.parametrize(
    ("heading", "people"),
    [
        ("Parents and past pupils", ("staff",)),
        ("For visitors", ("visitors",)),
        ("Rules for pupils’ lockers", ("staff",)),
        ("What volunteers must do", ("volunteers",)),
    ],
)
def test_a_heading_binds_only_those_it_speaks_to(heading: str, people: tuple[str, ...]):
    assert binds_of("Sign in at the desk.", heading=heading) == people


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("This policy applies to all staff in the school.", ("staff",)),
        (
            "It is for everyone who helps here: governors, office and kitchen staff.",
            ("governors", "office and kitchen staff"),
        ),
        ("The form is for the office.", ()),
    ],
)
def test_whom_a_document_binds(text: str, groups: tuple[str, ...]):
    assert groups_in(text) == groups
