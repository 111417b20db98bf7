"""What a Bot Framework activity must look like before anybody reads it, and how to read one.

The shapes are the activity protocol's, as far as we use them:
https://github.com/microsoft/Agents/blob/main/specs/activity/protocol-activity.md
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.channels.inputs import plain_inputs
from bot.channels.request_body import Refused
from bot.channels.strict_json import is_shallow, read_json
from bot.desk.rules.typed_text import without_tags
from bot.outside import clean_line
from bot.people.rules.conversations import ConversationKind
from bot.people.rules.identity import account_id

CHANNEL = "msteams"  # what Teams calls itself, and the channel's name in addresses
_MEETING_CHAT = "19:meeting_"  # how the id of a meeting's chat begins
_KINDS = {
    "personal": ConversationKind.PERSONAL,
    "groupChat": ConversationKind.GROUP,
    "channel": ConversationKind.TEAM,
}
Activity: TypeAlias = Mapping[str, Any]

MAX_NAME_CHARS = 2048  # of an id, an address or a type


def read_activity(body: bytes) -> Activity:
    """The activity in a request's body; raises Refused (400) if it does not have the shape of one."""
    try:
        activity = read_json(body)
    except ValueError as error:
        raise Refused(400, "That was not readable JSON.") from error
    if not isinstance(activity, dict):
        raise Refused(400, "An activity is a JSON object.")
    if not is_shallow(activity):
        raise Refused(400, "That is nested too deeply.")
    wrong = next((name for name, is_right in SHAPES.items() if not is_right(activity.get(name))), "")
    if wrong:
        raise Refused(400, f"The activity's {wrong} is missing or has the wrong shape.")
    return activity


def tenant_of(activity: Activity) -> str:
    """The tenant an activity comes from, in the form in which ids are compared; empty if it is no id."""
    channel_data = activity.get("channelData") or {}
    tenant = (channel_data.get("tenant") or {}).get("id") or activity["conversation"].get("tenantId") or ""
    return account_id(tenant)


def account_of(activity: Activity) -> str:
    """The sender's account in the school's directory, in the form in which accounts are compared; empty if none."""
    return account_id(activity["from"].get("aadObjectId"))


def sender_of(activity: Activity) -> str:
    """The sender's account, or Teams' own id for somebody without one."""
    return str(activity["from"].get("aadObjectId") or activity["from"]["id"])


def text_of(activity: Activity) -> str:
    """What somebody wrote, without the mention of the bot and without Teams' markup."""
    text = str(activity.get("text") or "")
    bot = (activity.get("recipient") or {}).get("id")
    for entity in activity.get("entities") or ():
        mentioned = entity.get("mentioned")
        if entity.get("type") == "mention" and isinstance(mentioned, dict) and mentioned.get("id") == bot:
            text = text.replace(str(entity.get("text") or ""), " ", 1)
    return without_tags(text).strip()


def action_of(activity: Activity) -> tuple[str, dict[str, str]] | None:
    """The verb and the inputs of a pressed button; None if it does not have the shape of one."""
    value = activity.get("value")
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(action, dict) or action.get("type") != "Action.Execute":
        return None
    verb, data = action.get("verb"), action.get("data", {})
    if not isinstance(verb, str) or not verb or not isinstance(data, dict):
        return None
    return verb, plain_inputs(data)


def submit_of(activity: Activity) -> tuple[str, dict[str, str]]:
    """The verb and the inputs of a button pressed in an old client; an empty verb if somebody wrote."""
    value = activity.get("value")
    if not isinstance(value, dict) or not isinstance(value.get("verb"), str):
        return "", {}
    return value["verb"], plain_inputs({name: data for name, data in value.items() if name != "verb"})


def thread_of(activity: Activity) -> str:
    """The conversation's id as Teams sent it; in a channel it names the thread as well."""
    return str(activity["conversation"]["id"])


def conversation_of(activity: Activity) -> str:
    """The conversation's own id; a thread of a channel belongs to its channel."""
    return thread_of(activity).partition(";messageid=")[0]


def kind_of(activity: Activity) -> ConversationKind:
    """The kind of conversation; an unknown kind is treated as a channel, where the least is shown."""
    kind = _KINDS.get(str(activity["conversation"].get("conversationType")), ConversationKind.TEAM)
    if kind is ConversationKind.GROUP and thread_of(activity).startswith(_MEETING_CHAT):
        return ConversationKind.MEETING
    return kind


def channel_of(activity: Activity) -> str:
    """The conversation an event is about: Teams reports a channel's events in the team's first channel."""
    channel = (activity.get("channelData") or {}).get("channel")
    id = str(channel.get("id") or "") if isinstance(channel, dict) else ""
    return id or conversation_of(activity)


def team_of(activity: Activity) -> str:
    """The team's id; empty outside teams."""
    team = (activity.get("channelData") or {}).get("team")
    return str(team.get("id") or "") if isinstance(team, dict) else ""


def group_of(activity: Activity) -> str:
    """The directory's id of the team; empty outside teams, and if Teams did not send it."""
    team = (activity.get("channelData") or {}).get("team")
    return str(team.get("aadGroupId") or "") if isinstance(team, dict) else ""


def name_of(activity: Activity) -> str:
    """What people call the conversation: the team and its channel, or the chat's own name; empty if it has none."""
    data = activity.get("channelData") or {}
    parts = [data.get("team"), data.get("channel")]
    names = [clean_line(str(part.get("name") or "")) for part in parts if isinstance(part, dict)]
    return ", ".join(name for name in names if name) or clean_line(str(activity["conversation"].get("name") or ""))


def event_of(activity: Activity) -> str:
    """What Teams says has happened to a team or a channel; empty for any other activity."""
    event = (activity.get("channelData") or {}).get("eventType")
    return event if isinstance(event, str) else ""


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME_CHARS


def _may_be_name(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= MAX_NAME_CHARS)


def _may_be_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_account(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _is_name(value.get("id"))
        and all(_may_be_name(value.get(name)) for name in ("name", "aadObjectId", "tenantId", "conversationType"))
    )


def _may_be_account(value: Any) -> bool:
    return value is None or _is_account(value)


def _may_be_accounts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(_is_account(account) for account in value))


def _may_be_objects(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(part, dict) for part in value))


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
    "conversation": _is_account,
    "from": _is_account,
    "recipient": _may_be_account,
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
    "membersAdded": _may_be_accounts,
    "membersRemoved": _may_be_accounts,
    "reactionsAdded": _may_be_objects,
    "reactionsRemoved": _may_be_objects,
}
