"""What arrives from Teams: activities become what the desk takes, its replies become messages in Teams.

Who speaks is always the account in the activity that the token check let in, never anything a card or a message says.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeAlias

from bot.card_text import cleaned, escaped, is_plain
from bot.channels.member_lookup import MemberLookup
from bot.channels.memory import RecentAnswers, finish
from bot.channels.services import CLOSING_TIME_LIMIT
from bot.channels.teams import activity as read
from bot.channels.teams.activity import CHANNEL, Activity, conversation_of, kind_of, thread_of
from bot.channels.teams.cards import CARD
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.membership import GroupMembership
from bot.channels.teams.messenger import TeamsMessenger
from bot.channels.teams.turn import Turn, card_error
from bot.desk.rules.messages import Incoming, Outgoing, note, public, with_quiet_line
from bot.errors import ChannelError, StaffroomError, StoreError
from bot.people.rules.conversations import Address, Conversation, ConversationKind
from bot.people.rules.person import Caller, Member, Proof

LOG = logging.getLogger("staffroom.teams")
MESSAGE = "application/vnd.microsoft.activity.message"
TYPING = {"type": "typing"}
TYPING_AFTER = 1.0  # seconds until "is typing" shows that an answer is on its way
HELPFUL_REACTIONS, UNHELPFUL_REACTIONS = frozenset({"like", "heart"}), frozenset({"sad", "angry"})
BESIDE = "Here you are, in a new message."
PRIVATELY = "Sent to you privately."
NO_CHAT = "That is for your eyes only. Please open a chat with me and ask there."
UNREADABLE_BUTTON = "That button could not be read."

IsClass: TypeAlias = Callable[[str, str], Awaitable[bool]]  # whether children are in a conversation, or in its team


class TeamsDesk(Protocol):
    """The desk, as this channel needs it."""

    async def __call__(self, incoming: Incoming) -> Outgoing:
        """The reply to anything somebody wrote or pressed."""
        ...

    async def knows(self, caller: Caller) -> bool:
        """Whether a caller is on the staff list."""
        ...

    async def link_account(self, caller: Caller, member: Member) -> bool:
        """Links a caller to the staff list on the channel's word; returns whether they are known now."""
        ...

    @property
    def welcome(self) -> Callable[[], Outgoing]:
        """What somebody sees first."""
        ...


