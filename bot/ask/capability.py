"""Questions as the rest of Staffroom uses them: answers for the desk, commands, and advice for other capabilities."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from bot.ask.answer_card import answer_card
from bot.ask.ask import answer_picked, ask, look_up
from bot.ask.chat_card import next_card, welcome_card
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.ports import Chooser, Tallies
from bot.ask.read_policy import ReadPolicy
from bot.ask.replies import read_passage
from bot.ask.rules.answers import PolicyReply, marked
from bot.ask.rules.choose_situation import MAX_OFFERS
from bot.ask.rules.introduction import documents_say
from bot.ask.rules.model_pick import options_for
from bot.ask.rules.passages import PassageRequest
from bot.ask.rules.rulings import Situation
from bot.ask.rules.tallies import Count, Outcome, kept_since
from bot.ask.understanding import Understanding
from bot.desk.routing import Command
from bot.desk.rules.messages import ASK_AGAIN, Incoming, Outgoing, note, public
from bot.errors import BadInput, StoreError
from bot.people.rules.person import Person
from bot.school.rules.calendar import monday_of

LOG = logging.getLogger("staffroom.ask")
HELP_WORDS = ("help", "what can you do", "")  # "" is a lone "?"
GREETINGS = ("hello", "hi", "hiya", "hey", "hello there", "hi there", "morning", "good morning", "good afternoon")
HOW_TO_SEND = (
    "Ask me your question first, without names. Under an answer that does not help is a button that sends your "
    "question to the school; it names who can read it, and nobody is told who asked. Nothing was sent now."
)
NOTED = "Thank you, that helps."
HELP = 'Ask me what {documents}, or read {them}: write "policies".'
AGREEMENT = '"agreement" for your {document} or your receipt, and '

Drafts = Callable[[], Awaitable[AbstractSet[str]]]  # short names of documents whose files are not the published text


def _one_at_a_time() -> asyncio.Semaphore:
    """Room for one question that is being read.

    Threads of Python take turns of 5 ms. If six questions were read at once, everything else, such as acknowledging
    what arrives, would wait for six turns, and nobody would be answered sooner.
    """
    return asyncio.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Ask:
    """Answers questions from the policy, and counts what was asked about, never who asked."""

    held: HeldUnderstanding
    tallies: Tallies
    today: Callable[[], date]
    drafts: Drafts
    agreement: str = ""  # the short name of the document that staff acknowledge; empty if there is none
    chooser: Chooser | None = None  # the school's language model, if it has one
    _reading: asyncio.Semaphore = field(default_factory=_one_at_a_time)

    @property
    def understanding(self) -> Understanding:
        """What is answered from now."""
        return self.held.current

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it, besides questions."""
        return (
            Command("look", self._look),
            Command("helped", self._helped),
            Command("did_not_help", self._did_not_help),
            Command("help", self._help, words=HELP_WORDS, intents=("help",), shows_only=True),
            Command("how_to_send", self._how_to_send, intents=("send-question",), shows_only=True),
            Command("welcome", self._greet, words=GREETINGS),
            *ReadPolicy(self._read_passage, self._counted).commands(),
        )

    async def answer(self, incoming: Incoming, person: Person) -> Outgoing:
        """The reply to a question."""
        last = incoming.last if incoming.last in self.understanding.policy.situations else ""
        async with self._reading:
            reply = await asyncio.to_thread(ask, incoming.text, self.understanding, self.today(), last)
        if incoming.is_private:  # what is written in a group or a channel is never shown to a model
            reply = await self._with_pick(reply, person)
        return await self._counted(reply, incoming)

    async def _with_pick(self, reply: PolicyReply, person: Person) -> PolicyReply:
        """The reply with what the school's language model picked, if ours was unsure and the model has an answer."""
        if reply.unsure is None or self.chooser is None:
            return reply
        understanding = self.understanding
        options = options_for(reply.unsure, understanding.policy)
        pick = await self.chooser.pick(reply.question, options, person.id) if options else None
        return answer_picked(reply, pick, understanding, self.today()) if pick else reply

    async def forget_questions(self) -> int:
        """Forgets questions sent to the school longer ago than they are kept; returns how many."""
        return await self.tallies.forget_questions(kept_since(self.today()))

    def welcome(self) -> Outgoing:
        """What somebody sees first."""
        return public(welcome_card(self.understanding.policy))

    async def _greet(self, incoming: Incoming, person: Person) -> Outgoing:
        return self.welcome()

    async def _help(self, incoming: Incoming, person: Person) -> Outgoing | None:
        if not incoming.verb and not incoming.plain_text and incoming.text.strip() != "?":
            return None
        policy = self.understanding.policy
        documents, them = documents_say(policy), "it" if len(policy.documents) == 1 else "them"
        values = {
            "documents": documents,
            "agreement": AGREEMENT.format(document=self.agreement) if self.agreement else "",
            "has_notices": policy.has_notices,
            "lessons": "lessons, " if policy.has_notices else "",
            "expiry": ", expiry" if policy.has_notices else "",
        }
        return public(Outgoing("help", values, HELP.format(documents=documents, them=them)))

    async def _how_to_send(self, incoming: Incoming, person: Person) -> Outgoing:
        return public(note(HOW_TO_SEND))

    async def _look(self, incoming: Incoming, person: Person) -> Outgoing:
        reply = look_up(incoming.inputs.get("situation", ""), self.understanding, self.today())
        return await self._counted(reply, incoming)

    def _read_passage(self, request: PassageRequest) -> PolicyReply:
        return read_passage(request, self.understanding, self.today())

    async def _helped(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self._count(incoming, Outcome.HELPED)

    async def _did_not_help(self, incoming: Incoming, person: Person) -> Outgoing:
        await self._count(incoming, Outcome.DID_NOT_HELP)
        return public(next_card(self._next_readings(incoming), self.understanding.policy))

    def _next_readings(self, incoming: Incoming) -> list[Situation]:
        """The situations that came with the button; raises BadInput for any but a few of ours."""
        situations = self.understanding.policy.situations
        ids = list(dict.fromkeys(incoming.inputs.get("next", "").split()))  # empty on a card of an older version
        if len(ids) > MAX_OFFERS or not all(id in situations for id in ids):
            raise BadInput(ASK_AGAIN)
        return [situations[id] for id in ids]

    async def _counted(self, reply: PolicyReply, incoming: Incoming) -> Outgoing:
        week = monday_of(self.today())
        counts = [Count(week, answer.situation.id, Outcome.ASKED) for answer in reply.answers]
        counts += [Count(week, offer.situation.id, Outcome.OFFERED) for offer in reply.offers]
        try:
            await self.tallies.count(*counts)
        except StoreError:
            LOG.warning("count_failed")  # a tally must never keep an answer from somebody, least of all a hand-off
        reply = marked(reply, await self.drafts())
        return public(answer_card(reply, self.understanding.policy, is_private=incoming.is_private))

    async def _count(self, incoming: Incoming, outcome: Outcome) -> Outgoing:
        situation = incoming.inputs.get("situation", "")
        if situation not in self.understanding.policy.situations:
            raise BadInput(ASK_AGAIN)
        await self.tallies.count(Count(monday_of(self.today()), situation, outcome))
        return public(note(NOTED))
