"""Says whether everything works, as far as Staffroom knows by itself."""

from dataclasses import dataclass

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.evidence.context import Context
from bot.outbox.rules.message import MessageKind
from bot.people.rules.person import Person

HOW_TO_CHECK = "Whoever looks after Staffroom can check everything on its computer: python -m bot doctor"
NOTHING_FAILED = "Nothing that I do by the clock has failed today."


@dataclass(frozen=True, slots=True)
class Health:
    """The part of the desk that is asked whether all is well. The full check needs the computer it runs on."""

    context: Context

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (Command("health", self._health, intents=("doctor",), shows_only=True),)

    async def _health(self, incoming: Incoming, person: Person) -> Outgoing:
        """How to check; the IT lead, who is told about faults anyway, also hears what failed today."""
        if person not in self.context.it_leads():
            return note(HOW_TO_CHECK)
        messages = await self.context.store.messages(MessageKind.FAULT)
        faults = dict.fromkeys(message.words for message in messages if message.on == self.context.today)
        return note("\n\n".join([*(faults or [NOTHING_FAILED]), HOW_TO_CHECK]))
