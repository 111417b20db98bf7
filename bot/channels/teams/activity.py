"""What a Bot Framework activity must look like before anybody reads it, and how to read one.

The shapes are the activity protocol's, as far as we use them:
https://github.com/microsoft/Agents/blob/main/specs/activity/protocol-activity.md
"""

import html
import json
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.channels.inputs import plain_inputs

_TAGS = re.compile(r"</?at\b[^<>]*>", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
Activity: TypeAlias = Mapping[str, Any]

LARGEST = 1024 * 1024  # bytes
DEEPEST = 40  # lists and objects inside each other
WIDEST = 5_000  # lists and objects beside each other
LONGEST_NAME = 2048  # characters of an id, an address or a type


class Refused(Exception):
    """A request that is not served: the HTTP status, one plain sentence, and seconds to wait where that helps."""

    def __init__(self, status: int, sentence: str, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait


def read_activity(body: bytes) -> Activity:
    """The activity in a request's body; raises Refused (400) where it has not the shape of one."""
    try:
        activity = json.loads(body, parse_constant=_no_constant)
        if _HALF.search(body):  # half a character is no text, and no one could answer it
            json.dumps(activity, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as seen:
        raise Refused(400, "That was not readable JSON.") from seen
    if not isinstance(activity, dict):
        raise Refused(400, "An activity is a JSON object.")
    if not _is_shallow(activity):
        raise Refused(400, "That is nested too deeply.")
    wrong = next((name for name, is_right in SHAPES.items() if not is_right(activity.get(name))), "")
    if wrong:
        raise Refused(400, f"The activity's {wrong} is missing or has the wrong shape.")
    return activity


def tenant_of(activity: Activity) -> str:
    """The tenant an activity comes from, in small letters."""
    channel_data = activity.get("channelData") or {}
    tenant = (channel_data.get("tenant") or {}).get("id") or activity["conversation"].get("tenantId") or ""
    return str(tenant).lower()


def words_said(activity: Activity) -> str:
    """What somebody wrote, without the mention of the bot and without Teams' markup."""
    text = str(activity.get("text") or "")
    me = (activity.get("recipient") or {}).get("id")
    for entity in activity.get("entities") or ():
        mentioned = entity.get("mentioned")
        if entity.get("type") == "mention" and isinstance(mentioned, dict) and mentioned.get("id") == me:
            text = text.replace(str(entity.get("text") or ""), " ", 1)
    return _SPACES.sub(" ", html.unescape(_TAGS.sub("", text))).strip()


def pressed_in(activity: Activity) -> tuple[str, dict[str, str]] | None:
    """The verb and the inputs of a pressed button, or None where it has not the shape of one."""
    value = activity.get("value")
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(action, dict) or action.get("type") != "Action.Execute":
        return None
    verb, data = action.get("verb"), action.get("data", {})
    if not isinstance(verb, str) or not verb or not isinstance(data, dict):
        return None
    return verb, plain_inputs(data)


def submitted_in(activity: Activity) -> tuple[str, dict[str, str]]:
    """The verb and the inputs of a button pressed in an old client; two blanks where somebody wrote."""
    value = activity.get("value")
    if not isinstance(value, dict) or not isinstance(value.get("verb"), str):
        return "", {}
    return value["verb"], plain_inputs({key: one for key, one in value.items() if key != "verb"})


def conversation_of(activity: Activity) -> str:
    """The conversation's id; a thread of a channel belongs to its channel."""
    return str(activity["conversation"]["id"]).partition(";messageid=")[0]


def channel_of(activity: Activity) -> str:
    """The conversation an event is about: Teams tells a channel's events in the team's first channel."""
    channel = (activity.get("channelData") or {}).get("channel")
    named = str(channel.get("id") or "") if isinstance(channel, dict) else ""
    return named or conversation_of(activity)


def team_of(activity: Activity) -> str:
    """The team's id, or nothing outside teams."""
    team = (activity.get("channelData") or {}).get("team")
    return str(team.get("id") or "") if isinstance(team, dict) else ""


def group_of(activity: Activity) -> str:
    """The directory's id of the team, or nothing."""
    team = (activity.get("channelData") or {}).get("team")
    return str(team.get("aadGroupId") or "") if isinstance(team, dict) else ""


def name_of(activity: Activity) -> str:
    """What people call it: the team and its channel, or the chat's own name; nothing where it has none."""
    data = activity.get("channelData") or {}
    parts = [data.get("team"), data.get("channel")]
    names = [str(one.get("name") or "") for one in parts if isinstance(one, dict)]
    return ", ".join(one for one in names if one) or str(activity["conversation"].get("name") or "")


def event_of(activity: Activity) -> str:
    """What Teams says has happened to a team or a channel, or nothing."""
    event = (activity.get("channelData") or {}).get("eventType")
    return event if isinstance(event, str) else ""


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _is_shallow(activity: Mapping[str, Any]) -> bool:
    layer: list[Any] = [activity]
    for _ in range(DEEPEST):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return True
        if len(layer) > WIDEST:
            return False
    return False


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME


def _may_be_name(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= LONGEST_NAME)


def _may_be_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_somebody(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _is_name(value.get("id"))
        and all(_may_be_name(value.get(name)) for name in ("name", "aadObjectId", "tenantId", "conversationType"))
    )


def _may_be_somebody(value: Any) -> bool:
    return value is None or _is_somebody(value)


def _may_be_people(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(_is_somebody(one) for one in value))


def _may_be_objects(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, dict) for one in value))


def _may_be_channel_data(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict):
        return False
    tenant = value.get("tenant")
    return tenant is None or (isinstance(tenant, dict) and _may_be_name(tenant.get("id")))


SHAPES = {
    "type": _is_name,
    "id": _is_name,
    "serviceUrl": _is_name,
    "channelId": _is_name,
    "conversation": _is_somebody,
    "from": _is_somebody,
    "recipient": _may_be_somebody,
    "channelData": _may_be_channel_data,
    "text": _may_be_text,
    "name": _may_be_name,
    "action": _may_be_name,
    "replyToId": _may_be_name,
    "deliveryMode": _may_be_name,
    "timestamp": _may_be_name,
    "localTimestamp": _may_be_name,
    "locale": _may_be_name,
    "entities": _may_be_objects,
    "attachments": _may_be_objects,
    "membersAdded": _may_be_people,
    "membersRemoved": _may_be_people,
    "reactionsAdded": _may_be_objects,
    "reactionsRemoved": _may_be_objects,
}
