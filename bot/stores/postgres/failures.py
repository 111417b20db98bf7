"""What PostgreSQL could not do, in our own words.

The library's words are not shown: some of them quote a row, which may name people, or the address.
"""

import psycopg

from bot.errors import StoreError, StoreUnsure

NOT_SAVED = "This could not be saved. Nothing was changed; please try again."
UNSURE = (
    "The database did not say whether this was saved, so nobody knows yet. Please try again: if it was saved, it "
    "counts once."
)
CANNOT_READ = "The store could not be read; please try again."
NOT_REACHED = (
    "PostgreSQL could not be reached, or did not let Staffroom in ({why}). Check STAFFROOM_STORE, and the password in "
    "PGPASSFILE or PGPASSWORD."
)
NOT_ALLOWED = "The login in STAFFROOM_STORE may not do that. Use the login of the database's owner for this command."


def not_saved(cause: Exception) -> StoreError:
    """The error for a write that certainly changed nothing."""
    error = StoreError(NOT_SAVED)
    error.__cause__ = cause
    return error


def unsure(cause: Exception | None = None) -> StoreUnsure:
    """The error for a write that may have been saved."""
    error = StoreUnsure(UNSURE)
    error.__cause__ = cause
    return error


def not_reached(error: Exception) -> StoreError:
    """The error for a database that cannot be opened; says the class and the code of what was wrong, not its words."""
    state = getattr(error, "sqlstate", None)
    return StoreError(NOT_REACHED.format(why=f"{type(error).__name__} {state}" if state else type(error).__name__))


def not_allowed_or_reached(error: psycopg.Error) -> StoreError:
    """The error for something that only the owner of the database may do."""
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return StoreError(NOT_ALLOWED)
    return not_reached(error)
