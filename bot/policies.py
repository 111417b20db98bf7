"""Reads policies/ as plain tables, once; each capability turns the sections it needs into records of its own.

What the files may hold is described in policies/README.md.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import PolicyFileError
from bot.outside import clean_text
from bot.toml_fields import read_text, read_toml, text

COMMON = "staffroom"  # the folder of what every school shares
DOCUMENT_FILES = ("social-media.toml", "acceptable-use.toml")
SCHOOL, RULINGS, NOTICES, SOURCE = "school.toml", "rulings.toml", "notices.toml", "source.txt"
SITUATIONS, COMMANDS, WORDS = "situations.toml", "commands.toml", "words.toml"  # a school may have situations, too
EXAMPLES = "examples"  # the folder of the ready-made schools: shown, never loaded unless named
ANSWERS = "answers.toml"
THRESHOLDS, HARM = "thresholds.toml", "harm.toml"
LANGUAGES, WORRIES = "languages.toml", "worries.tsv"


@dataclass(frozen=True, slots=True)
class SchoolTables:
    """The tables of one school's folder. `documents` are pairs of file name and tables.

    `situations` and `answers` are those of every school, `own_situations` only this one's.
    """

    id: str
    name: str
    school: Mapping[str, Any]
    documents: tuple[tuple[str, Mapping[str, Any]], ...]
    rulings: Mapping[str, Any]
    notices: Mapping[str, Any]
    situations: Mapping[str, Any]
    commands: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    own_situations: Mapping[str, Any] = field(default_factory=dict)

    def section(self, name: str) -> Mapping[str, Any]:
        """A section of school.toml; an empty one if it is not there. Raises PolicyFileError for anything else."""
        section = self.school.get(name, {})
        if not isinstance(section, dict):
            raise PolicyFileError(f"{SCHOOL}: {name}: expected a section [{name}], found a single value.")
        return section


def home_of(folder: Path, school: str) -> Path:
    """A school's folder; one of the ready-made examples if there is no school of that name."""
    home, example = folder / school, folder / EXAMPLES / school
    return example if example.is_dir() and not home.is_dir() else home


def read_school(folder: Path, school: str) -> SchoolTables:
    """One school's tables out of `folder` (policies/); raises PolicyFileError naming file, entry and field."""
    home = home_of(folder, school)
    about = _clean(read_toml(home / SCHOOL))
    notices, own, answers = home / NOTICES, home / SITUATIONS, folder / COMMON / ANSWERS
    return SchoolTables(
        id=school,
        name=text(about, "name", SCHOOL, "school"),
        school=about,
        documents=tuple((name, read_toml(home / name)) for name in about.get("documents", DOCUMENT_FILES)),
        rulings=read_toml(home / RULINGS),
        notices=read_toml(notices) if notices.is_file() else {},
        situations=read_toml(folder / COMMON / SITUATIONS),
        commands=read_toml(folder / COMMON / COMMANDS),
        answers=read_toml(answers) if answers.is_file() else {},  # a folder of an older release has none
        own_situations=read_toml(own) if own.is_file() else {},
    )


def _clean(value: Any) -> Any:
    """What school.toml says, with every text clean: it is shown on cards and sealed in ledgers.

    Clauses and rulings stay as they are, because their digests are sealed.
    """
    if isinstance(value, str):
        return clean_text(value, 3 * len(value))
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {key: _clean(item) for key, item in value.items()} if isinstance(value, dict) else value


def other_schools(folder: Path, school: str) -> list[str]:
    """The other folders of schools that `policies` has, the ready-made examples included."""
    files = [*folder.glob(f"*/{RULINGS}"), *folder.glob(f"{EXAMPLES}/*/{RULINGS}")]
    return sorted({file.parent.name for file in files} - {school})


def read_rulings(folder: Path, school: str) -> Mapping[str, Any]:
    """One school's rulings alone, as tables; none if they cannot be read."""
    try:
        return read_toml(home_of(folder, school) / RULINGS)
    except PolicyFileError:
        return {}


def read_source(folder: Path, school: str) -> str:
    """The whole text the clauses are cut from, as the school gave it."""
    return read_text(home_of(folder, school) / SOURCE)


def read_common(folder: Path, file: str) -> dict[str, Any]:
    """The tables of a file that every school shares."""
    return read_toml(folder / COMMON / file)


def bank_files(folder: Path) -> list[Path]:
    """The files of the bank of example questions, in a fixed order."""
    files = sorted((folder / COMMON / "questions").glob("*.toml"))
    if not files:
        raise PolicyFileError("policies/staffroom/questions: there are no example questions to learn from.")
    return files


def write_file(file: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Writes a file whole or not at all; raises PolicyFileError. A file that is there keeps its mode."""
    raw = content if isinstance(content, bytes) else content.encode()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        mode = file.stat().st_mode & 0o777 if file.exists() else mode
        handle, name = tempfile.mkstemp(prefix=".part-", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as part:
                part.write(raw)
                part.flush()
                os.fsync(part.fileno())
            Path(name).chmod(mode)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise PolicyFileError(f"{file.name} could not be written: {error.strerror}. Nothing was changed.") from error
