"""An answer fits a new version if every clause that it cites is the same; a permission never rests on changed words."""

import pytest

from bot.ask.rules.refit import Refit, refit
from bot.ask.rules.rulings import Exemption, Ruling
from bot.ask.rules.verdicts import Verdict
from tests.fakes import policy

ALLOWED = Ruling("allowed", Verdict.YES, "You may.", clauses=("P-1", "P-2"))
FORBIDDEN = Ruling("forbidden", Verdict.NO, "You may not.", clauses=("P-2",))
LOOSENED = Ruling("loosened", Verdict.NO, "No.", clauses=("P-3",), exemptions=(Exemption(unless=("on trips",)),))
SILENT = Ruling("silent", Verdict.NOT_COVERED, "It does not say.")
COMMON = Ruling("common", Verdict.INFO, "Hello.", clauses=("P-1",), is_common=True)
POLICY = policy(ALLOWED, FORBIDDEN, LOOSENED, SILENT, COMMON)


@pytest.mark.parametrize(
    ("changed", "gone", "expected"),
    [
        (set(), set(), Refit(kept=("allowed", "forbidden", "loosened"))),
        ({"P-1"}, set(), Refit(kept=("forbidden", "loosened"), to_confirm=("allowed",))),
        ({"P-2"}, set(), Refit(kept=("loosened",), to_confirm=("allowed",), unapproved=("forbidden",))),
        ({"P-3"}, set(), Refit(kept=("allowed", "forbidden"), to_confirm=("loosened",))),
        ({"P-1"}, {"P-2"}, Refit(kept=("loosened",), not_ruled=("allowed", "forbidden"))),
    ],
)
def test_each_answer_stands_by_the_worst_of_its_clauses(changed: set[str], gone: set[str], expected: Refit):
    document = next(iter(POLICY.documents))

    assert refit(POLICY, document, changed, gone) == expected


def test_another_documents_answers_are_not_touched():
    assert refit(POLICY, "another", {"P-1"}, {"P-2"}) == Refit()
