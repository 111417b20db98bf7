"""The reply to a question: a ruling with its clauses, several choices, or the statement that the policy is silent."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from bot.ask.rules.choose_situation import Reading
from bot.ask.rules.contact_replies import ContactReply, also_there
from bot.ask.rules.exemptions import restricted_by, restriction, shown_exemptions
from bot.ask.rules.headlines import Headline, headline
from bot.ask.rules.languages import Language
from bot.ask.rules.passages import PassagePage
from bot.ask.rules.policy import Policy
from bot.ask.rules.quotes import Quote, quoted
from bot.ask.rules.rulings import Ruling, Situation, is_draft
from bot.ask.rules.safeguarding import HandOff
from bot.ask.rules.verdicts import Verdict, is_held_back
from bot.desk.rules.messages import CommandRequest
from bot.school.rules.settings import Contacts

NOT_APPROVED = "The school has not approved a short answer to this yet. Here is what the policy says."
THE_POLICY_SAYS = "What the policy says"
NO_REASON = "This is the rule in the policy's own words. I know of no other reason."
NOT_DECIDED = "Not decided yet"
NOTHING_DECIDED = "The school has not decided yet what its policy says about this."
NEAREST = "The nearest I can find in its policy is below, word for word. It may not answer your question."
ASK_A_PERSON = "Please ask {whom}."
UNPUBLISHED = "This quotes an unpublished draft: the policy's files have changed since they were last published."


@dataclass(frozen=True, slots=True)
class Answer:
    """One ruling, ready to be shown.

    `quotes` have the governing clause first, and are empty if the policy is silent. `notes` say what the policy leaves
    open; `pointer` says whom to ask. `confidence` is a share of likelihood between 0 and 1.
    """

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
class PolicyReply:
    """The whole reply to one message. `answers` have the strictest first, and are empty if the question was unclear.

    `offers` are then the choices; beside an answer they are the other things the question may have meant.
    A `passage` is there instead if somebody asked to read the policy itself, a `contact` if they asked who is who, and
    a `command` if they want the bot to do something. `offered_command` is one to choose beside the offers.
    `language` is the one a message was in that was not in English; `note` is a sentence of the bot's own instead.

    `next_readings` are other situations that the question may have meant, likeliest first, of those not shown. `topic`
    is the situation a follow-up builds on; empty for that of the first answer. `unsure` is our own reading of a whole
    question without a worry, if it was not sure enough: only then may a language model be asked (docs/chooser.md).
    """

    question: str
    answers: tuple[Answer, ...]
    offers: tuple[Answer, ...]
    hand_off: HandOff
    confidence: float
    passage: PassagePage | None = None
    contact: ContactReply | None = None
    command: CommandRequest | None = None
    offered_command: CommandRequest | None = None
    language: Language | None = None
    note: str = ""
    next_readings: tuple[Situation, ...] = ()
    topic: str = ""
    unsure: Reading | None = None

    @property
    def verdict(self) -> Verdict:
        """The first answer's verdict; for a reply without answers, that of what is there instead, else CHOOSE."""
        if self.command:
            return Verdict.COMMAND
        if self.passage:
            return Verdict.INFO
        if self.contact or self.note:
            return Verdict.NOT_COVERED
        return self.answers[0].verdict if self.answers else Verdict.CHOOSE

    @property
    def is_chat(self) -> bool:
        """Whether this is talk with the bot itself, and no question to the policy."""
        if not self.answers:
            return bool(self.note)
        return all(answer.situation.chat for answer in self.answers)


