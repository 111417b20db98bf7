"""The figures of understanding, counted from outcomes."""

from collections.abc import Sequence

from tests.bench.goals import COMMANDS_AT_MOST, Goals
from tests.bench.outcomes import Miss, Outcome, misses
from tests.bench.shares import Figure, Goal, Share

NONE = Goal(0, is_floor=False)
MAX_QUESTION_SHOWN = 110


def figures(results: Sequence[Outcome], goals: Goals) -> list[Figure]:
    """Every figure of one set of questions, each beside its goal if it has one."""
    forbidden = [result for result in results if result.case.is_forbidden]
    return [
        Figure("straight right", straight_right(results), Goal(goals.straight_right)),
        Figure("  strictly: the first clause alone", strictly_right(results)),
        Figure("precision of straight answers", precision(results), Goal(goals.precision)),
        Figure("  strictly: the first clause alone", strict_precision(results)),
        Figure("right, or among what is shown", shown_right(results), Goal(goals.shown)),
        Figure("right, or the first button", Share.of(result.is_first_right for result in _inside(results))),
        Figure("outside said to be outside", said_outside(results), Goal(goals.outside)),
        Figure("outside not answered from the policy", outside_not_answered(results)),
        Figure("verdict right where the clause is right", verdict_right(results), Goal(goals.verdict)),
        Figure("permission where no or report", wrong_permissions(results), NONE),
        Figure(
            "  of these, nobody called it defensible",
            Share.of(result.is_indefensible_permission for result in forbidden),
        ),
        commands_figure(results),
    ]


def commands_figure(results: Sequence[Outcome]) -> Figure:
    """How many questions were taken for commands."""
    goal = Goal(COMMANDS_AT_MOST, is_floor=False)
    return Figure("policy questions taken for a command", taken_for_commands(results), goal)


def straight_right(results: Sequence[Outcome]) -> Share:
    """Of the questions the policy answers: answered straight, and a clause that governs the answer is a right one."""
    return Share.of(result.is_right for result in _inside(results))


def strictly_right(results: Sequence[Outcome]) -> Share:
    """The same, but only the clause quoted first counts."""
    return Share.of(result.is_strictly_right for result in _inside(results))


def precision(results: Sequence[Outcome]) -> Share:
    """Of all straight answers: the right ones. To a question that the policy does not answer, every one is wrong."""
    return Share.of(result.is_right for result in results if result.is_straight)


def strict_precision(results: Sequence[Outcome]) -> Share:
    """The same, but only the clause quoted first counts."""
    return Share.of(result.is_strictly_right for result in results if result.is_straight)


def shown_right(results: Sequence[Outcome]) -> Share:
    """Of the questions the policy answers: a right clause governs an answer or an offer."""
    return Share.of(result.is_shown_right for result in _inside(results))


def said_outside(results: Sequence[Outcome]) -> Share:
    """Of the questions the policy does not answer: those where the reply says so and quotes nothing."""
    return Share.of(result.is_said_outside for result in _outside(results))


def outside_not_answered(results: Sequence[Outcome]) -> Share:
    """The same, and those asked back."""
    return Share.of(not result.is_straight for result in _outside(results))


def verdict_right(results: Sequence[Outcome]) -> Share:
    """Of the straight right answers with a verdict written down: those that give it, or one as defensible."""
    return Share.of(result.is_verdict_right for result in results if result.is_right and result.case.verdicts)


def wrong_permissions(results: Sequence[Outcome]) -> Share:
    """Of the questions where the policy says no or report: those that were given a permission."""
    return Share.of(result.is_wrong_permission for result in results if result.case.is_forbidden)


def taken_for_commands(results: Sequence[Outcome]) -> Share:
    """Of all questions, inside and outside: those taken for a command."""
    return Share.of(bool(result.command) for result in results)


def _inside(results: Sequence[Outcome]) -> list[Outcome]:
    return [result for result in results if result.case.is_inside]


def _outside(results: Sequence[Outcome]) -> list[Outcome]:
    return [result for result in results if not result.case.is_inside]


def miss_lines(results: Sequence[Outcome]) -> list[str]:
    """Every miss by kind, with what was read and how sure that was."""
    lines = []
    for kind in Miss:
        missed = [result for result in results if kind in misses(result)]
        if missed:
            lines += [f"  {kind} ({len(missed)})", *(f"    {_miss_line(result)}" for result in missed)]
    return lines


def _miss_line(result: Outcome) -> str:
    case = result.case
    read = f"command {result.command}" if result.command else ", ".join(result.situations) or "nothing"
    wanted = ", ".join(sorted(case.any_of)) or "nothing"
    verdicts = "/".join(sorted(case.verdicts)) or "any"
    return (
        f"{case.id} {result.verdict.value} {result.confidence:.2f} [{read}] quotes {result.quoted or 'nothing'}, "
        f"wanted {verdicts} [{wanted}]: {case.question[:MAX_QUESTION_SHOWN]}"
    )
