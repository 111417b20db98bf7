"""Writes a small file whole, so that a stop leaves the old one or the new one."""

import os
from pathlib import Path

from bot.errors import StoreError


def write_whole(file: Path, text: str) -> None:
    """Puts a file with this text in place of the old one, for this account only; raises StoreError if it cannot."""
    write_whole_bytes(file, text.encode())


def write_whole_bytes(file: Path, content: bytes) -> None:
    """Puts a file with this content in place of the old one, as `write_whole` does."""
    new = file.with_suffix(".new")
    try:
        new.touch(mode=0o600)
        with new.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)
    except OSError as error:
        raise StoreError(f"The staff list could not be kept: {error.strerror}.") from error
