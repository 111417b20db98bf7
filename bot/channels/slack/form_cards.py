"""What of a card is a form: its words and fields, and the one button that submits it.

In Slack a form is a modal, and a modal has one button that submits. So each button of a card that takes its fields
opens a form of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_LOOKS = frozenset(("wrap", "spacing", "size", "color", "separator", "errorMessage", "$schema", "version", "fallback"))


def takes_fields(action: Mapping[str, Any]) -> bool:
    """Whether a button sends what the fields beside it hold."""
    return action.get("type") == "Action.Execute" and action.get("associatedInputs") != "none"


def has_fields(part: Any) -> bool:
    """Whether there is anything to fill in, apart from what a button would unfold."""
    is_unfolded_later = isinstance(part, Mapping) and part.get("type") == "Action.ShowCard"
    return not is_unfolded_later and _has_fields_in(part, has_fields)


def has_fields_anywhere(part: Any) -> bool:
    """Whether there is anything to fill in, also in what a button would unfold."""
    return _has_fields_in(part, has_fields_anywhere)


def _has_fields_in(part: Any, has_them: Callable[[Any], bool]) -> bool:
    if isinstance(part, Mapping):
        return str(part.get("type", "")).startswith("Input.") or any(has_them(value) for value in part.values())
    return isinstance(part, list) and any(has_them(item) for item in part)


def form_card(body: Sequence[Mapping[str, Any]], submit: Mapping[str, Any]) -> dict[str, Any]:
    """The form as a card of its own, small enough for a button to carry where that can be."""
    return {"type": "AdaptiveCard", "body": _kept(body), "actions": [_plain(submit)]}


def _kept(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_plain(item) for item in items if _belongs_to_form(item)]


def _belongs_to_form(item: Mapping[str, Any]) -> bool:
    is_hidden = item.get("isVisible") is False or "selectAction" in item
    return not is_hidden and item.get("type") not in {"ActionSet", "Image"}


def _plain(part: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in part.items() if key not in _LOOKS}
    if isinstance(plain.get("items"), list):
        plain["items"] = _kept(plain["items"])
    return plain
