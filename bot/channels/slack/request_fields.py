"""The fields of what Slack sends, of a request's body or of a frame, before anybody asks what they mean."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from bot.channels.request_body import Refused
from bot.channels.strict_json import is_shallow, read_json

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MAX_BYTES = 256 * 1024  # a press brings its message with it, which has some 12,000 characters
MAX_FORM_FIELDS = 60  # a slash command has some fifteen
SLASH_COMMAND = "slash_command"  # our name for the kind of those fields: Slack gives them none


def fields_of(content_type: str, body: bytes) -> Mapping[str, Any]:
    """The fields in a body; raises Refused (400) if they cannot be read."""
    try:
        fields = _form(body) if content_type == FORM else read_json(body)
    except ValueError as error:
        raise Refused(400, "That could not be read.") from error
    if not isinstance(fields, dict) or not is_shallow(fields):
        raise Refused(400, "That could not be read.")
    return fields


def _form(body: bytes) -> Any:
    """The fields of a form: of an interaction the JSON in its only field, of a slash command the fields themselves."""
    pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name twice")
    if "payload" in fields:
        return read_json(fields["payload"].encode())
    return {**fields, "type": SLASH_COMMAND}
