"""Takes what somebody wrote or pressed and gives back a reply. Holds no state of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date

from bot.desk.routing import RoutingTable, run
from bot.desk.rules.messages import (
    ASK_AGAIN,
    CommandRequest,
    Incoming,
    Outgoing,
    note,
    public,
    refusal,
    with_quiet_line,
)
from bot.desk.rules.requests import GO_ON, offer_to_go_on, request_in
from bot.desk.rules.typed_text import typed_text
from bot.errors import BadInput, LedgerMoved, NotAllowed
from bot.people.link_account import identify, link_account, recheck_account
from bot.people.ports import Accounts, Roster
from bot.people.rules.person import Caller, Member, Person, Stranger

STRANGER = "I am a noticeboard for staff. If something worries you, tell a grown-up you trust at school."
NOT_HERE = 'I think you asked me to do something that I cannot do here. Write "help" to see what I can do.'
MAX_DECISIONS = 5  # of one press, while others change what it is decided on


@dataclass(frozen=True, slots=True)
class Desk:
    """The one desk every channel brings people to.

    What is not a command of the routing table goes to `answer`, as a question. If that finds a request for a command in
    it, the command shows what was understood. `welcome` is what somebody sees first.
    """

    school: str
    roster: Roster
    accounts: Accounts
    routes: RoutingTable
    answer: Callable[[Incoming, Person], Awaitable[Outgoing]]
    welcome: Callable[[], Outgoing]
    today: Callable[[], date]

    async def __call__(self, incoming: Incoming) -> Outgoing:
        """The reply to anything somebody wrote or pressed; bad input gets a plain sentence."""
        person = await self.person(incoming.caller)
        if isinstance(person, Stranger):
            return public(note(STRANGER))
        try:
            return await self._decided(replace(incoming, text=typed_text(incoming.text)), person)
        except (BadInput, NotAllowed) as error:
            return refusal(error)

    async def _decided(self, incoming: Incoming, person: Person) -> Outgoing:
        """The reply, decided again if the ledger moved on while it was decided; raises LedgerMoved in the end."""
        for left in reversed(range(MAX_DECISIONS)):
            try:
                return await self._reply(incoming, person)
            except LedgerMoved:
                if not left:
                    raise
        raise AssertionError("the last attempt raises or returns")

    async def _reply(self, incoming: Incoming, person: Person) -> Outgoing:
        if incoming.verb == GO_ON:
            return await self._go_on(incoming, person)
        command = self.routes.command_for(incoming, person, self.today())
        reply = await run(command, incoming, person, self.today()) if command else None
        if reply is not None:
            return reply
        if incoming.verb:
            raise BadInput(ASK_AGAIN)
        outgoing = await self.answer(incoming, person)
        if outgoing.request is None:
            return outgoing
        if outgoing.text:  # a worry in the same line comes first
            return offer_to_go_on(outgoing, outgoing.request)
        reply = await self._requested_or_refused(outgoing.request, incoming, person)
        return with_quiet_line(reply, outgoing.quiet_line)

    async def _go_on(self, incoming: Incoming, person: Person) -> Outgoing:
        """What was asked for beside a worry. It comes beside the hand-off, which must stay in sight."""
        reply = await self._requested_or_refused(request_in(incoming.inputs), incoming, person)
        return replace(reply, is_beside=True)

    async def _requested_or_refused(self, request: CommandRequest, incoming: Incoming, person: Person) -> Outgoing:
        """What the command shows, or why it does not: a line about a worry stays beside a refusal too."""
        try:
            return await self._requested(request, incoming, person)
        except (BadInput, NotAllowed) as error:
            return refusal(error)

    async def _requested(self, request: CommandRequest, incoming: Incoming, person: Person) -> Outgoing:
        """What a command shows to somebody who asked for it in their own words; nothing changes without a press."""
        command = self.routes.command_for_request(request, person, self.today())
        if command is None:
            raise BadInput(NOT_HERE)
        asked = replace(incoming, inputs=request.parameters)
        reply = await run(command, asked, person, self.today())
        if reply is None:
            raise BadInput(NOT_HERE)
        return reply

    async def knows(self, caller: Caller) -> bool:
        """Whether a caller is on the staff list."""
        return isinstance(await self.person(caller), Person)

    async def person(self, caller: Caller) -> Person | Stranger:
        """The person behind a caller."""
        return await identify(caller, self.school, self.roster, self.accounts)

    async def link_account(self, caller: Caller, member: Member) -> bool:
        """Links a caller to the staff list by the sign-in name the channel gives; returns whether they are known."""
        return await link_account(caller, member, self.school, self.roster, self.accounts)

    async def recheck_account(self, caller: Caller, member: Member) -> bool:
        """Takes a linked account back if what the channel says of it now fits its person no more; whether it did."""
        return await recheck_account(caller, member, self.school, self.roster, self.accounts)
