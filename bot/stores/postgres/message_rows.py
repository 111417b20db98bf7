"""Messages of the outbox as rows of PostgreSQL: a claim changes state and lease, so these are columns."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.outbox.rules.message import Message
from bot.stores.message_rows import message_of, message_row
from bot.stores.rows import Row, body_of

IN_COLUMNS = ("state", "lease", "is_open")
SELECT_MESSAGES = "SELECT body, state, lease_holder, lease_until, fence FROM message"
NAMES = (
    "key, kind, recipient, day, campaign, recording, has_campaigns, has_recordings, has_people, is_unreachable, "
    "not_before, expires_at, state, lease_holder, lease_until, body"
)
INSERT_MESSAGES = f"""
INSERT INTO message (school, {NAMES})
SELECT current_school(), * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::text[], %b::text[],
  %b::boolean[], %b::boolean[], %b::boolean[], %b::boolean[], %b::timestamptz[], %b::timestamptz[], %b::text[],
  %b::text[], %b::timestamptz[], %b::text[])
ON CONFLICT (school, key) DO NOTHING"""
UPDATE_MESSAGE = """
UPDATE message SET (kind, recipient, day, campaign, recording, has_campaigns, has_recordings, has_people,
  is_unreachable, not_before, expires_at, state, lease_holder, lease_until, body)
  = (%s::text, %s::text, %s::date, %s::text, %s::text, %s::boolean, %s::boolean, %s::boolean, %s::boolean,
     %s::timestamptz, %s::timestamptz, %s::text, %s::text, %s::timestamptz, %s::text),
  fence = fence + %s
WHERE key = %s"""


def message_values(message: Message) -> tuple[Any, ...]:
    """A message as a row, in the order of NAMES; raises TypeError for what JSON does not know."""
    row = {name: value for name, value in message_row(message).items() if name not in IN_COLUMNS}
    return (
        message.key,
        message.kind.value,
        message.recipient,
        message.on,
        message.subject.campaign,
        message.subject.recording,
        bool(message.campaigns),
        bool(message.recordings),
        bool(message.people),
        message.is_unreachable,
        message.not_before,
        message.expires_at,
        message.state.value,
        message.lease and message.lease.holder,
        message.lease and message.lease.until,
        body_of(row),
    )


def message_from(row: tuple[Any, ...]) -> Message:
    """The message of a row of SELECT_MESSAGES."""
    body, state, holder, until, _ = row
    fields: Row = json.loads(body) | {"state": state}
    if holder is not None:
        fields["lease"] = {"holder": holder, "until": until.astimezone(UTC).isoformat()}
    return message_of(fields)


def are_same(message: Message, other: Message) -> bool:
    """Whether two messages are exactly the same, whatever zones their instants are written in.

    Of the hour that comes twice in October, two equal instants are not equal to Python if one has London's zone and the
    other an offset.
    """
    return _comparable(message) == _comparable(other)


def _comparable(message: Message) -> Row:
    row = message_row(message)
    for name in ("not_before", "expires_at", "sent_at"):
        if name in row:
            row[name] = _in_utc(row[name])
    if "lease" in row:
        row["lease"] = row["lease"] | {"until": _in_utc(row["lease"]["until"])}
    return row


def _in_utc(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(UTC).isoformat()
