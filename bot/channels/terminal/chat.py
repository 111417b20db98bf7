"""The same desk in a terminal: type a question, or the number of a choice."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from bot.channels.memory import RecentAnswers
from bot.desk.rules.messages import Incoming, Outgoing
from bot.people.rules.person import Caller, Proof

AskDesk: TypeAlias = Callable[[Incoming], Awaitable[Outgoing]]
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
    choices: dict[str, str] = {}  # situations by their number
    while (line := read_line()) is not None:
        situation = choices.get(line.strip())
        verb, inputs = ("look", {"situation": situation}) if situation else ("", {})
        outgoing = await desk(Incoming(caller, KEY[1], line, verb, inputs, situations.last(KEY, now())))
        situations.keep(KEY, outgoing.last, now())
        options = outgoing.values.get("options", [])
        choices = {str(number): option["situation"] for number, option in enumerate(options, 1)}
        show(outgoing.text)


def demo_caller(school: str, account: str) -> Caller:
    """The person at the keyboard, as somebody on the demo staff list."""
    return Caller(school, "terminal", "", account, Proof.TERMINAL)
