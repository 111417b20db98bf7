"""Writes a small file whole, so that a stop leaves the old one or the new one."""

import os
from pathlib import Path

from bot.errors import StoreError


def write_whole(file: Path, text: str) -> None:
    """Puts a file with this text in place of the old one, for this account only; raises StoreError if it cannot."""
    new = file.with_suffix(".new")
    try:
        new.touch(mode=0o600)
        with new.open("w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)
    except OSError as error:
        raise StoreError(f"The staff list could not be kept: {error.strerror}.") from error
