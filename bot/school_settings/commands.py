"""The page Settings: somebody changes contacts, terms, hours or reminders, and may take the last change back."""

import asyncio
import json
import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note, refusal
from bot.errors import BadInput, PolicyFileError, SettingsError
from bot.evidence.context import Context, details
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from bot.school_settings.rules.form import FieldFault, changed_values, fault_in, form_fields
from bot.school_settings.rules.sections import RECORDINGS, SettingsSection
from bot.school_settings.settings_file import MEANWHILE, SettingsEdit, SettingsFile
from bot.undoable_file import digest_of

EDIT, UNDO = "edit", "undo"  # as they are sealed
SAVED = "“{title}” is saved, and counts from now on."
SAVED_FOR_LATER = "“{title}” is saved. It counts when Staffroom starts again."
NOTHING_DIFFERS = "“{title}” says this already, so nothing was changed."
UNDONE = "The last change was undone: {titles}."
NO_SUCH_SECTION = "There is no such form any more. Please reload the page. Nothing was changed."
UNREADABLE = "school.toml cannot be read, so nothing can be changed here: {says}"

Check = Callable[[str], None]  # raises PolicyFileError or SettingsError if a school.toml with this text is refused
TakeOver = Callable[[], Awaitable[None]]
Waiting = Callable[[], frozenset[str]]  # the sections of school.toml that say something else than what counts now


@dataclass(frozen=True, slots=True)
class SettingsCommands:
    """The commands and the page's values. A press names its form in `section`, and in `seen` the file's digest.

    `turn` lets one change of the folder happen at a time.
    """

    context: Context
    file: SettingsFile
    sections: Sequence[SettingsSection]
    check: Check
    take_over: TakeOver
    waiting: Waiting
    turn: asyncio.Lock

    def commands(self) -> tuple[Command, ...]:
        """Buttons only: none of it can be meant by mistake in a chat."""
        return (
            Command("save_settings", self._save, Permission.CHANGE_SETTINGS),
            Command("undo_settings", self._undo, Permission.CHANGE_SETTINGS),
        )

    async def values(self, person: Person) -> Mapping[str, Any]:
        """Everything that the page shows."""
        may_change = may(person, Permission.CHANGE_SETTINGS, self.context.today)
        values: dict[str, Any] = {"sections": [], "undo": "", "unreadable": "", "waiting": []}
        try:
            text = await asyncio.to_thread(self.file.text)
            tables = tomllib.loads(text)
            waiting = await asyncio.to_thread(self.waiting)
        except (PolicyFileError, SettingsError, tomllib.TOMLDecodeError) as error:
            return {**values, "unreadable": UNREADABLE.format(says=error)}
        seen, shown = digest_of(text), self._shown(tables)
        can_undo = may_change and await asyncio.to_thread(self.file.can_undo)
        return {
            **values,
            "sections": [self._drawn(section, tables, seen) for section in shown],
            "waiting": [section.title for section in shown if section.name in waiting],
            "undo": _press("undo_settings", seen=seen) if can_undo else "",
            "may_change": may_change,
        }

    def _shown(self, tables: Mapping[str, Any]) -> list[SettingsSection]:
        """The forms that this school has: recorded lessons only if its policy promises something about them."""
        return [section for section in self.sections if section.name != RECORDINGS or RECORDINGS in tables]

    def _drawn(self, section: SettingsSection, tables: Mapping[str, Any], seen: str) -> dict[str, Any]:
        press = _press("save_settings", takes_fields=True, section=section.name, seen=seen)
        table = tables.get(section.name, {})
        fields = form_fields(section, table if isinstance(table, dict) else {})
        return {"id": section.name, "title": section.title, "intro": section.intro, "fields": fields, "press": press}

    async def _save(self, incoming: Incoming, person: Person) -> Outgoing:
        section = self._section(incoming)
        async with self.turn:
            try:
                edit = await asyncio.to_thread(self._edit, section, incoming.inputs)
            except FieldFault as fault:
                return _refused(fault, fault.field)
            except BadInput as error:
                return _refused(error, shows_now=str(error) == MEANWHILE)
            if edit.before == edit.after:
                return note(NOTHING_DIFFERS.format(title=section.title))
            await self.put(edit, EDIT, incoming, person)
            is_later = section.name in await asyncio.to_thread(self.waiting)
        return note((SAVED_FOR_LATER if is_later else SAVED).format(title=section.title))

    def _edit(self, section: SettingsSection, inputs: Mapping[str, str]) -> SettingsEdit:
        """The edit, checked as at the start; raises FieldFault, BadInput or PolicyFileError."""
        seen = inputs.get("seen", "")
        unchanged = self.file.edited(seen, section.name, {})
        table = tomllib.loads(unchanged.before).get(section.name, {})
        changed = changed_values(section, inputs, table)
        edit = self.file.edited(seen, section.name, changed)
        try:
            self.check(edit.after)
        except (PolicyFileError, SettingsError) as error:
            raise fault_in(section, str(error), changed) from error
        return edit

    async def _undo(self, incoming: Incoming, person: Person) -> Outgoing:
        async with self.turn:
            edit = await asyncio.to_thread(self.file.undone, incoming.inputs.get("seen", ""))
            await asyncio.to_thread(self.check, edit.after)
            await self.put(edit, UNDO, incoming, person)
        names = {section.name: section.title for section in self.sections}
        titles = [names.get(name, f"[{name}]") for name in edit.sections]
        return note(UNDONE.format(titles=", ".join(titles)))

    async def put(self, edit: SettingsEdit, change: str, incoming: Incoming, person: Person) -> None:
        """Seals the change, writes the file, and takes it over.

        Sealed first, so that no change is ever without its entry; the digests show which text it is about.
        """
        number = len(await self.context.store.entries_of(EventKind.SETTINGS_CHANGED))
        facts = {
            "section": ", ".join(edit.sections),
            "change": change,
            "before": digest_of(edit.before),
            "after": digest_of(edit.after),
        }
        actor = await self.context.pseudonym(person)
        who = details(person, incoming.caller, incoming.conversation)
        once = f"settings_changed/{number}"
        await self.context.write(EventKind.SETTINGS_CHANGED, once, actor=actor, facts=facts, who=who)
        await asyncio.to_thread(self.file.write, edit)
        await self.take_over()

    def _section(self, incoming: Incoming) -> SettingsSection:
        name = incoming.inputs.get("section", "")
        section = next((section for section in self.sections if section.name == name), None)
        if section is None:
            raise BadInput(NO_SUCH_SECTION)
        return section


def _refused(error: BadInput, field: str = "", *, shows_now: bool = False) -> Outgoing:
    """The sentence with its field; `shows_now` asks for what is saved beside what was typed."""
    refused = refusal(error)
    return replace(refused, values={**refused.values, "field": field, "shows_now": shows_now})


def _press(verb: str, *, takes_fields: bool = False, **data: str) -> str:
    """What a button of the page sends."""
    return json.dumps({"verb": verb, "data": data, "takes_fields": takes_fields})
