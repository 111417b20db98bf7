"""Microsoft Teams: what arrives is put in our words for the desk, what the desk says is put in Teams' words.

Who speaks is always the account in the activity that the door let in, never anything a card or a message says.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.channels.memory import Once, RecentAnswers, finish
from bot.channels.teams.activity import (
    Activity,
    channel_of,
    conversation_of,
    event_of,
    group_of,
    name_of,
    pressed_in,
    submitted_in,
    team_of,
    tenant_of,
    words_said,
)
from bot.channels.teams.adapter import AT_THE_END, Turn, card_error
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.membership import GroupMembership
from bot.channels.teams.proactive import CHANNEL, ProactiveMessages
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import ChannelError, NotNow, StaffroomError, StoreError, Unreachable
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Caller, Member, Proof

LOG = logging.getLogger("staffroom.teams")
CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
BESIDE = "Here you are, in a new message."
TYPING = {"type": "typing"}
PATIENCE = 1.0  # seconds until "is typing" shows that an answer is on its way
GLAD, SORRY = frozenset({"like", "heart"}), frozenset({"sad", "angry"})
NOT_NOW = "I cannot look you up in Teams just now. Please try again in a minute."
PRIVATELY = "Sent to you privately."
NO_CHAT = "That is for your eyes only. Please open a chat with me and ask there."


class Answering(Protocol):
    """The desk, as this channel needs it."""

    async def __call__(self, incoming: Incoming) -> Outgoing:
        """The reply to anything somebody said or pressed."""
        ...

    async def knows(self, caller: Caller) -> bool:
        """Whether a caller is on the roster."""
        ...

    async def join(self, caller: Caller, member: Member) -> bool:
        """Joins a caller to the roster on the channel's word."""
        ...

    def welcome(self) -> Outgoing:
        """What somebody sees first."""
        ...

    async def is_class(self, conversation: str, team: str) -> bool:
        """Whether children are there: nothing is said there but notices."""
        ...


