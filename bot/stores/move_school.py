"""Carries a school from a file into PostgreSQL, or back: all of it, verified on both sides, while nobody runs on it."""

from datetime import datetime
from pathlib import Path

from bot.errors import BadInput, LedgerBroken, StoreError
from bot.evidence.rules.ledger import Head
from bot.stores.contents import SchoolContents
from bot.stores.open import is_postgres, store_file
from bot.stores.postgres.connections import enter_school, find_school
from bot.stores.postgres.migrate import check_schema, migrate
from bot.stores.postgres.owner import as_owner, make_school
from bot.stores.postgres.store import ERASED, NO_SCHOOL, WITNESS
from bot.stores.postgres.transfer import lock_school, mark_moved, read_contents, write_contents
from bot.stores.postgres.witness import add_school, read_witness
from bot.stores.sqlite.backup import remove_files, set_aside
from bot.stores.sqlite.store import SqliteStore
from bot.stores.sqlite.witness import Witness
from bot.stores.witness_file import sync_folder

NOT_THE_SAME = "What was written is not what was read, so nothing was moved. Nothing was changed."
ONE_OF_EACH = (
    "A school moves from a file into PostgreSQL, or back. STAFFROOM_STORE names the store where it is, and --to the "
    "other one. Nothing was changed."
)
NOT_THERE = "There is no store at {file}; nothing was changed."
FILE_IS_THERE = "There is a store already at {file}; nothing was changed."


async def move_school(source: str, target: str, school: str, folder: Path, now: datetime) -> tuple[Head, str]:
    """Moves a school to another address: the ledger's head, and what to do with what is left behind.

    PostgreSQL's address has the login of the database's owner. `folder` is the data folder, which has the witness of a
    database. Raises StoreLocked while a Staffroom runs on either store, StoreError or LedgerBroken if one is not whole;
    then nothing was changed.
    """
    if is_postgres(source) is is_postgres(target):
        raise BadInput(ONE_OF_EACH)
    file = store_file(source if is_postgres(target) else target)
    is_there = file.is_file() and file.stat().st_size > 0
    if is_postgres(target):
        if not is_there:
            raise StoreError(NOT_THERE.format(file=file))
        return await _into_database(file, target, school, folder, now)
    if is_there:
        raise StoreError(FILE_IS_THERE.format(file=file))
    return await _into_file(source, file, school, folder)


async def _into_database(file: Path, url: str, name: str, folder: Path, now: datetime) -> tuple[Head, str]:
    store = SqliteStore(file, name, demo=False, creates=False)  # nobody else writes while it is open
    try:
        contents = await store.contents()
        head = contents.verify()
        async with as_owner(url) as connection:
            await migrate(connection)
            school = await make_school(connection, name, demo=contents.is_demo)
            await write_contents(connection, contents)
            _refuse_another(contents, await read_contents(connection, school))
            _carry_erased(file.with_name(ERASED), folder / ERASED)
            add_school(folder / WITNESS, name, head)
    finally:
        await store.close()
    aside = set_aside(file, now, "moved")
    return head, "\n".join(f"  {path}" for path in aside)


async def _into_file(url: str, file: Path, name: str, folder: Path) -> tuple[Head, str]:
    incoming = file.with_name(f"{file.name}.coming")
    try:
        async with as_owner(url) as connection:
            await check_schema(connection)
            school = await find_school(connection, name)
            if school is None:
                raise StoreError(NO_SCHOOL.format(school=name))
            await enter_school(connection, school)
            await lock_school(connection)
            contents = await read_contents(connection, school)
            head = contents.verify((read_witness(folder / WITNESS) or {}).get(name))
            await _fill_file(incoming, name, contents)
            _carry_erased(folder / ERASED, file.with_name(ERASED))
            _put_in_place(incoming, file)
            await mark_moved(connection, school)
    finally:
        remove_files(incoming)
    return head, f"  school {school.id} ({name}) in the database"


async def _fill_file(incoming: Path, name: str, contents: SchoolContents) -> None:
    remove_files(incoming)
    store = SqliteStore(incoming, name, demo=contents.is_demo)
    try:
        await store.fill(contents)
        _refuse_another(contents, await store.contents())
    finally:
        await store.close()


def _put_in_place(incoming: Path, file: Path) -> None:
    Witness(incoming).file.replace(Witness(file).file)
    incoming.replace(file)
    sync_folder(file.parent)


def _refuse_another(read: SchoolContents, written: SchoolContents) -> None:
    """Raises LedgerBroken unless what was written is whole, and what was read."""
    if written.verify() != read.head or written != read:
        raise LedgerBroken(NOT_THE_SAME)


def _carry_erased(source: Path, target: Path) -> None:
    """Adds who was erased to the other list, by which a restored backup forgets them again."""
    if source == target or not source.exists():
        return
    with target.open("a", encoding="ascii") as erased:
        erased.write(source.read_text(encoding="ascii"))
