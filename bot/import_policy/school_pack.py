"""A school's policy folder as one file: packed where it was prepared, put in place where it goes live, unchanged.

The file is a zip with the tables and texts of the folder, and `digests.json` with the SHA-256 of each. Drafts of
documents, older versions and what a person keeps beside them stay where they are.
"""

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BadInput, PolicyFileError
from bot.import_policy.rules.names import slug
from bot.policies import COMMON, EXAMPLES, RULINGS, SCHOOL, SOURCE

DIGESTS = "digests.json"
FORMAT = 1
MAX_PACK_BYTES = 20_000_000
MAX_FILES = 60
MAX_FILE_BYTES = 10_000_000
MAX_ALL_BYTES = 40_000_000
NOT_A_PACK = "This is no packed policy: make one with `python -m bot policy pack`. Nothing was changed."
TOO_LARGE = "This packed policy is larger than a policy can be. Nothing was changed."
ALTERED = (
    "This packed policy is damaged or was altered: {name} is not what was packed. Pack it again. Nothing was changed."
)
INCOMPLETE = "policies/{school} has no {name}, so it is no whole policy. Nothing was packed."
TAKEN = (
    "policies/{school} is there already, and it differs. Add --replace to use the packed one; what is there now is "
    "kept beside it. Nothing was changed."
)
NOT_WRITTEN = "policies/{school} could not be written: {reason}. Nothing was changed."
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.(?:toml|txt)")
_DAY_ZERO = (1980, 1, 1, 0, 0, 0)  # so that the same folder gives the same bytes, wherever it is packed


@dataclass(frozen=True, slots=True)
class SchoolPack:
    """A packed policy: the name of its folder, and its files by name, each the bytes that were packed."""

    school: str
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """The SHA-256 of everything in it, to be compared on both sides."""
        return hashlib.sha256(_digests(self)).hexdigest()

    def packed(self) -> bytes:
        """The one file; the same bytes for the same folder."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {DIGESTS: _digests(self), **dict(sorted(self.files.items()))}.items():
                archive.writestr(zipfile.ZipInfo(name, _DAY_ZERO), content, zipfile.ZIP_DEFLATED)
        return target.getvalue()


def pack_of(home: Path, school: str) -> SchoolPack:
    """The policy in a school's folder; raises BadInput if it is not whole."""
    files = {file.name: file.read_bytes() for file in sorted(home.glob("*")) if file.is_file() and _is_ours(file.name)}
    for name in (SCHOOL, RULINGS, SOURCE):
        if name not in files:
            raise BadInput(INCOMPLETE.format(school=school, name=name))
    return SchoolPack(school, files)


def read_pack(content: bytes) -> SchoolPack:
    """A packed policy, each file compared with its digest; raises BadInput for anything else. Nothing is written."""
    if len(content) > MAX_PACK_BYTES:
        raise BadInput(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = _unpacked(archive)
        about = json.loads(files.pop(DIGESTS))
        school, digests = about["school"], about["files"]
        is_known = about["format"] == FORMAT and isinstance(digests, dict)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise BadInput(NOT_A_PACK) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(NOT_A_PACK) from error
    if not is_known or not isinstance(school, str) or school != slug(school) or school in {COMMON, EXAMPLES, ""}:
        raise BadInput(NOT_A_PACK)
    for name in sorted({*files, *digests}):
        if name not in files or digests.get(name) != hashlib.sha256(files[name]).hexdigest():
            raise BadInput(ALTERED.format(name=name if _is_ours(name) else "a file"))
    return SchoolPack(school, files)


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The files by name. Sizes are counted while reading, because a zip's own list of them may lie."""
    entries, files, total = archive.infolist(), dict[str, bytes](), 0
    if len(entries) > MAX_FILES:
        raise BadInput(TOO_LARGE)
    for entry in entries:
        if entry.filename in files or not (entry.filename == DIGESTS or _is_ours(entry.filename)):
            raise BadInput(NOT_A_PACK)
        with archive.open(entry) as opened:
            files[entry.filename] = opened.read(MAX_FILE_BYTES + 1)
        total += len(files[entry.filename])
        if len(files[entry.filename]) > MAX_FILE_BYTES or total > MAX_ALL_BYTES:
            raise BadInput(TOO_LARGE)
    return files


def place(policies: Path, pack: SchoolPack, check: Callable[[Path], None], *, replaces: bool = False) -> Path | None:
    """Puts a packed policy into `policies` whole; returns where the folder that it replaced is now, None if none was.

    `check` reads a folder of policies that has it, and raises a StaffroomError if it cannot be used: then nothing is
    changed. A folder with other contents is replaced only if `replaces`. The same policy twice is no change.
    """
    home = policies / pack.school
    if home.is_dir() and pack_of_any(home) == dict(pack.files):
        return None
    if home.exists() and not replaces:
        raise BadInput(TAKEN.format(school=pack.school))
    try:
        with tempfile.TemporaryDirectory(prefix=".placing-", dir=policies) as name:
            trial = Path(name)
            _write(trial / pack.school, pack.files)
            (trial / COMMON).symlink_to((policies / COMMON).resolve(), target_is_directory=True)
            check(trial)
            return _swap(trial / pack.school, home)
    except OSError as error:
        raise PolicyFileError(NOT_WRITTEN.format(school=pack.school, reason=error.strerror)) from error


def pack_of_any(home: Path) -> dict[str, bytes]:
    """What a folder has of the kinds that are packed, by name."""
    return {file.name: file.read_bytes() for file in home.glob("*") if file.is_file() and _is_ours(file.name)}


def _swap(new: Path, home: Path) -> Path | None:
    """Two renames; if the second fails, the first is taken back."""
    if not home.exists():
        new.rename(home)
        return None
    before = _free_name(home)
    home.rename(before)
    try:
        new.rename(home)
    except OSError:
        before.rename(home)
        raise
    return before


def _free_name(home: Path) -> Path:
    """A name for what is replaced that no school is looked for under."""
    numbers = (home.parent / f".{home.name}-before-{number}" for number in range(1, 10_000))
    return next(path for path in numbers if not path.exists())


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        with (folder / name).open("xb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
    shutil.copymode(folder.parent.parent, folder)  # a temporary folder is closed to everybody else


def _is_ours(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _digests(pack: SchoolPack) -> bytes:
    files = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(pack.files.items())}
    return json.dumps({"format": FORMAT, "school": pack.school, "files": files}, indent=1).encode()
