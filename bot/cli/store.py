"""`python -m bot store ...`: makes a school's store, and what is done to it while nobody runs on it."""

import argparse
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from bot import app
from bot.errors import BadInput
from bot.settings import Settings
from bot.stores.open import is_postgres, make_store, postgres_library

RunRecords: TypeAlias = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, str]]
NEW = "{place}: a new store. From now on Staffroom starts only if it is there, so that a lost one is noticed."
ONLY_DATABASE = "This is for a store in PostgreSQL, and STAFFROOM_STORE does not name one; nothing was changed."
WHERE_TO = "Say where to: python -m bot store move --to ADDRESS."
MOVED = (
    "{school} was moved, and its ledger verified on both sides. Head {head}\nSet STAFFROOM_STORE to {place} before you "
    "start Staffroom again.\nWhat was there is kept, and nobody opens it. Delete it once you are sure: details that "
    "are erased from now on stay in it.\n{aside}"
)


def add_store_command(add: Callable[[str, str, RunRecords], argparse.ArgumentParser]) -> None:
    """Adds the command to the others."""
    parser = add("store", "make the store of a new school, upgrade a database, or move to another store", run_store)
    parser.add_argument("what", choices=["new", "upgrade", "witness", "move"])
    parser.add_argument("--to", default="", help="move: the address of the other store")


async def run_store(settings: Settings, options: argparse.Namespace) -> str:
    """Does what was asked, and returns the text to print."""
    run = {"new": _new, "upgrade": _upgrade, "witness": _witness, "move": _move}[options.what]
    return await run(settings, options)


async def _new(settings: Settings, options: argparse.Namespace) -> str:
    url = settings.store_url(local=False)
    if not is_postgres(url):
        return NEW.format(place=await make_store(url, settings.school))
    with postgres_library():
        from bot.stores.postgres.owner import make_postgres_store

    await make_postgres_store(url, settings.school, settings.data)
    return NEW.format(place=f"{settings.school} in PostgreSQL")


async def _upgrade(settings: Settings, options: argparse.Namespace) -> str:
    database = _database(settings)
    with postgres_library():
        from bot.stores.postgres.owner import upgrade

    number = await upgrade(database)
    return f"The tables are up to date; {number} steps were run."


async def _witness(settings: Settings, options: argparse.Namespace) -> str:
    database = _database(settings)
    with postgres_library():
        from bot.stores.postgres.store import take_witness

    head = await take_witness(database, settings.school, settings.data)
    return f"The ledger is whole: {head.number} entries. From now on this replica has a witness of it.\nHead {head}"


async def _move(settings: Settings, options: argparse.Namespace) -> str:
    if not options.to:
        raise BadInput(WHERE_TO)
    with postgres_library():
        from bot.stores.move_school import move_school

    source = settings.store_url(local=False)
    head, aside = await move_school(source, options.to, settings.school, settings.data, app.now())
    place = "the address in PostgreSQL, with the login that serves" if is_postgres(options.to) else options.to
    return MOVED.format(school=settings.school, head=head, place=place, aside=aside)


def _database(settings: Settings) -> str:
    url = settings.store_url(local=False)
    if not is_postgres(url):
        raise BadInput(ONLY_DATABASE)
    return url
