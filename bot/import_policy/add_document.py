"""Adds a document to a school that is there already: its clauses, its text, and its line in school.toml."""

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from bot.errors import BadInput, PolicyFileError, StaffroomError
from bot.import_policy.rules.clauses import Draft
from bot.import_policy.rules.toml_text import document_toml
from bot.import_policy.school_folder import SCHOOL, SOURCE, UNTITLED, file_name
from bot.policies import DOCUMENT_FILES, write_file
from bot.toml_fields import read_text, read_toml

NOT_SAFE = "school.toml is written in a way that I cannot change safely. Add the document by hand. Nothing was changed."
READABLE = 0o644  # as files are that somebody puts into the folder by hand


class IdTaken(BadInput):
    """The school has a document whose clauses begin with the same letters."""


TAKEN = (
    "The school has clauses that begin with {id} already: “{title}”. If this is a new version of it, bring it as a new "
    "version. If it is another document, give it other letters. Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class AddedDocument:
    """What was written: the document's file in the school's folder and its text, and the other files as they were."""

    file: str
    text: str
    before: Mapping[str, str]


def documents_of(folder: Path) -> dict[str, str]:
    """The titles of a school's documents, by id; raises PolicyFileError."""
    documents = [read_toml(folder / file).get("document", {}) for file in _listed(read_toml(folder / SCHOOL))]
    return {str(about.get("id", "")): str(about.get("title", "")) for about in documents if isinstance(about, dict)}


def refuse_if_taken(folder: Path, id: str) -> None:
    """Raises IdTaken if the school has a document of this id."""
    titles = {taken.upper(): title for taken, title in documents_of(folder).items()}
    if id.upper() in titles:
        raise IdTaken(TAKEN.format(id=id, title=titles[id.upper()]))


def add_document(folder: Path, draft: Draft, id: str) -> AddedDocument:
    """Writes what `policy import` writes for a new school, into this one; all or, with StaffroomError, nothing.

    school.toml is written last: before that, nothing reads the new file.
    """
    refuse_if_taken(folder, id)
    title = draft.title or UNTITLED
    school, source = read_text(folder / SCHOOL), read_text(folder / SOURCE)
    name = file_name(title, {file.name for file in folder.glob("*.toml")})
    text = document_toml(draft, id, title)
    listed = _with_document(school, name)
    steps = {
        name: text,
        SOURCE: f"{source.rstrip()}\n\n{draft.source}" if source.strip() else draft.source,
        SCHOOL: listed,
    }
    added = AddedDocument(name, text, {SCHOOL: school, SOURCE: source})
    try:
        for file, content in steps.items():
            write_file(folder / file, content, READABLE)
    except PolicyFileError:
        with suppress(StaffroomError):
            take_back(folder, added)
        raise
    return added


def take_back(folder: Path, added: AddedDocument) -> None:
    """Makes the folder as it was before a document was added; raises StaffroomError."""
    try:
        for file, content in added.before.items():
            if read_text(folder / file) != content:
                write_file(folder / file, content, READABLE)
        (folder / added.file).unlink(missing_ok=True)
    except OSError as error:
        raise StaffroomError(f"{added.file} could not be taken away: {error.strerror}.") from error


def _listed(school: Mapping[str, Any]) -> list[str]:
    return [str(file) for file in school.get("documents", DOCUMENT_FILES)]


def _with_document(text: str, file: str) -> str:
    """school.toml with one more document; comments and everything else as they were."""
    before = tomllib.loads(text)
    files = [*_listed(before), file]
    try:
        school = tomlkit.parse(text)
        listed = school.get("documents")
        if isinstance(listed, tomlkit.items.Array):
            listed.append(file)
        else:
            school["documents"] = files
        after = tomlkit.dumps(school)
        is_safe = tomllib.loads(after) == {**before, "documents": files}
    except (TOMLKitError, tomllib.TOMLDecodeError) as error:
        raise PolicyFileError(NOT_SAFE) from error
    if not is_safe:
        raise PolicyFileError(NOT_SAFE)
    return after
