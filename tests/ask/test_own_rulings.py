"""What a school writes of its own: rulings that are open, proposed or otherwise, and situations of its own."""

from dataclasses import replace

import pytest

from bot.ask.policy_file import loading_problems, policy_of
from bot.ask.rules.rulings import Exemption
from bot.ask.rules.verdicts import Verdict
from bot.errors import PolicyFileError
from bot.policies import SchoolTables, read_school
from bot.school.settings import school_settings
from bot.settings import ROOT

MINIBUS = {
    "asks": "driving the minibus",
    "label": "Minibus",
    "about": "The minibus.",
    "wordings": ["can I drive the minibus"],
}


@pytest.fixture
def tables() -> SchoolTables:
    return replace(read_school(ROOT / "policies", "larkmead-infants"), rulings={}, own_situations={})


def policy(tables: SchoolTables):
    return policy_of(tables, school_settings(tables))


def test_a_school_that_writes_nothing_has_only_staffrooms_own_answers(tables: SchoolTables):
    held = policy(tables)

    assert all(ruling.is_common and not ruling.clauses for ruling in held.rulings.values())
    assert not held.is_decided("own-phone-break")


def test_a_silence_may_leave_its_words_to_staffroom(tables: SchoolTables):
    silent = {"verdict": "not_covered"}
    held = policy(replace(tables, rulings={"dress": silent, "lock-screen": silent}))

    assert (held.ruling("dress").says, held.ruling("dress").is_common) == ("It does not cover dress.", False)
    assert held.ruling("lock-screen").says.startswith("It does not say anything about ")


def test_an_exemption_is_read_from_the_rulings_file(tables: SchoolTables):
    entry = {"verdict": "no", "says": "No.", "also": [{"unless": ["on trips"], "verdict": "info"}], "proposed": True}
    ruling = policy(replace(tables, rulings={"lock-screen": entry})).ruling("lock-screen")

    assert (ruling.exemptions, ruling.is_proposed) == ((Exemption(Verdict.INFO, unless=("on trips",)),), True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"also": [{"verdict": "no"}]},
        {"also": [{"unless": [""]}]},
        {"also": [{"unless": ["x"], "verdict": "maybe"}]},
        {"also": [{"unles": ["x"]}]},
        {"also": "x"},
        {"proposed": "yes"},
    ],
)
def test_what_cannot_be_read_is_named(tables: SchoolTables, wrong: dict[str, object]):
    rulings = {"lock-screen": {"verdict": "no", "says": "No.", **wrong}}

    with pytest.raises(PolicyFileError, match="lock-screen"):
        policy(replace(tables, rulings=rulings))


def test_everything_that_cannot_be_read_is_named_at_once(tables: SchoolTables):
    broken = replace(
        tables,
        rulings={"a": {"verdict": "perhaps"}, "b": {"verdict": "no"}, "c": 1},
        own_situations={"minibus": {**MINIBUS, "wordings": []}},
    )

    assert [problem.split(":")[1].strip() for problem in loading_problems(broken)] == ["a", "b", "c", "minibus"]


def test_a_situation_of_its_own_is_only_the_schools(tables: SchoolTables):
    held = policy(replace(tables, own_situations={"minibus": MINIBUS}))

    assert held.own_wordings == {"minibus": ("can I drive the minibus",)}
    assert "minibus" in held.situations
    assert "minibus" not in policy(tables).situations


def test_a_situation_of_every_school_cannot_be_a_schools_own(tables: SchoolTables):
    with pytest.raises(PolicyFileError, match="every school has this already"):
        policy(replace(tables, own_situations={"dress": MINIBUS}))
