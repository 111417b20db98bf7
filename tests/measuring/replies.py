"""Replies made by hand, to count over."""

from collections.abc import Sequence

from bot.ask.rules.answers import Answer, PolicyReply
from bot.ask.rules.passages import PassageKind, PassagePage, PassageRequest
from bot.ask.rules.quotes import Quote
from bot.ask.rules.rulings import Situation
from bot.ask.rules.safeguarding import HandOff
from bot.ask.rules.verdicts import Verdict
from bot.desk.rules.messages import CommandRequest
from tests.bench.outcomes import Governing, Outcome, outcome
from tests.practice import Case

GOVERNING: Governing = {
    "phone": ("P-1",),
    "data": ("P-2", "P-3.b"),
    "photos": ("P-4",),
    "parking": (),
    "odd": ("P-7",),
}
INSIDE = Case("I1", "can I?", frozenset({"P-1"}), "no", frozenset({"must"}))
OUTSIDE = Case("O1", "where do I park?", frozenset(), "not_covered")


def quote(clause: str) -> Quote:
    return Quote(clause, "P", "The words.", "The policy")


def an_answer(situation: str, *clauses: str, verdict: Verdict = Verdict.NO) -> Answer:
    return Answer(
        situation=Situation(situation, f"about {situation}", situation, ""),
        verdict=verdict,
        headline="",
        says="",
        conditions=(),
        quotes=tuple(quote(clause) for clause in clauses),
        notes=(),
        pointer="",
        see_also=(),
        is_draft=False,
        confidence=0.8,
    )


PHONE, DATA, PHOTOS = an_answer("phone", "P-1", "P-9"), an_answer("data", "P-2", "P-3.b"), an_answer("photos", "P-4")
SILENCE = an_answer("parking", verdict=Verdict.NOT_COVERED)


def a_reply(*answers: Answer, offers: Sequence[Answer] = (), hand_off: bool = False) -> PolicyReply:
    return PolicyReply("", answers, tuple(offers), hand_off, 0.8)


def a_page(*clauses: str) -> PolicyReply:
    page = PassagePage(PassageRequest(PassageKind.TOPIC), "", tuple(quote(clause) for clause in clauses))
    return PolicyReply("", (), (), HandOff.NONE, 1.0, passage=page)


def a_command(name: str) -> PolicyReply:
    return PolicyReply("", (), (), HandOff.NONE, 1.0, command=CommandRequest(name))


def result(case: Case, reply: PolicyReply) -> Outcome:
    return outcome(case, reply, GOVERNING)


def inside(*any_of: str, verdict: str = "no", also: Sequence[str] = ()) -> Case:
    return Case("I", "can I?", frozenset(any_of), verdict, frozenset(also))
