"""The command `doctor`: says what is set up, what is missing, and what to do about it."""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from time import monotonic

import aiohttp

from bot import app, manifest
from bot.app import now, today
from bot.ask import encoder
from bot.ask.policy_file import read_bank
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import is_draft
from bot.ask.training import newer_questions, training_data
from bot.channels.signing_keys import KeysUnavailable, SigningKeys
from bot.channels.slack.connector import BASE
from bot.channels.teams.connector import SCOPE
from bot.channels.teams.token_check import Microsoft
from bot.channels.web.page_files import RENDERER
from bot.cli.doctor_chooser import chooser_lines
from bot.cli.doctor_slack import slack_lines
from bot.cli.doctor_witness import witness_lines
from bot.cli.status import Status
from bot.config import CALENDAR_FILE, Config, read_config
from bot.credentials import Tokens, certificate_ends, open_tokens
from bot.errors import SettingsError, StaffroomError, TokenUnavailable, WeightsError
from bot.evidence.rules.ledger import Entry, EventKind
from bot.run_teams import identity_of
from bot.school.calendar_file import read_ics
from bot.school.rules.calendar import written
from bot.school.rules.year_picture import warnings
from bot.settings import PREFIX, Settings
from bot.tenant.graph.permissions import unused_permissions, uses_of_graph
from bot.tenant.staff_file import FileRoster

GRAPH = "https://graph.microsoft.com/.default"
WARN_BEFORE_EXPIRY = timedelta(days=30)
MAX_SHOWN_ENTRIES = 5
SCHOOL = "school.toml"
MAX_STEPS = 3  # steps back of the clock that are shown, the last ones
STEPS_MATTER_FOR = timedelta(days=30)
TIME_LIMIT = aiohttp.ClientTimeout(total=5)


def installed_parts(settings: Settings) -> list[Status]:
    """One line for each part that `make setup` installs."""
    try:
        encoder.find_weights(settings.weights)
        model = Status("sentence model", True, "the published weights are installed")
    except WeightsError as error:
        says = f"{error} Until then, questions are understood by their words alone."
        model = Status("sentence model", False, says, "run `make setup`")
    renderer = Status("card renderer", RENDERER.is_file(), "adaptivecards, for the local web chat", "run `make setup`")
    return [model, renderer]


def calendar_file(settings: Settings) -> list[Status]:
    """One line for the school's calendar file if it has one; without titles, since the lines are kept at start."""
    file = settings.data / CALENDAR_FILE
    if not file.is_file():
        return []
    read = read_ics(file, today())
    says = f"{len(read.taken)} entries taken, {len(read.left)} left alone"
    if read.in_doubt:
        more = len(read.in_doubt) - MAX_SHOWN_ENTRIES
        reasons = [entry.says for entry in read.in_doubt[:MAX_SHOWN_ENTRIES]]
        says = f"{says}, of which these may matter: {' '.join(reasons)}" + (f" And {more} more." if more > 0 else "")
    remedy = f"`python -m bot calendar` shows each entry; then correct it in the calendar, or set its days in {SCHOOL}"
    return [Status(CALENDAR_FILE, not read.in_doubt, says, remedy)]


async def doctor(
    settings: Settings,
    tokens: Tokens | None = None,
    microsoft: Microsoft | None = None,
    *,
    slack_base: str = BASE,
    slack_message_to: str = "",
) -> list[Status]:
    """Every line of `doctor`. With credentials set, this asks Microsoft for tokens, and Slack about ours.

    `slack_message_to` is a member ID of Slack; that person gets a message.
    """
    try:
        config = read_config(settings, today())
        calendar = [Status("calendar", False, text, _calendar_remedy(settings)) for text in _missing_days(config)]
        calendar += calendar_file(settings)
    except SettingsError as error:
        calendar = [Status("calendar", False, str(error), _calendar_remedy(settings))]
        config = read_config(settings, today(), with_calendar_file=False)
    lines = [
        *installed_parts(settings),
        *_policy(settings, config),
        *calendar,
        *await chooser_lines(settings, config, tokens),
    ]
    slack = await slack_lines(settings, slack_base, slack_message_to, config.slack)
    if not settings.has_teams:
        if slack:
            kept = [*await _store(settings, config), *witness_lines(settings)]
            return [*lines, _staff_list(settings), *slack, *kept, await _server(settings)]
        return [*lines, Status("Teams", True, "no credentials: only local mode runs; docs/install-teams.md says how")]
    lines += [*_teams(settings), *slack]
    try:
        source = tokens or open_tokens(identity_of(settings), now())
        lines += [line async for line in _tokens(source, config)]
    except SettingsError as error:
        remedy = f"see {PREFIX}CERTIFICATE and the other proofs in the install guide"
        lines.append(Status("token", False, str(error), remedy, is_needed=True))
    lines += [*await _store(settings, config), *witness_lines(settings)]
    lines += [line async for line in _expiry(settings, config)]
    return [*lines, await _keys(microsoft or Microsoft()), await _server(settings)]


