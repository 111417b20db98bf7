"""The page Policy: head, office or IT say that staff acknowledge one more document, from the next request on.

Asking itself goes on as ever: publish the text, open a campaign, look at the preview, send.
"""

import asyncio
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput, SettingsError
from bot.outside import clean_line
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.school_settings.commands import EDIT, SettingsCommands
from bot.school_settings.rules.asked_documents import documents_of, with_document
from bot.undoable_file import digest_of

AGREEMENT = "agreement"
MAX_ID_CHARS = 40
NO_SUCH_DOCUMENT = "There is no such document any more. Nothing was changed."
ADDED = (
    "Staff acknowledge “{title}” from the next request on. Publish its text, then open a campaign. To take this back, "
    "press “Undo the last change” on the page Settings."
)


@dataclass(frozen=True, slots=True)
class AskedDocuments:
    """Changes [agreement] in school.toml, checked, sealed and written as the page Settings does."""

    settings: SettingsCommands

    def commands(self) -> tuple[Command, ...]:
        """A button of the page Policy only."""
        return (Command("ask_for_document", self._add, Permission.CHANGE_SETTINGS),)

    def presses(self) -> dict[str, str]:
        """What the button of each document that is not asked for sends, by id; raises PolicyFileError."""
        text = self.settings.file.text()
        asked, seen = documents_of(_agreement(text)), digest_of(text)
        others = [id for id in self.settings.context.school.documents if id not in asked]
        return {id: _press("ask_for_document", document=id, seen=seen) for id in others}

    async def _add(self, incoming: Incoming, person: Person) -> Outgoing:
        id = clean_line(incoming.inputs.get("document", ""), MAX_ID_CHARS)
        document = self.settings.context.school.documents.get(id)
        if document is None:
            raise BadInput(NO_SUCH_DOCUMENT)
        async with self.settings.turn:
            await self._put(id, incoming, person)
        return note(ADDED.format(title=document.title))

    async def _put(self, id: str, incoming: Incoming, person: Person) -> None:
        file = self.settings.file
        text = await asyncio.to_thread(file.text)
        fields = with_document(_agreement(text), id)
        edit = await asyncio.to_thread(file.edited, incoming.inputs.get("seen", ""), AGREEMENT, fields)
        try:
            await asyncio.to_thread(self.settings.check, edit.after)
        except SettingsError as error:
            raise BadInput(f"{error} Nothing was changed.") from error
        await self.settings.put(edit, EDIT, incoming, person)


def _agreement(text: str) -> Mapping[str, Any]:
    section = tomllib.loads(text).get(AGREEMENT, {})
    return section if isinstance(section, dict) else {}


def _press(verb: str, **data: str) -> str:
    return json.dumps({"verb": verb, "data": data, "takes_fields": False})
