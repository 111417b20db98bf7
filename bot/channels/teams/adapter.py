"""Where botbuilder-core lives: its turns and its dispatch, none of its network code.

The SDK's own CloudAdapter, credentials and connector have faults that cannot be configured away (docs/decisions/07);
BotAdapter, TurnContext and ActivityHandler are sound. TurnContext never leaves this module: the bot sees a Turn.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from aiohttp import web
from botbuilder.core import ActivityHandler, BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity as SdkActivity
from botbuilder.schema import Attachment, ConversationReference, ResourceResponse

from bot.channels.memory import Once
from bot.channels.teams.activity import SHAPES, Activity, Refused, event_of
from bot.channels.teams.connector import Connector
from bot.errors import BadInput, Busy, ChannelError, InDoubt, NotNow, StaffroomError, StoreError

DELETED = frozenset({"channelDeleted", "teamDeleted", "teamHardDeleted"})
LOG = logging.getLogger("staffroom.teams")
SORRY = "Something went wrong on my side. Nothing was changed; please try again."
# What the SDK is given: the rest (time stamps, for one) it would only stumble over.
KNOWN = frozenset(SHAPES) - {"timestamp", "localTimestamp"} | {"value"}
DELIVERED_ONCE = frozenset({"message", "invoke", "messageReaction", "installationUpdate"})
IN_TIME = 8.0  # seconds for a pressed button: Teams gives up after ten
AGAIN = 5.0  # seconds after which Teams may deliver again what we could not answer
AT_THE_END = 5.0  # seconds for what is still being answered when the server stops
SHOWN = (BadInput, NotNow, StoreError)  # errors whose sentence is for the person who asked


@dataclass(slots=True)
class Turn:
    """One activity, and how to answer it."""

    activity: Activity
    _context: TurnContext

    async def say(self, message: Mapping[str, Any]) -> str:
        """Sends a message into the same conversation; its id. Raises ChannelError."""
        made = await self._context.send_activity(_to_sdk(message))
        return str(made.id or "") if made else ""

    async def replace(self, id: str, message: Mapping[str, Any]) -> None:
        """Puts a message in the place of one sent before; raises ChannelError."""
        new = _to_sdk(message)
        new.id = id
        await self._context.update_activity(new)


class Bot(Protocol):
    """What a bot does with what arrives."""

    async def said(self, turn: Turn) -> None:
        """Somebody wrote, or pressed a button of a client without Action.Execute."""
        ...

    async def edited(self, turn: Turn) -> None:
        """Somebody changed what they had written."""
        ...

    async def reacted(self, turn: Turn) -> None:
        """Somebody put a thumb under a message."""
        ...

    async def pressed(self, turn: Turn) -> Mapping[str, Any]:
        """Somebody pressed a button on a card: the card's answer."""
        ...

    async def consented(self, turn: Turn) -> None:
        """Somebody said whether they want a file."""
        ...

    async def arrived(self, turn: Turn, *, is_install: bool) -> None:
        """The bot was added to a conversation."""
        ...

    async def left(self, turn: Turn) -> None:
        """The bot was removed from a conversation."""
        ...


class Dispatch(ActivityHandler):  # type: ignore[misc]  # the SDK has no types
    """Hands each kind of activity to the bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """A message."""
        await self._bot.said(_turn(turn_context))

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        """An edited message, or one that was deleted and is shown again."""
        await self._bot.edited(_turn(turn_context))

    async def on_message_reaction_activity(self, turn_context: TurnContext) -> None:
        """A reaction."""
        await self._bot.reacted(_turn(turn_context))

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Installed (`add`) or removed (`remove`); an upgrade of the app is neither."""
        match turn_context.activity.action:
            case "add":
                await self._bot.arrived(_turn(turn_context), is_install=True)
            case "remove":
                await self._bot.left(_turn(turn_context))

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Members came or went, channels or teams were deleted; only the bot's own coming and going matters."""
        activity = turn_context.activity
        me = activity.recipient.id if activity.recipient else ""
        turn = _turn(turn_context)
        if any(one.id == me for one in activity.members_added or []):
            await self._bot.arrived(turn, is_install=False)
        if any(one.id == me for one in activity.members_removed or []) or event_of(turn.activity) in DELETED:
            await self._bot.left(turn)

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """A pressed button; other invokes are not ours.

        The answer is left in the turn's state, where the SDK would put it after copying it twice.
        """
        made = InvokeResponse(status=HTTPStatus.NOT_IMPLEMENTED)
        if turn_context.activity.name == "adaptiveCard/action":
            async with asyncio.timeout(IN_TIME):
                body = await self._bot.pressed(_turn(turn_context))
            made = InvokeResponse(status=HTTPStatus.OK, body=body)
        elif turn_context.activity.name == "fileConsent/invoke":
            await self._bot.consented(_turn(turn_context))
            made = InvokeResponse(status=HTTPStatus.OK)
        turn_context.turn_state[BotAdapter._INVOKE_RESPONSE_KEY] = made


@dataclass(frozen=True, slots=True)
class Answered:
    """What the HTTP request that brought an activity is answered with."""

    status: int
    body: Mapping[str, Any] | None = None


