"""Buttons and the words that stand for them, each with the act that whoever uses it must be allowed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias, TypeVar

from bot.desk.rules.messages import Incoming, Outgoing, said_plainly
from bot.evidence.records import Records
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person

_Part = TypeVar("_Part")
Verbs: TypeAlias = Mapping[str, tuple[Permission, Callable[[_Part, Incoming, Person], Awaitable[Outgoing]]]]


def verb_of(incoming: Incoming, words: Mapping[str, str]) -> str:
    """The button that was pressed, or the one a word stands for; "" for neither."""
    return incoming.verb or words.get(said_plainly(incoming), "")


async def act_on(
    part: _Part, verb: str, verbs: Verbs[_Part], records: Records, incoming: Incoming, person: Person
) -> Outgoing | None:
    """What a part of the desk replies to a verb of its own; None for those of others; raises NotAllowed."""
    if verb not in verbs:
        return None
    act, does = verbs[verb]
    refuse_unless(person, act, records.today)
    return await does(part, incoming, person)
