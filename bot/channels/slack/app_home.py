"""The App Home: our page in Slack, on which each person sees their own, and what is done when an account changes.

It shows what waits, and the policies section by section; what else its buttons bring comes in the direct messages.
https://docs.slack.dev/surfaces/app-home
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.slack.account_events import HomeOpened, ProfileChanged
from bot.channels.slack.bot import CLOSE_FORM, SlackBot
from bot.channels.slack.buttons import read_press
from bot.channels.slack.card_words import sentence
from bot.channels.slack.form_fields import inputs_of
from bot.channels.slack.forms import errors_under_field
from bot.channels.slack.home_view import (
    ASK,
    QUESTION,
    START,
    ask_modal,
    home_of_stranger,
    home_with_passage,
    start_page,
)
from bot.channels.slack.payload import CHANNEL, ButtonPress, Submission
from bot.channels.slack.place import Place
from bot.channels.slack.refusals import TriggerExpired
from bot.channels.slack.views import PRESS_AGAIN
from bot.channels.slack.web_api import View
from bot.desk.rules.messages import Outgoing
from bot.errors import BadInput, ChannelError
from bot.people.rules.person import Caller, Proof

LOG = logging.getLogger("staffroom.slack")
NO_QUESTION = "Please write your question."
READ = "read"  # the verb of the buttons that open and turn the policies' pages


@dataclass(slots=True)
class AppHome:
    """The App Home of everybody in the school's workspace."""

    bot: SlackBot
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def on_home_opened(self, opened: HomeOpened) -> None:
        """Shows the first page as it is now."""
        place = Place(opened.user, opened.user, is_direct=True)
        await self.bot.apologising(place, lambda: self._show(opened.user))

    async def on_home_press(self, press: ButtonPress) -> None:
        """Turns a page, opens the form for a question, or brings what a button is for in the direct messages."""
        place = Place(press.user, press.user, is_direct=True)

        async def answer() -> None:
            if "value" not in press.action:
                return
            button = read_press(press.action)
            if button.verb == START:
                await self._show(press.user)
            elif button.verb == ASK:
                await self._open_question(press)
            elif button.verb == READ:
                inputs = {name: str(value) for name, value in button.data.items()}
                outgoing = await self._reply(press.user, READ, inputs)
                self.bot.messenger.views.keep(await self._chat(press.user), "", outgoing)
                await self._publish(press.user, home_with_passage(self._blocks(outgoing), outgoing.text))
            else:
                await self.bot.on_press(replace(press, conversation=await self._chat(press.user)))

        await self.bot.apologising(place, answer)

    def asks(self, submission: Submission) -> bool:
        """Whether a form that was sent off is the one with a question."""
        return submission.view.get("callback_id") == ASK

    async def on_question(self, submission: Submission) -> Mapping[str, Any]:
        """Closes the form, and answers in the direct messages."""
        try:
            question = inputs_of(submission.view.get("state")).get(QUESTION, "").strip()
        except BadInput as error:
            return errors_under_field(submission.view, str(error))
        if not question:
            return errors_under_field(submission.view, NO_QUESTION)
        task = asyncio.create_task(self._answer(submission.user, question))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return CLOSE_FORM

    async def on_profile_changed(self, changed: ProfileChanged) -> None:
        """Takes back an account that was joined by an address which it has no more, and shows it nothing further."""
        caller = self._caller(changed.user)
        if await self.bot.desk.recheck_account(caller, self.bot.member(changed.profile)):
            LOG.info("account_taken_back")
            await self._publish(changed.user, await self._page(changed.user))

    async def close(self) -> None:
        """Waits for the answers that are still being made."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=5)

    async def _answer(self, user: str, question: str) -> None:
        place = Place(user, user, is_direct=True)

        async def answer() -> None:
            await self.bot.answer(replace(place, conversation=await self._chat(user)), question)

        await self.bot.apologising(place, answer)

    async def _open_question(self, press: ButtonPress) -> None:
        try:
            await self.bot.api.open_view(press.trigger, ask_modal())
        except TriggerExpired:
            await self.bot.api.post(press.user, sentence(PRESS_AGAIN))

    async def _show(self, user: str) -> None:
        await self._publish(user, await self._page(user))

    async def _page(self, user: str) -> View:
        policies = await self._reply(user, "policies")
        if not await self.bot.desk.knows(self._caller(user)):
            return home_of_stranger(policies.text)
        agreement, questions = await self._reply(user, "agreement"), await self._reply(user, "own_questions")
        return start_page(
            agreement=agreement.text if agreement.card == "agreement" else "",
            has_questions=not (questions.is_note or questions.is_refusal),
            policies=() if policies.is_refusal else self._blocks(policies),
        )

    async def _reply(self, user: str, verb: str, inputs: Mapping[str, str] | None = None) -> Outgoing:
        place = Place(user, user, is_direct=True)
        return await self.bot.desk(await self.bot.incoming(place, verb=verb, inputs=inputs))

    def _blocks(self, outgoing: Outgoing) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.bot.messenger.cards.message(outgoing).get("blocks") or ())

    async def _publish(self, user: str, view: View) -> None:
        await self.bot.api.publish_view(user, view)

    async def _chat(self, user: str) -> str:
        """Where somebody's direct messages are; their own id, to which Slack posts too, if that cannot be said."""
        chat = await self.bot.messenger.proactive.conversations.conversation_of(CHANNEL, user)
        if chat:
            return chat.id
        try:
            return await self.bot.api.open_chat(user)
        except ChannelError:
            return user

    def _caller(self, user: str) -> Caller:
        return Caller(self.bot.school, CHANNEL, self.bot.team, user, Proof.TOKEN)
