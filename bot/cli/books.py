"""Which store a command works on, and at what time: the demo's at the demo's time, unless there are credentials."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from bot import app
from bot.demo.clock import DemoClock
from bot.demo.last_time import continue_from
from bot.settings import Settings
from bot.stores.open import store_file


def is_demo(settings: Settings) -> bool:
    """Whether commands work on the demo's store."""
    return not settings.credentials


@asynccontextmanager
async def open_books(settings: Settings, *, writes: bool = True) -> AsyncIterator[app.Books]:
    """A school's records, open while the block runs. In the demo it is the time that the demo's page shows.

    A demo that was never started has an empty store: there is nothing in it yet, which is no mistake.
    """
    if not is_demo(settings):
        async with app.open_books(settings, local=False, writes=writes) as books:
            yield books
        return
    clock = DemoClock(app.now)
    is_new = not store_file(settings.store_url(local=True)).exists()
    async with app.open_books(settings, local=True, writes=writes or is_new, clock=clock) as books:
        await continue_from(clock, books.context.store, settings.data)
        yield books


async def today(settings: Settings) -> date:
    """The day in London; in a demo that was started, the demo's."""
    if not is_demo(settings) or not store_file(settings.store_url(local=True)).exists():
        return app.today()
    async with open_books(settings, writes=False) as books:
        return books.context.today


def is_demo_store(settings: Settings) -> bool:
    """Whether a copy is to be made of the demo's store: if nothing names the real one, and only the demo's is there."""
    if settings.credentials or settings.store:
        return False
    real, demo = (store_file(settings.store_url(local=local)) for local in (False, True))
    return demo.exists() and not real.exists()
