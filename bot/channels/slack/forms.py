"""Forms in front of people: where they were opened from, and what is wrong in them."""

from collections.abc import Mapping
from typing import Any

from bot.channels.slack.payload import is_conversation, is_time_stamp
from bot.channels.slack.place import Place

MAX_ERROR_CHARS = 2_000


def shown_in(user: str, metadata: Mapping[str, Any]) -> Place:
    """Where a form was opened from; the person's direct messages if that cannot be read."""
    conversation = metadata.get("conversation")
    if not is_conversation(conversation):
        return Place(user, user, is_direct=True)
    message, thread = (text if is_time_stamp(text := metadata.get(name)) else "" for name in ("message", "thread"))
    return Place(user, str(conversation), str(conversation).startswith("D"), str(thread), str(message))


def errors_under_field(view: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The response that keeps a form open and says what is wrong under a field: the first that is empty, else the last.

    https://docs.slack.dev/surfaces/modals#displaying_errors
    """
    field_id = _field_to_blame(view)
    if not field_id:
        return {"response_action": "update", "view": _view_that_says(text)}
    return {"response_action": "errors", "errors": {field_id: text[:MAX_ERROR_CHARS]}}


def _field_to_blame(view: Mapping[str, Any]) -> str:
    blocks = view.get("blocks")
    fields = [
        str(block.get("block_id"))
        for block in (blocks if isinstance(blocks, list) else ())
        if isinstance(block, dict) and block.get("type") == "input"
    ]
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    filled_in = {id for id, value in values.items() if _is_filled_in(value)} if isinstance(values, dict) else set()
    empty = (id for id in fields if id not in filled_in)
    return next(empty, fields[-1] if fields else "")


def _is_filled_in(block: Any) -> bool:
    elements = block.values() if isinstance(block, dict) else ()
    names = ("value", "selected_date", "selected_time", "selected_option", "selected_options")
    return any(isinstance(element, dict) and any(element.get(name) for name in names) for element in elements)


def _view_that_says(text: str) -> dict[str, Any]:
    section = {"type": "section", "text": {"type": "plain_text", "text": text[:3_000]}}
    return {"type": "modal", "title": {"type": "plain_text", "text": "Staffroom"}, "blocks": [section]}