@dataclass(slots=True)
class Teams:
    """The bot as Teams meets it."""

    desk: Answering
    fill: Callable[[str, Mapping[str, Any]], dict[str, Any]]
    reach: ProactiveMessages
    school: str
    proof: Proof
    now: Callable[[], datetime]
    files: TeamsFiles
    company: GroupMembership | None = None  # who is in a group; the demo does not look
    patience: float = PATIENCE
    _situations: RecentAnswers = field(
        default_factory=RecentAnswers
    )  # by account and conversation: what a follow-up builds on
    _answers: RecentAnswers = field(default_factory=RecentAnswers)  # by conversation and message: what a thumb is about
    _replies: RecentAnswers = field(
        default_factory=RecentAnswers
    )  # by conversation and question: what an edit replaces
    _lookups: Once[bool] = field(default_factory=Once)  # by account: whether it is on the roster now
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def said(self, turn: Turn) -> None:
        """One answer to one message."""
        verb, inputs = submitted_in(turn.activity)
        incoming = await self._incoming(turn.activity, verb, inputs)
        if await self._is_class(incoming, turn.activity):
            await self._aside(turn, incoming)
            return
        outgoing = await self._answer(turn, incoming)
        id = await turn.say(self._message(await self._for_all(outgoing, incoming)))
        self._remember(turn.activity, outgoing, id)
        await self._offer(turn, outgoing, incoming)
        await self._remember_place(turn.activity, incoming.caller)

    async def _is_class(self, incoming: Incoming, activity: Activity) -> bool:
        """Whether children are there, as far as is known: where a notice was planned, or not all are on the roster."""
        if incoming.is_private:
            return False
        place = conversation_of(activity)
        if await self.desk.is_class(place, team_of(activity)):
            return True
        return self.company is not None and not await self.company.is_staff(activity["serviceUrl"], place)

    async def _aside(self, turn: Turn, incoming: Incoming) -> None:
        """Where children are, nobody is answered but staff, and those in their own chat."""
        if not await self.desk.knows(incoming.caller):
            return
        await self._remember_place(turn.activity, incoming.caller)
        told = await self._to_own_chat(await self.desk(incoming), incoming)
        if told.text == NO_CHAT:
            await turn.say(self._message(told))

    async def is_in(self, place: Conversation, account: str) -> bool:
        """Whether an account is in a conversation of ours as well; the demo's accounts are everywhere."""
        if place.channel != CHANNEL or not account:
            return False
        return self.proof is Proof.DEMO or await self.reach.is_in(place, account)

    async def edited(self, turn: Turn) -> None:
        """The answer to an edited question takes the place of the first, or is said anew where that is forgotten."""
        conversation = turn.activity["conversation"]["id"]
        id = self._replies.last((conversation, turn.activity["id"]), self.now())
        if not turn.activity.get("text"):
            return
        if not id:
            await self.said(turn)
            return
        incoming = await self._incoming(turn.activity)
        if await self._is_class(incoming, turn.activity):
            return
        outgoing = await self._for_all(await self.desk(incoming), incoming)
        await turn.replace(id, self._message(outgoing))
        self._remember(turn.activity, outgoing, id)

    async def reacted(self, turn: Turn) -> None:
        """A thumb under an answer counts like the button; nothing is said back."""
        kinds = {str(one.get("type")) for one in turn.activity.get("reactionsAdded") or ()}
        under = (turn.activity["conversation"]["id"], str(turn.activity.get("replyToId") or ""))
        situation = self._answers.last(under, self.now())
        verb = "helped" if kinds & GLAD else "did_not_help" if kinds & SORRY else ""
        if situation and verb:
            await self.desk(await self._incoming(turn.activity, verb, {"situation": situation}))

    async def pressed(self, turn: Turn) -> Mapping[str, Any]:
        """What a pressed button shows: another card in its card's place, or a sentence.

        https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#response-format
        """
        action = pressed_in(turn.activity)
        if action is None:
            return card_error(400, "That button could not be read.")
        incoming = await self._incoming(turn.activity, *action)
        outgoing = await self.desk(incoming)
        if outgoing.last:
            self._situations.keep(_who(turn.activity), outgoing.last, self.now())
        await self._offer(turn, outgoing, incoming)
        outgoing = await self._for_all(outgoing, incoming)
        if outgoing.card != "note" and await self._is_class(incoming, turn.activity):
            outgoing = await self._to_own_chat(outgoing, incoming)
        if outgoing.card == "note":
            return {"statusCode": 200, "type": MESSAGE, "value": outgoing.text}
        message = self._message(outgoing)
        if outgoing.is_beside:
            await turn.say(message)
            return {"statusCode": 200, "type": MESSAGE, "value": BESIDE}
        card = str(turn.activity.get("replyToId") or "")
        if card and incoming.is_private:
            self._answers.keep((incoming.conversation, card), outgoing.last, self.now())
            self._spawn(_lasting(turn, card, message))
        return {"statusCode": 200, "type": CARD, "value": message["attachments"][0]["content"]}

    async def consented(self, turn: Turn) -> None:
        """Hands a file over, or not, as somebody wished."""
        await turn.say(await self.files.answered(turn.activity, self._caller(turn.activity).account))

    async def arrived(self, turn: Turn, *, is_install: bool) -> None:
        """Keeps where staff can be reached, and greets them in their own chat; groups and teams are left in peace."""
        incoming = await self._incoming(turn.activity)
        await self._remember_place(turn.activity, incoming.caller)
        if is_install and incoming.is_private:
            is_known = await self.desk.knows(incoming.caller)
            await turn.say(self._message(self.desk.welcome() if is_known else await self.desk(incoming)))

    async def left(self, turn: Turn) -> None:
        """Whoever removed the bot cannot be reached any more."""
        channel, team = channel_of(turn.activity), team_of(turn.activity)
        is_channel = event_of(turn.activity) == "channelDeleted"
        for place in await self.reach.places.places():
            if place.conversation == channel or (team and place.team == team and not is_channel):
                await self.reach.places.forget_place(place.conversation)

    async def ready(self, to: str) -> None:
        """Returns when it is the turn of that chat; raises Unreachable or Busy."""
        await self.reach.ready(to)

    async def tell(self, to: str, outgoing: Outgoing) -> str:
        """Says something on its own, to an account or in a conversation; the message's id. Raises ChannelError."""
        return await self.reach.send(to, self._message(outgoing))

    async def replace_told(self, to: str, message: str, outgoing: Outgoing) -> None:
        """Puts something else in the place of a message told before; raises ChannelError."""
        await self.reach.replace(to, message, self._message(outgoing))

    async def reaches(self, to: str) -> bool:
        """Whether the bot has that chat, or could be brought to that account."""
        return await self.reach.reaches(to)

    async def close(self) -> None:
        """Waits for what is still being sent, at most a few seconds."""
        while self._tasks:
            await finish(self._tasks, AT_THE_END)

    async def _offer(self, turn: Turn, outgoing: Outgoing, incoming: Incoming) -> None:
        if outgoing.file and incoming.is_private:
            await turn.say(self.files.offer(outgoing.file, incoming.caller.account))

    async def _incoming(self, activity: Activity, verb: str = "", inputs: Mapping[str, str] | None = None) -> Incoming:
        caller = self._caller(activity)
        await self._introduce(activity, caller)
        return Incoming(
            caller=caller,
            conversation=activity["conversation"]["id"],
            text=words_said(activity),
            verb=verb,
            inputs=inputs or {},
            last=self._situations.last(_who(activity), self.now()),
            is_private=_kind(activity) is ConversationKind.PERSONAL,
        )

    def _caller(self, activity: Activity) -> Caller:
        account = str(activity["from"].get("aadObjectId") or "").lower()
        return Caller(self.school, CHANNEL, tenant_of(activity), account, self.proof)

    async def _introduce(self, activity: Activity, caller: Caller) -> None:
        """Asks Teams who an unknown account is, at most every ten minutes, and joins it to the roster if it can be."""
        if self.proof is not Proof.TOKEN or not caller.account or await self.desk.knows(caller):
            return
        place = (activity["serviceUrl"], activity["conversation"]["id"], activity["from"]["id"])

        async def look_up() -> bool:
            try:
                return await self.desk.join(caller, await self.reach.connector.member(*place))
            except Unreachable:
                return False

        try:
            await self._lookups(caller.account, look_up)
        except ChannelError as seen:
            LOG.warning("member_lookup_failed error=%s", type(seen).__name__)
            raise NotNow(NOT_NOW) from seen

    async def _remember_place(self, activity: Activity, caller: Caller) -> None:
        if not await self.desk.knows(caller):
            return  # nothing is kept of strangers, nor on their word
        try:
            await self.reach.keep(self._place(activity, caller))
        except StoreError:
            LOG.warning("place_not_kept")  # the answer matters more

    def _place(self, activity: Activity, caller: Caller) -> Conversation:
        kind = _kind(activity)
        account, user = (caller.account, activity["from"]["id"]) if kind is ConversationKind.PERSONAL else ("", "")
        return Conversation(
            channel=CHANNEL,
            conversation=conversation_of(activity),
            kind=kind,
            service=activity["serviceUrl"],
            tenant=caller.tenant,
            account=account,
            user=user,
            team=team_of(activity),
            group=group_of(activity),
            name="" if kind is ConversationKind.PERSONAL else name_of(activity),
        )

    async def _answer(self, turn: Turn, incoming: Incoming) -> Outgoing:
        """The desk's reply; a long wait shows that somebody is typing."""
        answering = asyncio.ensure_future(self.desk(incoming))
        done, _ = await asyncio.wait({answering}, timeout=self.patience)
        if not done and turn.activity.get("deliveryMode") != "expectReplies":
            self._spawn(_typing(turn))
        return await answering

    async def _for_all(self, outgoing: Outgoing, incoming: Incoming) -> Outgoing:
        """What a group may see: what is for one person goes to that person's own chat."""
        if incoming.is_private or not outgoing.is_for_one:
            return outgoing
        return await self._to_own_chat(outgoing, incoming)

    async def _to_own_chat(self, outgoing: Outgoing, incoming: Incoming) -> Outgoing:
        """Says it to that person alone; what is left to say where they asked."""
        try:
            await self.tell(incoming.caller.account, outgoing)
        except ChannelError:
            return Outgoing("note", {"text": NO_CHAT}, NO_CHAT)
        return Outgoing("note", {"text": PRIVATELY}, PRIVATELY)

    def _message(self, outgoing: Outgoing) -> dict[str, Any]:
        filled = self.fill(outgoing.card, {**outgoing.values, "is_demo": self.proof is Proof.DEMO})
        return {
            "type": "message",
            "summary": outgoing.text.partition("\n")[0],
            "attachments": [{"contentType": CARD, "content": filled}],
        }

    def _remember(self, activity: Activity, outgoing: Outgoing, reply: str) -> None:
        conversation, now = activity["conversation"]["id"], self.now()
        self._situations.keep(_who(activity), outgoing.last, now)
        self._answers.keep((conversation, reply), outgoing.last, now)
        self._replies.keep((conversation, activity["id"]), reply, now)

    def _spawn(self, doing: Awaitable[None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _typing(turn: Turn) -> None:
    with suppress(StaffroomError):
        await turn.say(TYPING)


async def _lasting(turn: Turn, card: str, message: Mapping[str, Any]) -> None:
    """The answer to a button replaces the card in that person's client only; this replaces the message itself."""
    try:
        await turn.replace(card, message)
    except StaffroomError as seen:
        LOG.warning("card_not_replaced error=%s", type(seen).__name__)


def _kind(activity: Activity) -> ConversationKind:
    """The kind of conversation; one of no known kind is taken for a channel, where the least is shown."""
    try:
        return ConversationKind(activity["conversation"].get("conversationType"))
    except ValueError:
        return ConversationKind.TEAM


def _who(activity: Activity) -> tuple[str, str]:
    return str(activity["from"].get("aadObjectId") or activity["from"]["id"]), activity["conversation"]["id"]
