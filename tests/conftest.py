"""What many tests need: the real policy, a mind that has really learnt, and a browser."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot import app, policies
from bot.ask.ask import Understanding
from bot.ask.rules.policy import Policy
from bot.channels.web.chat import RENDERER
from bot.settings import ROOT, Settings, read_settings
from tests.browsing import FLAGS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def lacking(what: str) -> None:
    """Skips in one plain line, unless nothing may be skipped."""
    if os.environ.get("STAFFROOM_SKIP_NOTHING"):
        pytest.fail(f"This machine lacks {what}, and nothing may be skipped here.")
    pytest.skip(f"This machine lacks {what}.")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as a newcomer has them, with a data folder of the test's own."""
    return replace(
        read_settings({}), data=tmp_path / "data", cache=Path(os.environ.get("STAFFROOM_CACHE", ROOT / ".cache"))
    )


@pytest.fixture(scope="session")
def school() -> Policy:
    return policies.read_policy(ROOT / "policies", "slyne-with-hest", demo=True)


@pytest.fixture(scope="session")
def mind() -> Understanding:
    """The real thing, learnt from the real bank; the first time takes a minute or two."""
    return app.open_mind(read_settings({}), local=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    if CHROMIUM is None:
        lacking("Chromium (Debian: chromium)")
    assert CHROMIUM is not None
    yield CHROMIUM


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Chromium for one file, where the card renderer is there to be looked at."""
    if not RENDERER.is_file():
        lacking("npm, which brings the card renderer")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        await opened.close()
