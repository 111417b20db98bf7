"""The commands `policy pack` and `policy place`: a policy prepared here goes live elsewhere as one file, unchanged."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot import app
from bot.config import read_config
from bot.errors import BadInput, StaffroomError
from bot.import_policy.rules.names import slug
from bot.import_policy.school_pack import MAX_PACK_BYTES, pack_of, place, read_pack
from bot.policies import SCHOOL, home_of, write_file
from bot.settings import Settings

ONE_PACK = "Name the one file: python -m bot policy place FILE. Nothing was changed."
APPROVE_HERE = "An approval pressed elsewhere is in the ledger there: the headteacher approves the answers here."
NO_FILE = "policy pack reads the school's folder, no file. Nothing was packed."
NO_SCHOOL = "There is no school in policies/{school}. Nothing was packed."


def pack(settings: Settings, options: argparse.Namespace) -> int:
    """Packs a school's folder, once it can be read as at the start."""
    if options.files:
        raise BadInput(NO_FILE)
    school = slug(" ".join((options.school or settings.school).split()))
    home = home_of(settings.policies, school)
    if not (home / SCHOOL).is_file():
        raise BadInput(NO_SCHOOL.format(school=school))
    readable(settings, school)(settings.policies)
    packed = pack_of(home, school)
    file = Path(options.out) if options.out else Path(f"{school}-policy.zip")
    write_file(file, packed.packed())
    print(f"{file}: {len(packed.files)} files of policies/{school}. Digest: {packed.digest}")
    print(
        "Where it goes live: python -m bot policy place FILE, while Staffroom is stopped. The digest is the same there."
    )
    return 0


def place_pack(settings: Settings, options: argparse.Namespace) -> int:
    """Puts a packed policy into the folder of policies, whole or not at all. Runs while the bot is stopped."""
    if len(options.files) != 1:
        raise BadInput(ONE_PACK)
    packed = read_pack(_content(Path(options.files[0])))
    before = place(settings.policies, packed, readable(settings, packed.school), replaces=options.replace)
    print(f"policies/{packed.school} is what was packed. Digest: {packed.digest}")
    if before:
        print(f"What was there before is in policies/{before.name}.")
    print(f"Set STAFFROOM_SCHOOL={packed.school} and start Staffroom. {APPROVE_HERE}")
    return 0


def readable(settings: Settings, school: str) -> Callable[[Path], None]:
    """A check that a folder of policies has this school, and that Staffroom starts with it."""

    def check(policies: Path) -> None:
        read_config(
            replace(settings, policies=policies, school=school), app.today(), demo=True, with_calendar_file=False
        )

    return check


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_PACK_BYTES + 1)
    except OSError as error:
        raise StaffroomError(f"{file.name} cannot be read: {error.strerror}. Nothing was changed.") from error
