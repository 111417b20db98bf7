"""What `doctor` says of Slack, if it is set: each line is something that stops messages in one way or another."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

import aiohttp

from bot.app import now
from bot.channels.pages.slack_sign_in import METADATA
from bot.channels.signing_keys import KeysUnavailable, SigningKeys
from bot.channels.slack.card_words import sentence
from bot.channels.slack.connector import BASE, ApiAnswer, SlackConnector
from bot.channels.slack.payload import is_user
from bot.channels.slack.scopes import needed_scopes
from bot.channels.slack.server import PATH
from bot.channels.slack.signature_check import sign
from bot.channels.slack.user_groups import SlackUserGroups
from bot.channels.slack.web_api import SlackApi
from bot.cli.status import Status
from bot.errors import ChannelError
from bot.roster.settings import SlackPeople
from bot.run_slack import slack_lacks
from bot.settings import PREFIX, Settings

NO_GROUPS = SlackPeople()
GUIDE = "docs/install-slack.md"
TIME_LIMIT = aiohttp.ClientTimeout(total=5)
MAX_CLOCK_DIFFERENCE = timedelta(seconds=60)  # Slack's requests are refused when they seem five minutes old
CHALLENGE = "staffroom-doctor"
MAX_ANSWER_BYTES = 1_000
TRIED = "Staffroom's doctor tries whether it can write to you here. There is nothing to do."
NOT_TRIED = "not tried, because only a message shows it: `python -m bot doctor --slack-message U0123ABCD` sends one"
HIDDEN = "Slack shows no Messages tab, so nobody can be written to"


async def slack_lines(
    settings: Settings, base: str = BASE, message_to: str = "", people: SlackPeople = NO_GROUPS
) -> list[Status]:
    """Token, scopes, workspace and app, clock, Messages tab, sign-in and request address; nothing unless Slack is set.

    `message_to` is the member ID of somebody who gets a message, to try that tab. `people` says whether the staff list
    comes from Slack.
    """
    if not settings.has_slack:
        return []
    lacks = slack_lacks(settings)
    remedy = f"set what is missing as {GUIDE} says"
    settings_line = Status("Slack settings", not lacks, "; ".join(lacks) or "all there", remedy, is_needed=True)
    if not settings.slack.token:
        return [settings_line]
    async with aiohttp.ClientSession(trust_env=True) as http:
        api = SlackApi(SlackConnector(lambda: http, settings.slack.token, base))
        lines = [line async for line in _token_lines(settings, api, message_to, people)]
        if settings.slack.client:
            lines.append(await _sign_in(http, base))
        if settings.slack.app_token:
            return [settings_line, *lines, await _socket(settings, http, base)]
        return [settings_line, *lines, *[line async for line in _address_lines(settings, http)]]


async def _token_lines(
    settings: Settings, api: SlackApi, message_to: str, people: SlackPeople
) -> AsyncIterator[Status]:
    remedy = f"install the app in the workspace again, and set {PREFIX}SLACK_TOKEN to its new bot token ({GUIDE})"
    try:
        answer = await api.connector.whole_answer("auth.test")
    except ChannelError as error:
        yield Status("Slack token", False, str(error), remedy, is_needed=True)
        return
    yield Status("Slack token", True, "Slack takes it")
    content = answer.content or {}
    yield _scopes(answer, needed_scopes(reads_groups=people.reads_groups))
    yield _workspace(settings, content)
    yield await _app(settings, api, str(content.get("bot_id", "")))
    yield _clock(answer)
    yield await _messages_tab(api, message_to)
    if people.sources.is_on:
        yield await _roster(settings, api, people)


def _scopes(answer: ApiAnswer, needed: frozenset[str]) -> Status:
    """Held and missing scopes, from the header x-oauth-scopes; https://docs.slack.dev/authentication/installing-with-oauth"""
    held = frozenset(scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")) - {""}
    missing, extra = sorted(needed - held), sorted(held - needed)
    if not held:
        return Status("Slack scopes", False, "Slack does not say which scopes the token holds", f"compare with {GUIDE}")
    says = f"MISSING {', '.join(missing)}" if missing else "all that are needed"
    says += f"; the app may also: {', '.join(extra)}" if extra else ""
    remedy = f"paste the manifest into the app again and reinstall it ({GUIDE})"
    return Status("Slack scopes", not missing and not extra, says, remedy, is_needed=bool(missing))


def _workspace(settings: Settings, content: Mapping[str, object]) -> Status:
    team = settings.slack.team
    is_same = content.get("team_id") == team
    says = f"the token is for {team}" if is_same else f"the token is for another workspace than {team}"
    remedy = f"correct {PREFIX}SLACK_TEAM, or take the token of the app in that workspace"
    return Status("Slack workspace", is_same, says, remedy, is_needed=True)


async def _app(settings: Settings, api: SlackApi, bot: str) -> Status:
    app, remedy = settings.slack.app, f"correct {PREFIX}SLACK_APP: it is on the app's page Basic Information"
    try:
        is_same = (await api.bot(bot)).get("app_id") == app
    except ChannelError as error:
        return Status("Slack app", False, f"not known: {error}", remedy)
    says = f"the token is of {app}" if is_same else f"the token is of another app than {app}"
    return Status("Slack app", is_same, says, remedy, is_needed=True)


def _clock(answer: ApiAnswer) -> Status:
    try:
        slack_time = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return Status("clock beside Slack's", True, "Slack did not say what time it is there")
    slack_time = slack_time if slack_time.tzinfo else slack_time.replace(tzinfo=UTC)
    difference = abs(now() - slack_time)
    says = f"{difference.total_seconds():.0f} seconds apart"
    remedy = "let this machine set its clock by the network: from five minutes on, everything Slack sends is refused"
    return Status("clock beside Slack's", difference <= MAX_CLOCK_DIFFERENCE, says, remedy)


async def _messages_tab(api: SlackApi, message_to: str) -> Status:
    """Whether people can be written to. Slack has no method that says so; an error names it once a message is sent."""
    name, remedy = "Slack Messages tab", "tick Messages Tab, and that people may send messages, on the page App Home"
    if not message_to:
        return Status(name, True, NOT_TRIED)
    if not is_user(message_to):
        return Status(name, False, f"{message_to!a} is no member ID of Slack", "copy it from the person's profile")
    try:
        await api.post(message_to, sentence(TRIED), tries=1)
    except ChannelError as error:
        is_hidden = "messages_tab_disabled" in str(error)
        return Status(name, False, HIDDEN if is_hidden else str(error), remedy, is_needed=is_hidden)
    return Status(name, True, "a message arrived")


async def _socket(settings: Settings, http: aiohttp.ClientSession, base: str) -> Status:
    """Whether Slack gives us a connection. It is not opened: messages would come over it."""
    name, remedy = "Slack Socket Mode", f"make a new app-level token with connections:write, and switch it on ({GUIDE})"
    try:
        await SlackApi(SlackConnector(lambda: http, settings.slack.app_token, base)).socket_address()
    except ChannelError as error:
        return Status(name, False, str(error), remedy, is_needed=True)
    return Status(name, True, "Slack gives an address to connect to")


async def _roster(settings: Settings, api: SlackApi, people: SlackPeople) -> Status:
    """Whether every user group that school.toml names can be read, and how many are in it; names are not shown."""
    name, remedy = "Slack staff list", f"compare [slack] in school.toml with the workspace's user groups ({GUIDE})"
    groups = SlackUserGroups(api, settings.slack.team, lambda: people.domains)
    try:
        members = await groups.members_of(people.sources.every_group)
    except ChannelError as error:
        return Status(name, False, f"cannot be read: {error}", remedy)
    return Status(name, True, ", ".join(f"{group}: {len(accounts)} people" for group, accounts in members.items()))


async def _sign_in(http: aiohttp.ClientSession, base: str) -> Status:
    """Whether Slack's keys can be fetched. Client ID and secret are tried only when somebody signs in."""
    name, remedy = "Sign in with Slack", "let this machine reach slack.com by HTTPS"
    keys = SigningKeys(f"{base.removesuffix('/api/')}{METADATA}", lambda: http, monotonic)
    try:
        await keys.get("")
    except KeysUnavailable:
        return Status(name, False, "Slack's keys cannot be fetched from here", remedy, is_needed=True)
    return Status(name, True, "Slack's keys can be fetched; whether it takes the client secret, a sign-in shows")


async def _address_lines(settings: Settings, http: aiohttp.ClientSession) -> AsyncIterator[Status]:
    """Whether requests of Slack's arrive, tried with one that is signed as Slack signs them."""
    remedy = f"start it with `python -m bot run`; compare {PREFIX}SLACK_SECRET with the app's signing secret"
    here = f"http://127.0.0.1:{settings.port}{PATH}"
    yield Status("Slack requests, here", *await _challenged(settings, http, here), remedy)
    if settings.address:
        remedy = f"pass {PATH} on to port {settings.port}; it must be the Request URL in the app's settings ({GUIDE})"
        address = f"{settings.address}{PATH}"
        yield Status("Slack requests, from outside", *await _challenged(settings, http, address), remedy)


async def _challenged(settings: Settings, http: aiohttp.ClientSession, address: str) -> tuple[bool, str]:
    body = json.dumps({"type": "url_verification", "challenge": CHALLENGE}).encode()
    stamp = str(int(now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(settings.slack.secret, stamp, body),
    }
    try:
        async with http.post(
            address, data=body, headers=headers, timeout=TIME_LIMIT, allow_redirects=False
        ) as response:
            text = await response.content.read(MAX_ANSWER_BYTES)
    except (aiohttp.ClientError, TimeoutError):
        return False, f"nothing answers at {address}"
    if response.status == 200 and CHALLENGE.encode() in text:
        return True, f"answered at {address}"
    return False, f"{address} answers {response.status}, not as Staffroom with this secret does"
