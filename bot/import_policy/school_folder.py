"""Writes imported documents into a school's folder, all of them or none."""

import shutil
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from bot.errors import BadInput, StaffroomError
from bot.import_policy.rules.clauses import Draft
from bot.import_policy.rules.names import short_id, slug
from bot.import_policy.rules.toml_text import document_toml, school_toml

SCHOOL, RULINGS, SOURCE = "school.toml", "rulings.toml", "source.txt"
UNTITLED = "Policy"
NO_RULINGS = "# What this policy says about each situation: see policies/README.md. Nothing has been ruled on yet.\n"


def write_school(policies: Path, school: str, drafts: Sequence[Draft]) -> Path:
    """A new school's folder with its documents; returns it. Raises BadInput if there is one of that name already."""
    name = " ".join(school.split())
    folder = policies / slug(name)
    if not name or folder.exists():
        raise BadInput(
            f"There is a folder policies/{folder.name} already. Give the school another name; nothing was changed."
        )
    files = _files(name, drafts)
    try:
        made = Path(tempfile.mkdtemp(prefix=".import-", dir=policies))
        try:
            for file, text in files.items():
                (made / file).write_text(text, encoding="utf-8", newline="\n")
            made.chmod(0o755)
            made.rename(folder)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise StaffroomError(
            f"policies/{folder.name} could not be written: {error.strerror}. Nothing was changed."
        ) from error
    return folder


def _files(name: str, drafts: Sequence[Draft]) -> dict[str, str]:
    """The folder's files by name."""
    ids: list[str] = []
    documents: dict[str, str] = {}
    for draft in drafts:
        title = draft.title or UNTITLED
        id = short_id(title, ids)
        ids.append(id)
        documents[file_name(title, documents)] = document_toml(draft, id, title)
    source = "\n\n".join(draft.source for draft in drafts)
    return {SCHOOL: school_toml(name, list(documents)), RULINGS: NO_RULINGS, SOURCE: source, **documents}


def file_name(title: str, taken: Collection[str]) -> str:
    """A document's file, made from its title and unlike those taken."""
    base = slug(title.split(": ")[0], "policy")
    reserved = {Path(file).stem for file in (SCHOOL, RULINGS, "notices.toml")}
    names = [base, *(f"{base}-{number}" for number in range(2, 1000))]
    return next(f"{name}.toml" for name in names if name not in reserved and f"{name}.toml" not in taken)