@dataclass(slots=True)
class TeamsBot:
    """Answers what arrives. `membership` tells who is in a group; the demo does not look.

    `is_class` tells where children are because a notice was planned there: nothing is said there but notices.
    """

    desk: TeamsDesk
    messenger: TeamsMessenger
    is_class: IsClass
    files: TeamsFiles
    school: str
    proof: Proof
    now: Callable[[], datetime]
    membership: GroupMembership | None = None
    typing_after: float = TYPING_AFTER
    # What a follow-up builds on, by account and conversation; what a thumb is about, by conversation and message; the
    # answer that an edited question replaces, by conversation and question.
    _situations: RecentAnswers = field(default_factory=RecentAnswers)
    _answers: RecentAnswers = field(default_factory=RecentAnswers)
    _replies: RecentAnswers = field(default_factory=RecentAnswers)
    _lookup: MemberLookup = field(init=False)
    _tasks: set[asyncio.Future[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lookup = MemberLookup(self.desk, "Teams")

    async def on_message(self, turn: Turn) -> None:
        """One answer to one message."""
        verb, inputs = read.submit_of(turn.activity)
        incoming = await self._incoming(turn.activity, verb, inputs)
        if await self._has_children(incoming, turn.activity):
            await self._answer_staff_privately(turn, incoming)
            return
        outgoing = await self._answer(turn, incoming)
        id = await turn.say(self._message(await self._for_all(outgoing, incoming)))
        self._remember_answer(turn.activity, outgoing, id)
        await self._offer_file(turn, outgoing, incoming)
        await self._remember_conversation(turn.activity, incoming.caller, self.now().date())

    async def _has_children(self, incoming: Incoming, activity: Activity) -> bool:
        """Whether children are there, as far as is known: where a notice was planned, or not all are on the list."""
        if incoming.is_private:
            return False
        if await self.is_class(incoming.conversation, read.team_of(activity)):
            return True
        if self.membership is None:
            return False
        return not await self.membership.is_staff(activity["serviceUrl"], incoming.conversation)

    async def _answer_staff_privately(self, turn: Turn, incoming: Incoming) -> None:
        """Where children are, only staff are answered, in their own chat."""
        if not await self.desk.knows(incoming.caller):
            return
        await self._remember_conversation(turn.activity, incoming.caller, self.now().date())
        left_to_say = await self._send_privately(await self.desk(incoming), incoming)
        if left_to_say.text == NO_CHAT:
            await turn.say(self._message(left_to_say))

    async def on_edit(self, turn: Turn) -> None:
        """The answer to an edited question replaces the first one; if that is forgotten, it is a new answer."""
        thread = thread_of(turn.activity)
        reply = self._replies.last((thread, turn.activity["id"]), self.now())
        if not turn.activity.get("text"):
            return
        if not reply:
            await self.on_message(turn)
            return
        incoming = await self._incoming(turn.activity)
        if await self._has_children(incoming, turn.activity):
            return
        reply_to_edit = await self.desk(incoming)
        outgoing = await self._for_all(reply_to_edit, incoming)
        await turn.replace(reply, self._message(outgoing))
        self._remember_answer(turn.activity, outgoing, reply)
        await self._offer_file(turn, reply_to_edit, incoming)

    async def on_reaction(self, turn: Turn) -> None:
        """A thumb under an answer counts like the button; nothing is said back."""
        kinds = {str(reaction.get("type")) for reaction in turn.activity.get("reactionsAdded") or ()}
        answer = (thread_of(turn.activity), str(turn.activity.get("replyToId") or ""))
        situation = self._answers.last(answer, self.now())
        verb = "helped" if kinds & HELPFUL_REACTIONS else "did_not_help" if kinds & UNHELPFUL_REACTIONS else ""
        if situation and verb:
            await self.desk(await self._incoming(turn.activity, verb, {"situation": situation}))

    async def on_button(self, turn: Turn) -> Mapping[str, Any]:
        """What a pressed button shows: another card in its card's place, or a sentence.

        https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#response-format
        """
        action = read.action_of(turn.activity)
        if action is None:
            return card_error(400, UNREADABLE_BUTTON)
        incoming = await self._incoming(turn.activity, *action)
        outgoing = await self.desk(incoming)
        self._situations.keep_topic(_situation_key(turn.activity), outgoing, self.now())
        await self._offer_file(turn, outgoing, incoming)
        outgoing = await self._for_all(outgoing, incoming)
        if not outgoing.is_note and await self._has_children(incoming, turn.activity):
            outgoing = await self._send_privately(outgoing, incoming)
        return await self._shown_for_button(turn, incoming, outgoing)

    async def _shown_for_button(self, turn: Turn, incoming: Incoming, outgoing: Outgoing) -> Mapping[str, Any]:
        if outgoing.is_note and (is_plain(outgoing.text) or not incoming.is_private):
            return {"statusCode": 200, "type": MESSAGE, "value": escaped(cleaned(outgoing.text))}
        message = self._message(outgoing)
        if outgoing.is_beside or outgoing.is_note:
            await turn.say(message)
            return {"statusCode": 200, "type": MESSAGE, "value": BESIDE}
        card = str(turn.activity.get("replyToId") or "")
        if card and incoming.is_private:
            self._answers.keep((thread_of(turn.activity), card), outgoing.last, self.now())
            self._spawn(_replace_card(turn, card, message))
        return {"statusCode": 200, "type": CARD, "value": message["attachments"][0]["content"]}

    async def on_file_consent(self, turn: Turn) -> None:
        """Hands a file over, or not, as somebody decided."""
        await turn.say(await self.files.hand_over(turn.activity, self._caller(turn.activity).account))

    async def on_added(self, turn: Turn, *, is_install: bool) -> None:
        """Keeps where staff can be reached, and greets them in their own chat; groups and teams are not greeted."""
        incoming = await self._incoming(turn.activity)
        await self._remember_conversation(turn.activity, incoming.caller)
        if is_install and incoming.is_private:
            is_known = await self.desk.knows(incoming.caller)
            await turn.say(self._message(self.desk.welcome() if is_known else await self.desk(incoming)))

    async def on_removed(self, turn: Turn) -> None:
        """Forgets the conversations the bot was removed from: nobody can be reached there any more."""
        conversations = self.messenger.proactive.conversations
        await conversations.forget_conversation(CHANNEL, read.channel_of(turn.activity))
        team = read.team_of(turn.activity)
        if team and read.event_of(turn.activity) != "channelDeleted":
            await conversations.forget_team(CHANNEL, team)

    async def close(self) -> None:
        """Waits for what is still being sent, at most a few seconds."""
        while self._tasks:
            await finish(self._tasks, CLOSING_TIME_LIMIT)

    async def _incoming(self, activity: Activity, verb: str = "", inputs: Mapping[str, str] | None = None) -> Incoming:
        caller = self._caller(activity)
        await self._introduce(activity, caller)
        is_private = kind_of(activity) is ConversationKind.PERSONAL
        return Incoming(
            caller=caller,
            conversation=conversation_of(activity),
            text=read.text_of(activity),
            verb=verb,
            inputs=inputs or {},
            last=self._situations.last(_situation_key(activity), self.now()),
            is_private=is_private,
            has_own_chat=is_private or await self._has_own_chat(caller),
        )

    async def _has_own_chat(self, caller: Caller) -> bool:
        return await self.messenger.proactive.has_chat(Address(CHANNEL, account=caller.account))

    def _caller(self, activity: Activity) -> Caller:
        return Caller(self.school, CHANNEL, read.tenant_of(activity), read.account_of(activity), self.proof)

    async def _introduce(self, activity: Activity, caller: Caller) -> None:
        """Asks Teams who an unknown account is, at most every ten minutes, and links it to the staff list if it can."""
        if self.proof is not Proof.TOKEN or not caller.account or await self.desk.knows(caller):
            return
        connector = self.messenger.proactive.connector
        user = (activity["serviceUrl"], thread_of(activity), activity["from"]["id"])
        await self._lookup.link(caller, lambda: connector.member(*user))

    async def _remember_conversation(self, activity: Activity, caller: Caller, written_on: date | None = None) -> None:
        if not await self.desk.knows(caller):
            return  # nothing is kept of strangers, nor on their word
        try:
            await self.messenger.proactive.keep(_conversation(activity, caller, written_on))
        except StoreError:
            LOG.warning("conversation_not_kept")  # the answer matters more

    async def _answer(self, turn: Turn, incoming: Incoming) -> Outgoing:
        """The desk's reply; a long wait shows that somebody is typing."""
        answering = asyncio.ensure_future(self.desk(incoming))
        done, _ = await asyncio.wait({answering}, timeout=self.typing_after)
        if not done and turn.activity.get("deliveryMode") != "expectReplies":
            self._spawn(_show_typing(turn))
        return await answering

    async def _for_all(self, outgoing: Outgoing, incoming: Incoming) -> Outgoing:
        """What a group may see: everything else goes to the own chat of the person who asked."""
        if incoming.is_private or outgoing.is_public:
            return outgoing
        return await self._send_privately(outgoing, incoming)

    async def _send_privately(self, outgoing: Outgoing, incoming: Incoming) -> Outgoing:
        """Sends it, and its file, to that person alone, and returns what is left to say where they asked."""
        account = incoming.caller.account
        own_chat = Address(CHANNEL, account=account)
        try:
            await self.messenger.send(own_chat, outgoing)
            if outgoing.attachment:
                await self.messenger.proactive.send(own_chat, self.files.offer(outgoing.attachment, account))
        except ChannelError:
            return public(with_quiet_line(note(NO_CHAT), outgoing.quiet_line))
        return public(note(PRIVATELY))

    async def _offer_file(self, turn: Turn, outgoing: Outgoing, incoming: Incoming) -> None:
        """Offers a file in the chat in which it was asked for; in a group that is done in their own chat."""
        if outgoing.attachment and incoming.is_private:
            await turn.say(self.files.offer(outgoing.attachment, incoming.caller.account))

    def _message(self, outgoing: Outgoing) -> dict[str, Any]:
        return self.messenger.cards.message(outgoing)

    def _remember_answer(self, activity: Activity, outgoing: Outgoing, reply: str) -> None:
        thread, now = thread_of(activity), self.now()
        self._situations.keep_topic(_situation_key(activity), outgoing, now)
        self._answers.keep((thread, reply), outgoing.last, now)
        self._replies.keep((thread, activity["id"]), reply, now)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _situation_key(activity: Activity) -> tuple[str, str]:
    return read.sender_of(activity), thread_of(activity)


def _conversation(activity: Activity, caller: Caller, written_on: date | None) -> Conversation:
    kind = kind_of(activity)
    is_personal = kind is ConversationKind.PERSONAL
    return Conversation(
        channel=CHANNEL,
        id=conversation_of(activity),
        kind=kind,
        service=activity["serviceUrl"],
        tenant=caller.tenant,
        account=caller.account if is_personal else "",
        team=read.team_of(activity),
        group=read.group_of(activity),
        name="" if is_personal else read.name_of(activity),
        written_on=written_on,
    )


async def _show_typing(turn: Turn) -> None:
    with suppress(StaffroomError):
        await turn.say(TYPING)


async def _replace_card(turn: Turn, card: str, message: Mapping[str, Any]) -> None:
    """Replaces the message itself: the response to a button changes the card in that person's client only."""
    try:
        await turn.replace(card, message)
    except StaffroomError as error:
        LOG.warning("card_not_replaced error=%s", type(error).__name__)
