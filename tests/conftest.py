"""What many tests need: the real policy, a mind that has really learnt, and a browser."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import app, policies
from bot.flows.ask import Mind
from bot.rules.policy import Policy
from bot.settings import ROOT, Settings, read_settings

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
def mind() -> Mind:
    """The real thing, learnt from the real bank; the first time takes a minute or two."""
    return app.open_mind(read_settings({}), local=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    if CHROMIUM is None:
        lacking("Chromium (Debian: chromium)")
    assert CHROMIUM is not None
    yield CHROMIUM
