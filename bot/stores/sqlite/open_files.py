"""Whether a store's files are still the ones that were opened.

Somebody may delete or replace them while Staffroom runs. SQLite does not notice: it goes on writing to a file that has
no name any more, and all of it is gone at the next start.
"""

from pathlib import Path
from typing import TypeAlias

from bot.errors import StoreUnsafe

Identity: TypeAlias = tuple[int, int]  # device and inode
REPLACED = (
    "{file} was deleted or replaced while Staffroom was running. From now on nothing is confirmed and nothing is "
    "saved. Stop Staffroom and start it again; if something is lost, it says so then."
)
ENDINGS = ("-wal", "-shm", "-journal", ".lock", ".witness", ".witness.part", ".coming")
BELONGS_TO_A_STORE = "{file} is a name that a store needs for itself. Nothing was written; give another name."


def belongs_to_a_store(path: Path) -> bool:
    """Whether a file of that name would be taken for a part of a store that lies beside it."""
    names = [path.name.removesuffix(ending) for ending in ENDINGS if path.name.endswith(ending)]
    beside = [path.with_name(name) for name in names if name]
    return any(store.is_file() or store.with_name(f"{store.name}.witness").is_file() for store in beside)


class OpenFiles:
    """The store, its log and its lock, as they were when this was made."""

    def __init__(self, store: Path) -> None:
        self._identities = {path: _identity(path) for path in side_files(store)}

    def refuse_if_replaced(self) -> None:
        """Raises StoreUnsafe unless each file is the one that was opened."""
        for path, identity in self._identities.items():
            if _identity(path) != identity:
                raise StoreUnsafe(REPLACED.format(file=path.name))


def side_files(store: Path) -> tuple[Path, Path, Path]:
    """The store, its write-ahead log and its lock."""
    return store, store.with_name(f"{store.name}-wal"), store.with_name(f"{store.name}.lock")


def _identity(path: Path) -> Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