def answer(
    situation: str, policy: Policy, today: date, confidence: float = 1.0, *, trusts_drafts: bool, question: str = ""
) -> Answer:
    """The school's ruling on a situation; raises PolicyFileError if there is none.

    If drafts are not trusted (outside local mode), a draft shows its clauses without saying what they allow.
    The headline answers the `question` as it was asked; without one it is the ruling's own.
    """
    ruling = policy.ruling(situation)
    draft = is_draft(ruling, policy.clauses)
    is_guess = ruling.verdict.is_permission and not ruling.may_permit
    held_back = is_guess or is_held_back(ruling.verdict, is_draft=draft, trusts_drafts=trusts_drafts)
    shown = Headline(Verdict.INFO, Verdict.INFO.headline) if held_back else _headline(question, ruling, policy)
    exemption = restriction(question, ruling) if ruling.verdict.is_permission else None
    says = exemption.says if exemption and exemption.says else ruling.says
    return Answer(
        situation=policy.situations[situation],
        verdict=shown.verdict,
        headline=shown.text,
        says=NOT_APPROVED if held_back else says,
        conditions=() if held_back or exemption else (*ruling.conditions, *shown_exemptions(ruling)),
        quotes=tuple(_quote(ref, policy, today) for ref in ruling.clauses),
        notes=_notes(ruling, policy),
        pointer=ruling.pointer,
        see_also=tuple(policy.situations[id] for id in ruling.see_also if policy.is_decided(id)),
        is_draft=draft,
        confidence=confidence,
    )


def _headline(question: str, ruling: Ruling, policy: Policy) -> Headline:
    """A ruling that rests on a policy we do not hold never says a plain "Yes"; nor does an exemption that is named."""
    restricted = restricted_by(question, ruling)
    if restricted:
        return Headline(restricted, restricted.headline)
    return headline(question, ruling, may_confirm=not policy.absent_behind(ruling))


def undecided(
    situation: Situation, policy: Policy, today: date, confidence: float, near: Sequence[str], whom: str
) -> Answer:
    """The reply if the school has not ruled on a situation: it says so, with the nearest clauses as information."""
    return Answer(
        situation=situation,
        verdict=Verdict.INFO if near else Verdict.NOT_COVERED,
        headline=NOT_DECIDED,
        says=NOTHING_DECIDED,
        conditions=(),
        quotes=tuple(_quote(ref, policy, today) for ref in near),
        notes=(*([NEAREST] if near else []), ASK_A_PERSON.format(whom=whom)),
        pointer="",
        see_also=(),
        is_draft=False,
        confidence=confidence,
    )


def explained(ruled: Answer) -> Answer:
    """The same clauses as information, for somebody who asks why."""
    return replace(ruled, verdict=Verdict.INFO, headline=THE_POLICY_SAYS, says=NO_REASON, conditions=())


def _quote(ref: str, policy: Policy, today: date) -> Quote:
    clause = policy.clause(ref)
    return quoted(clause, policy.documents[clause.document], today)


def _notes(ruling: Ruling, policy: Policy) -> tuple[str, ...]:
    notes = [f"This policy does not say: {ruling.silent_on}."] if ruling.silent_on else []
    notes += [f"It depends on the school's {name}, which I do not hold." for name in policy.absent_behind(ruling)]
    return tuple(notes)


def hand_off(contacts: Contacts, *, is_private: bool) -> str:
    """The text that comes before any answer if a child may be at risk. The school sets the contacts, not the policy."""
    lead, head, chair = contacts.safeguarding, contacts.headteacher, contacts.chair
    delete = "" if is_private else " Please delete your message."
    return (
        f"Tell {lead} now, in person or on {contacts.phone}; if a child is in immediate danger, call 999."
        f"{also_there(contacts)} "
        f"If it is about an adult who works here, tell {head}; if about the headteacher, {chair}. "
        "Telling me is not reporting: I have told nobody. "
        f"Please write no names or details here, and do not copy or forward any image.{delete}"
    )


def marked(reply: PolicyReply, drafts: AbstractSet[str]) -> PolicyReply:
    """The reply with a note at each answer that quotes an unpublished draft; `drafts` are names of documents."""
    if not drafts:
        return reply
    passage = _marked_passage(reply.passage, drafts) if reply.passage else None
    return replace(reply, answers=tuple(_marked(answer, drafts) for answer in reply.answers), passage=passage)


def _marked_passage(passage: PassagePage, drafts: AbstractSet[str]) -> PassagePage:
    is_unpublished = bool({quote.document for quote in passage.clauses} & drafts)
    return replace(passage, note=f"{passage.note} {UNPUBLISHED}".strip()) if is_unpublished else passage


def _marked(answer: Answer, drafts: AbstractSet[str]) -> Answer:
    if not {quote.document for quote in answer.quotes} & drafts:
        return answer
    return replace(answer, notes=(*answer.notes, UNPUBLISHED))
