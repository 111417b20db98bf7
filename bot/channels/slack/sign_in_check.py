"""Whether an account that signs in to the pages may be somebody's: Slack is asked, as for a first message.

A token says who signed in, not what they are in the workspace: guests, and accounts whose address changed while we were
not running, get a token too.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from bot.channels.member_lookup import NOT_NOW
from bot.channels.slack.members import is_insider, member_of
from bot.channels.slack.web_api import SlackApi
from bot.errors import ChannelError, NotNow, Unreachable
from bot.people.rules.person import Caller, Member

LOG = logging.getLogger("staffroom.slack")


class SignInDesk(Protocol):
    """The desk, as a sign-in needs it."""

    async def link_account(self, caller: Caller, member: Member) -> bool:
        """Links a caller to the staff list on the channel's word; returns whether they are known now."""
        ...

    async def recheck_account(self, caller: Caller, member: Member) -> bool:
        """Takes a linked account back if it fits its person no more; returns whether it did."""
        ...


@dataclass(frozen=True, slots=True)
class SignInCheck:
    """Looks an account up at each sign-in. `domains` are those of the school's addresses."""

    desk: SignInDesk
    api: SlackApi
    domains: Callable[[], Collection[str]]

    async def __call__(self, caller: Caller) -> bool:
        """Whether the account may be somebody's here, joined to the staff list by now if it fits.

        Raises NotNow if Slack cannot be asked.
        """
        try:
            user = await self.api.user(caller.account)
        except Unreachable:
            return False
        except ChannelError as error:
            LOG.warning("member_lookup_failed error=%s", type(error).__name__)
            raise NotNow(NOT_NOW.format(channel="Slack")) from error
        if user.get("id") != caller.account or not is_insider(user, caller.tenant):
            return False
        member = member_of(user, self.domains())
        await self.desk.recheck_account(caller, member)
        await self.desk.link_account(caller, member)
        return True
