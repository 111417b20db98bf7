"""The routing table: every button and every word that is a command, who may use it, and what it does."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.desk.rules.messages import CommandRequest, Incoming, Outgoing
from bot.desk.rules.typed_text import plain_words
from bot.people.rules.permissions import Permission, may, refuse_unless
from bot.people.rules.person import Person

# Returns None if the text was not this command after all: then it is answered as a question.
Handler: TypeAlias = Callable[[Incoming, Person], Awaitable[Outgoing | None]]


@dataclass(frozen=True, slots=True)
class Command:
    """Something people can ask the bot to do: by a button that carries `name`, by exact `words`, or by a `pattern`.

    Without a `permission` everybody on the staff list may use it. A text is a command only if all of it is one of its
    words, or matches the whole pattern.

    `intents` are names of commands.toml, which people ask for in their own words. Such words may be misunderstood, so
    only a command that shows something, or a form, may have them: `shows_only` promises that it changes nothing.
    """

    name: str
    handle: Handler
    permission: Permission | None = None
    words: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    intents: tuple[str, ...] = ()
    shows_only: bool = False

    def __post_init__(self) -> None:
        if self.intents and not self.shows_only:
            raise ValueError(f"The command {self.name!r} may change something, so it needs a press and has no intents.")


class RoutingTable:
    """Finds the command for what came in. Names are unique; raises ValueError if two commands share one."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._by_name: dict[str, Command] = {}
        self._by_word: dict[str, list[Command]] = defaultdict(list)
        self._by_intent: dict[str, list[Command]] = defaultdict(list)
        self._patterns: list[Command] = []
        for command in commands:
            if command.name in self._by_name:
                raise ValueError(f"Two commands are called {command.name!r}.")
            self._by_name[command.name] = command
            for word in command.words:
                self._by_word[plain_words(word)].append(command)
            for intent in command.intents:
                self._by_intent[intent].append(command)
            if command.pattern:
                self._patterns.append(command)

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command, in the order it was given."""
        return tuple(self._by_name.values())

    def command_for(self, incoming: Incoming, person: Person, today: date) -> Command | None:
        """The command for a button or a text; None if it is not one.

        A word may mean several commands ("lessons" is every lesson to the head, and one's own to a teacher): the first
        that the person may use counts, else the last.
        """
        if incoming.verb:
            return self._by_name.get(incoming.verb)
        candidates = self._by_word.get(incoming.plain_text) or [
            command for command in self._patterns if command.pattern and command.pattern.fullmatch(incoming.text)
        ]
        return _first_allowed(candidates, person, today)

    def command_for_request(self, request: CommandRequest, person: Person, today: date) -> Command | None:
        """The command for a request in people's own words, chosen as for a word; None if none shows anything for it."""
        return _first_allowed(self._by_intent.get(request.name, ()), person, today)


def _first_allowed(candidates: Sequence[Command], person: Person, today: date) -> Command | None:
    allowed = (command for command in candidates if _is_allowed(command, person, today))
    return next(allowed, candidates[-1] if candidates else None)


def _is_allowed(command: Command, person: Person, today: date) -> bool:
    return command.permission is None or may(person, command.permission, today)


async def run(command: Command, incoming: Incoming, person: Person, today: date) -> Outgoing | None:
    """What a command replies; None if the text was not that command after all. Raises NotAllowed.

    A text that only matches the pattern may still be a question, which everybody may ask: its handler must refuse.
    """
    is_certain = (
        bool(incoming.verb) or incoming.plain_text in map(plain_words, command.words) or command.pattern is None
    )
    if command.permission and is_certain:
        refuse_unless(person, command.permission, today)
    return await command.handle(incoming, person)
