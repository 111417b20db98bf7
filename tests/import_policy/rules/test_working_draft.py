"""Borders between clauses move, and no word of the document changes, is lost, or is in two clauses."""

import random
from itertools import pairwise

import pytest

from bot.errors import BadInput
from bot.import_policy.rules.clauses import Modality
from bot.import_policy.rules.cut_clauses import cut
from bot.import_policy.rules.edited_facts import with_facts
from bot.import_policy.rules.spans import between, count, has_words, words_of
from bot.import_policy.rules.working_draft import WorkingDraft, placed
from bot.import_policy.text_reader import read_text_file
from bot.school.rules.coverage import coverage
from bot.school.rules.documents import Clause

TEXT = """# Phones policy

Approved: 1 September 2025

## In lessons

1. Staff must keep their phone:
   (a) switched off; and
   (b) in the locker.
2. Pupils’ phones stay in the office. Staff must not carry them. Staff may look after one on a trip.

## At break

- Phones may be used in the staff room.
- Phones may be used in the car park.

Hilltop Juniors, page 1

The head decides on exceptions.
"""
EDITS = 400


def a_draft(text: str = TEXT) -> WorkingDraft:
    return placed(cut(read_text_file(text.encode())), "PP")


def key_of(draft: WorkingDraft, words: str) -> int:
    return next(clause.key for clause in draft.clauses if words in draft.text(clause))


def texts(draft: WorkingDraft) -> list[str]:
    return [clause.text for clause in draft.draft().clauses]


def accounted(draft: WorkingDraft) -> None:
    """Sees that every character is in one clause, in one that was left out, or in the rest; and in one only."""
    spans = [span for clause in draft.clauses for span in clause.spans]
    assert all(first.end <= second.begin for first, second in pairwise(spans))
    rest = count(draft.source, between(len(draft.source), spans))
    left_out = count(draft.source, [s for c in draft.clauses if c.is_left_out for s in c.spans])
    assert draft.covered + left_out + rest == draft.characters
    assert rest == count(draft.source, draft.rest)
    assert count(draft.source, draft.rest) + sum(len("".join(draft.text(c).split())) for c in draft.clauses) == (
        draft.characters
    )
    in_order = "".join("".join(words_of(draft.source, [s]).split()) for s in sorted([*spans, *draft.rest]))
    assert in_order == "".join(draft.source.split())


def test_an_untouched_draft_is_what_the_command_writes():
    imported = cut(read_text_file(TEXT.encode()))

    assert placed(imported, "PP").draft().clauses == imported.clauses


def test_joining_takes_in_the_number_between_and_keeps_the_first_reference():
    draft = a_draft()

    joined = draft.joined(key_of(draft, "keep their phone"))

    assert "Staff must keep their phone:\n(a) switched off; and" in texts(joined)
    assert len(joined.clauses) == len(draft.clauses) - 1
    assert joined.at(key_of(joined, "keep their phone")).modality is Modality.MUST


def test_joining_over_a_line_of_words_leaves_the_line_out():
    draft = a_draft()

    joined = draft.joined(key_of(draft, "stay in the office"))

    assert any("on a trip.\nPhones may be used in the staff room." in text for text in texts(joined))
    assert any("At break" in words_of(joined.source, [line]) for line in joined.rest)
    accounted(joined)
    written = [Clause(c.ref, "PP", c.ref, c.heading, c.text, frozenset()) for c in joined.draft().clauses]
    assert coverage(joined.source, written).covered == joined.covered  # `check` counts the same


def test_splitting_needs_the_first_words_of_the_second_part_once():
    draft = a_draft()
    key = key_of(draft, "stay in the office")

    split = draft.split(key, "staff  MUST not")

    assert texts(split)[3:5] == [
        "Pupils’ phones stay in the office.",
        "Staff must not carry them. Staff may look after one on a trip.",
    ]
    assert [clause.ref for clause in split.clauses[3:5]] == ["2", "2, part 2"]
    assert split.clauses[4].modality is Modality.MUST_NOT
    for words, says in (
        ("Staff", "2 times"),
        ("taff must", "not in this clause"),
        ("pupils' phones", "is the beginning"),
        ("zebra", "not in this clause"),
        (" ", "first words"),
    ):
        with pytest.raises(BadInput, match=says):
            draft.split(key, words)


def test_a_clause_split_and_joined_again_has_the_same_words():
    draft = a_draft()
    key = key_of(draft, "stay in the office")

    again = draft.split(key, "Staff must not").joined(key)

    assert ["".join(text.split()) for text in texts(again)] == ["".join(text.split()) for text in texts(draft)]


