"""Puts the parts together. The only module that knows them all, and the only one with a clock."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import snowballstemmer
from aiohttp import web
from threadpoolctl import threadpool_limits

from bot import policies, recognise, sentence
from bot.cards import Cards
from bot.channels.web import LOOPBACK, RENDERER, WebChat
from bot.errors import SettingsError, WeightsError
from bot.flows.ask import Mind
from bot.flows.desk import Desk
from bot.flows.tick import tick
from bot.ports import Store
from bot.rules.examples import Example
from bot.rules.lint import Finding, check
from bot.rules.rulings import is_draft
from bot.rules.words import Lexicon
from bot.schedule import Schedule
from bot.settings import CREDENTIALS, PREFIX, Settings
from bot.stores.tiny import TinyStore
from bot.tenant.files import FileRoster

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
    kind, _, place = url.partition(":")
    if kind != "tiny" or not place:
        raise SettingsError(f"A store looks like tiny:data/staffroom.db, not {url!r}.")
    return TinyStore(Path(place), school, demo=demo, writes=writes)


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
    """Learns from the bank and keeps what was learnt; about a minute of both processors."""
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


def open_recogniser(settings: Settings) -> recognise.Recogniser:
    """The recogniser, learning first in a child process where the bank has changed."""
    given = lessons(settings)
    try:
        learnt = recognise.load(given.file)
    except (OSError, ValueError, KeyError):
        done = subprocess.run([sys.executable, "-m", "bot", "learn"], check=False)
        if done.returncode:
            raise SettingsError("Staffroom could not learn from the bank; the lines above say why.") from None
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
    if not policy.contacts.is_complete:
        lacks.append(f"the four contacts under [handoff] in policies/{settings.school}/school.toml")
    missing = f" It also lacks {', '.join(lacks)}." if lacks else ""
    raise SettingsError(
        f"Only local mode can start so far (`make run`): there is no Teams channel in this version.{missing}"
    )


@asynccontextmanager
async def local_desk(settings: Settings, *, store: str | None = None) -> AsyncIterator[tuple[Desk, FileRoster]]:
    """The desk on its own demo store, open for as long as the block runs."""
    refuse_unless_local(settings)
    mind = open_mind(settings, local=True)
    roster = FileRoster(DEMO_ROSTER)
    kept = open_store(store or settings.demo_store, settings.school, demo=True)
    try:
        yield Desk(mind, roster, kept, today), roster
    finally:
        await kept.close()


async def web_app(
    settings: Settings, desk: Desk, roster: FileRoster, clock: Callable[[], datetime] = now
) -> web.Application:
    """The local web chat over a desk, with the tick beside it."""
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
    app.cleanup_ctx.append(_ticking(desk.store))
    return app


def _ticking(store: Store) -> Callable[[web.Application], AsyncIterator[None]]:
    async def due() -> None:
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


@dataclass(frozen=True, slots=True)
class Health:
    """One line of `doctor`: what was looked at, whether it is well, and what to do about it."""

    what: str
    is_well: bool
    says: str


def parts_installed(settings: Settings) -> list[Health]:
    """Whether what set-up brings is there."""
    try:
        sentence.find_weights(settings.weights)
        model = Health("sentence model", True, "the published weights are installed")
    except WeightsError as seen:
        model = Health("sentence model", False, f"{seen} Until then questions are read by their words alone.")
    return [model, Health("card renderer", RENDERER.is_file(), "adaptivecards from npm; `make setup` installs it")]


def doctor(settings: Settings) -> list[Health]:
    """What is there and what is missing."""
    policy = policies.read_policy(settings.policies, settings.school)
    overdue = [paper.short for paper in policy.documents.values() if paper.is_overdue(today())]
    drafts = sum(1 for ruling in policy.rulings.values() if is_draft(ruling, policy.clauses))
    return [
        *parts_installed(settings),
        Health("learnt", lessons(settings).file.is_file(), "kept under the digest of the bank; `python -m bot learn`"),
        Health("hand-off contacts", policy.contacts.is_complete, f"policies/{settings.school}/school.toml, [handoff]"),
        Health("review", not overdue, f"overdue: {', '.join(overdue)}" if overdue else "in date"),
        Health("approval", not drafts, f"{drafts} rulings are drafts; `python -m bot rulings sheet` prints the sheet"),
    ]
