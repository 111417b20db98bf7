"""The verdict of an answer.

The school writes a verdict for each situation, in rulings.toml of its folder; `answers.py` takes it from there.
"""

from enum import StrEnum


class Verdict(StrEnum):
    """The status of what was asked about, not the grammatical yes or no. The last two are of no ruling."""

    YES = "yes"  # allowed as described
    YES_IF = "yes_if"  # allowed under a condition the question does not say is met
    NO = "no"  # not allowed, or strongly discouraged
    MUST = "must"  # somebody is required to do it
    REPORT = "report"  # the first thing the policy requires is reporting
    INFO = "info"  # a fact about or in the policy
    NOT_COVERED = "not_covered"  # the policy does not say
    CHOOSE = "choose"  # the bot asks back
    COMMAND = "command"  # no question: somebody wants the bot to do something

    @property
    def headline(self) -> str:
        """The verdict in words, shown if a ruling has no headline of its own."""
        return _HEADLINES[self]

    @property
    def is_permission(self) -> bool:
        """Whether it allows somebody to do something."""
        return self in {Verdict.YES, Verdict.YES_IF}

    @property
    def strictness(self) -> int:
        """A rank from 0; of two answers the one with the higher rank is shown first."""
        return _STRICTEST_FIRST[::-1].index(self)


def is_held_back(verdict: Verdict, *, is_draft: bool, trusts_drafts: bool) -> bool:
    """Whether a ruling's verdict is not shown, but INFO in its place.

    A ruling that the school has not approved yet allows and forbids nothing outside the demo; its clauses are shown.

    >>> is_held_back(Verdict.YES, is_draft=True, trusts_drafts=False)
    True
    """
    return is_draft and not trusts_drafts and verdict is not Verdict.NOT_COVERED


_HEADLINES = {
    Verdict.YES: "Yes",
    Verdict.YES_IF: "Only if",
    Verdict.NO: "No",
    Verdict.MUST: "You must",
    Verdict.REPORT: "Report it",
    Verdict.INFO: "What the policy says",
    Verdict.NOT_COVERED: "This policy does not say",
    Verdict.CHOOSE: "Which do you mean?",
    Verdict.COMMAND: "You want me to",
}

_STRICTEST_FIRST = (
    Verdict.REPORT,
    Verdict.NO,
    Verdict.MUST,
    Verdict.YES_IF,
    Verdict.INFO,
    Verdict.YES,
    Verdict.CHOOSE,
    Verdict.NOT_COVERED,
    Verdict.COMMAND,
)
