"""What many tests need: the real policy, a classifier that has really learnt, and a browser."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.ask.language_file import read_languages
from bot.ask.policy_file import policy_of, read_signs, read_thresholds, read_words
from bot.ask.read_policy import clause_index
from bot.ask.rules.follow_ups import groups_of
from bot.ask.rules.policy import Policy
from bot.ask.training import open_recogniser
from bot.ask.understanding import Understanding
from bot.channels.web.page_files import RENDERER
from bot.policies import SchoolTables, read_school
from bot.school.rules.settings import SchoolSettings
from bot.school.settings import school_settings
from bot.settings import ROOT, Settings, read_settings
from tests.browsing import FLAGS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCHOOL = "slyne-with-hest"


def lacking(what: str) -> None:
    """Skips in one plain line, unless nothing may be skipped."""
    if os.environ.get("STAFFROOM_SKIP_NOTHING"):
        pytest.fail(f"This machine lacks {what}, and nothing may be skipped here.")
    pytest.skip(f"This machine lacks {what}.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in tests/acceptance is long."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent / "acceptance"):
            item.add_marker(pytest.mark.long)


def settings_with(data: Path) -> Settings:
    """Settings as a newcomer has them, with a data folder of its own; what was learnt is shared by all."""
    cache = Path(os.environ.get("STAFFROOM_CACHE", ROOT / ".cache"))
    return replace(read_settings({}), data=data, cache=cache)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_with(tmp_path / "data")


@pytest.fixture(scope="session")
def tables() -> SchoolTables:
    """The tables of the real school's folder."""
    return read_school(ROOT / "policies", SCHOOL)


@pytest.fixture(scope="session")
def real_school(tables: SchoolTables) -> SchoolSettings:
    """The real school's settings, as in the demo."""
    return school_settings(tables, demo=True)


@pytest.fixture(scope="session")
def policy(tables: SchoolTables, real_school: SchoolSettings) -> Policy:
    """The real policy."""
    return policy_of(tables, real_school)


@pytest.fixture(scope="session")
def understanding(policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    """Understands questions as a local Staffroom does. It learns from the real bank if nobody has: three minutes."""
    settings = settings_with(tmp_path_factory.mktemp("data"))
    return Understanding(
        policy,
        open_recogniser(settings),
        read_thresholds(settings.policies),
        read_signs(settings.policies),
        trusts_drafts=True,
        index=clause_index(policy, settings.policies),
        languages=read_languages(settings.policies),
        groups=groups_of(read_words(settings.policies)),
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    if CHROMIUM is None:
        lacking("Chromium (Debian: chromium)")
    assert CHROMIUM is not None
    yield CHROMIUM


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Chromium for one file, if the card renderer is there to be looked at."""
    if not RENDERER.is_file():
        lacking("npm, which brings the card renderer")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        await opened.close()
