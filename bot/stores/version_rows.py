"""Published texts as rows."""

from dataclasses import asdict
from datetime import date

from bot.campaigns.rules.versions import Passage, Version
from bot.errors import LedgerBroken
from bot.stores.rows import Row

OTHER_TEXT = (
    "What the store has under {digest} is not the text that was published. It is not shown; restore the "
    "last backup: python -m bot restore BACKUP."
)


def version_row(version: Version) -> Row:
    """A published text as a row."""
    due = version.review_due
    row = asdict(version) | {"review_due": due.isoformat() if due else ""}
    row["passages"] = [list(asdict(passage).values()) for passage in version.passages]
    return row


def version_of(digest: str, row: Row) -> Version:
    """The text a row stands for; raises LedgerBroken if it is not word for word the one with that digest."""
    try:
        passages = tuple(Passage(*passage) for passage in row["passages"])
        review_due = date.fromisoformat(row["review_due"]) if row["review_due"] else None
        version = Version(row["document"], row["title"], row["label"], review_due, passages)
        is_ours = version.digest == digest  # who can change the row can change its checksum, but not the ledger
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LedgerBroken(OTHER_TEXT.format(digest=digest[:12])) from error
    if not is_ours:
        raise LedgerBroken(OTHER_TEXT.format(digest=digest[:12]))
    return version
