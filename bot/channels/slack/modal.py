"""The form of a card as a modal: a window over the conversation with labelled fields and one button that submits.

https://docs.slack.dev/surfaces/modals
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.channels.slack.block_text import Block, plain, section
from bot.channels.slack.blocks import Translation, forms_of
from bot.channels.strict_json import read_json
from bot.errors import BadInput, CardError

MAX_TITLE_CHARS = 24
MAX_METADATA_CHARS = 3_000
CLOSE = "Cancel"
NOT_READABLE = "That form could not be read. Nothing was changed. Please open it again."


def to_modal(
    card: Mapping[str, Any], action_id: str = "", shown_in: Mapping[str, str] | None = None, *, is_strict: bool = False
) -> Block:
    """The form that the button `action_id` of a filled card opens, as a modal view; by default the card's first form.

    `callback_id` is the verb that the submit button sends. `private_metadata` holds its data, and where the card is
    shown, for `metadata_of`. Raises CardError if the card has no such form.
    """
    forms = forms_of(card)
    form = forms.get(action_id) if action_id else next(iter(forms.values()), None)
    if not form:
        raise CardError("That card has no such form.")
    (submit,) = form["actions"]
    blocks = list(Translation(form, is_form=True, is_strict=is_strict).blocks())
    return {
        "type": "modal",
        "callback_id": str(submit["verb"]),
        "submit": plain(str(submit["title"]), MAX_TITLE_CHARS),
        "close": plain(CLOSE, MAX_TITLE_CHARS),
        "private_metadata": _metadata(submit.get("data", {}), shown_in or {}),
        **_title_and_blocks(blocks, str(submit["title"])),
    }


def with_place(view: Mapping[str, Any], shown_in: Mapping[str, str]) -> Block:
    """A modal that is only read, and remembers where its card is shown, for `metadata_of`."""
    return {**view, "private_metadata": _metadata({}, shown_in)}


def metadata_of(view: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data of the button that a modal's form submits, and where its card is shown; raises BadInput for others."""
    text = view.get("private_metadata")
    if not isinstance(text, str) or len(text) > MAX_METADATA_CHARS:
        raise BadInput(NOT_READABLE)
    try:
        metadata = read_json(text.encode())
    except ValueError as error:
        raise BadInput(NOT_READABLE) from error
    match metadata:
        case {"data": dict(data), "shown_in": dict(shown_in)}:
            return data, shown_in
    raise BadInput(NOT_READABLE)


def _metadata(data: Mapping[str, Any], shown_in: Mapping[str, str]) -> str:
    return json.dumps({"data": data, "shown_in": shown_in}, ensure_ascii=False, separators=(",", ":"))


def _title_and_blocks(blocks: list[Block], submit_title: str) -> Block:
    """The title is the card's heading if it is short enough, else what the button says; nothing is cut off unseen."""
    headings = [block for block in blocks if block["type"] == "header"]
    if headings and len(headings[0]["text"]["text"]) <= MAX_TITLE_CHARS:
        title = str(headings[0]["text"]["text"])
        blocks = [block for block in blocks if block is not headings[0]]
    else:
        title = submit_title
    if len(submit_title) > MAX_TITLE_CHARS:
        blocks = [*blocks, section(submit_title)]
    return {"title": plain(title, MAX_TITLE_CHARS), "blocks": blocks}
