"""Trying a question on the school's own draft: nobody else sees it, and nothing of it is kept or counted."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from bot.ask.answer_card import answer_card
from bot.ask.ask import ask
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.rulings import Situation
from bot.desk.rules.messages import Incoming, Outgoing
from bot.desk.rules.requests import Press, request_card
from bot.errors import BadInput
from bot.outside import clean_line, written_text
from bot.people.rules.person import Person

MAX_TRIED_CHARS = 500
HEADING = "What your draft would answer"
ONLY_YOU = "Only you see this. The question is not kept, and not counted."
NO_QUESTION = "Please write a question first."
TO_RULING = "The answer: {label}"
MAX_LINKS = 4


@dataclass(frozen=True, slots=True)
class TryAnswer:
    """Answers from drafts as if they were approved; a proposal allows nothing here either."""

    held: HeldUnderstanding
    today: Callable[[], date]

    async def answer(self, incoming: Incoming, person: Person) -> Outgoing:
        """The answer, with the clause that governs it, and buttons to the rulings behind it."""
        question = clean_line(written_text(incoming.inputs.get("question", "")), MAX_TRIED_CHARS)
        if not question:
            raise BadInput(NO_QUESTION)
        understanding = replace(self.held.current, trusts_drafts=True)
        reply = await asyncio.to_thread(ask, question, understanding, self.today())
        shown = answer_card(reply, understanding.policy, is_private=True).text
        behind = dict.fromkeys(answer.situation for answer in (*reply.answers, *reply.offers))
        presses = [_to_ruling(situation) for situation in behind if not situation.chat and not situation.offers]
        return request_card(HEADING, [*filter(str.strip, shown.splitlines()), ONLY_YOU], presses[:MAX_LINKS])


def _to_ruling(situation: Situation) -> Press:
    return Press(TO_RULING.format(label=situation.label), "change_ruling", {"name": situation.id})
