"""Proposed rulings in rulings.toml: marked as such, beside their clauses' words, and nothing else is touched."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bot.ask.rules.imported_clauses import ImportedClause
from bot.ask.rules.proposals import Proposal
from bot.ask.rules.rulings_text import accepted_text, proposed_text
from bot.ask.rules.verdicts import Verdict

CLAUSE = ImportedClause("P-1", "P", "2.1", "Phones", "Staff must not ring\nhome.", "must_not")


def test_a_proposal_is_marked_and_has_the_clause_beside_it():
    proposal = Proposal("wearables", Verdict.NO, "You must not ring home.", ("P-1",), 0.9, conditions=("at lunch",))

    text = proposed_text([[proposal]], {"P-1": CLAUSE})

    assert "# 2.1: Staff must not ring home.\n" in text
    assert tomllib.loads(text) == {
        "wearables": {
            "proposed": True,
            "verdict": "no",
            "says": "You must not ring home.",
            "conditions": ["at lunch"],
            "governing": ["P-1"],
        }
    }


def test_situations_of_one_decision_say_so():
    group = [Proposal(id, Verdict.NO, "No.", ("P-1",), 0.9) for id in ("wearables", "own-phone-break")]

    text = proposed_text([group], {"P-1": CLAUSE})

    assert text.startswith("\n# One decision for 2 situations:\n")
    assert list(tomllib.loads(text)) == ["wearables", "own-phone-break"]


@given(st.text(min_size=1), st.text(), st.text())
def test_whatever_a_clause_says_the_file_is_read_as_written(words: str, says: str, ref: str):
    clause = ImportedClause("P-1", "P", ref, "", words, "information")
    proposal = Proposal("wearables", Verdict.INFO, says, ("P-1",), 0.9)

    rulings = tomllib.loads(proposed_text([[proposal]], {"P-1": clause}))

    assert list(rulings) == ["wearables"]
    assert rulings["wearables"]["verdict"] == "info"


def test_accepting_removes_the_mark_and_nothing_else():
    text = "# by hand\n[a]\nproposed = true  # new\nsays = 'x'\n\n[b]\nproposed = true\n[[b.also]]\nwhere = ['y']\n"

    assert accepted_text(text, {"a"}) == text.replace("proposed = true  # new\n", "")
    assert accepted_text(text, set()) == text


def test_a_doubtful_proposal_is_marked_and_its_cell_is_quoted_behind_its_head():
    cell = ImportedClause("P-1", "P", "Row 1", "", "Lend a badge", "must_not", head=("Visitors should not",))
    proposal = Proposal("wearables", Verdict.NO, "No.", ("P-1",), 0.5, is_doubtful=True)

    text = proposed_text([[proposal]], {"P-1": cell})

    assert "# Row 1: Visitors should not: Lend a badge\n" in text
    assert tomllib.loads(text)["wearables"]["doubtful"] is True
    assert tomllib.loads(accepted_text(text, {"wearables"}))["wearables"].keys() == {"verdict", "says", "governing"}
