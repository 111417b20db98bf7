"""Buttons of cards as buttons in Slack: the verb is in the `action_id`, the data in the `value`.

Slack wants each `action_id` once in a block and takes at most 2,000 characters of `value`:
https://docs.slack.dev/reference/block-kit/block-elements/button-element
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.slack.block_text import Block, plain
from bot.channels.strict_json import read_json
from bot.errors import BadInput

LINK = "slack_link"  # Slack reports also a press of a link; nothing is to be done for it
MAX_TITLE_CHARS = 75
MAX_VALUE_CHARS = 2_000
MAX_URL_CHARS = 3_000
NOT_READABLE = "That button could not be read. Nothing was changed. Please ask me again."
FORM = "$form"  # in a value: the form that the button opens
_OPENS_FORM = " form"
_STYLES = {"positive": "primary", "destructive": "danger"}


@dataclass(frozen=True, slots=True)
class PressedButton:
    """A pressed button: its verb and data, and whether it opens a form.

    `form` is the card for `to_modal`; it is empty if the form was too large for the button.
    """

    verb: str
    data: Mapping[str, Any] = field(default_factory=dict)
    opens_form: bool = False
    form: Mapping[str, Any] = field(default_factory=dict)


class ActionIds:
    """Gives each button of a message an `action_id` of its own."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def next(self, verb: str, *, opens_form: bool = False) -> str:
        """The verb; the second and later buttons of the same verb have a number behind it, such as "look #2"."""
        name = verb + _OPENS_FORM if opens_form else verb
        self._given[name] += 1
        return name if self._given[name] == 1 else f"{name} #{self._given[name]}"


def verb_of(action_id: str) -> str:
    """The verb in an `action_id`.

    >>> verb_of("look #2"), verb_of("acknowledge form"), verb_of("look")
    ('look', 'acknowledge', 'look')
    """
    return action_id.partition(" ")[0]


def button(action: Mapping[str, Any], ids: ActionIds) -> Block | None:
    """The button of an Action.Execute; None if its data is too long for Slack."""
    value = _json(action.get("data", {}))
    if len(value) > MAX_VALUE_CHARS:
        return None
    return _button(action, ids.next(str(action["verb"])), value)


def form_button(action: Mapping[str, Any], form: Mapping[str, Any], ids: ActionIds) -> Block | None:
    """The button that opens a form; `action` has its title, `form` is a card with one action, which submits it.

    The form is in the button itself if there is room, so that it opens at once, also after a restart. None if not even
    the data has room.
    """
    (submit,) = form["actions"]
    data = submit.get("data", {})
    without_data = {key: part for key, part in submit.items() if key != "data"}  # it would be in the value twice
    value = _json({**data, FORM: {**form, "actions": [without_data]}})
    if len(value) > MAX_VALUE_CHARS:
        value = _json(data)
    if len(value) > MAX_VALUE_CHARS:
        return None
    return _button(action, ids.next(str(submit["verb"]), opens_form=True), value)


def link_button(action: Mapping[str, Any], ids: ActionIds) -> Block | None:
    """A button that opens an https:// address; None for any other address."""
    url = str(action.get("url", ""))
    if not url.startswith("https://") or len(url) > MAX_URL_CHARS:
        return None
    return {**_plain_button(action, ids.next(LINK)), "url": url}


def read_press(action: Mapping[str, Any]) -> PressedButton:
    """What a button in `block_actions` says; raises BadInput for anything that `button` does not make."""
    action_id, value = action.get("action_id"), action.get("value", "{}")
    if not isinstance(action_id, str) or not isinstance(value, str) or len(value) > MAX_VALUE_CHARS:
        raise BadInput(NOT_READABLE)
    data = _read_object(value)
    form = data.pop(FORM, None)
    name = action_id.partition(" #")[0]
    return PressedButton(verb_of(action_id), data, name.endswith(_OPENS_FORM), _with_data(form, data) if form else {})


def _with_data(form: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """The form as it was before its data was left out."""
    match form:
        case {"body": [*_], "actions": [{"verb": str(), "title": str()} as submit]}:
            return {**form, "actions": [{**submit, "data": data}]}
    raise BadInput(NOT_READABLE)


def _read_object(text: str) -> dict[str, Any]:
    try:
        data = read_json(text.encode())
    except ValueError as error:
        raise BadInput(NOT_READABLE) from error
    if not isinstance(data, dict):
        raise BadInput(NOT_READABLE)
    return data


def _button(action: Mapping[str, Any], action_id: str, value: str) -> Block:
    style = _STYLES.get(str(action.get("style", "")))
    return {**_plain_button(action, action_id), "value": value, **({"style": style} if style else {})}


def _plain_button(action: Mapping[str, Any], action_id: str) -> Block:
    return {"type": "button", "text": plain(str(action["title"]), MAX_TITLE_CHARS), "action_id": action_id}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
