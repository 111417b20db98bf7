"""The fields of a card's form as input blocks with labels, and what somebody filled in by the names the card has.

https://docs.slack.dev/reference/block-kit/blocks/input-block
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from bot.channels.inputs import plain_inputs
from bot.channels.slack.block_text import Block, groups_of, plain, shortened
from bot.channels.slack.card_words import choice_title
from bot.errors import BadInput

MAX_LABEL_CHARS = 2_000
MAX_PLACEHOLDER_CHARS = 150
MAX_OPTION_CHARS = 75
MAX_TYPED_CHARS = 3_000
MAX_BOXES = 10
MAX_OPTIONS = 100
MAX_FIELDS = 100
NOT_READABLE = "That form could not be read. Nothing was changed. Please try again."

_TOGGLE = " toggle"  # behind the id of a field that is one box to tick: nothing else says so in what comes back
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}", re.ASCII)


def input_block(field: Mapping[str, Any]) -> Block:
    """A field of a card as an input block; its `block_id` is the field's id."""
    id = str(field["id"])
    is_toggle = field["type"] == "Input.Toggle"
    element = {"action_id": f"{id}{_TOGGLE}" if is_toggle else id, **_element(field)}
    return {
        "type": "input",
        "block_id": id,
        "label": plain(str(field.get("label") or id), MAX_LABEL_CHARS),
        "element": element,
        "optional": field.get("isRequired") is not True,
    }


def inputs_of(view_state: Any) -> dict[str, str]:
    """What somebody filled in, by the ids of a card's fields and in the shapes in which Teams sends it.

    Days are "2027-01-31", times "09:30", a box to tick "true" or "false", several choices "a,b", and an empty field "".
    `view_state` is `view.state` of a `view_submission`. Raises BadInput for any other shape.
    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    blocks = _object(_object(view_state).get("values"))
    if len(blocks) > MAX_FIELDS:
        raise BadInput(NOT_READABLE)
    return plain_inputs({id: _value_of_block(id, _object(block)) for id, block in blocks.items()})


def _element(field: Mapping[str, Any]) -> Block:
    match field["type"]:
        case "Input.Text":
            return _text_element(field)
        case "Input.Date":
            return {"type": "datepicker", **_initial("initial_date", field, _is_date)}
        case "Input.Time":
            return {"type": "timepicker", **_initial("initial_time", field, _is_time)}
        case "Input.Toggle":
            box = {"text": plain(str(field["title"]), MAX_OPTION_CHARS), "value": str(field.get("valueOn", "true"))}
            is_ticked = field.get("value") == field.get("valueOn", "true")
            return {"type": "checkboxes", "options": [box], **({"initial_options": [box]} if is_ticked else {})}
    return _choice_element(field)


def _text_element(field: Mapping[str, Any]) -> Block:
    value = shortened(str(field.get("value", "")), MAX_TYPED_CHARS)
    max_chars = max(int(field.get("maxLength", MAX_TYPED_CHARS)), len(value))
    return {
        "type": "plain_text_input",
        "multiline": field.get("isMultiline") is True,
        "max_length": min(max_chars, MAX_TYPED_CHARS),
        **({"initial_value": value} if value else {}),
        **_placeholder(field),
    }


def _choice_element(field: Mapping[str, Any]) -> Block:
    """Boxes to tick where there are few, else a list; above a hundred the list is in groups of a hundred."""
    is_multiple = field.get("isMultiSelect") is True
    options = [_option(field, choice) for choice in field["choices"]]
    value = str(field.get("value", ""))
    wanted = set(value.split(",")) if is_multiple else {value}
    chosen = [option for option in options if option["value"] in wanted]
    if is_multiple:
        initial: Block = {"initial_options": chosen} if chosen else {}
        if len(options) <= MAX_BOXES:
            return {"type": "checkboxes", "options": options, **initial}
        return {"type": "multi_static_select", **_list(options), **initial, **_placeholder(field)}
    first: Block = {"initial_option": chosen[0]} if chosen else {}
    return {"type": "static_select", **_list(options), **first, **_placeholder(field)}


def _list(options: list[Block]) -> Block:
    if len(options) <= MAX_OPTIONS:
        return {"options": options}
    groups = groups_of(MAX_OPTIONS, options)
    return {"option_groups": [{"label": plain(_span(group), MAX_OPTION_CHARS), "options": group} for group in groups]}


def _span(options: list[Block]) -> str:
    first, last = (shortened(option["text"]["text"], MAX_OPTION_CHARS // 2 - 3) for option in (options[0], options[-1]))
    return f"{first} to {last}"


def _option(field: Mapping[str, Any], choice: Mapping[str, Any]) -> Block:
    return {"text": plain(choice_title(field, choice), MAX_OPTION_CHARS), "value": str(choice["value"])}


def _placeholder(field: Mapping[str, Any]) -> Block:
    text = str(field.get("placeholder", ""))
    return {"placeholder": plain(text, MAX_PLACEHOLDER_CHARS)} if text else {}


def _initial(name: str, field: Mapping[str, Any], is_valid: Any) -> Block:
    """The value a field begins with; Slack refuses the whole form for one that is no day or time."""
    value = str(field.get("value", ""))
    return {name: value} if is_valid(value) else {}


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and _is_readable(date.fromisoformat, text)


def _is_time(text: str) -> bool:
    return bool(_TIME.fullmatch(text)) and _is_readable(time.fromisoformat, text)


def _is_readable(read: Any, text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _object(part: Any) -> Mapping[str, Any]:
    if not isinstance(part, Mapping):
        raise BadInput(NOT_READABLE)
    return part


def _value_of_block(id: str, block: Mapping[str, Any]) -> str:
    if len(block) != 1:
        raise BadInput(NOT_READABLE)
    ((action_id, given),) = block.items()
    if action_id == f"{id}{_TOGGLE}":
        return "true" if _chosen(_object(given), "checkboxes") else "false"
    if action_id != id:
        raise BadInput(NOT_READABLE)
    return _value(_object(given))


def _value(given: Mapping[str, Any]) -> str:
    match given.get("type"):
        case "plain_text_input":
            return _text(given.get("value"))
        case "datepicker":
            return _text_of_kind(given.get("selected_date"), _is_date)
        case "timepicker":
            return _text_of_kind(given.get("selected_time"), _is_time)
        case "static_select":
            option = given.get("selected_option")
            return _text(_object(option).get("value")) if option is not None else ""
        case "checkboxes" | "multi_static_select" as type:
            return ",".join(_chosen(given, type))
    raise BadInput(NOT_READABLE)


def _chosen(given: Mapping[str, Any], type: str) -> list[str]:
    options = given.get("selected_options")
    if given.get("type") != type or not isinstance(options, list):
        raise BadInput(NOT_READABLE)
    return list(_values(options))


def _values(options: list[Any]) -> Iterator[str]:
    for option in options:
        value = _object(option).get("value")
        if not isinstance(value, str):
            raise BadInput(NOT_READABLE)
        yield value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(NOT_READABLE)
    return value


def _text_of_kind(value: Any, is_valid: Any) -> str:
    text = _text(value)
    if text and not is_valid(text):
        raise BadInput(NOT_READABLE)
    return text
