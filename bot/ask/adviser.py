"""Advice for other capabilities: what the policy says about a question, and whether it sounds like harm."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from bot.ask.answer_card import answer_card
from bot.ask.ask import ask
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.answers import hand_off
from bot.ask.rules.safeguarding import HandOff
from bot.ask.understanding import Understanding, sounds_like_harm


@dataclass(frozen=True, slots=True)
class PolicyAdviser:
    """Answers from the policy, as plain text."""

    held: HeldUnderstanding
    today: Callable[[], date]

    @property
    def understanding(self) -> Understanding:
        """What is answered from now."""
        return self.held.current

    async def advice(self, question: str, *, is_private: bool) -> tuple[str, bool]:
        """What the policy says about a question, and whether the safeguarding hand-off leads it.

        It is on its way to a person, so it is never a command, and the hand-off leads however unsure the worry is.
        """
        reply = await asyncio.to_thread(ask, question, self.understanding, self.today(), takes_commands=False)
        reply = replace(reply, hand_off=HandOff.LEAD) if reply.hand_off else reply
        return answer_card(reply, self.understanding.policy, is_private=is_private).text, bool(reply.hand_off)

    async def hand_off(self, text: str, *, is_private: bool) -> str:
        """The safeguarding hand-off if a text sounds like harm; empty otherwise."""
        is_worrying = await asyncio.to_thread(sounds_like_harm, text, self.understanding)
        return hand_off(self.understanding.policy.contacts, is_private=is_private) if is_worrying else ""
