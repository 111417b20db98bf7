"""What arrives from Slack: it becomes what the desk takes, and the desk's replies become messages in Slack.

Who speaks is always the user of the request that the signature check let in, never anything a card or a form says.
In channels nothing is said that all could read: replies there are ephemeral, or in the person's direct messages.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from bot.channels.inputs import plain_inputs
from bot.channels.member_lookup import MemberLookup
from bot.channels.memory import RecentAnswers, finish
from bot.channels.services import CLOSING_TIME_LIMIT
from bot.channels.slack.buttons import read_press
from bot.channels.slack.card_words import sentence
from bot.channels.slack.desk_port import SlackDesk
from bot.channels.slack.files import SlackFiles
from bot.channels.slack.form_fields import inputs_of
from bot.channels.slack.forms import errors_under_field, shown_in
from bot.channels.slack.members import member_of
from bot.channels.slack.messenger import SlackMessenger
from bot.channels.slack.modal import metadata_of
from bot.channels.slack.payload import CHANNEL, ButtonPress, ChatOpened, SlashCommand, Submission, WrittenMessage
from bot.channels.slack.place import Place
from bot.channels.slack.typed_text import text_of
from bot.channels.slack.web_api import SlackApi, SlackMessage
from bot.desk.rules.messages import Incoming, Outgoing, refusal
from bot.errors import BadInput, Busy, ChannelError, InDoubt, NotNow, StaffroomError, StoreError
from bot.people.rules.conversations import Address, Conversation, ConversationKind
from bot.people.rules.person import Caller, Member, Proof

LOG = logging.getLogger("staffroom.slack")
SUBMIT_TIME_LIMIT = 2.5  # seconds: Slack gives up after three
SORRY = "Something went wrong on my side. Nothing was changed; please try again."
PRIVATELY = "Sent to you privately."
NO_CHAT = "That is for your eyes only. Please open a direct message with me and ask there."
SHOWN = (BadInput, NotNow, StoreError)  # errors whose sentence is for the person who asked
Acted: TypeAlias = tuple[Incoming | None, Outgoing]  # what was asked, if it came so far, and the reply
CLOSE_FORM = {"response_action": "clear"}


@dataclass(slots=True)
class SlackBot:
    """Answers what arrives. `team` is the school's workspace."""

    desk: SlackDesk
    messenger: SlackMessenger
    files: SlackFiles
    school: str
    team: str
    now: Callable[[], datetime]
    submit_time_limit: float = SUBMIT_TIME_LIMIT
    domains: Callable[[], Collection[str] | None] = lambda: None  # of the school's addresses
    _situations: RecentAnswers = field(default_factory=RecentAnswers)  # what a follow-up builds on
    _lookup: MemberLookup = field(init=False)
    _tasks: set[asyncio.Future[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lookup = MemberLookup(self.desk, "Slack")

    async def on_message(self, message: WrittenMessage) -> None:
        """One answer to one message."""
        place = Place(message.user, message.conversation, message.is_direct, message.thread)
        await self.answer(place, text_of(message.text))

    async def on_command(self, command: SlashCommand) -> None:
        """One answer to `/policy` and the words behind it; without words, what can be asked."""
        is_direct = await self._is_own_chat(command.conversation, command.user)
        await self.answer(Place(command.user, command.conversation, is_direct), text_of(command.text) or "help")

    async def on_press(self, press: ButtonPress) -> None:
        """What a pressed button brings: a form, another card in its card's place, a new message, or a sentence."""
        if "value" not in press.action:
            return  # a link: Slack opens it by itself
        conversation = press.conversation or press.user  # a page on the App Home is in no conversation
        is_direct = conversation[0] not in "CG"
        place = Place(press.user, conversation, is_direct, press.thread, press.message)

        async def answer() -> None:
            button = read_press(press.action)
            if self.messenger.views.opens(button):
                problem = await self.messenger.views.open(press, button, place.shown_in)
                if problem:
                    await self._whisper(place, problem)
                return
            incoming = await self.incoming(place, verb=button.verb, inputs=plain_inputs(button.data))
            await self._show(place, incoming, await self.desk(incoming))

        await self.apologising(place, answer)

    async def on_opened(self, opened: ChatOpened) -> None:
        """Keeps where staff can be reached, and greets them the first time."""
        place = Place(opened.user, opened.conversation, is_direct=True)

        async def greet() -> None:
            proactive = self.messenger.proactive
            if await proactive.conversations.conversation(CHANNEL, opened.conversation):
                return
            incoming = await self.incoming(place)
            if await self.desk.knows(incoming.caller):
                await self._remember_conversation(place, incoming.caller)
                await self._say(place, incoming, self.desk.welcome())

        await self.apologising(place, greet)

    async def on_submission(self, submission: Submission) -> Mapping[str, Any]:
        """What a form that was sent off does next: closes, or shows under a field what is wrong."""
        try:
            return await self._submit(submission)
        except Exception as error:  # noqa: BLE001 - whatever it was, a sentence goes back
            LOG.error("turn_failed kind=submission error=%s", type(error).__name__)  # noqa: TRY400
            return errors_under_field(submission.view, str(error) if isinstance(error, SHOWN) else SORRY)

    async def _submit(self, submission: Submission) -> Mapping[str, Any]:
        """What the form does next. Raises BadInput for a form that is none of ours.

        If the desk takes longer than Slack waits, the form closes and what comes of it is said in the chat.
        """
        data, shown = metadata_of(submission.view)
        inputs = inputs_of(submission.view.get("state"))
        place = await self._own_place(shown_in(submission.user, shown))
        verb = str(submission.view["callback_id"])
        acting = asyncio.ensure_future(self._act_on_form(place, verb, {**plain_inputs(data), **inputs}))
        done, _ = await asyncio.wait({acting}, timeout=self.submit_time_limit)
        if not done:
            self._spawn(self._show_later(place, acting))
            return CLOSE_FORM
        incoming, outgoing = await acting
        if outgoing.is_refusal:
            return errors_under_field(submission.view, outgoing.text)
        self._spawn(self.apologising(place, lambda: self._show(place, incoming, outgoing)))
        return CLOSE_FORM

    async def close(self) -> None:
        """Waits for what is still being sent, at most a few seconds, and takes back files that were handed over."""
        while self._tasks:
            await finish(self._tasks, CLOSING_TIME_LIMIT)
        await self.files.close()

    async def answer(self, place: Place, text: str) -> None:
        """One answer to what somebody wrote, where they may read it."""

        async def answer() -> None:
            incoming = await self.incoming(place, text=text)
            outgoing = await self.desk(incoming)
            await self._say(place, incoming, outgoing)
            if place.is_direct:
                await self._remember_conversation(place, incoming.caller, has_written=True)

        await self.apologising(place, answer)

    async def _act_on_form(self, place: Place, verb: str, inputs: Mapping[str, str]) -> Acted:
        """What was asked and the reply; a fault of ours is a refusal, which changed nothing."""
        try:
            incoming = await self.incoming(place, verb=verb, inputs=inputs)
            return incoming, await self.desk(incoming)
        except Exception as error:  # noqa: BLE001 - whatever it was, a sentence goes back
            LOG.error("turn_failed kind=submission error=%s", type(error).__name__)  # noqa: TRY400
            return None, refusal(error if isinstance(error, SHOWN) else StaffroomError(SORRY))

    async def _show_later(self, place: Place, acting: Awaitable[Acted]) -> None:
        incoming, outgoing = await acting
        await self.apologising(place, lambda: self._show(place, incoming, outgoing))

    async def _show(self, place: Place, incoming: Incoming | None, outgoing: Outgoing) -> None:
        """What came of a press or a form: in its card's place, unless it is beside it or only a sentence."""
        if incoming:
            self._situations.keep_topic(place.topic, outgoing, self.now())
        if outgoing.is_note and not outgoing.attachment:
            await self._whisper(place, outgoing.text)
        elif outgoing.is_beside or outgoing.is_note or not (place.message and place.is_direct):
            await self._say(place, incoming, outgoing)
        else:
            await self.api.update(place.conversation, place.message, self._message(outgoing))
            self.messenger.views.keep(place.conversation, place.message, outgoing)

    async def _say(self, place: Place, incoming: Incoming | None, outgoing: Outgoing) -> None:
        """A reply where it may be read: in the direct messages, or in a channel to that person alone.

        In a channel only what everybody may know is shown, ephemerally; the rest goes to the direct messages.
        """
        if incoming:
            self._situations.keep_topic(place.topic, outgoing, self.now())
        if place.is_direct:
            await self._post(place.conversation, outgoing, place.thread)
        elif outgoing.is_public:
            await self._show_one(place, self._message(outgoing), outgoing)
        else:
            await self._say_privately(place, outgoing)

    async def _post(self, to: str, outgoing: Outgoing, thread: str = "") -> str:
        """Posts a card, its picture before and its file behind it, and returns the conversation it went to."""
        await self.messenger.show_picture(to, outgoing)
        posted = await self.api.post(to, self._message(outgoing), thread=thread)
        conversation = posted.conversation or to
        self.messenger.views.keep(conversation, posted.id, outgoing)
        if outgoing.attachment:
            problem = await self.files.hand_over(outgoing.attachment, conversation)
            if problem:
                await self.api.post(conversation, sentence(problem), thread=thread)
        return conversation

    async def _show_one(self, place: Place, message: SlackMessage, outgoing: Outgoing) -> None:
        """Ephemerally; where that cannot be, because the bot is not there, in the direct messages."""
        try:
            await self.api.post_for_one(place.conversation, place.user, message, thread=place.thread)
        except (Busy, InDoubt):
            raise
        except ChannelError:
            await self._post(place.user, outgoing)

    async def _say_privately(self, place: Place, outgoing: Outgoing) -> None:
        try:
            await self._post(place.user, outgoing)
        except (Busy, InDoubt):
            raise
        except ChannelError:
            await self._whisper(place, NO_CHAT)
            return
        await self._whisper(place, PRIVATELY, is_needed=False)

    async def _whisper(self, place: Place, text: str, *, is_needed: bool = True) -> None:
        """One sentence to that person alone, beside what is there; if it `is_needed`, else in the direct messages."""
        try:
            await self.api.post_for_one(place.conversation, place.user, sentence(text), thread=place.thread)
        except (Busy, InDoubt):
            raise
        except ChannelError:
            if is_needed:
                await self.api.post(place.user, sentence(text))

    async def apologising(self, place: Place, work: Callable[[], Awaitable[None]]) -> None:
        """Does it; if it fails, one line without anybody's words in the log, and one sentence for the person."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - whatever it was, a sentence goes back
            LOG.error("turn_failed error=%s", type(error).__name__)  # noqa: TRY400
            if isinstance(error, ChannelError):
                return  # Slack takes nothing from us just now
            try:
                await self._whisper(place, str(error) if isinstance(error, SHOWN) else SORRY)
            except ChannelError as unsaid:
                LOG.warning("apology_not_taken error=%s", type(unsaid).__name__)

    async def incoming(
        self, place: Place, *, text: str = "", verb: str = "", inputs: Mapping[str, str] | None = None
    ) -> Incoming:
        """What somebody wrote or pressed, as the desk takes it; an unknown account is looked up first."""
        caller = Caller(self.school, CHANNEL, self.team, place.user, Proof.TOKEN)
        await self._introduce(caller)
        return Incoming(
            caller=caller,
            conversation=place.conversation,
            text=text,
            verb=verb,
            inputs=inputs or {},
            last=self._situations.last(place.topic, self.now()),
            is_private=place.is_direct,
            has_own_chat=await self.messenger.reaches(Address(CHANNEL, account=place.user)),
        )

    async def _introduce(self, caller: Caller) -> None:
        """Asks Slack who an unknown account is, at most every ten minutes, and links it to the list if it can."""
        if await self.desk.knows(caller):
            return

        async def member() -> Member:
            return self.member(await self.api.user(caller.account))

        await self._lookup.link(caller, member)

    async def _own_place(self, place: Place) -> Place:
        """The place of a form; a person's own chat if it names the chat of somebody else, whose card stays as it is."""
        if not place.message or await self._is_own_chat(place.conversation, place.user):
            return place
        return Place(place.user, place.user, is_direct=True)

    def member(self, user: Mapping[str, Any]) -> Member:
        """What Slack says about an account of this school."""
        return member_of(user, self.domains())

    async def _is_own_chat(self, conversation: str, user: str) -> bool:
        """Whether a direct message is the one with the bot: slash commands come from those with others, too."""
        if not conversation.startswith("D"):
            return False
        chat = await self.messenger.proactive.conversations.conversation(CHANNEL, conversation)
        return chat is not None and chat.account == user

    async def _remember_conversation(self, place: Place, caller: Caller, *, has_written: bool = False) -> None:
        if not await self.desk.knows(caller):
            return  # nothing is kept of strangers, nor on their word
        written_on = self.now().date() if has_written else None
        kind = ConversationKind.PERSONAL
        chat = Conversation(CHANNEL, place.conversation, kind, "", self.team, account=place.user, written_on=written_on)
        try:
            await self.messenger.proactive.keep(chat)
        except StoreError:
            LOG.warning("conversation_not_kept")  # the answer matters more

    def _message(self, outgoing: Outgoing) -> SlackMessage:
        return self.messenger.cards.message(outgoing)

    @property
    def api(self) -> SlackApi:
        """Slack's Web API."""
        return self.messenger.proactive.api

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
