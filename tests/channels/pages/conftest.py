"""One school with its pages, for each test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.settings import Settings
from tests.channels.pages.pages_school import PagesSchool, pages_school


@pytest_asyncio.fixture
async def at(settings: Settings) -> AsyncIterator[PagesSchool]:
    async with pages_school(settings) as opened:
        yield opened
