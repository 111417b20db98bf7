"""Requests in people's own words: the card of what was understood, and the button that goes on after a worry."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from bot.desk.rules.messages import ASK_AGAIN, CommandRequest, Outgoing, card_beside
from bot.errors import BadInput

GO_ON = "go_on"  # the button's verb; it carries the name of the command, and the parameters
PARAMETERS = ("person", "until", "day", "time", "lesson", "section", "query")
CARRIED = ("campaign", "name", *PARAMETERS)  # by a button of cards/request.json; empty if it does not need it
MAX_NAME_CHARS, MAX_PARAMETER_CHARS = 40, 200
NO_CHANGE_YET = "Nothing is changed before you press the button."
READ_THIS_FIRST = "Please read this first"
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a request's card: its title, the name of its command, and what it carries."""

    title: str
    verb: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayField:
    """A day to choose on a request's card; `value` is YYYY-MM-DD, or empty if it is not known."""

    id: str
    label: str
    value: str = ""
    min: str = ""


def request_card(heading: str, lines: Sequence[str], presses: Sequence[Press], day: DayField | None = None) -> Outgoing:
    """What was understood of a request, with the buttons that do it."""
    texts = [line for line in lines if line]
    values = {
        "fallback": f"{heading} {texts[0]}",
        "heading": heading,
        "lines": [{"text": text} for text in texts],
        "day": asdict(day) if day else {},
        "buttons": [{"title": press.title, "verb": press.verb, **_all_fields(press)} for press in presses],
    }
    return card_beside("request", values, "\n".join([heading, *texts]))


def understood(what: str) -> str:
    """The sentence that says what was understood; `what` completes "you want me to".

    >>> understood("pause Mrs Khan until 5 January 2027")
    'You want me to pause Mrs Khan until 5 January 2027. Nothing is changed before you press the button.'
    """
    return f"You want me to {what}. {NO_CHANGE_YET}"


def offer_to_go_on(worry: Outgoing, request: CommandRequest) -> Outgoing:
    """The note about a worry, with one button that goes on with what was asked for in the same line."""
    press = Press("Go on with what I asked for", GO_ON, carried(request))
    text = str(worry.values.get("text", worry.text))
    card = request_card(READ_THIS_FIRST, [text], [press])
    return replace(worry, card=card.card, values={**card.values, "fallback": worry.text}, request=None)


def carried(request: CommandRequest) -> dict[str, str]:
    """What a button that goes on with a request carries: its name, and all parameters, empty if nothing was said.

    What has another shape or length than a press may have is left out.
    """
    parameters = {key: words for key, words in request.parameters.items() if _is_parameter(key, words)}
    return {"name": request.name, **dict.fromkeys(PARAMETERS, ""), **parameters}


def request_in(inputs: Mapping[str, str]) -> CommandRequest:
    """The request that the button carries; raises BadInput for anything of another shape or length."""
    parameters = {key: inputs[key] for key in PARAMETERS if inputs.get(key)}
    name = inputs.get("name", "")
    is_named = len(name) <= MAX_NAME_CHARS and _NAME.fullmatch(name)
    if not is_named or not all(_is_parameter(key, words) for key, words in parameters.items()):
        raise BadInput(ASK_AGAIN)
    return CommandRequest(name, parameters)


def _all_fields(press: Press) -> dict[str, str]:
    return dict.fromkeys(CARRIED, "") | dict(press.data)


def _is_parameter(key: str, words: str) -> bool:
    return key in PARAMETERS and 0 < len(words) <= MAX_PARAMETER_CHARS and words.isprintable()
