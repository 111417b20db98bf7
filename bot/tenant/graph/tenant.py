"""What Staffroom does in Microsoft 365: reads groups, installs the app for people, and notifies them in their feed."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from bot.errors import Busy, ChannelError, GraphBusy, GraphError, Unreachable
from bot.outside import clean_line, email_address
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.identity import account_id
from bot.roster.rules.directory import Account
from bot.tenant.graph.client import GraphClient
from bot.tenant.graph.refusals import Refusal, refusal_of

CHANNEL = "msteams"  # the channel on which the chats are
FIELDS = "id,displayName,mail,userPrincipalName,userType,accountEnabled,jobTitle"
EVENTUALLY = {"ConsistencyLevel": "eventual"}  # which a cast to users needs, with $count
SERVICE = "https://smba.trafficmanager.net/teams/"  # where Teams takes a message to a chat nobody has written in yet
PAGE_TOO_OLD = 410  # a status
LATER, SOON = 3600.0, 300.0  # seconds after which a failure, and an installation not shown yet, are worth another try
# Graph takes five a second from an application in one tenant (https://learn.microsoft.com/graph/throttling-limits).
NOTIFICATIONS_PER_SECOND = 4
MAX_PREVIEW_CHARS = 150
BLOCKED = (
    "Teams does not let Staffroom be installed for them: a Teams administrator allows it under Teams apps, "
    "Permission policies"
)
NOT_THERE = "Teams does not know them, or the app is not in the school's catalogue yet"
NOT_GRANTED = (
    "Staffroom may not install itself for people yet: an administrator grants it "
    "TeamsAppInstallation.ReadWriteSelfForUser.All in the app registration"
)
NO_LICENCE = "has no licence for Teams, or is a guest: the school's IT gives them one, or they acknowledge on paper"
REFUSED = (
    "Microsoft refused to install Staffroom for them ({reason}): the school's IT sees why in the Teams admin centre"
)
# Statuses about this person, if their code is none that we know: asking again within the hour changes nothing.
ABOUT_THE_PERSON = frozenset({400, 403, 404, 409, 422})
WHY_NOT = {
    Refusal.BLOCKED: BLOCKED,
    Refusal.NO_LICENCE: NO_LICENCE,
    Refusal.NOT_FOUND: NOT_THERE,
    Refusal.GONE: NOT_THERE,
}
LATER_ANYWAY = frozenset({Refusal.NOT_GRANTED, Refusal.BUSY})  # whatever the status


class RateLimit(Protocol):
    """Turns, one after the other."""

    async def turn(self, conversation: str) -> None:
        """Returns when it is the caller's turn."""
        ...


