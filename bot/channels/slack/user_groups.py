"""Who is in the workspace and in its user groups, for a staff list that comes from there. Everything or an error.

https://docs.slack.dev/reference/methods/users.list and https://docs.slack.dev/reference/methods/usergroups.users.list
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.slack.members import is_bot, member_of, why_not_staff
from bot.channels.slack.payload import is_user
from bot.channels.slack.web_api import NO_LIST, SlackApi
from bot.errors import ChannelError
from bot.outside import clean_line
from bot.roster.rules.directory import Account
from bot.roster.settings import MEMBERS

MAX_PAGES = 50  # of 200 people: no school has ten thousand
NO_END = "Slack's list of people has no end."
ELSEWHERE = "is in another workspace of Slack"

Users = Mapping[str, Mapping[str, Any]]  # by id, as Slack says them


@dataclass(frozen=True, slots=True)
class SlackUserGroups:
    """The user groups of one workspace. `domains` are those of the school's addresses."""

    api: SlackApi
    team: str
    domains: Callable[[], Collection[str]]

    async def members_of(self, groups: Collection[str]) -> Mapping[str, tuple[Account, ...]]:
        """Everybody in each user group, or in the workspace for the group `members`; raises ChannelError.

        The workspace is read once. Bots are nobody. Somebody who cannot be one of the school's people is there with the
        reason.
        """
        users = await self._all_pages()
        return {group: await self._members(group, users) for group in groups}

    async def _members(self, group: str, users: Users) -> tuple[Account, ...]:
        if group == MEMBERS:
            return self._accounts([user for user in users.values() if user.get("deleted") is False])
        ids = await self.api.users_in_group(group)
        if not all(is_user(id) for id in ids):
            raise ChannelError(NO_LIST)
        known = self._accounts([users[id] for id in ids if id in users])
        return (*known, *(Account(id, "", "", "", why_not=ELSEWHERE) for id in ids if id not in users))

    async def _all_pages(self) -> Users:
        """Everybody in the workspace, closed accounts and bots too; raises ChannelError."""
        users: dict[str, Mapping[str, Any]] = {}
        cursors = {""}
        cursor = ""
        for _ in range(MAX_PAGES):
            page, cursor = await self.api.users_page(cursor)
            if not page or not all(is_user(user.get("id")) for user in page):
                raise ChannelError(NO_LIST)
            users |= {str(user["id"]): user for user in page}
            if not cursor:
                return users
            if cursor in cursors:
                break
            cursors.add(cursor)
        raise ChannelError(NO_END)

    def _accounts(self, users: Collection[Mapping[str, Any]]) -> tuple[Account, ...]:
        domains = self.domains()
        return tuple(self._account(user, domains) for user in users if not is_bot(user))

    def _account(self, user: Mapping[str, Any], domains: Collection[str]) -> Account:
        """An account as Slack describes it; only an address that would join somebody counts as one."""
        profile = user.get("profile")
        said: Mapping[str, Any] = profile if isinstance(profile, dict) else {}
        member = member_of(user, domains)
        address = "" if member.is_guest else member.sign_in
        return Account(
            id=str(user["id"]),
            name=_line(said.get("real_name")) or _line(user.get("real_name")),
            email=address,
            sign_in=address,
            job=_line(said.get("title")),
            why_not=why_not_staff(user, self.team),
        )


def _line(text: object) -> str:
    return clean_line(text) if isinstance(text, str) else ""
