"""Puts the parts together. The only module that knows them all, and the only one with a clock."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import snowballstemmer
from aiohttp import ClientSession, DummyCookieJar, web
from threadpoolctl import threadpool_limits

from bot import policies, recognise, sentence
from bot.cards import Cards
from bot.channels.door import Door, FrontDoor, LoopbackDoor, Microsoft, guarded
from bot.channels.health import add_health
from bot.channels.keys import SigningKeys
from bot.channels.teams_connector import Connector
from bot.channels.web import LOOPBACK, WebChat
from bot.credentials import Identity, Tokens, open_tokens
from bot.errors import SettingsError, WeightsError
from bot.flows.ask import Mind
from bot.flows.desk import Desk
from bot.flows.tick import tick
from bot.ports import Store
from bot.rules.examples import Example
from bot.rules.lint import Finding, check
from bot.rules.people import Proof
from bot.rules.words import Lexicon
from bot.schedule import Schedule
from bot.settings import CREDENTIALS, PREFIX, Settings
from bot.stores import tiny
from bot.stores.tiny import TinyStore
from bot.tenant.files import FileRoster

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LONDON = ZoneInfo("Europe/London")
DEMO_ROSTER = Path(__file__).parent / "tenant" / "demo.csv"
KEPT_LEARNT = 2  # caches kept: with the sentence model and without


def now() -> datetime:
    """The time in London."""
    return datetime.now(LONDON)


def today() -> date:
    """The day in London."""
    return now().date()


def open_store(url: str, school: str, *, demo: bool, writes: bool = True) -> Store:
    """The store behind a URL such as tiny:data/staffroom.db; raises SettingsError for a kind we do not have."""
    return TinyStore(_store_file(url), school, demo=demo, writes=writes)


def back_up(url: str, target: Path) -> None:
    """Copies a store into a new file, also while Staffroom runs; raises StoreError."""
    tiny.back_up(_store_file(url), target)


def _store_file(url: str) -> Path:
    kind, _, place = url.partition(":")
    if kind != "tiny" or not place:
        raise SettingsError(f"A store looks like tiny:data/staffroom.db, not {url!r}.")
    return Path(place)


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn from, and where what was learnt is kept."""

    examples: tuple[Example, ...]
    phrases: dict[str, tuple[str, ...]]
    weights: Path | None
    file: Path


def lessons(settings: Settings) -> Lessons:
    """Reads the bank; without the sentence model's weights, learning goes on with the other readings."""
    examples = policies.read_bank(settings.policies)
    phrases = policies.read_words(settings.policies)
    try:
        weights = sentence.find_weights(settings.weights)
    except WeightsError:
        weights = None
    name = recognise.fingerprint(examples, phrases, has_meaning=weights is not None)
    return Lessons(examples, phrases, weights, settings.cache / f"learnt-{name}.npz")


def learn(settings: Settings, tell: Callable[[float], None]) -> None:
    """Learns from the bank and keeps what was learnt; three minutes of two processors, and 3 GB while it lasts."""
    given = lessons(settings)
    texts = [example.text for example in given.examples]
    share = 0.5 if given.weights else 0.0
    meanings = None
    if given.weights:
        meanings = sentence.Sentence(given.weights).vectors(texts, lambda done: tell(share * done / len(texts)))
    learnt = recognise.learn(
        given.examples, Lexicon.of(given.phrases), meanings, lambda done: tell(share + (1 - share) * done)
    )
    recognise.save(learnt, given.file)
    held = sorted(settings.cache.glob("learnt-*.npz"), key=lambda file: file.stat().st_mtime)
    for old in held[:-KEPT_LEARNT]:
        old.unlink(missing_ok=True)


def has_learnt(settings: Settings) -> bool:
    """Whether what was learnt from exactly this bank is kept and can be read."""
    return _learnt(lessons(settings)) is not None


def _learnt(given: Lessons) -> recognise.Learnt | None:
    try:
        return recognise.load(given.file)
    except (OSError, ValueError, KeyError):
        return None


