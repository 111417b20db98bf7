"""The store behind an address such as sqlite:data/staffroom.db or postgresql://staffroom@host/database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bot.ask.ports import Tallies
from bot.campaigns.ports import PolicyTexts
from bot.errors import SettingsError, StoreError
from bot.evidence.ports import Store
from bot.stores.sqlite.arrivals import no_clock
from bot.stores.sqlite.store import SqliteStore
from bot.stores.sqlite.witness import WitnessCopy, witness_copy_of

SQLITE_KINDS = frozenset({"sqlite", "tiny"})  # releases up to 0.5.0 called the same file tiny:
POSTGRES_KINDS = frozenset({"postgresql", "postgres"})
NO_FILE = (
    "This command works on a store in a file, and STAFFROOM_STORE names a PostgreSQL database. How to copy and restore "
    "that one is in docs/postgres.md."
)
NO_COPY = (
    "STAFFROOM_WITNESS_COPY is for a store in a file. The witness of a database is outside of it already, in the data "
    "folder: keep that on a disk that lasts, and leave the setting out."
)
NO_LIBRARY = (
    "PostgreSQL's library is not installed. Install it: .venv/bin/python -m pip install -r requirements-postgres.txt"
)
LOOKS_LIKE = "A store looks like sqlite:data/staffroom.db or postgresql://LOGIN@HOST/DATABASE."


class SchoolStore(Store, Tallies, PolicyTexts, Protocol):
    """Everything that one school keeps, whatever it is kept in."""

    @property
    def copy_before_migration(self) -> Path | None:
        """Where opening copied the store to before bringing it up to date; None if nothing was copied."""
        ...


async def open_store(
    url: str,
    school: str,
    folder: Path,
    *,
    demo: bool,
    writes: bool = True,
    witness_copy: Path | None = None,
    clock: Callable[[], float] = no_clock,
) -> SchoolStore:
    """The store of a school, opened; raises SettingsError for a kind we do not have, StoreError if it cannot be opened.

    A demo's is made if there is none; a real school's only by `make_store`, so that a deleted one is noticed. `folder`
    is the data folder, where the witness of a store that is no file is kept. `witness_copy` is for one that is a file,
    and so is `clock`, which gives seconds since 1970: a database has a clock of its own, the same for all replicas.
    """
    if is_postgres(url):
        if witness_copy:
            raise SettingsError(NO_COPY)
        with postgres_library():
            from bot.stores.postgres.store import open_postgres_store

        return await open_postgres_store(url, school, folder, demo=demo, writes=writes)
    file = store_file(url)
    return SqliteStore(file, school, demo=demo, writes=writes, creates=demo, witness_copy=witness_copy, clock=clock)


async def make_store(url: str, school: str) -> Path:
    """Makes the file of a real school's store, and returns it; raises StoreError if there is one already."""
    file = store_file(url)
    if file.exists() and file.stat().st_size:
        raise StoreError(f"There is a store already at {file}; nothing was changed.")
    await SqliteStore(file, school, demo=False).close()
    return file


def witness_copy(url: str, folder: Path, school: str) -> WitnessCopy:
    """How a second witness stands, also beside a running bot; raises StoreError, or SettingsError for a database."""
    if is_postgres(url):
        raise SettingsError(NO_COPY)
    return witness_copy_of(store_file(url), folder, school)


@contextmanager
def postgres_library() -> Iterator[None]:
    """For importing what needs PostgreSQL's library, which is an extra; raises SettingsError if it is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError(NO_LIBRARY) from error


def is_postgres(url: str) -> bool:
    """Whether an address names a PostgreSQL database."""
    return url.partition(":")[0] in POSTGRES_KINDS


def store_file(url: str) -> Path:
    """The file behind an address; raises SettingsError for a database, and for a kind we do not have.

    >>> store_file("sqlite:data/staffroom.db").as_posix(), store_file("tiny:data/staffroom.db").name
    ('data/staffroom.db', 'staffroom.db')
    """
    if is_postgres(url):
        raise SettingsError(NO_FILE)
    kind, _, place = url.partition(":")
    if kind not in SQLITE_KINDS or not place:
        raise SettingsError(LOOKS_LIKE)  # without what was given, which may hold a password
    return Path(place)
