"""What came back from the model, checked: a pick from the list, or no answer at all, and what it looked like."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.ask.rules.model_pick import NONE, Pick, Sureness
from bot.channels.strict_json import read_json
from bot.outside import clean_line

MAX_NAME_CHARS = 80
FIELDS = {"pick", "second", "sure"}


class Shape(StrEnum):
    """What an answer looked like, in words for `doctor`; nothing of what it said."""

    PICK = "a pick from the list"
    NONE = "none of the list"
    SLOW = "no answer in time"
    BUSY = "too many requests"
    REFUSED = "refused"
    FAILED = "out of reach or failing"
    NO_PROOF = "no token or key to ask with"
    TOO_LONG = "too long"
    CUT_OFF = "cut off"
    NO_COMPLETION = "not a chat completion"
    NOT_THE_FORM = "not in the form that was asked for"
    NOT_ON_THE_LIST = "an id that is not on the list"

    @property
    def is_well(self) -> bool:
        """Whether the model did what was asked of it."""
        return self in {Shape.PICK, Shape.NONE}


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """An answer's shape; its pick if it has one; model and region as the endpoint names them, empty if it does not.

    `retry_after` is how many seconds it asks to be left alone.
    """

    shape: Shape
    pick: Pick | None = None
    model: str = ""
    region: str = ""
    retry_after: float = 0.0


def read_answer(body: bytes, ids: Collection[str], region: str = "") -> ModelAnswer:
    """The answer in the body of a chat completion; anything but exactly one pick from the list is no answer."""
    try:
        completion = read_json(body)
        model = completion.get("model", "")
        (choice,) = completion["choices"]
        content, reason = choice["message"]["content"], choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ModelAnswer(Shape.NO_COMPLETION, region=region)
    model = clean_line(model, MAX_NAME_CHARS) if isinstance(model, str) else ""
    if reason == "length":
        return ModelAnswer(Shape.CUT_OFF, None, model, region)
    shape, pick = _pick_in(content, ids)
    return ModelAnswer(shape, pick, model, region)


def _pick_in(content: Any, ids: Collection[str]) -> tuple[Shape, Pick | None]:
    try:
        fields = read_json(content.encode())
        if not isinstance(fields, dict) or fields.keys() != FIELDS:
            return Shape.NOT_THE_FORM, None
        sure = Sureness(fields["sure"])
    except (ValueError, AttributeError):
        return Shape.NOT_THE_FORM, None
    picked, second = fields["pick"], fields["second"]
    known = {*ids, NONE}
    if not (isinstance(picked, str) and isinstance(second, str) and {picked, second} <= known):
        return Shape.NOT_ON_THE_LIST, None
    pick = Pick("" if picked == NONE else picked, "" if second == NONE else second, sure)
    return (Shape.PICK if pick.situation else Shape.NONE), pick
