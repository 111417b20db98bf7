"""What is set up, what is missing, and what to do about each: `python -m bot doctor`."""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import aiohttp

from bot import app, manifest, policies
from bot.app import now, today
from bot.ask import encoder
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import is_draft
from bot.ask.training import lessons
from bot.channels.teams.connector import SCOPE
from bot.channels.teams.signing_keys import KeysUnavailable, SigningKeys
from bot.channels.teams.token_check import Microsoft
from bot.channels.web.chat import RENDERER
from bot.credentials import Tokens, certificate_ends, open_tokens
from bot.errors import SettingsError, StaffroomError, TokenUnavailable, WeightsError
from bot.people.rules.directory import Sources
from bot.recordings.rules.timetable import TenantAccess
from bot.school.rules.calendar import written
from bot.school.rules.year_picture import warnings
from bot.settings import PREFIX, Settings
from bot.tenant.graph.permissions import unused_permissions, uses_of_graph
from bot.tenant.staff_file import FileRoster

GRAPH = "https://graph.microsoft.com/.default"
SOON = timedelta(days=30)
TIME_LIMIT = aiohttp.ClientTimeout(total=5)


@dataclass(frozen=True, slots=True)
class Health:
    """One line of `doctor`: what was looked at, whether it is well, what was seen, and what to do about it."""

    what: str
    is_well: bool
    says: str
    remedy: str = ""
    is_needed: bool = False  # Staffroom does not work without it


def parts_installed(settings: Settings) -> list[Health]:
    """Whether what set-up brings is there."""
    try:
        encoder.find_weights(settings.weights)
        model = Health("sentence model", True, "the published weights are installed")
    except WeightsError as seen:
        model = Health(
            "sentence model", False, f"{seen} Until then questions are read by their words alone.", "run `make setup`"
        )
    return [
        model,
        Health("card renderer", RENDERER.is_file(), "adaptivecards, for the local web chat", "run `make setup`"),
    ]


async def doctor(settings: Settings, tokens: Tokens | None = None, microsoft: Microsoft | None = None) -> list[Health]:
    """Everything that can be looked at from here. With credentials set this asks Microsoft for a token."""
    policy = policies.read_policy(settings.policies, settings.school)
    found = [*parts_installed(settings), *_policy(settings, policy)]
    if not settings.credentials:
        return [*found, Health("Teams", True, "no credentials: only local mode runs; docs/install-teams.md says how")]
    found += _teams(settings)
    try:
        asking = tokens or open_tokens(app.identity(settings))
        found += [one async for one in _tokens(asking, policy.sources, policy.watch)]
    except SettingsError as seen:
        found.append(
            Health("token", False, str(seen), f"see {PREFIX}CERTIFICATE and its like in the install guide", True)
        )
    found += [one async for one in _expiry(settings, policy)]
    return [*found, await _keys(microsoft or Microsoft()), await _server(settings)]


async def _expiry(settings: Settings, policy: Policy) -> AsyncIterator[Health]:
    """Whether the tenant takes recordings away by itself, which Graph does not tell: the IT lead has to say so."""
    if policy.promise is None:
        return
    try:
        async with app.open_records(settings, local=False, writes=False) as records:
            since = (await records.shelf()).expiry_set_on
    except StaffroomError:
        since = None
    days = policy.promise.kept
    yield Health(
        "recordings' expiry",
        since is not None,
        f"the IT lead said on {written(since)} that it is set" if since else f"Teams keeps them 120 days, not {days}",
        f"Set-CsTeamsMeetingPolicy -Identity Global -NewMeetingRecordingExpirationDays {days}; then write `expiry` to "
        "Staffroom and press It is set",
    )


def _policy(settings: Settings, policy: Policy) -> Iterator[Health]:
    overdue = [paper.short for paper in policy.documents.values() if paper.is_overdue(today())]
    drafts = sum(1 for ruling in policy.rulings.values() if is_draft(ruling, policy.clauses))
    is_learnt = lessons(settings).file.is_file()
    yield Health("learnt", is_learnt, "what was learnt from the bank", "run `python -m bot learn`", is_needed=True)
    yield Health(
        "hand-off contacts",
        policy.contacts.is_complete,
        "whom to tell when a child may be hurt",
        f"fill in [handoff] in policies/{settings.school}/school.toml",
        is_needed=bool(settings.credentials),
    )
    said = f"overdue: {', '.join(overdue)}" if overdue else "in date"
    yield Health("review", not overdue, said, "governors review the policy; then change its dates in the TOML file")
    for one in _dates(settings, policy):
        yield Health("calendar", False, one, f"see [calendar] in policies/{settings.school}/school.toml")
    yield Health(
        "approval",
        not drafts,
        f"{drafts} rulings are drafts, which never give a permission in Teams",
        "print `python -m bot rulings sheet` for the headteacher",
    )


