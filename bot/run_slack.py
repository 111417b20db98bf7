"""The Slack side of the real mode: its messenger and its endpoint."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from urllib.parse import urlsplit

from bot.app import Books, Staffroom
from bot.channels.services import Endpoint, HttpSession
from bot.channels.slack.bot import SlackBot
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.connector import BASE, SlackConnector
from bot.channels.slack.files import SlackFiles
from bot.channels.slack.members import school_domains
from bot.channels.slack.messenger import SlackMessenger
from bot.channels.slack.proactive import ProactiveMessages
from bot.channels.slack.server import slack_endpoint
from bot.channels.slack.signature_check import SlackApp, SlackSignatureCheck
from bot.channels.slack.web_api import SlackApi
from bot.people.ports import SharedFiles
from bot.settings import PREFIX, SLACK_CREDENTIALS, Settings

# What each looks like: a mistaken paste is named before anything starts.
_SHAPES = {
    "SLACK_TEAM": (re.compile(r"T[A-Z0-9]{2,30}", re.ASCII), "the id of a workspace, such as T0123ABCD"),
    "SLACK_APP": (re.compile(r"A[A-Z0-9]{2,30}", re.ASCII), "the id of an app, such as A0123ABCD"),
    "SLACK_TOKEN": (re.compile(r"xoxb-[A-Za-z0-9-]{5,200}", re.ASCII), "a bot token, which begins with xoxb-"),
    "SLACK_SECRET": (re.compile(r"[!-~]{16,100}"), "a signing secret of 16 characters or more"),
}
NO_SOCKET_MODE = f"{PREFIX}SLACK_APP_TOKEN is for Socket Mode, which Staffroom does not have yet: unset it"
NO_PAGES = f"Teams for the school pages, or no {PREFIX}ADDRESS: nobody can sign in to the pages with Slack yet"


def slack_lacks(settings: Settings) -> list[str]:
    """What is missing for Slack, in words."""
    slack = settings.slack
    values = dict(zip(SLACK_CREDENTIALS, (slack.team, slack.app, slack.token, slack.secret), strict=False))
    missing = [f"{PREFIX}{name}" for name, value in values.items() if not value]
    for name, (shape, says) in _SHAPES.items():
        if values[name] and not shape.fullmatch(values[name]):
            missing.append(f"a {PREFIX}{name} that is {says}")
    if slack.app_token:
        missing.append(f"a way in ({NO_SOCKET_MODE})")
    if settings.address and not settings.has_teams:
        missing.append(NO_PAGES)
    return missing


@dataclass(frozen=True, slots=True)
class SlackSide:
    """The parts of Staffroom that speak to Slack."""

    settings: Settings
    http: HttpSession
    messenger: SlackMessenger

    def endpoint(self, staffroom: Staffroom) -> Endpoint:
        """Where Slack sends what people write, press and fill in."""
        slack, now, config = self.settings.slack, staffroom.books.context.now, staffroom.books.config
        bot = SlackBot(
            desk=staffroom.desk,
            messenger=self.messenger,
            files=self.messenger.files,
            school=self.settings.school,
            team=slack.team,
            now=now,
            domains=lambda: school_domains(config.slack.domains, staffroom.books.context.roster.people()),
        )
        app = SlackApp(slack.app, slack.team, slack.secret)
        check = SlackSignatureCheck(app, lambda: now().timestamp(), monotonic)
        return slack_endpoint(bot, check, staffroom.books.context.store)


def slack_side(settings: Settings, books: Books, http: HttpSession, base: str = BASE) -> SlackSide:
    """The Slack side over a school's books; raises CardError for a template that cannot be read."""
    context = books.context
    api = SlackApi(SlackConnector(http, settings.slack.token, base))
    proactive = ProactiveMessages(context.store, api, settings.slack.team, context.now)
    files = _files(api, http, context.store, context.now)
    return SlackSide(settings, http, SlackMessenger(SlackCards(settings.cards, is_demo=False), proactive, files))


def _files(api: SlackApi, http: HttpSession, store: SharedFiles, now: Callable[[], datetime]) -> SlackFiles:
    """Files go to Slack's own hosts only; in tests, to the host that stands for Slack."""
    if api.connector.base == BASE:
        return SlackFiles(api, http, store, now)
    parts = urlsplit(api.connector.base)
    return SlackFiles(api, http, store, now, hosts=(parts.hostname or "",), scheme=parts.scheme)
