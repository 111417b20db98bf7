"""The page "New version": somebody sends a file, looks at every difference, and uses it, drops it or goes back."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.ask.ruling_commands import RulingCommands
from bot.ask.rulings_file import MEANWHILE
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput, PolicyFileError
from bot.evidence.context import Context, details
from bot.import_policy.import_policy import ONE_AT_A_TIME, draft_from, read_content
from bot.import_policy.rules.clauses import Draft
from bot.new_version.exchange import Exchange
from bot.new_version.plan import Plan, Planner
from bot.new_version.report import MATERIAL, report
from bot.outside import clean_line
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.policies import write_file
from bot.settings import Settings

WAITING = "version-waiting.json"  # in the data folder: what was read and is not used yet
NO_FILE = "Please choose the file of the new version. Nothing was changed."
NOTHING_WAITS = "No new version waits any more. Please send the file again. Nothing was changed."
READ = "{file} was read. Look at what it changes below. Nothing is changed yet."
USED = "The new version of {document} is in use. {affected} answers must be looked at again, on the page Answers."
USED_ALL_FIT = "The new version of {document} is in use. Every answer still fits."
DROPPED = "The new version was dropped. Nothing was changed."
UNDONE = "The version before is back. Answers that had changed must be approved again."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A new version that was read: of which document, from which file, and its draft."""

    document: str
    file: str
    draft: Draft

    @classmethod
    def read(cls, path: Path) -> "Waiting | None":
        """What waits; None if nothing does, or if it is broken."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return cls(str(kept["document"]), str(kept["file"]), draft_from(kept["draft"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class NewVersionCommands:
    """The commands and the page's values. A press names what was shown by its digest, in `seen`.

    `reading` lets one file be read at a time, on this page and on others: each may take much memory.
    """

    exchange: Exchange
    rulings: RulingCommands
    data: Path
    reading: asyncio.Lock

    def commands(self) -> tuple[Command, ...]:
        """Buttons only: none of it can be meant by mistake in a chat."""
        return (
            Command("check_version", self._check, Permission.RULINGS),
            Command("use_version", self._use, Permission.RULINGS),
            Command("drop_version", self._drop, Permission.RULINGS),
            Command("undo_version", self._undo, Permission.RULINGS),
        )

    async def values(self, person: Person) -> Mapping[str, Any]:
        """Everything the page shows."""
        waiting, last = await asyncio.to_thread(self._waiting), await asyncio.to_thread(self.exchange.last)
        documents = self.rulings.policy.documents.values()
        can_undo = last is not None and await asyncio.to_thread(self.exchange.can_undo, last)
        return {
            "documents": [(document.id, document.title) for document in documents],
            "check": _press("check_version", takes_fields=True),
            "waiting": await asyncio.to_thread(self._shown, waiting) if waiting else {},
            "last": last.report if last else {},
            "undo": _press("undo_version", seen=last.digest) if last and can_undo else "",
        }

    def _waiting(self) -> Waiting | None:
        return Waiting.read(self.data / WAITING)

    def _shown(self, waiting: Waiting) -> dict[str, Any]:
        """What waits, with its report; or why it cannot be used as the folder is now."""
        shown = {"file": waiting.file, "drop": _press("drop_version"), "problem": "", "use": "", "report": {}}
        try:
            plan = self.exchange.planner.plan(waiting.document, waiting.draft)
        except (BadInput, PolicyFileError) as error:
            return {**shown, "problem": str(error)}
        return {**shown, "use": _press("use_version", seen=plan.seen), "report": report(plan)}

    async def _check(self, incoming: Incoming, person: Person) -> Outgoing:
        """Reads the file in a process of its own, and keeps what it says until somebody uses or drops it."""
        if incoming.file is None:
            raise BadInput(NO_FILE)
        if self.reading.locked():
            raise BadInput(ONE_AT_A_TIME)
        async with self.reading:
            draft = await asyncio.to_thread(read_content, incoming.file.content)
        document = incoming.inputs.get("document", "")
        plan = await asyncio.to_thread(self.exchange.planner.plan, document, draft)
        kept = {"document": plan.held.id, "file": clean_line(incoming.file.name), "draft": asdict(draft)}
        await asyncio.to_thread(write_file, self.data / WAITING, json.dumps(kept, ensure_ascii=False))
        return note(READ.format(file=kept["file"]))

    async def _use(self, incoming: Incoming, person: Person) -> Outgoing:
        async with self.rulings.turn:
            waiting = await asyncio.to_thread(self._waiting)
            if waiting is None:
                raise BadInput(NOTHING_WAITS)
            plan = await asyncio.to_thread(self.exchange.planner.plan, waiting.document, waiting.draft)
            if plan.seen != incoming.inputs.get("seen", ""):
                raise BadInput(MEANWHILE)
            who = details(person, incoming.caller, incoming.conversation)
            await self.exchange.use(plan, report(plan), person, who)
            (self.data / WAITING).unlink(missing_ok=True)
            await self._take_over()
        return note(_used(plan))

    async def _drop(self, incoming: Incoming, person: Person) -> Outgoing:
        (self.data / WAITING).unlink(missing_ok=True)
        return note(DROPPED)

    async def _undo(self, incoming: Incoming, person: Person) -> Outgoing:
        async with self.rulings.turn:
            who = details(person, incoming.caller, incoming.conversation)
            await self.exchange.undo(incoming.inputs.get("seen", ""), person, who)
            await self._take_over()
        return note(UNDONE)

    async def _take_over(self) -> None:
        """From now on everybody is answered from the folder as it is, and publishing reads its documents."""
        await self.rulings.refresh()
        self.exchange.context.take_over(self.rulings.policy.documents)


def new_version_commands(
    settings: Settings, context: Context, rulings: RulingCommands, reading: asyncio.Lock
) -> NewVersionCommands:
    """The commands over the school's own folder."""
    planner = Planner(settings, rulings.file, demo=context.is_demo)
    return NewVersionCommands(Exchange(context, planner), rulings, settings.data, reading)


def _used(plan: Plan) -> str:
    affected, title = len(plan.refit.affected), plan.after.documents[plan.held.id].title
    says = USED.format(document=title, affected=affected) if affected else USED_ALL_FIT.format(document=title)
    return f"{says} {MATERIAL}" if plan.is_agreement else says


def _press(verb: str, *, takes_fields: bool = False, **data: str) -> str:
    """What a button of the page sends."""
    return json.dumps({"verb": verb, "data": data, "takes_fields": takes_fields})