def _dates(settings: Settings, policy: Policy) -> list[str]:
    try:
        return warnings(app.calendar_of(settings, policy), today())
    except SettingsError as seen:
        return [str(seen)]


def _teams(settings: Settings) -> Iterator[Health]:
    identity = app.identity(settings)
    is_whole = bool(identity.app_id and identity.tenant and identity.proof)
    yield Health(
        "credentials",
        is_whole,
        f"proof: {identity.proof or 'none'}",
        f"set {PREFIX}APP_ID, {PREFIX}TENANT_ID and a proof",
        is_needed=True,
    )
    try:
        people = FileRoster(settings.staff_file).people()
        yield Health("staff list", True, f"{len(people)} people in {settings.staff_file.name}")
    except SettingsError as seen:
        yield Health("staff list", False, str(seen), "docs/install-teams.md names its columns", is_needed=True)
    try:
        ends = certificate_ends(identity)
    except SettingsError as seen:
        yield Health("certificate", False, str(seen), "make a new one as the install guide says", is_needed=True)
    else:
        if ends:
            says = f"valid until {ends:%-d %B %Y}"
            yield Health("certificate", ends > now() + SOON, says, "upload a new one to the app registration in time")
    yield Health(
        "Teams app schema", manifest.is_schema_installed(settings.manifest), "Microsoft's, from npm", "run `make setup`"
    )
    package = settings.data / "staffroom.zip"
    if package.is_file():
        wrong = manifest.disagreements(package, settings.app_id)
        remedy = "build it again: `python -m bot manifest` and upload it"
        yield Health("Teams app package", not wrong, " ".join(wrong) or "its ids agree with the settings", remedy)
    else:
        yield Health("Teams app package", False, "not built yet", "run `python -m bot manifest`")


async def _tokens(tokens: Tokens, sources: Sources, watch: TenantAccess) -> AsyncIterator[Health]:
    remedy = "check app id, tenant and proof in the app registration, and that this machine reaches Microsoft"
    try:
        await tokens.token(SCOPE)
        yield Health("token for Teams", True, "Microsoft gives one")
    except TokenUnavailable as seen:
        yield Health("token for Teams", False, str(seen), remedy, is_needed=True)
        return
    try:
        held = frozenset(permissions(await tokens.token(GRAPH)))
    except TokenUnavailable as seen:
        yield Health(
            "Graph permissions",
            not any(one.is_on for one in uses_of_graph(sources, watch)),
            f"not known: {seen}",
            remedy,
        )
        return
    for tier in uses_of_graph(sources, watch):
        missing = tier.missing(held) if tier.is_on else []
        state = "on" if tier.is_on else "off"
        needs = " and ".join(group[0] for group in tier.needs)
        says = f"{state}; needs {needs}" + (f"; MISSING {', '.join(missing)}" if missing else "")
        yield Health(f"Graph: {tier.name}", not missing, says, "grant it in the app registration, with admin consent")
    extra = unused_permissions(sources, held, watch)
    says = f"the app may also: {', '.join(extra)}" if extra else "none that is not needed"
    yield Health("Graph permissions", not extra, says, "take away what Staffroom does not need")


def permissions(token: str) -> list[str]:
    """The application permissions a token of Microsoft's carries, in order; none where it cannot be read."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        return sorted(str(role) for role in claims.get("roles", []))
    except (IndexError, ValueError, binascii.Error, AttributeError, TypeError):
        return []


async def _keys(microsoft: Microsoft) -> Health:
    remedy = "let this machine reach login.botframework.com by HTTPS"
    async with aiohttp.ClientSession(trust_env=True) as http:
        keys = SigningKeys(microsoft.metadata, lambda: http, monotonic)
        try:
            await keys.get("")
        except KeysUnavailable:
            return Health("Microsoft's keys", False, "cannot be fetched from here", remedy, is_needed=True)
    return Health("Microsoft's keys", True, "can be fetched from here")


async def _server(settings: Settings) -> Health:
    address = f"http://127.0.0.1:{settings.port}/readyz"
    try:
        async with aiohttp.ClientSession() as http, http.get(address, timeout=TIME_LIMIT) as answer:
            is_ready = answer.status == 200
            return Health("server", is_ready, "ready" if is_ready else "running, not ready", f"look at {address}")
    except (aiohttp.ClientError, TimeoutError):
        return Health("server", False, f"nothing answers on port {settings.port}", "start it: `python -m bot run`")
