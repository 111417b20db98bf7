"""The only module that knows botbuilder-core: its turns and its dispatch are used, none of its network code.

The SDK's own CloudAdapter, credentials and connector have faults that cannot be configured away (docs/decisions/07);
BotAdapter, TurnContext and ActivityHandler are sound. TurnContext never leaves this module: the bot sees a Turn.
"""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import web
from botbuilder.core import ActivityHandler, BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity as SdkActivity
from botbuilder.schema import Attachment, ConversationReference, ResourceResponse

from bot.channels.memory import Once
from bot.channels.request_body import Refused
from bot.channels.services import CLOSING_TIME_LIMIT
from bot.channels.teams.activity import SHAPES, Activity, event_of, kind_of, thread_of
from bot.channels.teams.connector import Connector
from bot.channels.teams.turn import ActivityHandlers, card_error
from bot.desk.arrivals import Arrivals, ArrivalState
from bot.errors import BadInput, Busy, ChannelError, InDoubt, NotNow, StaffroomError, StoreError
from bot.people.rules.conversations import ConversationKind

LOG = logging.getLogger("staffroom.teams")
SORRY = "Something went wrong on my side. Nothing was changed; please try again."
DELETED = frozenset({"channelDeleted", "teamDeleted", "teamHardDeleted"})
# What the SDK is given. The rest (time stamps, for one) it could not read.
SDK_FIELDS = frozenset(SHAPES) - {"timestamp", "localTimestamp"} | {"value"}
DELIVERED_ONCE = frozenset({"message", "invoke", "messageReaction", "installationUpdate"})
BUTTON_TIME_LIMIT = 8.0  # seconds: Teams gives up after ten
DELIVER_AGAIN_AFTER = 5.0  # seconds after which Teams may deliver again what we could not answer
SHOWN = (BadInput, NotNow, StoreError)  # errors whose sentence is for the person who asked


@dataclass(frozen=True, slots=True)
class SdkTurn:
    """A turn of the SDK's. `activity` is what arrived, as it arrived."""

    activity: Activity
    _context: TurnContext

    async def say(self, message: Mapping[str, Any]) -> str:
        """Sends a message into the same conversation and returns its id. Raises ChannelError."""
        response = await self._context.send_activity(_to_sdk(message))
        return str(response.id or "") if response else ""

    async def replace(self, id: str, message: Mapping[str, Any]) -> None:
        """Replaces a message that was sent before; raises ChannelError."""
        activity = _to_sdk(message)
        activity.id = id
        await self._context.update_activity(activity)


class Dispatch(ActivityHandler):  # type: ignore[misc]  # the SDK has no types
    """Hands each kind of activity to the bot."""

    def __init__(self, bot: ActivityHandlers) -> None:
        self._bot = bot

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """A message."""
        await self._bot.on_message(_turn(turn_context))

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        """An edited message, or one that was deleted and is shown again."""
        await self._bot.on_edit(_turn(turn_context))

    async def on_message_reaction_activity(self, turn_context: TurnContext) -> None:
        """A reaction."""
        await self._bot.on_reaction(_turn(turn_context))

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Installed (`add`) or removed (`remove`); an upgrade of the app is neither."""
        match turn_context.activity.action:
            case "add":
                await self._bot.on_added(_turn(turn_context), is_install=True)
            case "remove":
                await self._bot.on_removed(_turn(turn_context))

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Members came or went, channels or teams were deleted; of members only the bot itself matters."""
        activity = turn_context.activity
        bot = activity.recipient.id if activity.recipient else ""
        turn = _turn(turn_context)
        if any(member.id == bot for member in activity.members_added or []):
            await self._bot.on_added(turn, is_install=False)
        is_removed = any(member.id == bot for member in activity.members_removed or [])
        if is_removed or event_of(turn.activity) in DELETED:
            await self._bot.on_removed(turn)

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """A pressed button or an answer about a file; other invokes are not ours.

        The response is left in the turn's state, where the SDK would put it after copying it twice.
        """
        response = InvokeResponse(status=HTTPStatus.NOT_IMPLEMENTED)
        if turn_context.activity.name == "adaptiveCard/action":
            async with asyncio.timeout(BUTTON_TIME_LIMIT):
                body = await self._bot.on_button(_turn(turn_context))
            response = InvokeResponse(status=HTTPStatus.OK, body=body)
        elif turn_context.activity.name == "fileConsent/invoke":
            await self._bot.on_file_consent(_turn(turn_context))
            response = InvokeResponse(status=HTTPStatus.OK)
        turn_context.turn_state[BotAdapter._INVOKE_RESPONSE_KEY] = response


