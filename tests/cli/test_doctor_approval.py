"""What `doctor` says of answers that nobody has approved."""

from dataclasses import replace

from bot.ask.policy_file import policy_of
from bot.cli.doctor import approval_status
from bot.policies import read_school
from bot.school.settings import school_settings
from bot.settings import ROOT


def status(rulings: dict[str, dict[str, str]]):
    tables = replace(read_school(ROOT / "policies", "larkmead-infants"), rulings=rulings)
    return approval_status(policy_of(tables, school_settings(tables)))


def test_the_answers_that_staffroom_itself_gives_are_no_drafts_of_the_school():
    assert status({}).is_well


def test_an_answer_of_the_schools_own_is_a_draft_until_it_is_approved():
    found = status({"dress": {"verdict": "not_covered"}, "lock-screen": {"verdict": "no", "says": "No."}})

    assert not found.is_well
    assert found.says.startswith("2 rulings are drafts")
