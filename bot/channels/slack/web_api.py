"""The methods of Slack's Web API that Staffroom uses, with answers checked for their shape.

Each raises as `SlackConnector.call` does. https://docs.slack.dev/reference/methods
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.channels.slack.connector import MAX_TRIES, SlackConnector
from bot.channels.slack.payload import is_conversation, is_time_stamp
from bot.errors import ChannelError

SlackMessage: TypeAlias = Mapping[str, Any]  # `text`, the whole in words, and `blocks`
View: TypeAlias = Mapping[str, Any]
PAGE = 200  # messages, or people
MAX_CURSOR_CHARS = 500
NO_LIST = "Slack's list of people could not be read."
EVENT_TYPE = "staffroom_message"  # of message metadata: nothing else may have this name in our app


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that Slack took: its conversation and its time stamp; either is empty if Slack did not say."""

    conversation: str
    id: str


@dataclass(frozen=True, slots=True)
class SlackApi:
    """Slack, as one app in one workspace may use it."""

    connector: SlackConnector

    async def post(
        self, to: str, message: SlackMessage, *, thread: str = "", marker: str = "", tries: int = MAX_TRIES
    ) -> Posted:
        """Posts a message to a conversation, or to a user's direct messages.

        `marker` goes with it as metadata, by which `find` finds it; it can be read by others, so it says nothing.
        """
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"marker": marker}} if marker else None
        answer = await self.connector.call(
            "chat.postMessage",
            tries,
            channel=to,
            **_as_written(message),
            mrkdwn=False,
            thread_ts=thread or None,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
        )
        conversation, id = answer.get("channel"), answer.get("ts")
        return Posted(str(conversation) if is_conversation(conversation) else "", str(id) if is_time_stamp(id) else "")

    async def post_for_one(self, conversation: str, user: str, message: SlackMessage, *, thread: str = "") -> None:
        """Shows a message to one person in a conversation, until they reload it (ephemeral)."""
        await self.connector.call(
            "chat.postEphemeral", channel=conversation, user=user, **_as_written(message), thread_ts=thread or None
        )

    async def update(self, conversation: str, id: str, message: SlackMessage) -> None:
        """Replaces a message of ours; safe to repeat."""
        await self.connector.call("chat.update", channel=conversation, ts=id, **_as_written(message))

    async def delete(self, conversation: str, id: str) -> None:
        """Deletes a message of ours."""
        await self.connector.call("chat.delete", channel=conversation, ts=id)

    async def find(self, conversation: str, marker: str, since: float) -> str:
        """The time stamp of our message with a marker, sent since then (seconds since 1970); empty if there is none."""
        answer = await self.connector.call(
            "conversations.history",
            channel=conversation,
            oldest=f"{since:.6f}",
            limit=PAGE,
            include_all_metadata=True,
        )
        for message in _list(answer, "messages"):
            metadata = message.get("metadata")
            payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
            if isinstance(payload, dict) and payload.get("marker") == marker and is_time_stamp(message.get("ts")):
                return str(message["ts"])
        return ""

    async def open_chat(self, user: str) -> str:
        """The id of somebody's direct messages with the bot; safe to repeat."""
        chat = _object(await self.connector.call("conversations.open", users=user), "channel")
        if not is_conversation(chat.get("id")):
            raise ChannelError("Slack did not say where that chat is.")
        return str(chat["id"])

    async def user(self, id: str) -> Mapping[str, Any]:
        """What Slack says about somebody."""
        return _object(await self.connector.call("users.info", user=id), "user")

    async def users_page(self, cursor: str = "") -> tuple[list[Mapping[str, Any]], str]:
        """The next people of the workspace, bots and closed accounts too, and the cursor of those after them.

        The cursor is empty at the end. Raises ChannelError also if anything in the answer has another shape.
        """
        answer = await self.connector.call("users.list", limit=PAGE, cursor=cursor or None)
        members, metadata = answer.get("members"), answer.get("response_metadata", {})
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            raise ChannelError(NO_LIST)
        following = metadata.get("next_cursor", "") if isinstance(metadata, dict) else None
        if not isinstance(following, str) or len(following) > MAX_CURSOR_CHARS:
            raise ChannelError(NO_LIST)
        return members, following

    async def users_in_group(self, group: str) -> list[str]:
        """The ids of everybody in a user group; raises ChannelError also if the answer has another shape."""
        ids = (await self.connector.call("usergroups.users.list", usergroup=group)).get("users")
        if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
            raise ChannelError(NO_LIST)
        return ids

    async def bot(self, id: str) -> Mapping[str, Any]:
        """What Slack says about a bot: `app_id` is the app it belongs to."""
        return _object(await self.connector.call("bots.info", bot=id), "bot")

    async def socket_address(self) -> str:
        """The address of a Socket Mode connection, good for one; the token has to be the app-level one."""
        address = (await self.connector.call("apps.connections.open", 1)).get("url")
        if not isinstance(address, str):
            raise ChannelError("Slack did not say where to connect.")
        return address

    async def identity(self) -> Mapping[str, Any]:
        """Whose token it is: `team_id`, `user_id` and `bot_id`."""
        return await self.connector.call("auth.test")

    async def open_view(self, trigger: str, view: View) -> str:
        """Opens a form in front of who pressed, and returns its id; raises TriggerExpired after three seconds."""
        answer = await self.connector.call("views.open", 1, trigger_id=trigger, view=view)
        return str(_object(answer, "view").get("id") or "")

    async def push_view(self, trigger: str, view: View) -> str:
        """Puts a form on top of the one that was pressed in; returns its id. Raises TriggerExpired."""
        answer = await self.connector.call("views.push", 1, trigger_id=trigger, view=view)
        return str(_object(answer, "view").get("id") or "")

    async def update_view(self, id: str, view: View) -> None:
        """Shows something else in an open form."""
        await self.connector.call("views.update", view_id=id, view=view)

    async def publish_view(self, user: str, view: View) -> None:
        """Shows a page on somebody's App Home; safe to repeat."""
        await self.connector.call("views.publish", user_id=user, view=view)

    async def upload_address(self, name: str, size: int, says: str = "") -> tuple[str, str]:
        """Where to send a file's bytes, and the id it will have; `says` is what a picture shows, in words."""
        answer = await self.connector.call(
            "files.getUploadURLExternal", filename=name, length=size, alt_txt=says or None
        )
        address, id = answer.get("upload_url"), answer.get("file_id")
        if not isinstance(address, str) or not isinstance(id, str):
            raise ChannelError("Slack did not say where that file goes.")
        return address, id

    async def share_file(self, id: str, title: str, conversation: str, comment: str = "") -> None:
        """Shows an uploaded file in a conversation."""
        await self.connector.call(
            "files.completeUploadExternal",
            files=[{"id": id, "title": title}],
            channel_id=conversation,
            initial_comment=comment or None,
        )

    async def delete_file(self, id: str) -> None:
        """Deletes a file of ours."""
        await self.connector.call("files.delete", file=id)


def _as_written(message: SlackMessage) -> dict[str, Any]:
    """A message's arguments, with which Slack makes no links and mentions of words."""
    return {"text": message["text"], "blocks": message.get("blocks"), "parse": "none", "link_names": False}


def _object(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = answer.get(name)
    if not isinstance(part, dict):
        raise ChannelError(f"Slack's answer has no {name}.")
    return part


def _list(answer: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    part = answer.get(name)
    if not isinstance(part, list):
        raise ChannelError(f"Slack's answer has no {name}.")
    return tuple(item for item in part if isinstance(item, dict))