def test_what_is_left_out_stays_listed_and_comes_back_as_it_was():
    draft = a_draft()
    key = key_of(draft, "car park")

    out = draft.left_out(key)

    assert not any("car park" in text for text in texts(out))
    assert any("car park" in line for line in out.draft().left_out)
    assert out.taken_in(key) == draft
    with pytest.raises(BadInput, match="left out"):
        out.joined(key)


def test_a_line_that_is_no_clause_becomes_one_under_the_heading_before_it():
    draft = a_draft().left_out(key_of(a_draft(), "car park"))
    line = next(line for line in draft.rest if "At break" in words_of(draft.source, [line]))

    made = draft.made_clause(line.begin)

    assert made.at(line.begin).ref == "In lessons, line 2"
    assert "At break" in "".join(texts(made))
    with pytest.raises(BadInput, match="no such clause"):
        made.made_clause(line.begin)


def test_a_line_that_a_clause_was_joined_over_becomes_part_of_that_clause():
    draft = a_draft()
    joined = draft.joined(key_of(draft, "stay in the office"))
    line = next(line for line in joined.rest if "At break" in words_of(joined.source, [line]))

    made = joined.made_clause(line.begin)

    assert any("on a trip.\nAt break\nPhones may" in text for text in texts(made))
    assert len(made.clauses) == len(joined.clauses)


def test_references_stay_different_and_are_never_empty():
    draft = a_draft()
    key = key_of(draft, "car park")

    for ref, says in (("", "needs a reference"), ("2", "Another clause")):
        with pytest.raises(BadInput, match=says):
            draft.described(key, ref, "", Modality.MAY, [])


def test_the_last_clause_has_none_to_be_joined_with_and_an_empty_draft_is_not_used():
    draft = a_draft()

    with pytest.raises(BadInput, match="last clause"):
        draft.joined(draft.clauses[-1].key)
    for clause in draft.clauses:
        draft = draft.left_out(clause.key)
    with pytest.raises(BadInput, match="Every clause is left out"):
        draft.draft()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"title": ""}, "needs its title"),
        ({"id": "P"}, "two to eight"),
        ({"id": "P/../X"}, "two to eight"),
        ({"approved": "30 February 2026"}, "no day, month or term"),
        ({"review": "soon"}, "no day, month or term"),
        ({"approved": "1 May 2026", "review": "April 2026"}, "before the day"),
    ],
)
def test_facts_that_cannot_be_are_refused_with_one_sentence(fields: dict[str, str], says: str):
    given = {"id": "PP", "title": "Phones", **fields}

    with pytest.raises(BadInput, match=says):
        with_facts(a_draft(), given["id"], given["title"], "", given)


def test_facts_are_kept_in_the_form_of_the_files():
    dates = {"approved": "1st May 2026", "review": "May 2027", "takes_effect": "Autumn term 2026"}

    facts = with_facts(a_draft(), "ph2", "Phones", "2.1", dates).facts

    assert (facts["approved"], facts["review"], facts["takes_effect"]) == ("2026-05-01", "2027-05", "2026 autumn term")
    assert facts["version"] == "2.1"
    assert "approved" not in with_facts(a_draft(), "PP", "Phones", "", {}).facts


@pytest.mark.parametrize("seed", range(8))
def test_after_any_edits_covered_and_left_out_characters_are_those_of_the_source(seed: int):
    chance, draft = random.Random(seed), a_draft()
    done = 0

    for _ in range(EDITS):
        before = draft
        try:
            draft = _edited(draft, chance)
        except BadInput:
            assert draft is before
            continue
        done += 1
        accounted(draft)

    assert done > EDITS / 3


def _edited(draft: WorkingDraft, chance: random.Random) -> WorkingDraft:
    clause = chance.choice(draft.clauses)
    words = draft.text(clause).split()
    match chance.randrange(5):
        case 0:
            return draft.joined(clause.key)
        case 1 | 2:
            start = chance.randrange(len(words))
            return draft.split(clause.key, " ".join(words[start : start + 4]))
        case 3:
            return draft.taken_in(clause.key) if clause.is_left_out else draft.left_out(clause.key)
    lines = [line for line in draft.rest if has_words(words_of(draft.source, [line]))]
    return draft.made_clause(chance.choice(lines).begin) if lines else draft.joined(clause.key)
