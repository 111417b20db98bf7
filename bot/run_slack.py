"""The Slack side of the real mode: its messenger and its endpoint."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.app import Books, Staffroom
from bot.channels.pages.sign_in_way import back
from bot.channels.pages.slack_sign_in import METADATA, PATH, SlackSignIn
from bot.channels.services import Endpoint, HttpSession
from bot.channels.signing_keys import SigningKeys
from bot.channels.slack.bot import SlackBot
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.connector import BASE, SlackConnector
from bot.channels.slack.files import SlackFiles
from bot.channels.slack.members import school_domains
from bot.channels.slack.messenger import SlackMessenger
from bot.channels.slack.proactive import ProactiveMessages
from bot.channels.slack.server import slack_endpoint, slack_socket
from bot.channels.slack.sign_in_check import SignInCheck
from bot.channels.slack.signature_check import SlackApp, SlackSignatureCheck
from bot.channels.slack.user_groups import SlackUserGroups
from bot.channels.slack.web_api import SlackApi
from bot.channels.slack.workspace_check import WorkspaceCheck
from bot.people.ports import SharedFiles
from bot.settings import PREFIX, SLACK_CREDENTIALS, Settings

if TYPE_CHECKING:
    from bot.channels.slack.socket_mode import SocketMode

# What each looks like: a mistaken paste is named before anything starts.
_SHAPES = {
    "SLACK_TEAM": (re.compile(r"T[A-Z0-9]{2,30}", re.ASCII), "the id of a workspace, such as T0123ABCD"),
    "SLACK_APP": (re.compile(r"A[A-Z0-9]{2,30}", re.ASCII), "the id of an app, such as A0123ABCD"),
    "SLACK_TOKEN": (re.compile(r"xoxb-[A-Za-z0-9-]{5,200}", re.ASCII), "a bot token, which begins with xoxb-"),
    "SLACK_SECRET": (re.compile(r"[!-~]{16,100}"), "a signing secret of 16 characters or more"),
    "SLACK_APP_TOKEN": (re.compile(r"xapp-[A-Za-z0-9-]{5,300}", re.ASCII), "an app-level token, which begins xapp-"),
}
WAYS_IN = ("SLACK_SECRET", "SLACK_APP_TOKEN")  # Slack posts to our address, or we open a connection (Socket Mode)
WAY_IN = f"{PREFIX}SLACK_SECRET, or {PREFIX}SLACK_APP_TOKEN for Socket Mode"
ONE_WAY_IN = (
    f"one way in: unset {PREFIX}SLACK_APP_TOKEN if Slack posts to your address, or {PREFIX}SLACK_SECRET for Socket Mode"
)
# Both or neither: for Sign in with Slack, by which people open the school pages.
_CLIENT_SHAPES = {
    "SLACK_CLIENT": (re.compile(r"\d{5,20}\.\d{5,20}", re.ASCII), "a client ID, such as 2141029472.691202649728"),
    "SLACK_CLIENT_SECRET": (re.compile(r"[!-~]{16,100}"), "a client secret of 16 characters or more"),
}
NO_PAGES = f"{PREFIX}ADDRESS, which Sign in with Slack is for, or no {PREFIX}SLACK_CLIENT"


def slack_lacks(settings: Settings) -> list[str]:
    """What is missing for Slack, in words."""
    slack = settings.slack
    given = (slack.team, slack.app, slack.token, slack.secret, slack.app_token)
    values = dict(zip(SLACK_CREDENTIALS[: len(given)], given, strict=True))
    missing = [f"{PREFIX}{name}" for name, value in values.items() if not value and name not in WAYS_IN]
    ways_in = [name for name in WAYS_IN if values[name]]
    if not ways_in:
        missing.append(WAY_IN)
    for name, (shape, says) in _SHAPES.items():
        if values[name] and not shape.fullmatch(values[name]):
            missing.append(f"a {PREFIX}{name} that is {says}")
    if len(ways_in) > 1:
        missing.append(ONE_WAY_IN)
    return missing + _client_lacks(settings)


def _client_lacks(settings: Settings) -> list[str]:
    """What is missing for Sign in with Slack: with Slack alone the pages need it, beside Teams a school may have it."""
    slack = settings.slack
    values = {"SLACK_CLIENT": slack.client, "SLACK_CLIENT_SECRET": slack.client_secret}
    is_begun = any(values.values())
    missing = []
    for name, (shape, says) in _CLIENT_SHAPES.items():
        if not values[name] and (is_begun or (settings.address and not settings.has_teams)):
            missing.append(f"{PREFIX}{name}, for Sign in with Slack to the school pages")
        elif values[name] and not shape.fullmatch(values[name]):
            missing.append(f"a {PREFIX}{name} that is {says}")
    return [*missing, *([NO_PAGES] if is_begun and not settings.address else [])]


@dataclass(frozen=True, slots=True)
class SlackSide:
    """The parts of Staffroom that speak to Slack."""

    settings: Settings
    http: HttpSession
    messenger: SlackMessenger

    @property
    def is_posted_to(self) -> bool:
        """Whether Slack posts to an address of ours; else we open a connection (Socket Mode)."""
        return not self.settings.slack.app_token

    def endpoint(self, staffroom: Staffroom) -> Endpoint:
        """Where Slack posts what people write, press and fill in."""
        slack, now = self.settings.slack, staffroom.books.context.now
        app = SlackApp(slack.app, slack.team, slack.secret)
        check = SlackSignatureCheck(app, lambda: now().timestamp(), monotonic)
        return slack_endpoint(self._bot(staffroom), check, staffroom.books.context.store)

    def socket(self, staffroom: Staffroom) -> "SocketMode":
        """The connection over which all that comes."""
        from bot.channels.slack.socket_mode import SocketDoor  # slack_sdk is not loaded without Socket Mode

        slack, base = self.settings.slack, self.messenger.proactive.api.connector.base
        address = SlackApi(SlackConnector(self.http, slack.app_token, base)).socket_address
        door = SocketDoor(self.http, address) if base == BASE else SocketDoor(self.http, address, _hosts(base), "ws")
        check = WorkspaceCheck(slack.app, slack.team, monotonic)
        return slack_socket(self._bot(staffroom), check, staffroom.books.context.store, door)

    def groups(self, books: Books) -> SlackUserGroups | None:
        """The workspace's user groups, if the staff list comes from them."""
        if not books.config.slack.sources.is_on:
            return None
        return SlackUserGroups(self.messenger.proactive.api, self.settings.slack.team, lambda: _domains(books))

    def sign_in(self, staffroom: Staffroom) -> SlackSignIn:
        """How people sign in to the pages with Slack."""
        slack, api = self.settings.slack, self.messenger.proactive.api
        base = api.connector.base.removesuffix("/api/")
        return SlackSignIn(
            client=slack.client,
            secret=slack.client_secret,
            tenant=slack.team,
            redirect=f"{self.settings.address}{back(PATH)}",
            keys=SigningKeys(f"{base}{METADATA}", self.http, monotonic),
            http=self.http,
            now=staffroom.books.context.now,
            admits_member=SignInCheck(staffroom.desk, api, lambda: _domains(staffroom.books)),
            base=base,
        )

    def _bot(self, staffroom: Staffroom) -> SlackBot:
        slack, now = self.settings.slack, staffroom.books.context.now
        return SlackBot(
            desk=staffroom.desk,
            messenger=self.messenger,
            files=self.messenger.files,
            school=self.settings.school,
            team=slack.team,
            now=now,
            domains=lambda: _domains(staffroom.books),
        )


def slack_side(settings: Settings, books: Books, http: HttpSession, base: str = BASE) -> SlackSide:
    """The Slack side over a school's books; raises CardError for a template that cannot be read."""
    context = books.context
    api = SlackApi(SlackConnector(http, settings.slack.token, base))
    proactive = ProactiveMessages(context.store, context.store, api, settings.slack.team, context.now)
    files = _files(api, http, context.store, context.now)
    return SlackSide(settings, http, SlackMessenger(SlackCards(settings.cards, is_demo=False), proactive, files))


def _domains(books: Books) -> frozenset[str]:
    """The domains of the school's addresses, as the staff list and school.toml say now."""
    return school_domains(books.config.slack.domains, books.context.roster.people())


def _files(api: SlackApi, http: HttpSession, store: SharedFiles, now: Callable[[], datetime]) -> SlackFiles:
    """Files go to Slack's own hosts only; in tests, to the host that stands for Slack."""
    if api.connector.base == BASE:
        return SlackFiles(api, http, store, now)
    base = api.connector.base
    return SlackFiles(api, http, store, now, hosts=_hosts(base), scheme=urlsplit(base).scheme)


def _hosts(base: str) -> tuple[str, ...]:
    return (urlsplit(base).hostname or "",)