def _calendar_remedy(settings: Settings) -> str:
    return f"see [calendar] in policies/{settings.school}/school.toml"


def _missing_days(config: Config) -> list[str]:
    return warnings(config.school.calendar, today())


async def _store(settings: Settings, config: Config) -> list[Status]:
    """Whether the store opens, and whether the clock went back while something was recorded."""
    try:
        async with app.open_books(settings, local=False, writes=False, config=config) as books:
            steps = await books.context.store.entries_of(EventKind.CLOCK_WENT_BACK)
    except StaffroomError as error:
        return [Status("store", False, str(error), "for a new school: `python -m bot store new`", is_needed=True)]
    return [Status("store", True, "it opens, and nothing is missing at its end"), clock_status(steps, now())]


def clock_status(steps: Sequence[Entry], now: datetime) -> Status:
    """Whether the clock went back within the last 30 days; earlier steps are only named: nothing is left to be done."""
    notes = [f"Entry {step.number}: from {step.event.facts['before']} to {step.event.facts['now']}" for step in steps]
    remedy = "let this machine set its clock by the network; the times around these entries are not certain"
    says = f"steps back: {len(notes)}. " + "; ".join(notes[-MAX_STEPS:]) if notes else "it never went back"
    return Status("clock", not any(_is_recent(step, now) for step in steps), says, remedy)


def _is_recent(step: Entry, now: datetime) -> bool:
    """Whether either time of a step is: the other is from a clock that was wrong, years back or ahead."""
    times = [datetime.fromisoformat(str(step.event.facts[name])) for name in ("before", "now")]
    return any(now - STEPS_MATTER_FOR <= time <= now for time in times)


async def _expiry(settings: Settings, config: Config) -> AsyncIterator[Status]:
    """Whether the tenant deletes recordings by itself. Graph does not show this, so the IT lead has to say so."""
    promise = config.recordings.promise
    if promise is None:
        return
    try:
        async with app.open_books(settings, local=False, writes=False, config=config) as books:
            since = (await books.recordings.projection()).expiry_set_on
    except StaffroomError:
        since = None
    days = promise.kept_days
    yield Status(
        "recordings' expiry",
        since is not None,
        f"the IT lead said on {written(since)} that it is set" if since else f"Teams keeps them 120 days, not {days}",
        f"Set-CsTeamsMeetingPolicy -Identity Global -NewMeetingRecordingExpirationDays {days}; then write `expiry` to "
        "Staffroom and press It is set",
    )


def _policy(settings: Settings, config: Config) -> Iterator[Status]:
    policy = config.policy
    overdue = [document.short for document in policy.documents.values() if document.is_overdue(today())]
    data = training_data(settings)
    is_learnt = data.file.is_file()
    yield Status("learnt", is_learnt, "what was learnt from the bank", "run `python -m bot learn`", is_needed=True)
    newer = newer_questions(read_bank(settings.policies), data)
    says = f"{newer} lines of the bank are newer" if newer else "it has learnt from the whole bank"
    yield Status(
        "encoder", data.tuned is not None, says, "run `make train`: it reads without what it could have learnt"
    )
    yield Status(
        "hand-off contacts",
        policy.contacts.is_complete,
        "whom to tell if a child may be hurt",
        f"fill in [handoff] in policies/{settings.school}/school.toml",
        is_needed=bool(settings.credentials),
    )
    says = f"overdue: {', '.join(overdue)}" if overdue else "in date"
    yield Status("review", not overdue, says, "governors review the policy; then change its dates in the TOML file")
    yield approval_status(policy)


def approval_status(policy: Policy) -> Status:
    """Whether the school has approved all its own answers. Staffroom's own need no approval."""
    own = [ruling for ruling in policy.rulings.values() if not ruling.is_common]
    drafts = sum(is_draft(ruling, policy.clauses) for ruling in own)
    says = f"{drafts} rulings are drafts, which never give a permission in Teams"
    return Status("approval", not drafts, says, "print `python -m bot rulings sheet` for the headteacher")


