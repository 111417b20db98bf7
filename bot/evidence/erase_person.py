"""Erasing somebody on the page People: who may be, what goes and what stays, and the press that does it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.desk.rules.requests import Press, request_card
from bot.errors import BadInput
from bot.evidence.context import Context
from bot.evidence.erase import ERASED, GOES, STAYS, erase
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import KnownPerson, Person

HEADING = "Erase all details of {name}?"
FOR_GOOD = "This cannot be undone. Nothing is changed before you press the button."
CHOOSE = "Please choose somebody who is not on the staff list any more. Nothing was erased."


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """The commands. A press names somebody by their pseudonym, so that no name is in a form that was sent."""

    context: Context

    def commands(self) -> tuple[Command, ...]:
        """Buttons of the page People only."""
        return (
            Command("ask_to_erase", self._ask, Permission.ERASE, shows_only=True),
            Command("erase_person", self._erase, Permission.ERASE),
        )

    async def values(self, person: Person) -> Mapping[str, Any]:
        """Who can be erased, as the page shows it: pseudonym and name."""
        may_erase = may(person, Permission.ERASE, self.context.today)
        known = await self._left() if may_erase else {}
        names = sorted((f"{left.name} ({left.id})", pseudonym) for pseudonym, left in known.items())
        return {
            "may_erase": may_erase,
            "erasable": [(pseudonym, name) for name, pseudonym in names],
            "ask_to_erase": json.dumps({"verb": "ask_to_erase", "data": {}, "takes_fields": True}),
        }

    async def _left(self) -> dict[str, KnownPerson]:
        """Everybody of whom details are kept and who is not on the staff list, by pseudonym."""
        on_the_list = {person.id for person in self.context.roster.people()}
        known = await self.context.store.everybody_known()
        return {pseudonym: left for pseudonym, left in known.items() if left.id not in on_the_list}

    async def _chosen(self, incoming: Incoming) -> KnownPerson:
        chosen = (await self._left()).get(incoming.inputs.get("person", ""))
        if chosen is None:
            raise BadInput(CHOOSE)
        return chosen

    async def _ask(self, incoming: Incoming, person: Person) -> Outgoing:
        chosen = await self._chosen(incoming)
        press = Press(f"Erase {chosen.name} for good", "erase_person", {"person": chosen.pseudonym})
        return request_card(HEADING.format(name=chosen.name), [GOES, STAYS, FOR_GOOD], [press])

    async def _erase(self, incoming: Incoming, person: Person) -> Outgoing:
        chosen = await self._chosen(incoming)
        number = await erase(self.context, chosen.id, person)
        return note(ERASED.format(id=chosen.id, number=number))
