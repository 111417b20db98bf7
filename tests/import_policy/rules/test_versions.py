"""Clauses of a new version keep the ids of the old one's, and whatever changed is named."""

from time import process_time

import pytest

from bot.import_policy.rules.clauses import DraftClause
from bot.import_policy.rules.source_text import with_new_source
from bot.import_policy.rules.versions import ClauseChange, Comparison, HeldClause, Scope, compare

PHONES = "Staff may use their own phone in the staffroom at break."
CLASS = "Staff must keep phones locked away while children are present."
CAMERA = "Staff must not photograph children with a phone of their own."
MOVED = "At lunch phones may be used in the staffroom, and staff may use their own there at break."


def held(id: str, text: str, heading: str = "Phones", **more: tuple[str, ...]) -> HeldClause:
    return HeldClause(f"PP-{id}", id, heading, text, "may", more.pop("binds", ("staff",)), **more)


def draft(ref: str, text: str, heading: str = "Phones", **more: tuple[str, ...]) -> DraftClause:
    return DraftClause(ref, heading, text, binds=more.pop("binds", ("staff",)), **more)


def compared(
    old: list[HeldClause], new: list[DraftClause], taken: tuple[str, ...] = (), scope: Scope | None = None
) -> dict[str, Comparison]:
    return {comparison.id: comparison for comparison in compare("PP", old, new, taken, scope or Scope())}


def changes(old: list[HeldClause], new: list[DraftClause]) -> dict[str, str]:
    return {id: comparison.change.name for id, comparison in compared(old, new).items()}


def test_a_clause_put_in_above_others_moves_their_references_and_not_their_ids():
    old = [held("1", PHONES), held("2", CLASS)]
    new = [draft("1", "Visitors sign in at the office."), draft("2", PHONES), draft("3", CLASS)]

    assert changes(old, new) == {"PP-1-2": "NEW", "PP-1": "RENUMBERED", "PP-2": "RENUMBERED"}


def test_words_that_changed_at_the_same_reference_are_the_same_clause():
    result = compared([held("1", PHONES)], [draft("1", PHONES.replace("at break", "at lunch"))])

    assert result["PP-1"].change is ClauseChange.CHANGED
    assert [run.text for run in result["PP-1"].runs if run.kind != "same"] == ["break.", "lunch."]


def test_a_clause_that_moved_and_was_reworded_is_found_by_its_words():
    old = [held("1", PHONES), held("2", CLASS)]
    new = [draft("1", CLASS), draft("7", PHONES.replace("at break", "at lunchtime"))]

    assert changes(old, new) == {"PP-2": "RENUMBERED", "PP-1": "CHANGED"}


def test_another_rule_at_an_old_reference_is_a_new_clause_and_the_old_one_is_gone():
    old = [held("1", PHONES)]
    new = [draft("1", "Governors meet twice each term to look at how this works.")]

    assert changes(old, new) == {"PP-1-2": "NEW", "PP-1": "GONE"}


def test_two_clauses_never_become_one():
    old = [held("1", PHONES), held("2", PHONES)]

    assert changes(old, [draft("1", PHONES)]) == {"PP-1": "SAME", "PP-2": "GONE"}
    assert changes(old[:1], [draft("1", PHONES), draft("2", PHONES)]) == {"PP-1": "SAME", "PP-2": "NEW"}


def test_of_two_rewordings_the_nearer_one_is_the_clause():
    old = [held("1", CAMERA)]
    new = [
        draft("8", CAMERA.replace("photograph children", "film any child")),
        draft("9", CAMERA.replace("a ", "any ")),
    ]

    assert changes(old, new) == {"PP-8": "NEW", "PP-1": "CHANGED"}


def test_an_id_of_an_older_version_is_never_given_to_another_clause():
    result = compared([held("1", PHONES)], [draft("1", PHONES), draft("2", CAMERA)], taken=("PP-2", "PP-2-2"))

    assert list(result) == ["PP-1", "PP-2-3"]


