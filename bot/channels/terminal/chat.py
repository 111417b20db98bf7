"""The same desk in a terminal: type a question, or the number of a choice."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from bot.channels.memory import RecentAnswers
from bot.desk.rules.messages import Incoming, Outgoing
from bot.people.rules.person import Caller, Proof

Answering: TypeAlias = Callable[[Incoming], Awaitable[Outgoing]]
WHO = ("terminal", "terminal")


async def chat(
    desk: Answering,
    caller: Caller,
    hear: Callable[[], str | None],
    say: Callable[[str], None],
    now: Callable[[], datetime],
) -> None:
    """Talks until `hear` gives None; `say` gets each reply as plain text."""
    memory = RecentAnswers()
    choices: list[str] = []
    while (line := hear()) is not None:
        verb, inputs = "", dict[str, str]()
        number = line.strip()
        if number.isascii() and number.isdigit() and 1 <= int(number) <= len(choices):
            verb, inputs = "look", {"situation": choices[int(number) - 1]}
        outgoing = await desk(Incoming(caller, WHO[1], line, verb, inputs, memory.last(WHO, now())))
        memory.keep(WHO, outgoing.last, now())
        choices = [option["situation"] for option in outgoing.values.get("options", [])]
        say(outgoing.text)


def demo_caller(school: str, account: str) -> Caller:
    """Whoever sits at the keyboard, as one of the demo roster."""
    return Caller(school, "terminal", "", account, Proof.TERMINAL)
