"""Reading the policy itself: the buttons that open and turn pages, and the index that it is searched with."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.ask.policy_file import read_words
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.clause_search import ClauseIndex
from bot.ask.rules.passages import MAX_ASKED_CHARS, PassageKind, PassageRequest
from bot.ask.rules.policy import Policy
from bot.ask.rules.words import Lexicon
from bot.ask.vocabulary import stem
from bot.desk.routing import Command
from bot.desk.rules.messages import ASK_AGAIN, Incoming, Outgoing
from bot.errors import BadInput
from bot.people.rules.person import Person

WORDS = ("read the policies", "read the policy", "the policies", "policies", "contents")
_PAGE = re.compile(r"[0-9]{1,3}")

Read = Callable[[PassageRequest], PolicyReply]
Show = Callable[[PolicyReply, Incoming], Awaitable[Outgoing]]  # makes the card of a reply


def clause_index(policy: Policy, folder: Path) -> ClauseIndex:
    """What a policy is searched with: its clauses and the words that staff use, from the policies folder."""
    return ClauseIndex.of(policy.clauses.values(), Lexicon.of(read_words(folder)), stem)


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """The commands with which people read the policy. Questions that ask for a passage are recognised by `ask`."""

    read: Read
    show: Show

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (
            Command("policies", self._policies, words=WORDS, intents=("read-contents",), shows_only=True),
            Command("read", self._read),
            Command("read_section", self._section, intents=("read-section",), shows_only=True),
            Command("read_topic", self._topic, intents=("read-topic",), shows_only=True),
            Command("read_wording", self._wording, intents=("read-wording",), shows_only=True),
        )

    async def _policies(self, incoming: Incoming, person: Person) -> Outgoing:
        """The documents and their sections, beside the card whose button asked for them."""
        outgoing = await self._shown(PassageRequest(PassageKind.CONTENTS), incoming)
        return replace(outgoing, is_beside=bool(incoming.verb))

    async def _read(self, incoming: Incoming, person: Person) -> Outgoing:
        """What a button opens, in place of the card it is on. Raises BadInput."""
        return await self._shown(request_of(incoming), incoming)

    async def _section(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self._asked(PassageKind.SECTION, incoming.inputs.get("section", ""), incoming)

    async def _topic(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self._asked(PassageKind.TOPIC, incoming.inputs.get("query", ""), incoming)

    async def _wording(self, incoming: Incoming, person: Person) -> Outgoing:
        """The clauses behind the answer before; without one, the reply says what to do."""
        return await self._shown(PassageRequest(PassageKind.WORDING, incoming.last), incoming)

    async def _asked(self, kind: PassageKind, asked: str, incoming: Incoming) -> Outgoing:
        """What was asked for in people's own words; the contents if nothing was named."""
        asked = asked[:MAX_ASKED_CHARS]
        return await self._shown(PassageRequest(kind if asked else PassageKind.CONTENTS, asked), incoming)

    async def _shown(self, request: PassageRequest, incoming: Incoming) -> Outgoing:
        return await self.show(await asyncio.to_thread(self.read, request), incoming)


def request_of(incoming: Incoming) -> PassageRequest:
    """The request that a button carries; raises BadInput if it carries none."""
    kind, asked = incoming.inputs.get("kind", ""), incoming.inputs.get("asked", "")
    page = incoming.inputs.get("page", "1")
    if kind not in set(PassageKind) or len(asked) > MAX_ASKED_CHARS or not _PAGE.fullmatch(page):
        raise BadInput(ASK_AGAIN)
    return PassageRequest(PassageKind(kind), asked, int(page))