@pytest.mark.parametrize(
    "new",
    [
        [draft("1", PHONES, heading="What nobody may do")],
        [draft("1", PHONES, head=("Not allowed",))],
    ],
)
def test_the_same_words_under_other_words_are_not_the_same_rule(new: list[DraftClause]):
    result = compared([held("1", PHONES)], new)

    assert result["PP-1"].change is ClauseChange.CHANGED and result["PP-1"].around


def test_an_item_of_a_list_changes_with_the_sentence_above_the_list():
    old = [held("1", "Staff may:"), held("1(a)", "use a phone at break.")]
    new = [draft("1", "Staff must never:"), draft("1(a)", "use a phone at break.")]

    result = compared(old, new)["PP-1(a)"]

    assert result.change is ClauseChange.CHANGED and "“Staff may:”" in result.around
    assert result.now is not None and result.now.modality == "information"  # what was noted of the old rule goes


def test_a_section_put_in_above_is_no_change_of_the_headings_below_it():
    assert changes([held("4.1", PHONES, "4. Phones")], [draft("5.1", PHONES, "5. Phones")]) == {"PP-4.1": "RENUMBERED"}


def test_a_document_that_binds_others_now_changes_the_clauses_that_bound_all_of_them():
    old = [held("1", PHONES, binds=("staff", "volunteers")), held("2", CLASS, binds=("governors",))]
    new = [draft("1", PHONES), draft("2", CLASS, binds=("governors",))]

    result = compared(old, new, scope=Scope(("staff", "volunteers"), ("staff",)))

    assert [result[id].change.name for id in ("PP-1", "PP-2")] == ["CHANGED", "SAME"]
    assert "volunteers" in result["PP-1"].around


def test_what_a_person_noted_of_a_clause_stays_while_its_words_do():
    old = [HeldClause("PP-1", "1", "Phones", PHONES, "must_not", ("visitors",), topics=("phones",))]

    now = compared(old, [draft("1", PHONES)])["PP-1"].now

    assert now is not None and (now.modality, now.binds, now.topics) == ("must_not", ("visitors",), ("phones",))


def test_three_hundred_reworded_clauses_are_matched_in_seconds():
    words = [f"subject{number} rule{number % 7} place{number % 11}" for number in range(300)]
    old = [
        held(str(n), f"Staff may use the {word} in school at break when no child is there.")
        for n, word in enumerate(words)
    ]
    new = [draft(str(n + 1), clause.text.replace("at break", "at lunch")) for n, clause in enumerate(old)]
    began = process_time()

    result = compare("PP", old, new, (), Scope())

    assert process_time() - began < 10
    assert [comparison.id for comparison in result] == [clause.id for clause in old]
    assert {comparison.change for comparison in result} == {ClauseChange.CHANGED}


def test_only_the_documents_own_part_of_the_source_is_replaced():
    source = f"Phones policy\n\n{PHONES}\n\nSigned: the head\n\nConduct policy\n\n{CAMERA}\n\nThe end\n"

    replaced = with_new_source(source, f"Phones policy 2\n\n{CLASS}\n", [PHONES], [CAMERA], "Conduct policy")

    assert replaced == f"Phones policy 2\n\n{CLASS}\n\nConduct policy\n\n{CAMERA}\n\nThe end\n"


def test_the_last_document_of_the_source_is_replaced_to_its_end():
    source = f"Phones policy\n\n{PHONES}\n\n{CAMERA}\n\nThe end\n"

    assert with_new_source(source, f"{CLASS}\n", [CAMERA], [PHONES], "") == f"Phones policy\n\n{PHONES}\n\n{CLASS}\n"


def test_a_source_that_never_had_the_document_loses_nothing():
    assert with_new_source(f"{PHONES}\n", f"{CLASS}\n", [CAMERA], [PHONES], "") == f"{PHONES}\n\n{CLASS}\n"
