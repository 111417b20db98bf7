"""What `doctor` says of the witness's copy on another volume, if the school keeps one."""

import os

from bot.cli.status import Status
from bot.errors import SettingsError, StoreError
from bot.settings import PREFIX, Settings
from bot.stores.open import witness_copy

NAME = "second witness"
MAX_TRIES = 3  # a running bot may write an entry between the two looks
BEGINS = "start Staffroom: a new one begins with the entries of then, and shows nothing about the time before"
UNWRITABLE = "Staffroom's account cannot write into {folder}: nothing is confirmed any more"


def witness_lines(settings: Settings) -> list[Status]:
    """Whether the copy is there, can be written and has seen the whole ledger; nothing if the school keeps none."""
    folder = settings.witness_copy
    if folder is None:
        return []
    remedy = f"see {PREFIX}WITNESS_COPY in the install guide"
    try:
        copy = witness_copy(settings.store_url(local=False), folder, settings.school)
        for _ in range(MAX_TRIES - 1):
            if copy.entries != copy.in_store:
                copy = witness_copy(settings.store_url(local=False), folder, settings.school)
    except (SettingsError, StoreError) as error:
        return [Status(NAME, False, str(error), remedy, is_needed=True)]
    if not os.access(folder, os.W_OK):
        return [Status(NAME, False, UNWRITABLE.format(folder=folder), "make it writable", is_needed=True)]
    if copy.entries is None:
        return [Status(NAME, False, f"it is not in {folder}: it was deleted, or is new", BEGINS)]
    if copy.entries != copy.in_store:
        says = f"it has seen {copy.entries} entries of the ledger, and the store has {copy.in_store}"
        return [Status(NAME, False, says, remedy if copy.entries < copy.in_store else "restore the last backup")]
    says = f"it has seen all {copy.in_store} entries of the ledger"
    begun = f"; it began at entry {copy.began_at} and shows nothing about the time before" if copy.began_at else ""
    return [Status(NAME, True, says + begun)]
