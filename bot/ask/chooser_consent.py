"""The headteacher's word on the language model: without it none is asked, whatever is set up."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.ask.ports import CountedChooser
from bot.ask.rules.model_pick import ModelEndpoint, Option, Pick
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.desk.rules.requests import Press, request_card
from bot.errors import BadInput, StoreError
from bot.evidence.context import Context, details
from bot.evidence.ports import Ledger
from bot.evidence.rules.ledger import Entry, EventKind
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person

WORDS = ("chooser", "language model")
NOT_SET_UP = (
    "No language model is set up, and no question leaves this machine. docs/chooser.md says how IT sets one up."
)
HEADING = "A language model for unclear questions"
STATES = {
    True: "It is on: you have acknowledged this endpoint.",
    False: "It is off: nothing is sent there before you acknowledge it.",
}
WHERE = "Where questions go: {address}, model {model}."
WHAT_LEAVES = (
    "What leaves: the text of a question that I am not sure about, asked in somebody's own chat, and what the "
    "likeliest situations are about. No name, role, school or earlier question, unless somebody "
    "writes one into the question."
)
WHAT_IT_MAY = (
    "What it may do: pick one of these situations, or none. Every word people read is still the policy's or yours."
)
WHAT_NEVER = "What never goes there: a message in which I see a worry about a child, commands, groups and channels."
FIRST = "Before you acknowledge it, privacy notice and impact assessment must say so: docs/chooser.md has the words."
ACKNOWLEDGE, WITHDRAW = "I acknowledge this endpoint", "Switch it off"
ACKNOWLEDGED = (
    "Acknowledged. Unclear questions may now be sent to {address}. You can switch it off at any time: write “chooser”, "
    "or open the page Settings."
)
WITHDRAWN = "Switched off. No question is sent anywhere."
CHANGED = (
    "IT has changed the endpoint since this was shown. Please write “chooser” again, or reload the page. "
    "Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class ChooserConsent:
    """The school's chooser, asked only while the headteacher's acknowledgement of exactly this endpoint is in force.

    `chooser` and `endpoint` are None if IT has set none up.
    """

    context: Context
    chooser: CountedChooser | None = None
    endpoint: ModelEndpoint | None = None

    def commands(self) -> tuple[Command, ...]:
        """What the headteacher can say and press."""
        return (
            Command("chooser", self._show, Permission.CHOOSER, words=WORDS),
            Command("chooser_on", self._acknowledge, Permission.CHOOSER),
            Command("chooser_off", self._withdraw, Permission.CHOOSER),
        )

    async def pick(self, question: str, options: Sequence[Option], asker: str) -> Pick | None:
        """What the model picked; None, and nothing is sent, without the acknowledgement or if it cannot be read."""
        if self.chooser is None or self.endpoint is None:
            return None
        try:
            is_on = is_acknowledged(await consent_entries(self.context.store), self.endpoint)
        except StoreError:
            return None
        return await self.chooser.pick(question, options, asker) if is_on else None

    async def _show(self, incoming: Incoming, person: Person) -> Outgoing:
        if self.endpoint is None:
            return note(NOT_SET_UP)
        is_on = is_acknowledged(await consent_entries(self.context.store), self.endpoint)
        seen = {"name": endpoint_digest(self.endpoint)}
        press = Press(WITHDRAW, "chooser_off", seen) if is_on else Press(ACKNOWLEDGE, "chooser_on", seen)
        where = WHERE.format(address=self.endpoint.address, model=self.endpoint.model)
        lines = [STATES[is_on], where, WHAT_LEAVES, WHAT_IT_MAY, WHAT_NEVER, "" if is_on else FIRST]
        return request_card(HEADING, lines, [press])

    async def _acknowledge(self, incoming: Incoming, person: Person) -> Outgoing:
        if self.endpoint is None or incoming.inputs.get("name", "") != endpoint_digest(self.endpoint):
            raise BadInput(CHANGED)
        entries = await consent_entries(self.context.store)
        if not is_acknowledged(entries, self.endpoint):
            await self._seal(EventKind.CHOOSER_ACKNOWLEDGED, entries, self.endpoint, incoming, person)
        return note(ACKNOWLEDGED.format(address=self.endpoint.address))

    async def _withdraw(self, incoming: Incoming, person: Person) -> Outgoing:
        """Switches it off, even if IT has changed or removed the endpoint meanwhile."""
        entries = await consent_entries(self.context.store)
        acknowledged = acknowledged_endpoint(entries)
        if acknowledged:
            await self._seal(EventKind.CHOOSER_WITHDRAWN, entries, acknowledged, incoming, person)
        return note(WITHDRAWN)

    async def _seal(
        self, kind: EventKind, before: Sequence[Entry], endpoint: ModelEndpoint, incoming: Incoming, person: Person
    ) -> None:
        facts = {"address": endpoint.address, "model": endpoint.model}
        await self.context.write(
            kind,
            f"{kind.value}/{len(before)}",
            actor=await self.context.pseudonym(person),
            facts=facts,
            who=details(person, incoming.caller, incoming.conversation),
        )


async def consent_entries(ledger: Ledger) -> list[Entry]:
    """Every acknowledgement of an endpoint and every withdrawal, in their order."""
    acknowledged = await ledger.entries_of(EventKind.CHOOSER_ACKNOWLEDGED)
    withdrawn = await ledger.entries_of(EventKind.CHOOSER_WITHDRAWN)
    return sorted((*acknowledged, *withdrawn), key=lambda entry: entry.number)


def is_acknowledged(entries: Sequence[Entry], endpoint: ModelEndpoint) -> bool:
    """Whether the last word acknowledges exactly this endpoint: another address or model needs a new one."""
    return acknowledged_endpoint(entries) == endpoint


def acknowledged_endpoint(entries: Sequence[Entry]) -> ModelEndpoint | None:
    """The endpoint that the last word acknowledges, whether it is set up or not; None if the last word withdraws."""
    if not entries or entries[-1].event.kind is not EventKind.CHOOSER_ACKNOWLEDGED:
        return None
    facts = entries[-1].event.facts
    return ModelEndpoint(str(facts.get("address", "")), str(facts.get("model", "")))


def endpoint_digest(endpoint: ModelEndpoint) -> str:
    """What a button carries, so that it cannot acknowledge another endpoint than the one that was shown."""
    return sha256(f"{endpoint.address}\n{endpoint.model}".encode()).hexdigest()[:16]