def open_recogniser(settings: Settings) -> recognise.Recogniser:
    """The recogniser, learning first in a child process where the bank has changed."""
    given = lessons(settings)
    learnt = _learnt(given)
    if learnt is None:
        done = subprocess.run([sys.executable, "-m", "bot", "learn"], check=False)
        if done.returncode:
            raise SettingsError("Staffroom could not learn from the bank; the lines above say why.")
        learnt = recognise.load(given.file)
    threadpool_limits(1)  # two people asking at once each get a processor: 129 questions a second instead of 81
    embed = sentence.Sentence(given.weights) if given.weights else None
    return recognise.Recogniser(learnt, Lexicon.of(given.phrases), embed)


def open_mind(settings: Settings, *, local: bool) -> Mind:
    """All that understanding needs."""
    return Mind(
        policy=policies.read_policy(settings.policies, settings.school, demo=local),
        recogniser=open_recogniser(settings),
        sure=policies.read_thresholds(settings.policies),
        signs=policies.read_signs(settings.policies),
        trusts_drafts=local,
    )


def refuse_unless_local(settings: Settings) -> None:
    """Raises SettingsError where local mode would be unsafe."""
    if settings.credentials:
        names = ", ".join(PREFIX + name for name in settings.credentials)
        raise SettingsError(f"Local mode refuses to start with credentials set: unset {names}.")
    if settings.host not in LOOPBACK:
        raise SettingsError(f"Local mode listens on this machine only; STAFFROOM_HOST is {settings.host!r}.")


def refuse_unless_complete(settings: Settings) -> None:
    """Raises SettingsError naming everything the real mode still lacks."""
    policy = policies.read_policy(settings.policies, settings.school)
    lacks = [f"{PREFIX}{name}" for name in CREDENTIALS[:2] if name not in settings.credentials]
    for name, given in (("APP_ID", settings.app_id), ("TENANT_ID", settings.tenant)):
        if given and not _ID.fullmatch(given):
            lacks.append(f"a {PREFIX}{name} that is an id such as 00000000-0000-0000-0000-000000000000")
    if not identity(settings).proof:
        lacks.append(f"one of {', '.join(PREFIX + name for name in CREDENTIALS[2:])}")
    if not policy.contacts.is_complete:
        lacks.append(f"the four contacts under [handoff] in policies/{settings.school}/school.toml")
    if not settings.staff_file.is_file():
        lacks.append(f"the staff list {settings.staff_file.name} in the data folder")
    if lacks:
        raise SettingsError(f"Staffroom cannot start for Teams yet. It lacks: {'; '.join(lacks)}.")


def identity(settings: Settings) -> Identity:
    """Who the bot is to Microsoft."""
    return Identity(
        settings.app_id,
        settings.tenant,
        settings.secret,
        settings.certificate,
        settings.federated,
        settings.is_managed,
    )


@asynccontextmanager
async def open_desk(settings: Settings, *, local: bool) -> AsyncIterator[tuple[Desk, FileRoster]]:
    """The desk and its roster, with the store open for as long as the block runs.

    Local mode has a demo store and a demo roster of its own and refuses credentials; the real mode refuses to start
    with anything missing.
    """
    if local:
        refuse_unless_local(settings)
    else:
        refuse_unless_complete(settings)
    mind = open_mind(settings, local=local)
    roster = FileRoster(DEMO_ROSTER if local else settings.staff_file)
    kept = open_store(settings.demo_store if local else settings.store, settings.school, demo=local)
    try:
        yield Desk(mind, roster, kept, today), roster
    finally:
        await kept.close()


@dataclass(slots=True)
class Online:
    """One HTTP session for everything that is asked of others, open while the server runs."""

    _session: ClientSession | None = None

    def __call__(self) -> ClientSession:
        """The session; there is one from start to stop."""
        if self._session is None:
            raise SettingsError("The server has not started.")
        return self._session

    async def running(self, app: web.Application) -> AsyncIterator[None]:
        """Opens and closes the session with the server; proxies come from HTTPS_PROXY and its like, as for MSAL."""
        async with ClientSession(cookie_jar=DummyCookieJar(), trust_env=True) as self._session:
            yield


