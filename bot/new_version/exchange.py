"""Puts a new version in place of the old one, and takes the last one back: sealed first, then written, all kept."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.ask.held_understanding import ruling_records
from bot.ask.rules.approvals import NEVER, RulingChange
from bot.ask.rulings_file import MEANWHILE, Edit
from bot.campaigns.rules.versions import frozen
from bot.errors import BadInput, PolicyFileError
from bot.evidence.context import Context
from bot.evidence.rules.ledger import EventKind
from bot.import_policy.versions import keep_in_history
from bot.new_version.plan import Plan, Planner, with_texts
from bot.people.rules.person import Person
from bot.policies import RULINGS, home_of, write_file
from bot.school.rules.documents import Document
from bot.toml_fields import read_text
from bot.undoable_file import digest_of

BEFORE_LAST_VERSION = "version-before.json"  # in the data folder
IMPORT, UNDO = "import", "undo"  # as they are sealed
NOTHING_TO_UNDO = (
    "There is no version to go back to here, or the folder was changed since. The older versions are in the school's "
    "folder, under history. Nothing was changed."
)

Who = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LastVersion:
    """The exchange before: the files' texts before it, their digests after it, and the answers it touched.

    `report` is what was shown of it.
    """

    document: str
    file: str
    texts: Mapping[str, str]
    after: Mapping[str, str]
    situations: tuple[str, ...]
    report: Mapping[str, Any]

    @classmethod
    def read(cls, file: Path) -> "LastVersion | None":
        """What was kept; None if nothing was, or if it is broken."""
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            return cls(
                document=str(kept["document"]),
                file=str(kept["file"]),
                texts={str(name): str(text) for name, text in kept["texts"].items()},
                after={str(name): str(digest) for name, digest in kept["after"].items()},
                situations=tuple(map(str, kept["situations"])),
                report=dict(kept["report"]),
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    @property
    def digest(self) -> str:
        """What a press says of it."""
        return digest_of(json.dumps(sorted(self.after.items())))


@dataclass(frozen=True, slots=True)
class Exchange:
    """Changes the folder that `planner` reads. What is approved lapses in the ledger before any file changes."""

    context: Context
    planner: Planner

    @property
    def home(self) -> Path:
        """The school's folder."""
        return home_of(self.planner.settings.policies, self.planner.settings.school)

    @property
    def _kept(self) -> Path:
        return self.planner.settings.data / BEFORE_LAST_VERSION

    def last(self) -> LastVersion | None:
        """The last exchange; None if there was none."""
        return LastVersion.read(self._kept)

    def can_undo(self, last: LastVersion) -> bool:
        """Whether the folder is still as the last exchange left it."""
        try:
            return all(digest_of(read_text(self.home / name)) == digest for name, digest in last.after.items())
        except PolicyFileError:
            return False

    async def use(self, plan: Plan, report: Mapping[str, Any], person: Person, who: Who) -> None:
        """Puts the new version in place; raises BadInput if the folder is not as it was planned for.

        Sealed first: if a file then cannot be written, an approval is lost, and none is left on changed words.
        """
        await asyncio.to_thread(self._refuse_changed, {name: texts[0] for name, texts in plan.files.items()})
        texts = {name: texts[0] for name, texts in plan.files.items()}
        last = LastVersion(
            document=plan.held.id,
            file=plan.held.file,
            texts=texts,
            after={name: digest_of(texts[1]) for name, texts in plan.files.items()},
            situations=plan.refit.affected,
            report=report,
        )
        await asyncio.to_thread(keep_in_history, self.home, sorted(texts), plan.digests[0])
        await self._seal(plan.refit.affected, RulingChange.NEW_VERSION, person, who)
        await self._seal_version(plan.held.id, plan.digests, IMPORT, person, who)
        new = {name: texts[1] for name, texts in plan.files.items()}
        await asyncio.to_thread(self._write, plan.edit, new, last)

    async def undo(self, seen: str, person: Person, who: Who) -> Document:
        """Puts the version before back, without an approval of anything that differs; returns that document.

        Raises BadInput if the folder was changed since.
        """
        last = await asyncio.to_thread(self.last)
        if last is None or last.digest != seen or not await asyncio.to_thread(self.can_undo, last):
            raise BadInput(NOTHING_TO_UNDO)
        tables = await asyncio.to_thread(self.planner.tables)
        edit = self.planner.rulings.restored(last.texts[RULINGS], last.situations)
        earlier = with_texts(tables, last.file, last.texts[last.file], edit.tables)
        self.planner.checked(earlier)
        now = self.planner.policy(tables).documents[last.document]
        document = self.planner.policy(earlier).documents[last.document]
        digests = frozen(now).digest, frozen(document).digest
        await asyncio.to_thread(keep_in_history, self.home, sorted(last.texts), digests[0])
        await self._seal(edit.situations, RulingChange.UNDO, person, who)
        await self._seal_version(last.document, digests, UNDO, person, who)
        await asyncio.to_thread(self._write, edit, last.texts, None)
        return document

    def _refuse_changed(self, texts: Mapping[str, str]) -> None:
        if any(read_text(self.home / name) != text for name, text in texts.items()):
            raise BadInput(MEANWHILE)

    def _write(self, edit: Edit, texts: Mapping[str, str], last: LastVersion | None) -> None:
        """The answers first: should anything fail after them, they are stricter than the document."""
        write_file(self.home / RULINGS, edit.after)
        self.planner.rulings.forget_earlier()
        for name, text in texts.items():
            if name != RULINGS:
                write_file(self.home / name, text)
        if last is None:
            self._kept.unlink(missing_ok=True)
            return
        kept = {
            "document": last.document,
            "file": last.file,
            "texts": dict(last.texts),
            "after": dict(last.after),
            "situations": list(last.situations),
            "report": dict(last.report),
        }
        write_file(self._kept, json.dumps(kept, ensure_ascii=False))

    async def _seal(self, situations: Sequence[str], change: RulingChange, person: Person, who: Who) -> None:
        actor, records = await self.context.pseudonym(person), await ruling_records(self.context.store)
        for id in situations:
            once = f"ruling_changed/{id}/{records.get(id, NEVER).changes}"
            facts = {"situation": id, "change": change.value}
            await self.context.write(EventKind.RULING_CHANGED, once, actor=actor, facts=facts, who=who)

    async def _seal_version(
        self, document: str, digests: tuple[str, str], change: str, person: Person, who: Who
    ) -> None:
        number = len(await self.context.store.entries_of(EventKind.NEW_VERSION))
        facts = {"document": document, "change": change, "before": digests[0], "after": digests[1]}
        actor = await self.context.pseudonym(person)
        once = f"new_version/{document}/{number}"
        await self.context.write(EventKind.NEW_VERSION, once, actor=actor, facts=facts, who=who)
