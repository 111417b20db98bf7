"""The same desk in a terminal: type a question, or the number of a button."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from bot.channels.memory import RecentAnswers
from bot.desk.rules.messages import Incoming, Outgoing
from bot.people.rules.person import Caller, Proof

AskDesk: TypeAlias = Callable[[Incoming], Awaitable[Outgoing]]
Choice: TypeAlias = tuple[str, Mapping[str, str]]  # the verb and the inputs of a button
NO_CHOICE: Choice = ("", {})
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
        outgoing = await desk(Incoming(caller, KEY[1], line, verb, inputs, situations.last(KEY, now())))
        situations.keep_topic(KEY, outgoing, now())
        choices = _choices(outgoing)
        show(outgoing.text)


def _choices(outgoing: Outgoing) -> dict[str, Choice]:
    """The buttons under a reply, by the number they have in its text."""
    options = outgoing.values.get("options", [])
    return {str(number): _choice(option) for number, option in enumerate(options, 1)}


def _choice(option: Mapping[str, str]) -> Choice:
    return option["verb"], {name: value for name, value in option.items() if name not in {"label", "verb"}}


def demo_caller(school: str, account: str) -> Caller:
    """The person at the keyboard, as somebody on the demo staff list."""
    return Caller(school, "terminal", "", account, Proof.TERMINAL)
