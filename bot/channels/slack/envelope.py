"""What comes over a Socket Mode connection: envelopes with the same payloads that Slack posts to an address.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.channels.request_body import TOO_LARGE, Refused
from bot.channels.slack.payload import Payload, UrlVerification, read_payload
from bot.channels.slack.request_fields import JSON, MAX_BYTES, SLASH_COMMAND, fields_of
from bot.outside import number

_ENVELOPE_ID = re.compile(r"[!-~]{1,100}")
_REASON = re.compile(r"[a-z_]{1,60}", re.ASCII)
_COMMANDS = "slash_commands"
_KINDS = frozenset({"events_api", "interactive", _COMMANDS})
MAX_CONNECTIONS = 100  # that Slack can speak of; it allows ten


@dataclass(frozen=True, slots=True)
class Hello:
    """A connection is ready: the app it is of, and how many this app has now."""

    app: str
    connections: int


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Slack is about to close this connection; `reason` is its word for why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Something that arrived and has to be acknowledged by its id."""

    id: str
    kind: str
    fields: Mapping[str, Any] = field(repr=False)


Frame: TypeAlias = Hello | Goodbye | Envelope | None


def read_frame(text: str) -> Frame:
    """What a text frame is; None for a kind that is none of our business. Raises Refused if it cannot be read."""
    body = text.encode(errors="replace")
    if len(body) > MAX_BYTES:
        raise Refused(413, TOO_LARGE)
    fields = fields_of(JSON, body)
    kind = fields.get("type")
    if kind == "hello":
        return _hello(fields)
    if kind == "disconnect":
        reason = fields.get("reason")
        return Goodbye(reason if isinstance(reason, str) and _REASON.fullmatch(reason) else "unknown")
    if not isinstance(kind, str) or kind not in _KINDS:
        return None
    id, payload = fields.get("envelope_id"), fields.get("payload")
    if not isinstance(id, str) or not _ENVELOPE_ID.fullmatch(id):
        raise Refused(400, "The envelope has no id.")
    return Envelope(id, kind, payload if isinstance(payload, dict) else {})


def read_envelope(envelope: Envelope) -> Payload:
    """What is in an envelope; raises Refused if it has the shape of nothing that Slack sends in one."""
    fields = {**envelope.fields, "type": SLASH_COMMAND} if envelope.kind == _COMMANDS else envelope.fields
    payload = read_payload(fields)
    if isinstance(payload.content, UrlVerification):  # it is of no app and no workspace, and asks about an address
        raise Refused(400, "There is no address here.")
    return payload


def _hello(fields: Mapping[str, Any]) -> Hello:
    about, connections = fields.get("connection_info"), fields.get("num_connections")
    app = about.get("app_id") if isinstance(about, dict) else None
    count = number(connections, 0, MAX_CONNECTIONS)
    return Hello(app if isinstance(app, str) else "", int(count or 0))
