"""Takes what somebody said or pressed and gives back a card. Holds no state of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.ask.answer_card import note, show
from bot.ask.ask import Understanding, ask, look, worries
from bot.ask.rules.answers import Reply, hand_off, marked
from bot.ask.rules.tallies import Count, Outcome, sent, week_of
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput, NotAllowed, StoreError
from bot.people.link_account import join, known
from bot.people.rules.person import Caller, Member, Person, Stranger
from bot.ports import Roster, Store

LOG = logging.getLogger("staffroom.desk")
STRANGER = "I am a noticeboard for staff. If something worries you, tell a grown-up you trust at school."
THANKS = "Thank you. The school will see your question without your name, and it is deleted after 90 days."
NOTED = "Thank you, that helps."
WORDS_FOR_HELP = {"help", "/help", "what can you do"}
GREETINGS = {"hello", "hi", "hiya", "hey", "hello there", "hi there", "morning", "good morning", "good afternoon"}


async def _none() -> AbstractSet[str]:
    return frozenset()


# A part of the desk with buttons and words of its own: its reply, or None where it is not asked.
Counter: TypeAlias = Callable[[Incoming, Person], Awaitable[Outgoing | None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """The one desk every channel brings people to. Each counter is asked in turn before a question is looked up.

    `drafts` gives the short names of documents whose files are not the text that was last published, `classes` the ids
    of conversations and teams in which children are.
    """

    mind: Understanding
    roster: Roster
    store: Store
    today: Callable[[], date]
    counters: tuple[Counter, ...] = ()
    drafts: Callable[[], Awaitable[AbstractSet[str]]] = _none
    classes: Callable[[], Awaitable[AbstractSet[str]]] = _none

    async def __call__(self, incoming: Incoming) -> Outgoing:
        """The reply to anything somebody said or pressed; bad input gets a plain sentence."""
        person = await self.person(incoming.caller)
        if isinstance(person, Stranger):
            return note(STRANGER)
        try:
            for counter in self.counters:
                reply = await counter(incoming, person)
                if reply is not None:
                    return reply
            return await (self._pressed(incoming) if incoming.verb else self._said(incoming))
        except (BadInput, NotAllowed) as seen:
            return note(str(seen))

    async def knows(self, caller: Caller) -> bool:
        """Whether a caller is on the roster."""
        return isinstance(await self.person(caller), Person)

    async def is_class(self, conversation: str, team: str) -> bool:
        """Whether children are there: nothing is said there but notices."""
        return bool({conversation, team} - {""} & await self.classes())

    async def person(self, caller: Caller) -> Person | Stranger:
        """The person behind a caller."""
        return await known(caller, self.mind.policy.school, self.roster, self.store)

    async def join(self, caller: Caller, member: Member) -> bool:
        """Joins a caller to the roster on the channel's word for their sign-in name; whether they are known now."""
        return await join(caller, member, self.mind.policy.school, self.roster, self.store)

    async def _said(self, incoming: Incoming) -> Outgoing:
        said = incoming.text.strip().strip("!.?, ").lower()
        if said in WORDS_FOR_HELP or incoming.text.strip() == "?":
            return self.help()
        if said in GREETINGS:
            return self.welcome()
        last = incoming.last if incoming.last in self.mind.policy.situations else ""
        reply = await asyncio.to_thread(ask, incoming.text, self.mind, self.today(), last)
        return await self._counted(reply, incoming)

    async def _pressed(self, incoming: Incoming) -> Outgoing:
        match incoming.verb:
            case "look":
                return await self._counted(
                    look(incoming.inputs.get("situation", ""), self.mind, self.today()), incoming
                )
            case "helped" | "did_not_help":
                await self._count(incoming.inputs.get("situation", ""), Outcome(incoming.verb))
                return note(NOTED)
            case "send":
                question = sent(incoming.inputs.get("question", ""), self.today())
                if await asyncio.to_thread(worries, question.text, self.mind):
                    return note(hand_off(self.mind.policy, is_private=incoming.is_private))
                await self.store.keep_question(question)
                return note(THANKS)
            case "help":
                return self.help()
            case _:
                raise BadInput("That button belongs to an older version of me. Please ask again.")

    def help(self) -> Outgoing:
        """What the bot can do, with examples."""
        name = self.mind.policy.name
        return Outgoing(
            "help",
            {"school": name},
            f"Ask me what the social media policy and the Acceptable Use Policy of {name} say.",
        )

    def welcome(self) -> Outgoing:
        """What somebody sees first."""
        return Outgoing(
            "welcome",
            {"school": self.mind.policy.name},
            "Hello. I know the social media policy and the Acceptable Use Policy, and quote them word for word.",
        )

    async def _counted(self, reply: Reply, incoming: Incoming) -> Outgoing:
        week = week_of(self.today())
        counts = [Count(week, one.situation.id, Outcome.ASKED) for one in reply.answers]
        counts += [Count(week, one.situation.id, Outcome.OFFERED) for one in reply.offers]
        try:
            await self.store.count(*counts)
        except StoreError:
            LOG.warning("count_failed")  # a tally must never stand between somebody and an answer, least a hand-off
        reply = marked(reply, await self.drafts())
        return show(reply, self.mind.policy, is_private=incoming.is_private)

    async def _count(self, situation: str, what: Outcome) -> None:
        if situation not in self.mind.policy.situations:
            raise BadInput("That button belongs to an older version of me. Please ask again.")
        await self.store.count(Count(week_of(self.today()), situation, what))
