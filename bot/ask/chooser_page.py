"""The language model's part of the page Settings: where questions would go, what leaves, and the headteacher's word."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ask.chooser_consent import (
    ACKNOWLEDGE,
    FIRST,
    NOT_SET_UP,
    WHAT_IT_MAY,
    WHAT_LEAVES,
    WHAT_NEVER,
    WHERE,
    WITHDRAW,
    ChooserConsent,
    acknowledged_endpoint,
    consent_entries,
    endpoint_digest,
    is_acknowledged,
)
from bot.ask.rules.model_pick import ModelEndpoint
from bot.evidence.rules.ledger import Entry
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from bot.school.rules.calendar import LONDON, written

STATES = {  # also read by people who cannot acknowledge it
    True: "It is on: this endpoint is acknowledged.",
    False: "It is off: nothing is sent there before the headteacher acknowledges it.",
}
ONLY_HEAD = "Only the headteacher (or the deputy standing in) can acknowledge it or switch it off."
SINCE = "It was acknowledged on {day}, with this address and this model."
STILL_STANDS = (
    "An earlier acknowledgement still stands, for {address}, model {model}. If IT sets that up again, it counts at "
    "once. Switch it off if it should not."
)


@dataclass(frozen=True, slots=True)
class ChooserPage:
    """What the page shows; its buttons are the commands of `consent`."""

    consent: ChooserConsent

    async def values(self, person: Person) -> Mapping[str, Any]:
        """Everybody who may open the page sees where questions go; only the headteacher gets a button."""
        endpoint, entries = self.consent.endpoint, await consent_entries(self.consent.context.store)
        is_on = endpoint is not None and is_acknowledged(entries, endpoint)
        may_decide = may(person, Permission.CHOOSER, self.consent.context.today)
        use = await self.consent.chooser.use() if self.consent.chooser else None
        return {
            "is_on": is_on,
            "state": STATES[is_on] if endpoint else NOT_SET_UP,
            "since": SINCE.format(day=written(entries[-1].event.at.astimezone(LONDON).date())) if is_on else "",
            "lines": _about(endpoint) if endpoint else [],
            "first": FIRST if endpoint and not is_on else "",
            "use": use.rows if use else [],
            "buttons": _buttons(entries, endpoint) if may_decide else [],
            "earlier": _earlier(entries, endpoint),
            "who": "" if may_decide or not endpoint else ONLY_HEAD,
        }


def _about(endpoint: ModelEndpoint) -> list[str]:
    return [WHERE.format(address=endpoint.address, model=endpoint.model), WHAT_LEAVES, WHAT_IT_MAY, WHAT_NEVER]


def _buttons(entries: Sequence[Entry], endpoint: ModelEndpoint | None) -> list[dict[str, str]]:
    """One to acknowledge what is set up and not acknowledged, one to take back what is acknowledged."""
    buttons = []
    if endpoint and not is_acknowledged(entries, endpoint):
        buttons.append(_button(ACKNOWLEDGE, "chooser_on", name=endpoint_digest(endpoint)))
    if acknowledged_endpoint(entries):
        buttons.append(_button(WITHDRAW, "chooser_off"))
    return buttons


def _button(title: str, verb: str, **data: str) -> dict[str, str]:
    return {"title": title, "press": json.dumps({"verb": verb, "data": data, "takes_fields": False})}


def _earlier(entries: Sequence[Entry], endpoint: ModelEndpoint | None) -> str:
    """That another endpoint than the one that is set up is still acknowledged; empty if none is."""
    acknowledged = acknowledged_endpoint(entries)
    if acknowledged is None or acknowledged == endpoint:
        return ""
    return STILL_STANDS.format(address=acknowledged.address, model=acknowledged.model)
