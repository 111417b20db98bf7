"""The store behind an address such as sqlite:data/staffroom.db."""

from collections.abc import Callable
from pathlib import Path

from bot.errors import SettingsError, StoreError
from bot.stores.sqlite.arrivals import no_clock
from bot.stores.sqlite.store import SqliteStore
from bot.stores.sqlite.witness import WitnessCopy, witness_copy_of

SQLITE_KINDS = frozenset({"sqlite", "tiny"})  # releases up to 0.5.0 called the same file tiny:


def open_store(
    url: str,
    school: str,
    *,
    demo: bool,
    writes: bool = True,
    witness_copy: Path | None = None,
    clock: Callable[[], float] = no_clock,
) -> SqliteStore:
    """The store of a school, opened; raises SettingsError for a kind we do not have.

    A demo's is made if there is none; a real school's only by `make_store`, so that a deleted folder is noticed. Raises
    StoreError if it cannot be opened, as `SqliteStore` says. `clock` gives seconds since 1970.
    """
    file = store_file(url)
    return SqliteStore(file, school, demo=demo, writes=writes, creates=demo, witness_copy=witness_copy, clock=clock)


async def make_store(url: str, school: str) -> Path:
    """Makes the store of a real school, and returns its file; raises StoreError if there is one already."""
    file = store_file(url)
    if file.exists() and file.stat().st_size:
        raise StoreError(f"There is a store already at {file}; nothing was changed.")
    await SqliteStore(file, school, demo=False).close()
    return file


def witness_copy(url: str, folder: Path, school: str) -> WitnessCopy:
    """How the second witness of a school's store stands, also beside a running bot; raises StoreError."""
    return witness_copy_of(store_file(url), folder, school)


def store_file(url: str) -> Path:
    """The file behind an address; raises SettingsError for a kind we do not have.

    >>> store_file("sqlite:data/staffroom.db").as_posix(), store_file("tiny:data/staffroom.db").name
    ('data/staffroom.db', 'staffroom.db')
    """
    kind, _, place = url.partition(":")
    if kind not in SQLITE_KINDS or not place:
        raise SettingsError(f"A store looks like sqlite:data/staffroom.db, not {url!r}.")
    return Path(place)
