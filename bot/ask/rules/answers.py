"""What is said back: a ruling with its clauses, several choices, or an honest silence."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling, Situation, is_draft
from bot.ask.rules.verdicts import Verdict
from bot.school.rules.documents import Clause, source_line

UNPUBLISHED = "This quotes an unpublished draft: the policy's files have changed since they were last published."


@dataclass(frozen=True, slots=True)
class Quote:
    """A clause word for word, and where it stands."""

    id: str
    document: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One ruling, ready to be shown. `quotes`: the governing clause first; none where the policy is silent."""

    situation: Situation
    verdict: Verdict
    headline: str
    says: str
    conditions: tuple[str, ...]
    quotes: tuple[Quote, ...]
    notes: tuple[str, ...]
    pointer: str
    see_also: tuple[Situation, ...]
    is_draft: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole reply to one message: answers, the strictest first; none where the question was unclear.

    `offers` are the choices then, and beside an answer the other things that may have been meant.
    """

    question: str
    answers: tuple[Answer, ...]
    offers: tuple[Answer, ...]
    hand_off: bool
    confidence: float

    @property
    def verdict(self) -> Verdict:
        """The verdict on top."""
        return self.answers[0].verdict if self.answers else Verdict.CHOOSE


def answer(situation: str, policy: Policy, today: date, confidence: float = 1.0, *, trusts_drafts: bool) -> Answer:
    """The school's ruling on a situation.

    Where drafts are not trusted (outside local mode), a draft shows its clauses without saying what they allow.
    """
    ruling = policy.ruling(situation)
    draft = is_draft(ruling, policy.clauses)
    held_back = draft and not trusts_drafts and ruling.verdict is not Verdict.NOT_COVERED
    return Answer(
        situation=policy.situations[situation],
        verdict=Verdict.INFO if held_back else ruling.verdict,
        headline=Verdict.INFO.headline if held_back else ruling.shown_headline,
        says="The school has not approved a short answer to this yet. Here is what the policy says."
        if held_back
        else ruling.says,
        conditions=() if held_back else ruling.conditions,
        quotes=tuple(_quote(policy.clause(ref), policy, today) for ref in ruling.clauses),
        notes=_notes(ruling, policy),
        pointer=ruling.pointer,
        see_also=tuple(policy.situations[id] for id in ruling.see_also),
        is_draft=draft,
        confidence=confidence,
    )


def _quote(clause: Clause, policy: Policy, today: date) -> Quote:
    document = policy.documents[clause.document]
    return Quote(clause.id, document.short, clause.text, source_line(clause, document, today))


def _notes(ruling: Ruling, policy: Policy) -> tuple[str, ...]:
    notes = [f"This policy does not say: {ruling.silent_on}."] if ruling.silent_on else []
    notes += [f"It depends on the school's {name}, which I do not hold." for name in policy.absent_behind(ruling)]
    return tuple(notes)


def hand_off(policy: Policy, *, is_private: bool) -> str:
    """What comes first when a child may be at risk. The contacts are the school's, not the policy's."""
    who = policy.contacts
    delete = "" if is_private else " Please delete your message."
    return (
        f"Tell {who.safeguarding} now, in person or on {who.phone}; if a child is in immediate danger, call 999. "
        f"If it is about an adult who works here, tell {who.headteacher}; if about the headteacher, {who.chair}. "
        "Telling me is not reporting: I have told nobody. "
        f"Please write no names or details here, and do not copy or forward any image.{delete}"
    )


def marked(reply: Reply, drafts: AbstractSet[str]) -> Reply:
    """The reply with a note at each answer that quotes a document whose files are not the text last published."""
    if not drafts:
        return reply
    return replace(reply, answers=tuple(_marked(one, drafts) for one in reply.answers))


def _marked(one: Answer, drafts: AbstractSet[str]) -> Answer:
    if not {quote.document for quote in one.quotes} & drafts:
        return one
    return replace(one, notes=(*one.notes, UNPUBLISHED))
