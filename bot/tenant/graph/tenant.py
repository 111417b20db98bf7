"""What Staffroom does with Microsoft Graph: who is in a group, the app brought to a person, a toast in the feed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from bot.errors import Busy, ChannelError, GraphBusy, GraphError, Unreachable
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.directory import Account
from bot.tenant.graph.client import GraphClient

FIELDS = "id,displayName,mail,userPrincipalName,userType,accountEnabled,jobTitle"
EVENTUALLY = {"ConsistencyLevel": "eventual"}  # which a cast to users needs, with $count
SERVICE = "https://smba.trafficmanager.net/teams/"  # where Teams takes a message to a chat nobody has written in yet
GONE, FORBIDDEN, NOT_FOUND = 410, 403, 404
LATER, SOON = 3600.0, 300.0  # seconds after which a failure, and an installation not shown yet, are worth another try
LONGEST_PREVIEW = 150  # characters
BLOCKED = (
    "Teams does not let Staffroom be installed for them: a Teams administrator allows it under Teams apps, "
    "Permission policies"
)
NOT_THERE = "Teams does not know them, or the app is not in the school's catalogue yet"
NOT_GRANTED = (
    "Staffroom may not install itself for people yet: an administrator grants it "
    "TeamsAppInstallation.ReadWriteSelfForUser.All in the app registration"
)
# Graph tells a policy from a missing permission by its words alone: Teams' own part of it says Forbidden to both.
POLICY, NO_ROLE, DENIED = "app permission policy", "missing role permissions", "Authorization_RequestDenied"


class Turns(Protocol):
    """Turns, one after the other."""

    async def turn(self, place: str) -> None:
        """Returns when it is somebody's turn."""
        ...


@dataclass(frozen=True, slots=True)
class GraphTenant:
    """One school's tenant. `app` is the Teams app's id in the school's own catalogue; `pacer` keeps toasts apart."""

    client: GraphClient
    tenant: str
    app: str = ""
    service: str = SERVICE
    pacer: Turns | None = None

    async def members(self, group: str) -> tuple[Account, ...]:
        """Everybody in a group and in the groups in it; raises GraphError."""
        try:
            return await self._members(group)
        except GraphError as seen:
            if seen.status != GONE:
                raise
            return await self._members(group)  # a page was too old: all from the beginning

    async def _members(self, group: str) -> tuple[Account, ...]:
        path = f"/groups/{quote(group, safe='')}/transitiveMembers/microsoft.graph.user"
        params = {"$select": FIELDS, "$count": "true", "$top": "999"}
        return tuple([_account(one) async for one in self.client.pages(path, params, EVENTUALLY)])

    async def bring(self, account: str) -> Conversation:
        """Somebody's chat with the bot, which is installed for them where it was not.

        Raises Unreachable, with what an administrator can do, only where Teams will not have the bot for them; Busy
        for all that is no fault of theirs. Installing twice does no harm, so it is repeated.
        """
        person = quote(account, safe="")
        apps = f"/users/{person}/teamwork/installedApps"
        wanted = {"teamsApp@odata.bind": f"{self.client.base}/appCatalogs/teamsApps/{self.app}"}
        try:
            await self.client.post(apps, wanted, repeats=True, fine=409)
        except GraphError as seen:
            raise _not_installed(seen) from seen
        try:
            chat = await self.client.get(f"{apps}/{await self._installation(person)}/chat")
        except GraphError as seen:
            raise _later(seen) from seen
        return Conversation(
            channel="msteams",
            conversation=str(chat.get("id", "")),
            kind=ConversationKind.PERSONAL,
            service=self.service,
            tenant=self.tenant,
            account=account,
        )

    async def _installation(self, account: str) -> str:
        found = await self.client.get(
            f"/users/{account}/teamwork/installedApps",
            {"$expand": "teamsApp", "$filter": f"teamsApp/id eq '{self.app}'"},
        )
        for one in found.get("value", ()):
            return quote(str(one.get("id", "")), safe="")
        raise GraphBusy("Graph does not show the installation yet.", SOON)

    async def toast(self, account: str, about: str, words: str) -> None:
        """A line in somebody's activity feed, in its turn; another about the same takes its place. Raises GraphError.

        https://learn.microsoft.com/graph/teams-send-activityfeednotifications
        """
        person = quote(account, safe="")
        installation = await self._installation(person)
        told: Mapping[str, Any] = {
            "topic": {
                "source": "entityUrl",
                "value": f"{self.client.base}/users/{person}/teamwork/installedApps/{installation}",
            },
            "activityType": "systemDefault",
            "chainId": chain_id(f"{about}/{account}"),
            "previewText": {"content": words[:LONGEST_PREVIEW]},
            "templateParameters": [{"name": "systemDefaultText", "value": words[:LONGEST_PREVIEW]}],
        }
        if self.pacer:
            await self.pacer.turn(account)
        await self.client.post(f"/users/{person}/teamwork/sendActivityNotification", told, repeats=True)


def _not_installed(seen: GraphError) -> ChannelError:
    if seen.status == NOT_FOUND:
        return Unreachable(NOT_THERE)
    is_policy = seen.status == FORBIDDEN and POLICY in seen.said.lower()
    return Unreachable(BLOCKED) if is_policy else _later(seen)


def _later(seen: GraphError) -> Busy:
    is_not_granted = seen.status == FORBIDDEN and (seen.code == DENIED or NO_ROLE in seen.said.lower())
    seconds = seen.seconds if isinstance(seen, GraphBusy) else LATER
    return Busy(NOT_GRANTED if is_not_granted else str(seen), seconds)


def chain_id(about: str) -> int:
    """The same positive number for the same thing, so that a second toast replaces the first: 53 bits.

    >>> chain_id("AUP-2026-1/p1") == chain_id("AUP-2026-1/p1") != chain_id("AUP-2026-1/p2")
    True
    """
    return int.from_bytes(hashlib.sha256(about.encode()).digest()[:7], "big") >> 3


def _account(one: Mapping[str, Any]) -> Account:
    """A member as Graph describes it; what a missing permission hides is None there and empty here."""
    sign_in = str(one.get("userPrincipalName") or "")
    return Account(
        id=str(one.get("id", "")).lower(),
        name=str(one.get("displayName") or ""),
        email=str(one.get("mail") or ""),
        sign_in=sign_in,
        job=str(one.get("jobTitle") or ""),
        is_guest=str(one.get("userType") or "Member") != "Member" or "#ext#" in sign_in.lower(),
        is_enabled=one.get("accountEnabled") is not False,
    )
