"""Open questions to the headteacher: listed, answered, marked as answered in person, withdrawn."""

from dataclasses import dataclass

from bot.campaigns import question_cards
from bot.campaigns.book import CampaignBook
from bot.campaigns.question_cards import NOT_FOR_YOU, NOT_KEPT, QuestionView, answer_id
from bot.campaigns.rules.campaign import Ending, Question
from bot.campaigns.rules.questions import ending_of, messages_about, messages_with_needless_words, words_of
from bot.desk.routing import Command
from bot.desk.rules.messages import NOTHING_CHANGED, Incoming, Outgoing, note
from bot.errors import BadInput
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject
from bot.outside import written_text
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person

MAX_ANSWER_CHARS = 500
ANSWERED_ALREADY = "That question is marked as answered already."
SENT = "Sent: {name} gets your answer, with their question. I keep its words until they have it."
MARKED = "Marked as answered. The person who asked is told that you did."
SEVERAL = "{name} has several open questions. Please choose one here; nothing was changed."
MINE = "Your questions that are still open:"
NONE_OF_MINE = "You have no open question."


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """The part of the desk where questions come to their end."""

    book: CampaignBook

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (
            Command("questions", self._list, Permission.ANSWER, ("questions", "open questions")),
            Command("answer_question", self._answer, Permission.ANSWER),
            Command("answered", self._answered, Permission.ANSWER),
            Command("own_questions", self._list_own, words=("my questions", "my question", "questions")),
            Command("withdraw_question", self._withdraw),
        )

    async def view(self, question: Question, reader: str, *, is_head: bool) -> QuestionView:
        """An open question as `reader` may see it, a pseudonym; `is_head` if they answer for the school today."""
        messages = await self._messages_about(question)
        name = (await self.book.staff()).name(question.subject) or "Somebody"
        may_read = is_head or reader in {message.recipient for message in messages}
        if not may_read:
            return QuestionView(question, name, "", NOT_FOR_YOU)
        return QuestionView(question, name, words_of(messages), NOT_KEPT, may_answer=True)

    async def _messages_about(self, question: Question) -> tuple[Message, ...]:
        messages = await self.book.context.store.messages(MessageKind.QUESTION)
        return messages_about(question, messages, await self.book.projection())

    async def _list(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self._listed(person)

    async def _listed(self, person: Person, says: str = "") -> Outgoing:
        pseudonym = await self.book.context.pseudonym(person)
        is_head = person in self.book.context.heads()
        questions = (await self.book.projection()).questions.values()
        views = [await self.view(question, pseudonym, is_head=is_head) for question in list(questions)]
        return question_cards.questions_card(views, says)

    async def _answer(self, incoming: Incoming, person: Person) -> Outgoing:
        question = await self._question_in(incoming)
        if question is None:
            return await self._closed_already(incoming, person)
        pseudonym = await self.book.context.pseudonym(person)
        is_head = person in self.book.context.heads()
        view = await self.view(question, pseudonym, is_head=is_head)
        if not view.may_answer:
            raise BadInput(f"{NOT_FOR_YOU} Nothing was sent.")
        return await self._end(question, incoming, person, Ending.ANSWERED, _answer_in(incoming, question))

    async def _answered(self, incoming: Incoming, person: Person) -> Outgoing:
        subject = incoming.inputs.get("subject", "")
        if "number" not in incoming.inputs:  # a card of a release up to 0.6.0
            questions = (await self.book.projection()).questions_of(subject)
            if len(questions) > 1:
                name = (await self.book.staff()).name(subject) or "Somebody"
                return await self._listed(person, SEVERAL.format(name=name))
            question = next(iter(questions), None)
        else:
            question = await self._question_in(incoming)
        if question is None:
            return await self._closed_already(incoming, person)
        return await self._end(question, incoming, person, Ending.IN_PERSON)

    async def _question_in(self, incoming: Incoming) -> Question | None:
        """The open question a button names; None if it is closed."""
        return (await self.book.projection()).questions.get(_number_in(incoming))

    async def _end(
        self, question: Question, incoming: Incoming, person: Person, ending: Ending, answer: str = ""
    ) -> Outgoing:
        context = self.book.context
        actor, is_listed = await context.pseudonym(person), bool(incoming.inputs.get("listed"))
        about = await self._messages_about(question)
        name = (await self.book.staff()).name(question.subject) or "Somebody"
        reply = Message(
            MessageKind.REPLY,
            Subject(number=question.number),
            question.subject,
            context.today,
            words=answer,
            in_reply_to=words_of(about),
            people=(actor,),
        )
        replaced = about if is_listed else [message for message in about if message.recipient != actor]
        await context.write(
            EventKind.ANSWER,
            f"answer/{question.number}",
            subject=question.subject,
            actor=actor,
            campaign=question.campaign,
            facts={"question": question.number, "ending": ending.value},
            messages=(reply, *self._replacements(question, replaced, actor)),
        )
        await self.forget_words()
        closed = (await self.book.projection()).closed_questions[question.number]
        if closed.by != actor:  # somebody else was quicker
            return await self._closed_already(incoming, person)
        says = SENT.format(name=name) if ending is Ending.ANSWERED else MARKED
        return await self._listed(person, says) if is_listed else note(says)

    def _replacements(self, question: Question, about: "tuple[Message, ...] | list[Message]", by: str) -> list[Message]:
        """What takes the place of a question's cards, once it is closed."""
        subject, people = Subject(campaign=question.campaign, number=question.number), (question.subject, by)
        return [
            Message(
                MessageKind.ANSWERED,
                subject,
                message.recipient,
                self.book.context.today,
                people=tuple(dict.fromkeys(people)),
                replaces=message.sent,
            )
            for message in about
            if message.state is DeliveryState.SENT and message.sent
        ]

    async def _closed_already(self, incoming: Incoming, person: Person) -> Outgoing:
        says = await self.ending(_number_in(incoming)) if "number" in incoming.inputs else ANSWERED_ALREADY
        says = says or ANSWERED_ALREADY
        return await self._listed(person, says) if incoming.inputs.get("listed") else note(says)

    async def ending(self, number: int) -> str:
        """How a question came to its end, as a sentence; empty if it is open, or nothing is known of it."""
        closed = (await self.book.projection()).closed_questions.get(number)
        staff = await self.book.staff()
        return ending_of(closed, staff.name(closed.question.subject), staff.name(closed.by)) if closed else ""

    async def _list_own(self, incoming: Incoming, person: Person) -> Outgoing:
        pseudonym = await self.book.context.pseudonym(person)
        questions = (await self.book.projection()).questions_of(pseudonym)
        views = [QuestionView(q, "You", words_of(await self._messages_about(q)), NOT_KEPT) for q in questions]
        return question_cards.own_questions_card(views, MINE if views else NONE_OF_MINE)

    async def _withdraw(self, incoming: Incoming, person: Person) -> Outgoing:
        actor = await self.book.context.pseudonym(person)
        question = await self._question_in(incoming)
        if question is None:
            return note(await self.ending(_number_in(incoming)) or NOTHING_CHANGED)
        if question.subject != actor:
            raise BadInput("Only the person who asked can withdraw a question. Nothing was changed.")
        about = await self._messages_about(question)
        await self.book.context.write(
            EventKind.WITHDRAW,
            f"answer/{question.number}",  # the same key as an answer: whichever comes first counts
            subject=actor,
            actor=actor,
            campaign=question.campaign,
            facts={"question": question.number},
            messages=self._replacements(question, about, actor),
        )
        await self.forget_words()
        return note(await self.ending(question.number))

    async def forget_words(self) -> int:
        """Forgets words that are not needed any more; returns of how many messages."""
        store = self.book.context.store
        messages = await store.messages(MessageKind.QUESTION, MessageKind.REPLY)
        needless = messages_with_needless_words(messages, await self.book.projection(), self.book.context.today)
        return sum([await store.move(message, message.without_words()) for message in list(needless)])


def _number_in(incoming: Incoming) -> int:
    text = incoming.inputs.get("number", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadInput(NOTHING_CHANGED)
    return int(text)


def _answer_in(incoming: Incoming, question: Question) -> str:
    answer = written_text(incoming.inputs.get(answer_id(question.number), ""))
    if not answer:
        raise BadInput("Please write your answer first. Nothing was sent.")
    if len(answer) > MAX_ANSWER_CHARS:
        raise BadInput(f"Please keep the answer under {MAX_ANSWER_CHARS} characters. Nothing was sent.")
    return answer
