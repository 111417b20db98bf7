"""What became of a measuring question: pure counting, without a classifier.

Straight means answered at once from a clause: not asked back, and not "this policy does not say".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.ask.rules.answers import Answer, PolicyReply
from bot.ask.rules.policy import Policy
from bot.ask.rules.quotes import Quote
from bot.ask.rules.verdicts import Verdict
from tests.practice import Case

PARTS = "abc"
Governing = Mapping[str, tuple[str, ...]]  # by situation: the clauses that would each be a right first quotation


class Miss(StrEnum):
    """How a question can go wrong. One question may go wrong in several ways."""

    ASKED_BACK = "asked back though inside"
    SILENT = "silent though inside"
    WRONG = "wrong clause, answered straight"
    OUTSIDE_ANSWERED = "outside, answered straight"
    OUTSIDE_ASKED_BACK = "outside, asked back"
    COMMAND = "taken for a command"
    VERDICT = "right clause, wrong verdict"
    PERMISSION = "permission where the policy says no or report"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and what was replied.

    `quoted` is the clause quoted first by the top answer, empty if it quotes none. `leading` are the clauses that
    govern the top answer or, if it was asked back, the first offer; `shown` those that govern any answer or offer.
    `situations` are those read, the top one first.
    """

    case: Case
    verdict: Verdict
    quoted: str = ""
    leading: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    situations: tuple[str, ...] = ()
    confidence: float = 0.0
    command: str = ""

    @property
    def is_straight(self) -> bool:
        """Whether it was answered at once from a clause."""
        return bool(self.quoted)

    @property
    def is_right(self) -> bool:
        """Whether it was answered straight, and a clause that governs the answer is a right one."""
        return self.is_straight and _is_among(self.leading, self.case)

    @property
    def is_strictly_right(self) -> bool:
        """Whether it was answered straight, and the clause quoted first is a right one."""
        return self.is_straight and _is_among({self.quoted}, self.case)

    @property
    def is_shown_right(self) -> bool:
        """Whether a right clause governs anything that is shown."""
        return _is_among(self.shown, self.case)

    @property
    def is_first_right(self) -> bool:
        """Whether a right clause governs the answer or, if it was asked back, the first button."""
        return _is_among(self.leading, self.case)

    @property
    def is_said_outside(self) -> bool:
        """Whether the reply is that the policy does not say, without a clause."""
        return self.verdict is Verdict.NOT_COVERED and not self.is_straight

    @property
    def is_verdict_right(self) -> bool:
        return self.verdict.value in self.case.verdicts

    @property
    def is_wrong_permission(self) -> bool:
        """Whether it allows what the policy forbids or asks to report, by the verdict written down first."""
        return self.case.is_forbidden and self.verdict.is_permission

    @property
    def is_indefensible_permission(self) -> bool:
        """The same, and nobody called the permission as defensible."""
        return self.is_wrong_permission and not self.is_verdict_right


def _is_among(clauses: frozenset[str] | set[str], case: Case) -> bool:
    return any(clause in case.any_of or whole(clause) in case.any_of for clause in clauses)


def whole(clause: str) -> str:
    """A clause's own id without the letter of its part.

    >>> whole("AUP-safety.7.b"), whole("SM-4.1.i"), whole("AUP-intro")
    ('AUP-safety.7', 'SM-4.1.i', 'AUP-intro')
    """
    head, _, tail = clause.rpartition(".")
    return head if head and len(tail) == 1 and tail in PARTS else clause


def governing_clauses(policy: Policy) -> Governing:
    """The governing clauses of every ruling: those it names, otherwise the first it quotes."""
    return {situation: ruling.governing or ruling.clauses[:1] for situation, ruling in policy.rulings.items()}


def outcome(case: Case, reply: PolicyReply, governing: Governing) -> Outcome:
    """What became of a question. Of a page of the policy, the first clause counts as the one that governs."""
    quotes = _top_quotes(reply)
    answers = (*reply.answers, *reply.offers)
    by_answer = [_governing(answer, governing) for answer in answers]
    page = frozenset(quote.id for quote in reply.passage.clauses) if reply.passage else frozenset()
    return Outcome(
        case=case,
        verdict=reply.verdict,
        quoted=quotes[0].id if quotes else "",
        leading=by_answer[0] if by_answer else frozenset(quote.id for quote in quotes[:1]),
        shown=page.union(*by_answer),
        situations=tuple(answer.situation.id for answer in answers),
        confidence=reply.confidence,
        command=reply.command.name if reply.command else "",
    )


def _top_quotes(reply: PolicyReply) -> tuple[Quote, ...]:
    if reply.passage:
        return reply.passage.clauses
    return reply.answers[0].quotes if reply.answers else ()


def _governing(answer: Answer, governing: Governing) -> frozenset[str]:
    return frozenset(governing[answer.situation.id]) if answer.quotes else frozenset()


def misses(result: Outcome) -> Iterator[Miss]:
    """Every way in which a question went wrong; none if all is right."""
    if result.command:
        yield Miss.COMMAND
    elif result.case.is_inside and not result.is_right:
        yield _inside_miss(result)
    elif not result.case.is_inside and not result.is_said_outside:
        yield Miss.OUTSIDE_ANSWERED if result.is_straight else Miss.OUTSIDE_ASKED_BACK
    if result.is_right and result.case.verdicts and not result.is_verdict_right:
        yield Miss.VERDICT
    if result.is_wrong_permission:
        yield Miss.PERMISSION


def _inside_miss(result: Outcome) -> Miss:
    if result.is_straight:
        return Miss.WRONG
    return Miss.SILENT if result.is_said_outside else Miss.ASKED_BACK