@dataclass(frozen=True, slots=True)
class TurnResult:
    """The answer to the HTTP request that brought an activity."""

    status: int
    body: Mapping[str, Any] | None = None


@dataclass
class TeamsAdapter(BotAdapter):  # type: ignore[misc]  # the SDK has no types
    """Runs a turn for each activity and sends what the bot says through the connector."""

    connector: Connector
    bot: ActivityHandlers
    arrivals: Arrivals
    _once: Once[TurnResult] = field(default_factory=Once)

    def __post_init__(self) -> None:
        super().__init__(_apologise)
        self._dispatch = Dispatch(self.bot)

    async def respond(self, activity: Activity) -> web.Response:
        """The answer to a request; an activity delivered again is not run again and gets the same answer."""
        began = time.monotonic()
        if activity["type"] in DELIVERED_ONCE:
            key = (thread_of(activity), activity["from"]["id"], activity["type"], activity["id"])
            result = await self._once(key, lambda: self._run_once(key, activity))
        else:
            result = await self._run(activity)
        took = (time.monotonic() - began) * 1000
        LOG.info("turn type=%s status=%d ms=%.0f", _loggable(activity["type"]), result.status, took)
        return _as_response(result)

    async def _run_once(self, key: tuple[str, ...], activity: Activity) -> TurnResult:
        """Runs a turn unless another replica does, or it was run before a restart.

        A button that was answered is answered again: its first answer did not arrive, and what buttons do counts once.
        """
        name = json.dumps(key)
        try:
            state = await self.arrivals.begin_arrival(name)
        except StoreError as error:
            raise Refused(503, str(error), wait=int(DELIVER_AGAIN_AFTER)) from error
        if state is ArrivalState.UNDER_WAY:
            raise Refused(503, "This is being answered.", wait=int(DELIVER_AGAIN_AFTER))
        if state is ArrivalState.DONE:
            LOG.info("delivered_again type=%s", _loggable(activity["type"]))
            return TurnResult(200)
        is_done = False
        try:
            result = await self._run(activity)
            is_done = activity["type"] != "invoke"
        finally:
            with suppress(StoreError):  # then it may be begun again after some seconds
                await self.arrivals.end_arrival(name, is_done=is_done)
        return result

    async def _run(self, activity: Activity) -> TurnResult:
        context = self._context(activity)
        await self.run_pipeline(context, self._dispatch.on_turn)
        if "busy" in context.turn_state:
            raise Refused(429, "Teams asked us to wait.", wait=int(context.turn_state["busy"]) + 1)
        if activity["type"] == "invoke":
            response = context.turn_state[self._INVOKE_RESPONSE_KEY]
            return TurnResult(int(response.status), response.body)
        if activity.get("deliveryMode") == "expectReplies":
            replies = [_to_wire(reply) for reply in context.buffered_reply_activities]
            return TurnResult(200, {"activities": replies})
        return TurnResult(200)

    def _context(self, activity: Activity) -> TurnContext:
        known = {name: activity[name] for name in SDK_FIELDS & set(activity)}
        try:
            context = TurnContext(self, SdkActivity().deserialize(known))
        except (TypeError, ValueError, AttributeError) as error:
            raise Refused(400, "That activity could not be read.") from error
        context.turn_state["raw"] = activity
        return context

    async def close(self) -> None:
        """Lets what is being answered finish, within a few seconds."""
        await self._once.close(CLOSING_TIME_LIMIT)

    async def send_activities(self, context: TurnContext, activities: list[SdkActivity]) -> list[ResourceResponse]:
        """Sends each, in order; raises ChannelError."""
        raw: Activity = context.turn_state["raw"]
        responses = []
        for activity in activities:
            reply_to = str(activity.reply_to_id or "")
            id = await self.connector.send(raw["serviceUrl"], thread_of(raw), _to_wire(activity), reply_to)
            responses.append(ResourceResponse(id=id))
        return responses

    async def update_activity(self, context: TurnContext, activity: SdkActivity) -> None:
        """Replaces a message."""
        raw: Activity = context.turn_state["raw"]
        await self.connector.update(raw["serviceUrl"], thread_of(raw), activity.id, _to_wire(activity))

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Deletes a message."""
        raw: Activity = context.turn_state["raw"]
        await self.connector.delete(raw["serviceUrl"], thread_of(raw), reference.activity_id)


async def _apologise(context: TurnContext, error: Exception) -> None:
    """A failed turn: one line without anybody's words in the log, one sentence for the person."""
    LOG.error("turn_failed type=%s error=%s", _loggable(context.activity.type), type(error).__name__)
    sentence = str(error) if isinstance(error, SHOWN) else SORRY
    if context.activity.type == "invoke":
        response = InvokeResponse(status=HTTPStatus.OK, body=card_error(500, sentence))
        context.turn_state[BotAdapter._INVOKE_RESPONSE_KEY] = response
    elif isinstance(error, Busy | InDoubt) and context.activity.type == "message":
        # The answer was not taken, or perhaps not. Delivered again, it is tried again: twice is better than never.
        context.turn_state["busy"] = error.seconds if isinstance(error, Busy) else DELIVER_AGAIN_AFTER
    elif context.activity.type == "message" and not isinstance(error, ChannelError):
        is_private = kind_of(context.turn_state["raw"]) is ConversationKind.PERSONAL
        with suppress(StaffroomError):  # in a group nobody reads about what somebody asked for
            await context.send_activity(SdkActivity(type="message", text=sentence if is_private else SORRY))