def _teams(settings: Settings) -> Iterator[Status]:
    identity = identity_of(settings)
    is_complete = bool(identity.app_id and identity.tenant and identity.proof)
    yield Status(
        "credentials",
        is_complete,
        f"proof: {identity.proof or 'none'}",
        f"set {PREFIX}APP_ID, {PREFIX}TENANT_ID and a proof",
        is_needed=True,
    )
    yield _staff_list(settings)
    try:
        ends = certificate_ends(identity, now())
    except SettingsError as error:
        yield Status("certificate", False, str(error), "make a new one as the install guide says", is_needed=True)
    else:
        if ends:
            says = f"valid until {ends:%-d %B %Y}"
            yield Status(
                "certificate",
                ends > now() + WARN_BEFORE_EXPIRY,
                says,
                "upload a new one to the app registration in time",
            )
    yield Status(
        "Teams app schema", manifest.is_schema_installed(settings.manifest), "Microsoft's, from npm", "run `make setup`"
    )
    package = settings.data / "staffroom.zip"
    if package.is_file():
        problems = manifest.disagreements(package, settings.app_id, settings.address)
        remedy = "build it again: `python -m bot manifest` and upload it"
        yield Status("Teams app package", not problems, " ".join(problems) or "its ids agree with the settings", remedy)
    else:
        yield Status("Teams app package", False, "not built yet", "run `python -m bot manifest`")


def _staff_list(settings: Settings) -> Status:
    """How the file stands: what is wrong with it, what waits for confirmation, or how many people it has."""
    try:
        roster = FileRoster(settings.staff_file, writes=False)
    except SettingsError as error:
        return Status("staff list", False, str(error), "docs/staff-list.md names its columns", is_needed=True)
    in_force = f"the last accepted list of {len(roster.people())} people stays"
    if roster.problem:
        return Status("staff list", False, f"{roster.problem} Until it is right, {in_force}", "docs/staff-list.md")
    if roster.waiting:
        doubts = " ".join(roster.waiting.doubts)
        says = f"{settings.staff_file.name} waits for confirmation: {doubts} Until then, {in_force}"
        remedy = "the IT lead says `staff list` to Staffroom, or runs `python -m bot roster confirm --as ID`"
        return Status("staff list", False, says, remedy)
    return Status("staff list", True, f"{len(roster.people())} people in {settings.staff_file.name}")


async def _tokens(tokens: Tokens, config: Config) -> AsyncIterator[Status]:
    groups, access = config.groups, config.recordings.access
    remedy = "check app id, tenant and proof in the app registration, and that this machine reaches Microsoft"
    try:
        await tokens.token(SCOPE)
        yield Status("token for Teams", True, "Microsoft gives one")
    except TokenUnavailable as error:
        yield Status("token for Teams", False, str(error), remedy, is_needed=True)
        return
    try:
        granted = frozenset(permissions(await tokens.token(GRAPH)))
    except TokenUnavailable as error:
        yield Status(
            "Graph permissions",
            not any(use.is_on for use in uses_of_graph(groups, access)),
            f"not known: {error}",
            remedy,
        )
        return
    for use in uses_of_graph(groups, access):
        missing = use.missing(granted) if use.is_on else []
        state = "on" if use.is_on else "off"
        needs = " and ".join(group[0] for group in use.needs)
        says = f"{state}; needs {needs}" + (f"; MISSING {', '.join(missing)}" if missing else "")
        yield Status(f"Graph: {use.name}", not missing, says, "grant it in the app registration, with admin consent")
    extra = unused_permissions(groups, granted, access)
    says = f"the app may also: {', '.join(extra)}" if extra else "all of them are needed"
    yield Status("Graph permissions", not extra, says, "remove what Staffroom does not need")


def permissions(token: str) -> list[str]:
    """The application permissions in a token of Microsoft's, in alphabetical order; empty if it cannot be read."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return sorted(str(role) for role in claims.get("roles", []))
    except (IndexError, ValueError, binascii.Error, AttributeError, TypeError):
        return []


async def _keys(microsoft: Microsoft) -> Status:
    remedy = "let this machine reach login.botframework.com by HTTPS"
    async with aiohttp.ClientSession(trust_env=True) as http:
        keys = SigningKeys(microsoft.metadata, lambda: http, monotonic)
        try:
            await keys.get("")
        except KeysUnavailable:
            return Status("Microsoft's keys", False, "cannot be fetched from here", remedy, is_needed=True)
    return Status("Microsoft's keys", True, "can be fetched from here")


async def _server(settings: Settings) -> Status:
    address = f"http://127.0.0.1:{settings.port}/readyz"
    try:
        async with aiohttp.ClientSession() as http, http.get(address, timeout=TIME_LIMIT) as response:
            is_ready = response.status == 200
            return Status("server", is_ready, "ready" if is_ready else "running, not ready", f"look at {address}")
    except (aiohttp.ClientError, TimeoutError):
        return Status("server", False, f"nothing answers on port {settings.port}", "start it: `python -m bot run`")
