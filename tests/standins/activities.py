"""Activities as Teams sends them."""

from itertools import count
from typing import Any

from tests.standins.microsoft import TENANT

BOT = "28:bot"
_numbers = count(1)


def activity(service: str, type: str = "message", **more: Any) -> dict[str, Any]:
    """An activity of a teacher in her own chat with the bot; `more` replaces or adds fields, None removes a field."""
    fields = {
        "type": type,
        "id": f"a{next(_numbers)}",
        "timestamp": "2021-09-06T08:00:00.123Z",
        "serviceUrl": service,
        "channelId": "msteams",
        "from": {"id": "29:teacher", "name": "Somebody", "aadObjectId": "teacher"},
        "conversation": {"id": "a:chat", "conversationType": "personal", "tenantId": TENANT},
        "recipient": {"id": BOT, "name": "Staffroom"},
        "channelData": {"tenant": {"id": TENANT}},
        **more,
    }
    return {key: value for key, value in fields.items() if value is not None}


def said(service: str, text: str, **more: Any) -> dict[str, Any]:
    return activity(service, text=text, textFormat="plain", **more)


def pressed(service: str, verb: str, data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    action = {"type": "Action.Execute", "verb": verb, "data": data or {}}
    value = {"action": action, "trigger": "manual"}
    return activity(service, "invoke", **{"name": "adaptiveCard/action", "replyToId": "m1", "value": value, **more})


def in_group(kind: str = "groupChat", who: str = "teacher") -> dict[str, Any]:
    """The fields of a message in a group chat or a channel, where the bot was mentioned."""
    return {
        "from": {"id": f"29:{who}", "aadObjectId": who},
        "conversation": {"id": "19:group@thread", "conversationType": kind, "isGroup": True, "tenantId": TENANT},
        "entities": [{"type": "mention", "text": "<at>Staffroom</at>", "mentioned": {"id": BOT, "name": "Staffroom"}}],
    }