@dataclass
class TeamsAdapter(BotAdapter):  # type: ignore[misc]  # the SDK has no types
    """Runs a turn for each activity and sends what the bot says through the connector."""

    connector: Connector
    bot: Bot
    _once: Once[Answered] = field(default_factory=Once)

    def __post_init__(self) -> None:
        super().__init__(_apologise)
        self._dispatch = Dispatch(self.bot)

    async def respond(self, activity: Activity) -> web.Response:
        """The answer to a request; an activity delivered again is not run again and is answered the same."""
        began = time.monotonic()
        if activity["type"] in DELIVERED_ONCE:
            key = (activity["conversation"]["id"], activity["from"]["id"], activity["type"], activity["id"])
            answered = await self._once(key, lambda: self._run(activity))
        else:
            answered = await self._run(activity)
        took = (time.monotonic() - began) * 1000
        LOG.info("turn type=%s status=%d ms=%.0f", _plain(activity["type"]), answered.status, took)
        return _as_response(answered)

    async def _run(self, activity: Activity) -> Answered:
        try:
            context = TurnContext(
                self, SdkActivity().deserialize({key: activity[key] for key in KNOWN & set(activity)})
            )
        except (TypeError, ValueError, AttributeError) as seen:
            raise Refused(400, "That activity could not be read.") from seen
        context.turn_state["raw"] = activity
        await self.run_pipeline(context, self._dispatch.on_turn)
        if "busy" in context.turn_state:
            raise Refused(429, "Teams asked us to wait.", wait=int(context.turn_state["busy"]) + 1)
        if activity["type"] == "invoke":
            made = context.turn_state[self._INVOKE_RESPONSE_KEY]
            return Answered(int(made.status), made.body)
        if activity.get("deliveryMode") == "expectReplies":
            return Answered(200, {"activities": [_to_wire(one) for one in context.buffered_reply_activities]})
        return Answered(200)

    async def close(self) -> None:
        """Lets what is being answered come to its end, within a few seconds."""
        await self._once.close(AT_THE_END)

    async def send_activities(self, context: TurnContext, activities: list[SdkActivity]) -> list[ResourceResponse]:
        """Sends each, in order; raises ChannelError."""
        made = []
        for activity in activities:
            raw: Activity = context.turn_state["raw"]
            id = await self.connector.send(
                raw["serviceUrl"], raw["conversation"]["id"], _to_wire(activity), str(activity.reply_to_id or "")
            )
            made.append(ResourceResponse(id=id))
        return made

    async def update_activity(self, context: TurnContext, activity: SdkActivity) -> None:
        """Replaces a message."""
        raw: Activity = context.turn_state["raw"]
        await self.connector.update(raw["serviceUrl"], raw["conversation"]["id"], activity.id, _to_wire(activity))

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Deletes a message."""
        raw: Activity = context.turn_state["raw"]
        await self.connector.delete(raw["serviceUrl"], raw["conversation"]["id"], reference.activity_id)


async def _apologise(context: TurnContext, error: Exception) -> None:
    """A failed turn: one line without anybody's words in the log, one sentence for the person."""
    LOG.error("turn_failed type=%s error=%s", _plain(context.activity.type), type(error).__name__)
    sentence = str(error) if isinstance(error, SHOWN) else SORRY
    if context.activity.type == "invoke":
        made = InvokeResponse(status=HTTPStatus.OK, body=card_error(500, sentence))
        context.turn_state[BotAdapter._INVOKE_RESPONSE_KEY] = made
    elif isinstance(error, Busy | InDoubt) and context.activity.type == "message":
        # The answer was not taken, or perhaps not. Delivered again, it is tried again: said twice is better than never.
        context.turn_state["busy"] = error.seconds if isinstance(error, Busy) else AGAIN
    elif context.activity.type == "message" and not isinstance(error, ChannelError):
        with suppress(StaffroomError):
            await context.send_activity(SdkActivity(type="message", text=sentence))


def card_error(status: int, sentence: str) -> dict[str, Any]:
    """What a pressed button gets when it cannot be answered.

    https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#response-format
    """
    value = {"code": str(status), "message": sentence}
    return {"statusCode": status, "type": "application/vnd.microsoft.error", "value": value}


def _turn(context: TurnContext) -> Turn:
    return Turn(context.turn_state["raw"], context)


def _to_sdk(message: Mapping[str, Any]) -> SdkActivity:
    attachments = [
        Attachment(
            content_type=one["contentType"],
            content=_Sealed(one["content"]),
            name=one.get("name"),
            content_url=one.get("contentUrl"),
        )
        for one in message.get("attachments", ())
    ]
    return SdkActivity(
        type=message["type"], text=message.get("text"), summary=message.get("summary"), attachments=attachments or None
    )


class _Sealed(dict[str, Any]):
    """A filled card: the SDK copies messages deeply, and a card that nobody changes need not be copied."""

    def __deepcopy__(self, memo: object) -> "_Sealed":
        return self


def _to_wire(activity: SdkActivity) -> dict[str, Any]:
    attachments, activity.attachments = activity.attachments, None
    wire: dict[str, Any] = activity.serialize()
    if attachments:
        wire["attachments"] = [_attached(one) for one in attachments]
    return wire


def _attached(one: Attachment) -> dict[str, Any]:
    named = {"name": one.name, "contentUrl": one.content_url}
    return {"contentType": one.content_type, "content": one.content} | {
        key: said for key, said in named.items() if said
    }


def _plain(type: str) -> str:
    """A type as it may stand in a log: somebody else wrote it."""
    return type if type.isascii() and type.isalnum() and len(type) <= 40 else "other"


def _as_response(answered: Answered) -> web.Response:
    if answered.body is None:
        return web.Response(status=answered.status)
    return web.json_response(answered.body, status=answered.status)
