"""The Teams side of the real mode: its identity at Microsoft, its messenger, its endpoint and the school's tenant."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from bot.app import Books, Staffroom, Tenant
from bot.channels.pages.entra_sign_in import EntraSignIn
from bot.channels.pages.microsoft_way import BACK, MicrosoftWay
from bot.channels.rate_limit import RateLimiter
from bot.channels.services import Endpoint, HttpSession
from bot.channels.signing_keys import SigningKeys
from bot.channels.teams.activity import CHANNEL
from bot.channels.teams.bot import TeamsBot
from bot.channels.teams.cards import TeamsCards
from bot.channels.teams.connector import Connector
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.limits import LIMITS
from bot.channels.teams.membership import GroupMembership
from bot.channels.teams.messenger import TeamsMessenger
from bot.channels.teams.proactive import ProactiveMessages
from bot.channels.teams.server import teams_endpoint
from bot.channels.teams.token_check import Microsoft, TeamsTokenCheck
from bot.config import Config
from bot.credentials import AUTHORITY, BrowserSignIn, Identity, Tokens
from bot.people.rules.person import Caller, Proof
from bot.settings import PREFIX, TEAMS_CREDENTIALS, Settings
from bot.tenant.graph.client import GraphClient
from bot.tenant.graph.lessons import GraphLessons
from bot.tenant.graph.tenant import NOTIFICATIONS_PER_SECOND, GraphTenant

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def identity_of(settings: Settings) -> Identity:
    """The bot's identity at Microsoft, from the settings."""
    return Identity(
        settings.app_id,
        settings.tenant,
        settings.secret,
        settings.certificate,
        settings.federated,
        settings.is_managed,
    )


def teams_lacks(settings: Settings) -> list[str]:
    """What is missing for Teams, in words."""
    missing = [f"{PREFIX}{name}" for name in TEAMS_CREDENTIALS[:2] if name not in settings.credentials]
    for name, value in (("APP_ID", settings.app_id), ("TENANT_ID", settings.tenant)):
        if value and not _UUID.fullmatch(value):
            missing.append(f"a {PREFIX}{name} that is an id such as 00000000-0000-0000-0000-000000000000")
    if not identity_of(settings).proof:
        missing.append(f"one of {', '.join(PREFIX + name for name in TEAMS_CREDENTIALS[2:])}")
    if settings.address and identity_of(settings).proof == "managed identity":
        # People sign in to an app registration; a managed identity has none.
        missing.append(f"an app registration, with a certificate, a federated token or a secret, for {PREFIX}ADDRESS")
    return missing


@dataclass(frozen=True, slots=True)
class MicrosoftTenant:
    """What Staffroom uses of the school's Microsoft 365; None for what school.toml does not allow."""

    graph: GraphTenant | None
    lessons: GraphLessons | None


def tenant_of(settings: Settings, config: Config, http: HttpSession, tokens: Tokens) -> MicrosoftTenant:
    """The parts of the school's tenant that school.toml allows Staffroom to use."""
    client, groups, recordings = GraphClient(http, tokens), config.groups, config.recordings
    uses_groups = groups.is_on or groups.installs or groups.notifies
    rate = RateLimiter(replace(LIMITS, per_second=NOTIFICATIONS_PER_SECOND))
    graph = GraphTenant(client, settings.tenant, groups.app, rate_limit=rate) if uses_groups else None
    sees_lessons = recordings.promise is not None and recordings.access.is_on
    lessons = GraphLessons(client, settings.tenant, groups.app) if sees_lessons else None
    return MicrosoftTenant(graph, lessons)


@dataclass(frozen=True, slots=True)
class PageSignIn:
    """How people prove to the pages who they are."""

    entra: EntraSignIn
    browser: BrowserSignIn

    @property
    def way(self) -> MicrosoftWay:
        """The way through Microsoft, with the accounts as Teams knows them."""
        return MicrosoftWay(self.entra, self.browser, CHANNEL)


def sign_in_of(settings: Settings, http: HttpSession, now: datetime) -> PageSignIn:
    """The sign-in of the school's tenant."""
    metadata = f"{AUTHORITY}/{settings.tenant}/v2.0/.well-known/openid-configuration"
    keys = SigningKeys(metadata, http, monotonic)
    return PageSignIn(
        EntraSignIn(settings.app_id, settings.resource, settings.tenant, keys, monotonic),
        BrowserSignIn(identity_of(settings), f"{settings.address}{BACK}", now),
    )


@dataclass(frozen=True, slots=True)
class TeamsSide:
    """The parts of Staffroom that speak to Teams and to the school's tenant."""

    settings: Settings
    http: HttpSession
    microsoft: Microsoft
    keys: SigningKeys
    tenant: MicrosoftTenant
    messenger: TeamsMessenger
    uses_notifications: bool

    @property
    def used_tenant(self) -> Tenant:
        """The tenant as the program uses it."""
        graph = self.tenant.graph
        return Tenant(graph, self.tenant.lessons, graph if self.uses_notifications else None)

    def endpoint(self, staffroom: Staffroom) -> Endpoint:
        """Where Teams sends what people write and press."""
        check = TeamsTokenCheck(self.settings.app_id, self.settings.tenant, self.keys, monotonic, self.microsoft)
        bot = _bot(self.settings, staffroom, self.messenger, self.http)
        return teams_endpoint(bot, check, staffroom.books.context.store)

    async def are_keys_fetched(self) -> bool:
        """Whether Microsoft's keys are there, so that requests can be checked."""
        return self.keys.are_fetched


def teams_side(
    settings: Settings,
    books: Books,
    http: HttpSession,
    tokens: Tokens,
    microsoft: Microsoft,
    tenant: MicrosoftTenant | None = None,
) -> TeamsSide:
    """The Teams side over a school's books; the tenant is the school's own unless another one is given."""
    config, context = books.config, books.context
    tenant = tenant or tenant_of(settings, config, http, tokens)
    install = tenant.graph.install if tenant.graph and config.groups.installs else None
    proactive = ProactiveMessages(context.store, Connector(http, tokens.token), context.now, install)
    messenger = TeamsMessenger(TeamsCards(settings.cards, is_demo=False), proactive)
    keys = SigningKeys(microsoft.metadata, http, monotonic)
    return TeamsSide(settings, http, microsoft, keys, tenant, messenger, config.groups.notifies)


def _bot(settings: Settings, staffroom: Staffroom, messenger: TeamsMessenger, http: HttpSession) -> TeamsBot:
    async def knows(account: str) -> bool:
        caller = Caller(settings.school, CHANNEL, settings.tenant, account, Proof.TOKEN)
        return await staffroom.desk.knows(caller)

    now = staffroom.books.context.now
    return TeamsBot(
        desk=staffroom.desk,
        messenger=messenger,
        is_class=staffroom.is_class,
        files=TeamsFiles(http, now),
        school=settings.school,
        proof=Proof.TOKEN,
        now=now,
        membership=GroupMembership(messenger.proactive.connector, knows),
    )
