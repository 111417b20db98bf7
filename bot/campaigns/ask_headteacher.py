"""A question about the agreement: answered from the policy first, then sent to the headteacher if somebody wants."""

from dataclasses import dataclass

from bot.campaigns import cards
from bot.campaigns.book import CampaignBook
from bot.campaigns.ports import Adviser
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.person import Person

MAX_QUESTION_CHARS = 500
SENT = "Sent to {head}. I keep that you asked, never what, and do not remind you until there is an answer."


@dataclass(frozen=True, slots=True)
class AskHeadteacher:
    """The part of the desk where staff ask about their agreement."""

    book: CampaignBook
    adviser: Adviser

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (
            Command("question", self._form, intents=("ask-head",), shows_only=True),
            Command("ask_first", self._ask_first),
            Command("ask_head", self._ask_head),
        )

    async def _form(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        return cards.question_form(campaign.id, self.book.context.headteacher)

    async def _ask_first(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        words = _question_in(incoming)
        advice, is_hand_off = await self.adviser.advice(words, is_private=incoming.is_private)
        if is_hand_off:
            return note(advice)
        return cards.question_form(campaign.id, self.book.context.headteacher, text=words, answer=advice)

    async def _ask_head(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        words = _question_in(incoming)
        hand_off = await self.adviser.hand_off(words, is_private=incoming.is_private)
        if hand_off:
            return note(hand_off)
        context = self.book.context
        heads = [head for head in context.heads() if head.id != person.id]
        if not heads:
            raise BadInput(f"There is nobody I could send this to. Please ask {context.headteacher} in person.")
        pseudonym = await context.pseudonym(person)
        subject = Subject(campaign=campaign.id, name=f"{context.now():%H%M%S%f}")
        recipients = await context.store.enrol(heads)
        await context.write(
            EventKind.QUESTION,
            f"question/{campaign.id}/{pseudonym}/{context.today}/{subject.name}",
            subject=pseudonym,
            actor=pseudonym,
            campaign=campaign.id,
            who=details(person, incoming.caller, incoming.conversation),
            messages=[
                Message(
                    MessageKind.QUESTION, subject, recipients[head.id], context.today, words=words, people=(pseudonym,)
                )
                for head in heads
            ],
        )
        return note(SENT.format(head=" and ".join(head.name for head in heads)))


def _question_in(incoming: Incoming) -> str:
    words = incoming.inputs.get("question", "").strip()
    if not words:
        raise BadInput("Please write your question first.")
    if len(words) > MAX_QUESTION_CHARS:
        raise BadInput(f"That is longer than I can send ({MAX_QUESTION_CHARS} characters). Could you shorten it?")
    return words
