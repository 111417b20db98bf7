"""A question about the agreement: answered from the policy first, then sent to the headteacher if somebody wants."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from bot.campaigns import question_cards
from bot.campaigns.book import CampaignBook
from bot.campaigns.ports import Adviser
from bot.campaigns.question_cards import QuestionView, SendForm
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.questions import question_of, words_of
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.outside import identifier, written_text
from bot.people.rules.person import Person, Role
from bot.people.rules.readers import listed, named_readers

MAX_QUESTION_CHARS = 500
FORM_ID_BYTES = 8
SENT = (
    "Sent to {readers}. I keep your words until there is an answer, for 90 days at most, and do not remind you until "
    'then. You can withdraw the question: write "my questions".'
)
CHANGED = "Nothing was sent yet: please look again at who will get it, then send it."


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
        return question_cards.first_form(campaign.id, self.book.context.headteacher)

    async def _ask_first(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        words = _question_in(incoming)
        advice, is_hand_off = await self.adviser.advice(words, is_private=incoming.is_private)
        if is_hand_off:
            return note(advice)
        form = self._form_for(campaign, person, await self._recipients(person))
        return question_cards.send_form(form, self.book.context.headteacher, words=words, answer=advice)

    def _readers(self, person: Person) -> list[Person]:
        """Who gets a question of somebody's."""
        return [head for head in self.book.context.heads() if head.id != person.id]

    async def _recipients(self, person: Person) -> Mapping[str, str]:
        """Pseudonyms of who gets it, by their ids."""
        return await self.book.context.store.enrol(self._readers(person))

    def _form_for(self, campaign: Campaign, person: Person, recipients: Mapping[str, str]) -> SendForm:
        names = named_readers(self._readers(person), self.book.context.today)
        return SendForm(secrets.token_hex(FORM_ID_BYTES), campaign.id, names, tuple(sorted(recipients.values())))

    async def _ask_head(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        words = _question_in(incoming)
        pseudonym = await self.book.context.pseudonym(person)
        earlier = await self._sent_before(incoming, campaign, pseudonym, words)
        if earlier:
            return await self._sent(earlier)
        hand_off = await self.adviser.hand_off(words, is_private=incoming.is_private)
        if hand_off:
            return note(hand_off)
        recipients = await self._recipients(person)
        headteacher = self.book.context.headteacher
        if not recipients:
            raise BadInput(question_cards.NOBODY.format(headteacher=headteacher))
        if not self._were_named(incoming, person, recipients):
            form = self._form_for(campaign, person, recipients)
            return question_cards.send_form(form, headteacher, words=words, answer="", changed=CHANGED)
        return await self._sent(await self._send(incoming, person, campaign, words, tuple(recipients.values())))

    async def _sent_before(
        self, incoming: Incoming, campaign: Campaign, pseudonym: str, words: str
    ) -> tuple[Message, ...]:
        """What an earlier press of the same form sent; a form of an older version is known by its words of today."""
        form = _form_id(incoming)
        messages = await self.book.context.store.messages(MessageKind.QUESTION, campaign=campaign.id)
        own = [message for message in messages if message.people == (pseudonym,)]
        if form:
            return tuple(message for message in own if message.subject.name == form)
        return tuple(message for message in own if message.words == words and message.on == self.book.context.today)

    def _were_named(self, incoming: Incoming, person: Person, recipients: Mapping[str, str]) -> bool:
        """Whether the form named everybody who would get the question now; older forms named the headteacher only."""
        if "recipients" in incoming.inputs:
            return set(recipients.values()) <= set(incoming.inputs["recipients"].split())
        return all(Role.HEAD in reader.roles for reader in self._readers(person))

    async def _send(
        self, incoming: Incoming, person: Person, campaign: Campaign, words: str, recipients: tuple[str, ...]
    ) -> tuple[Message, ...]:
        """Records that somebody asked, and keeps the messages; decided on the head, so the entry's number is known."""
        context = self.book.context
        pseudonym = await context.pseudonym(person)
        head = (await self.book.projection()).head
        name = _form_id(incoming) or f"{context.now():%H%M%S%f}"
        subject = Subject(campaign=campaign.id, number=head.number + 1, name=name)
        messages = tuple(
            Message(MessageKind.QUESTION, subject, recipient, context.today, words=words, people=(pseudonym,))
            for recipient in recipients
        )
        await context.write(
            EventKind.QUESTION,
            head,
            subject=pseudonym,
            actor=pseudonym,
            campaign=campaign.id,
            who=details(person, incoming.caller, incoming.conversation),
            messages=messages,
        )
        return messages

    async def _sent(self, messages: tuple[Message, ...]) -> Outgoing:
        staff, projection = await self.book.staff(), await self.book.projection()
        readers = listed(sorted(staff.name(message.recipient) for message in messages))
        question = question_of(messages[0], projection)
        views = [QuestionView(question, "You", words_of(messages))] if question else []
        return question_cards.own_questions_card(views, SENT.format(readers=readers))


def _form_id(incoming: Incoming) -> str:
    return identifier(incoming.inputs.get("form", "")) or ""


def _question_in(incoming: Incoming) -> str:
    words = written_text(incoming.inputs.get("question", ""))
    if not words:
        raise BadInput("Please write your question first.")
    if len(words) > MAX_QUESTION_CHARS:
        raise BadInput(f"That is longer than I can send ({MAX_QUESTION_CHARS} characters). Could you shorten it?")
    return words
