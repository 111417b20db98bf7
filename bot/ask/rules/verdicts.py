"""The eight things an answer can be."""

from enum import StrEnum


class Verdict(StrEnum):
    """The status of what was asked about, not the grammatical yes or no."""

    YES = "yes"  # allowed as described
    YES_IF = "yes_if"  # allowed under a condition the question does not say is met
    NO = "no"  # not allowed, or strongly discouraged
    MUST = "must"  # somebody is required to do it
    REPORT = "report"  # the first thing the policy requires is reporting
    INFO = "info"  # a fact about or in the policy
    NOT_COVERED = "not_covered"  # the policy does not say
    CHOOSE = "choose"  # the bot asks back

    @property
    def headline(self) -> str:
        """The verdict in words, as shown when a ruling brings no headline of its own."""
        return _HEADLINES[self]

    @property
    def is_permission(self) -> bool:
        """Whether somebody could take it as leave to do something."""
        return self in {Verdict.YES, Verdict.YES_IF}

    @property
    def strictness(self) -> int:
        """Which of two answers is shown on top: the higher."""
        return _STRICTEST_FIRST[::-1].index(self)


_HEADLINES = {
    Verdict.YES: "Yes",
    Verdict.YES_IF: "Only if",
    Verdict.NO: "No",
    Verdict.MUST: "You must",
    Verdict.REPORT: "Report it",
    Verdict.INFO: "What the policy says",
    Verdict.NOT_COVERED: "This policy does not say",
    Verdict.CHOOSE: "Which do you mean?",
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
)
