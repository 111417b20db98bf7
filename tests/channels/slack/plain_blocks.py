"""A plain translation of cards for tests of the channel: words, buttons and one form, as the channel needs them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.cards import Cards
from bot.channels.fingerprint import fingerprint_of
from bot.channels.inputs import plain_inputs
from bot.channels.strict_json import read_json
from bot.desk.rules.messages import Outgoing
from bot.errors import BadInput
from bot.settings import ROOT


@dataclass(frozen=True)
class Button:
    verb: str
    data: Mapping[str, Any] = field(default_factory=dict)
    opens_form: bool = False
    form: Mapping[str, Any] = field(default_factory=dict)


def _parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _parts(inner)


def plain_text(card: Mapping[str, Any]) -> str:
    return str(card.get("fallbackText", ""))


def forms_of(card: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    fields = [part for part in _parts(card) if str(part.get("type", "")).startswith("Input.")]
    return {
        f"{action['verb']} form": {"fields": fields, "submit": action}
        for action in _parts(card)
        if fields and action.get("type") == "Action.Execute" and action.get("associatedInputs") != "none"
    }


def to_blocks(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Words and buttons; a form's button says only that it opens one, as one too large for a button does."""
    forms = forms_of(card)
    elements = [
        {"type": "button", "action_id": f"{action['verb']} form", "value": "{}"}
        if f"{action['verb']} form" in forms and action.get("associatedInputs") != "none"
        else {"type": "button", "action_id": action["verb"], "value": json.dumps(action.get("data", {}))}
        for action in _parts(card)
        if action.get("type") == "Action.Execute"
    ]
    words = {"type": "section", "text": {"type": "plain_text", "text": plain_text(card) or "-"}}
    return [words, *([{"type": "actions", "elements": elements}] if elements else [])]


def modal(form: Mapping[str, Any], shown_in: Mapping[str, str]) -> dict[str, Any]:
    metadata = {"data": form["submit"].get("data", {}), "shown_in": shown_in}
    blocks = [
        {"type": "input", "block_id": item["id"], "element": {"type": "plain_text_input", "action_id": item["id"]}}
        for item in form["fields"]
    ]
    verb = form["submit"]["verb"]
    return {"type": "modal", "callback_id": verb, "private_metadata": json.dumps(metadata), "blocks": blocks}


def read_press(action: Mapping[str, Any]) -> Button:
    action_id, value = action.get("action_id"), action.get("value")
    if not isinstance(action_id, str) or not isinstance(value, str):
        raise BadInput("That button could not be read.")
    verb, _, form = action_id.partition(" ")
    return Button(verb, _object(value), form == "form")


def inputs_of(state: Any) -> dict[str, str]:
    values = state.get("values") if isinstance(state, dict) else None
    if not isinstance(values, dict) or not all(isinstance(block, dict) for block in values.values()):
        raise BadInput("That form could not be read.")
    elements = [pair for block in values.values() for pair in block.items()]
    if not all(isinstance(element, dict) for _, element in elements):
        raise BadInput("That form could not be read.")
    return plain_inputs({name: element.get("value") or "" for name, element in elements})


def metadata_of(view: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    text = view.get("private_metadata")
    metadata = _object(text) if isinstance(text, str) else {}
    data, shown_in = metadata.get("data"), metadata.get("shown_in")
    if not isinstance(data, dict) or not isinstance(shown_in, dict):
        raise BadInput("That form could not be read.")
    return data, shown_in


def _object(text: str) -> dict[str, Any]:
    try:
        value = read_json(text.encode())
    except ValueError as error:
        raise BadInput("That could not be read.") from error
    if not isinstance(value, dict):
        raise BadInput("That could not be read.")
    return value


class PlainCards:
    """The cards of the project in that translation."""

    def __init__(self) -> None:
        self._cards = Cards(ROOT / "cards")

    def message(self, outgoing: Outgoing) -> dict[str, Any]:
        card = self._filled(outgoing)
        return {"text": plain_text(card), "blocks": to_blocks(card)}

    def forms(self, outgoing: Outgoing) -> dict[str, dict[str, Any]]:
        return forms_of(self._filled(outgoing))

    def sections(self, outgoing: Outgoing) -> dict[str, Any]:
        return {}

    def section_in(self, data: Mapping[str, Any]) -> None:
        return None

    def picture(self, outgoing: Outgoing) -> None:
        return None

    def fits(self, outgoing: Outgoing) -> bool:
        return len(json.dumps(self.message(outgoing))) <= 12_000

    def fingerprint(self, outgoing: Outgoing) -> str:
        return fingerprint_of(self._filled(outgoing))

    def modal(self, form: Mapping[str, Any], shown_in: Mapping[str, str]) -> dict[str, Any]:
        return modal(form, shown_in)

    def read_press(self, action: Mapping[str, Any]) -> Button:
        return read_press(action)

    def inputs_of(self, state: Any) -> dict[str, str]:
        return inputs_of(state)

    def metadata_of(self, view: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        return metadata_of(view)

    def _filled(self, outgoing: Outgoing) -> dict[str, Any]:
        return self._cards.fill(outgoing.card, {**outgoing.values, "is_demo": False})