def teams_app(
    settings: Settings, desk: Desk, microsoft: Microsoft | None = None, tokens: Tokens | None = None
) -> web.Application:
    """The real mode's server: Teams' messages, two health pages, and nothing else.

    Tests give `microsoft` and `tokens` of their own.
    """
    where = microsoft or Microsoft()
    online = Online()
    keys = SigningKeys(where.metadata, online, monotonic)
    door = FrontDoor(settings.app_id, settings.tenant, keys, monotonic, where)
    app = web.Application()
    app.cleanup_ctx.append(online.running)
    add_teams(app, settings, desk, door, Connector(online, (tokens or open_tokens(identity(settings))).token))

    async def keys_are_fetched() -> bool:
        return keys.are_fetched

    async def policies_are_loaded() -> bool:
        return bool(desk.mind.policy.clauses)

    add_health(app, {"policies": policies_are_loaded, "store": desk.store.is_well, "keys": keys_are_fetched})

    app.cleanup_ctx.append(_ticking(desk.store, keys))
    return app


def add_teams(app: web.Application, settings: Settings, desk: Desk, door: Door, connector: Connector) -> None:
    """Adds Teams to a server: what the door lets in goes to the desk, what the desk says goes out by the connector."""
    # Loaded here because only a server needs it: the SDK costs 0.4 s and 60 MB, which a question on the command line
    # should not pay.
    from bot.channels.teams import Teams, with_fallback
    from bot.channels.teams_adapter import TeamsAdapter

    chat = Teams(
        desk=desk,
        fill=Cards(settings.cards, with_fallback).fill,
        places=desk.store,
        connector=connector,
        school=settings.school,
        proof=Proof.TOKEN if connector.token else Proof.DEMO,
        now=now,
    )

    adapter = TeamsAdapter(connector, chat)

    async def ending(app: web.Application) -> AsyncIterator[None]:
        yield
        await adapter.close()
        await chat.close()

    app.cleanup_ctx.append(ending)
    app.router.add_route("*", "/api/messages", guarded(door, adapter.respond))


async def web_app(
    settings: Settings, desk: Desk, roster: FileRoster, clock: Callable[[], datetime] = now
) -> web.Application:
    """The local web chat over a desk, a door for the Agents Playground, and the tick beside them."""
    chat = WebChat(
        desk=desk,
        fill=Cards(settings.cards).fill,
        people=roster.people(),
        school=settings.school,
        school_name=desk.mind.policy.name,
        welcome=desk.welcome,
        now=clock,
    )
    app = chat.app()
    online = Online()
    app.cleanup_ctx.append(online.running)
    add_teams(app, settings, desk, LoopbackDoor(), Connector(online, None))
    app.cleanup_ctx.append(_ticking(desk.store))
    return app


def _ticking(store: Store, keys: SigningKeys | None = None) -> Callable[[web.Application], AsyncIterator[None]]:
    async def due() -> None:
        if keys:
            await keys.keep_fresh()
        await tick(store, today())

    async def ticking(app: web.Application) -> AsyncIterator[None]:
        await due()
        schedule = Schedule(due)
        schedule.start()
        yield
        schedule.stop()

    return ticking


def findings(settings: Settings) -> tuple[list[Finding], list[Finding], list[str]]:
    """What `check` finds: to mend, known and accepted by the school, and acceptances that fit nothing any more."""
    policy = policies.read_policy(settings.policies, settings.school)
    policies.read_thresholds(settings.policies)
    policies.read_signs(settings.policies)
    stem = snowballstemmer.stemmer("english").stemWord
    found = check(
        policy,
        policies.read_source(settings.policies, settings.school),
        policies.read_bank(settings.policies),
        stem,
        today(),
    )
    accepted = policies.accepted_findings(settings.policies, settings.school)
    spent = sorted(accepted - {one.place for one in found})
    return [one for one in found if one.place not in accepted], [one for one in found if one.place in accepted], spent