@dataclass(frozen=True, slots=True)
class GraphTenant:
    """One school's tenant. `app` is the Teams app's id in the school's own catalogue.

    `rate_limit` keeps notifications below Graph's limit.
    """

    client: GraphClient
    tenant: str
    app: str = ""
    service: str = SERVICE
    rate_limit: RateLimit | None = None

    async def members_of(self, groups: Collection[str]) -> Mapping[str, tuple[Account, ...]]:
        """Everybody in each of these groups and in the groups in it; raises GraphError."""
        return {group: await self.members(group) for group in groups}

    async def members(self, group: str) -> tuple[Account, ...]:
        """Everybody in a group and in the groups in it; raises GraphError."""
        try:
            return await self._members(group)
        except GraphError as error:
            if error.status != PAGE_TOO_OLD:
                raise
            return await self._members(group)  # a page was too old: all from the beginning

    async def _members(self, group: str) -> tuple[Account, ...]:
        path = f"/groups/{quote(group, safe='')}/transitiveMembers/microsoft.graph.user"
        params = {"$select": FIELDS, "$count": "true", "$top": "999"}
        accounts = [_account(user) async for user in self.client.pages(path, params, EVENTUALLY)]
        return tuple(account for account in accounts if account.id)

    async def install(self, account: str) -> Conversation:
        """Installs the app for somebody and returns their chat with the bot. Safe to repeat.

        Raises Unreachable, with what an administrator can do, if Teams will not have the app for them; Busy for
        everything that has nothing to do with them.
        """
        apps = _apps_of(account)
        app = {"teamsApp@odata.bind": f"{self.client.base}/appCatalogs/teamsApps/{self.app}"}
        try:
            await self.client.post(apps, app, repeats=True, accepted=409)
        except GraphError as error:
            raise _not_installed(error) from error
        try:
            chat = await self.client.get(f"{apps}/{await self._installation(account)}/chat")
        except GraphError as error:
            raise _later(error) from error
        return Conversation(
            channel=CHANNEL,
            id=str(chat.get("id", "")),
            kind=ConversationKind.PERSONAL,
            service=self.service,
            tenant=self.tenant,
            account=account,
        )

    async def _installation(self, account: str) -> str:
        """The id of the app's installation for somebody; raises GraphBusy if Graph does not show it yet."""
        only_ours = {"$expand": "teamsApp", "$filter": f"teamsApp/id eq '{self.app}'"}
        response = await self.client.get(_apps_of(account), only_ours)
        for installation in response.get("value", ()):
            return quote(str(installation.get("id", "")), safe="")
        raise GraphBusy("Graph does not show the installation yet.", SOON)

    async def notify(self, account: str, topic: str, text: str) -> None:
        """Shows a line in somebody's activity feed, in place of an earlier one on the same topic. Raises GraphError.

        https://learn.microsoft.com/graph/teams-send-activityfeednotifications
        """
        installation = await self._installation(account)
        preview = clean_line(text, MAX_PREVIEW_CHARS)
        notification: Mapping[str, Any] = {
            "topic": {"source": "entityUrl", "value": f"{self.client.base}{_apps_of(account)}/{installation}"},
            "activityType": "systemDefault",
            "chainId": chain_id(f"{topic}/{account}"),
            "previewText": {"content": preview},
            "templateParameters": [{"name": "systemDefaultText", "value": preview}],
        }
        if self.rate_limit:
            await self.rate_limit.turn(account)
        path = f"/users/{quote(account, safe='')}/teamwork/sendActivityNotification"
        await self.client.post(path, notification, repeats=True)


def _apps_of(account: str) -> str:
    return f"/users/{quote(account, safe='')}/teamwork/installedApps"


def _not_installed(error: GraphError) -> ChannelError:
    refusal = refusal_of(error)
    if refusal in WHY_NOT:
        return Unreachable(WHY_NOT[refusal])
    if error.status in ABOUT_THE_PERSON and refusal not in LATER_ANYWAY:
        return Unreachable(REFUSED.format(reason=f"{error.status} {error.code}".strip()))
    return _later(error)


def _later(error: GraphError) -> Busy:
    seconds = error.seconds if isinstance(error, GraphBusy) else LATER
    return Busy(NOT_GRANTED if refusal_of(error) is Refusal.NOT_GRANTED else str(error), seconds)


def chain_id(topic: str) -> int:
    """The same positive number for the same topic, so that a second notification replaces the first: 53 bits.

    >>> chain_id("AUP-2026-1/p1") == chain_id("AUP-2026-1/p1") != chain_id("AUP-2026-1/p2")
    True
    """
    return int.from_bytes(hashlib.sha256(topic.encode()).digest()[:7], "big") >> 3


def _account(user: Mapping[str, Any]) -> Account:
    """A member as Graph describes them; what a missing permission hides is None there and empty here."""
    sign_in = str(user.get("userPrincipalName") or "")
    return Account(
        id=account_id(user.get("id")),
        name=clean_line(str(user.get("displayName") or "")),
        email=email_address(str(user.get("mail") or "")) or "",
        sign_in=sign_in,
        job=clean_line(str(user.get("jobTitle") or "")),
        is_guest=str(user.get("userType") or "Member") != "Member" or "#ext#" in sign_in.lower(),
        is_enabled=user.get("accountEnabled") is not False,
    )
