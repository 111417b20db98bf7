"""A new version of a document over the one that a school's folder has: compared, written, and the old one kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadInput, PolicyFileError
from bot.import_policy.rules.clauses import Draft
from bot.import_policy.rules.source_text import with_new_source
from bot.import_policy.rules.version_toml import version_toml
from bot.import_policy.rules.versions import ClauseChange, Comparison, HeldClause, Scope, compare
from bot.policies import write_file
from bot.toml_fields import read_toml

HISTORY = "history"  # the folder of what was there before, inside the school's folder
MAX_VERSIONS = 9999
NO_SUCH_DOCUMENT = "There is no document {name!r}. The school has: {documents}. Nothing was changed."
SAME_WORDS = "This file is the document as it is now, word for word. Nothing was changed."


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A document as the folder has it: its file's name, what it says of itself, and its clauses."""

    file: str
    about: Mapping[str, Any]
    clauses: tuple[HeldClause, ...]

    @property
    def id(self) -> str:
        """The id that its clauses begin with."""
        return str(self.about.get("id", ""))

    @property
    def short(self) -> str:
        """Its name in citations."""
        return str(self.about.get("short", ""))


def held_document(documents: Sequence[tuple[str, Mapping[str, Any]]], name: str) -> HeldDocument:
    """The document of that id, file or short name; raises BadInput naming those there are."""
    all_held = [_held(file, tables) for file, tables in documents]
    wanted = name.strip().casefold()
    for held in all_held:
        if wanted in {held.id.casefold(), held.file.casefold(), Path(held.file).stem.casefold(), held.short.casefold()}:
            return held
    raise BadInput(NO_SUCH_DOCUMENT.format(name=name, documents=", ".join(held.id for held in all_held)))


def _held(file: str, tables: Mapping[str, Any]) -> HeldDocument:
    """The document of a file; what is no clause in it is left out, because the policy's own reading refuses it."""
    about, entries = tables.get("document"), tables.get("clause")
    clauses = tuple(
        HeldClause(
            id=str(entry.get("id", "")),
            ref=str(entry.get("ref", "")),
            heading=str(entry.get("heading", "")),
            text=" ".join(str(entry.get("text", "")).split()),
            modality=str(entry.get("modality", "")),
            binds=_texts(entry.get("binds")),
            head=_texts(entry.get("head")),
            topics=_texts(entry.get("topics")),
        )
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    )
    return HeldDocument(file, about if isinstance(about, dict) else {}, clauses)


def _texts(value: object) -> tuple[str, ...]:
    """The texts of a list that somebody may have written by hand; none of anything else."""
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What a new version does to a document. `text` is the document's file, `source` the school's source.txt."""

    held: HeldDocument
    comparisons: tuple[Comparison, ...]
    text: str
    source: str
    left_out: tuple[str, ...]

    def ids(self, change: ClauseChange) -> frozenset[str]:
        """The clauses of which this became."""
        return frozenset(comparison.id for comparison in self.comparisons if comparison.change is change)


def new_version(
    held: HeldDocument, draft: Draft, documents: Sequence[tuple[str, Mapping[str, Any]]], source: str, home: Path
) -> NewVersion:
    """The new version of a document, with nothing written; raises BadInput if there is nothing new in it."""
    binds = draft.facts.get("binds", [])
    scope = Scope(_texts(held.about.get("binds")), _texts(binds))
    comparisons = compare(held.id, held.clauses, draft.clauses, ids_in_history(home, held.id), scope)
    title = draft.title or str(held.about.get("title", ""))
    clauses = [comparison.now for comparison in comparisons if comparison.now is not None]
    text = version_toml(draft, held.id, title, held.short, clauses)
    if all(comparison.change is ClauseChange.SAME for comparison in comparisons) and _is_same_cover(held, draft):
        raise BadInput(SAME_WORDS)
    return NewVersion(held, comparisons, text, _source(held, draft, documents, source), draft.left_out)


def _is_same_cover(held: HeldDocument, draft: Draft) -> bool:
    return str(held.about.get("version", "")) == str(draft.facts.get("version", ""))


def _source(held: HeldDocument, draft: Draft, documents: Sequence[tuple[str, Mapping[str, Any]]], source: str) -> str:
    all_held = [_held(file, tables) for file, tables in documents]
    others = [clause.text for other in all_held if other.file != held.file for clause in other.clauses]
    place = next(number for number, other in enumerate(all_held) if other.file == held.file)
    following = all_held[place + 1] if place + 1 < len(all_held) else None
    title = str(following.about.get("title", "")) if following else ""
    return with_new_source(source, draft.source, [clause.text for clause in held.clauses], others, title)


def ids_in_history(home: Path, document: str) -> frozenset[str]:
    """The ids of every clause that an older version of the document had."""
    ids: set[str] = set()
    for file in sorted((home / HISTORY).glob("*/*.toml")):
        try:
            held = _held(file.name, read_toml(file))
        except PolicyFileError:  # somebody wrote notes there; it is history, and nothing rests on it
            continue
        ids.update(clause.id for clause in held.clauses if held.id == document)
    return frozenset(ids)


def keep_in_history(home: Path, files: Sequence[str], digest: str) -> Path:
    """Copies these files of the folder, as they are, into a folder of their own under history/; returns it.

    What was approved, published or quoted under them can be checked against it. Raises PolicyFileError.
    """
    number = 1 + max((int(folder.name[:4]) for folder in (home / HISTORY).glob("[0-9][0-9][0-9][0-9]-*")), default=0)
    if number > MAX_VERSIONS:
        raise PolicyFileError(f"{HISTORY}/ holds {MAX_VERSIONS} versions. Move some away. Nothing was changed.")
    folder = home / HISTORY / f"{number:04}-{digest[:12]}"
    for name in files:
        try:
            content = (home / name).read_bytes()
        except OSError as error:
            raise PolicyFileError(f"{name} could not be read: {error.strerror}. Nothing was changed.") from error
        write_file(folder / name, content)
    return folder