def _turn(context: TurnContext) -> SdkTurn:
    return SdkTurn(context.turn_state["raw"], context)


def _to_sdk(message: Mapping[str, Any]) -> SdkActivity:
    attachments = [
        Attachment(
            content_type=attachment["contentType"],
            content=_Uncopied(attachment["content"]),
            name=attachment.get("name"),
            content_url=attachment.get("contentUrl"),
        )
        for attachment in message.get("attachments", ())
    ]
    return SdkActivity(
        type=message["type"], text=message.get("text"), summary=message.get("summary"), attachments=attachments or None
    )


class _Uncopied(dict[str, Any]):
    """A filled card: the SDK copies messages deeply, and a card that nobody changes need not be copied."""

    def __deepcopy__(self, memo: object) -> "_Uncopied":
        return self


def _to_wire(activity: SdkActivity) -> dict[str, Any]:
    attachments, activity.attachments = activity.attachments, None
    wire: dict[str, Any] = activity.serialize()
    if attachments:
        wire["attachments"] = [_attachment_to_wire(attachment) for attachment in attachments]
    return wire


def _attachment_to_wire(attachment: Attachment) -> dict[str, Any]:
    wire = {"contentType": attachment.content_type, "content": attachment.content}
    optional = {"name": attachment.name, "contentUrl": attachment.content_url}
    return wire | {key: value for key, value in optional.items() if value}


def _loggable(type: str) -> str:
    """An activity's type as it may be in a log: somebody else wrote it."""
    return type if type.isascii() and type.isalnum() and len(type) <= 40 else "other"


def _as_response(result: TurnResult) -> web.Response:
    if result.body is None:
        return web.Response(status=result.status)
    return web.json_response(result.body, status=result.status)
