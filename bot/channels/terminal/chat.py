"""The same desk in a terminal: type a question, or the number of a button."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from bot.channels.inputs import plain_message
from bot.channels.memory import RecentAnswers
from bot.desk.rules.messages import Incoming, Outgoing
from bot.outside import clean_text
from bot.people.rules.person import Caller, Proof

AskDesk: TypeAlias = Callable[[Incoming], Awaitable[Outgoing]]
Choice: TypeAlias = tuple[str, Mapping[str, str]]  # the verb and the inputs of a button
NO_CHOICE: Choice = ("", {})
NOT_CARRIED = frozenset(("label", "title", "verb"))  # by a press: what a button is called, and what it does
KEY = ("terminal", "terminal")  # account and conversation: there is one of each


async def chat(
    desk: AskDesk,
    caller: Caller,
    read_line: Callable[[], str | None],
    show: Callable[[str], None],
    now: Callable[[], datetime],
) -> None:
    """Talks until `read_line` returns None; `show` gets each reply as plain text."""
    situations = RecentAnswers()
    choices: dict[str, Choice] = {}  # by their number
    while (line := read_line()) is not None:
        verb, inputs = choices.get(line.strip(), NO_CHOICE)
        outgoing = await desk(Incoming(caller, KEY[1], plain_message(line), verb, inputs, situations.last(KEY, now())))
        situations.keep_topic(KEY, outgoing, now())
        options, buttons = outgoing.values.get("options", []), _buttons(outgoing)
        choices = {str(number): _choice(button) for number, button in enumerate([*options, *buttons], 1)}
        text = "\n".join([outgoing.text, *_listed(buttons, after=len(options))])
        show(clean_text(text, 3 * len(text)))  # a terminal obeys control characters


def _buttons(outgoing: Outgoing) -> list[Mapping[str, str]]:
    """The buttons that a card's text does not list. Each carries the day that the card's form shows, if it has one."""
    day = outgoing.values.get("day")
    shown_day = {day["id"]: day["value"]} if isinstance(day, Mapping) and day else {}
    return [{**button, **shown_day} for button in outgoing.values.get("buttons", []) if button.get("verb")]


def _listed(buttons: Sequence[Mapping[str, str]], *, after: int) -> list[str]:
    return [f"  {number}. {button['title']}" for number, button in enumerate(buttons, after + 1)]


def _choice(button: Mapping[str, str]) -> Choice:
    """The verb of a button, and what it carries."""
    inputs = {name: value for name, value in button.items() if value and name not in NOT_CARRIED}
    return button["verb"], inputs


def demo_caller(school: str, account: str) -> Caller:
    """The person at the keyboard, as somebody on the demo staff list."""
    return Caller(school, "terminal", "", account, Proof.TERMINAL)
