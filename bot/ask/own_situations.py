"""Situations that only this school has, written on the page Answers; they are read and answered at once."""

import asyncio
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.ask.held_understanding import ruling_records
from bot.ask.rules.approvals import NEVER, RulingChange
from bot.ask.rules.policy import Policy
from bot.ask.ruling_commands import RulingCommands, in_full
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput, PolicyFileError
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.outside import clean_line, is_blank, written_text
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.policies import write_file
from bot.toml_changes import with_fields
from bot.toml_fields import read_text
from bot.undoable_file import digest_of

MAX_LABEL_CHARS, MAX_ASKS_CHARS, MAX_WORDING_CHARS = 40, 80, 160
MIN_WORDINGS, MAX_WORDINGS = 3, 30
NO_LABEL = "Please write what it is called, in a few words. Nothing was changed."
NO_ASKS = "Please complete the sentence “Somebody asks about ...”. Nothing was changed."
FEW_WORDINGS = "Please write at least {least} questions as people ask them, one to a line. Nothing was changed."
MANY_WORDINGS = "Please write at most {most} questions. Nothing was changed."
TAKEN = "Something is called “{label}” already. Please look for it below, or choose another name. Nothing was changed."
MEANWHILE = "Somebody else added something meanwhile. Please look at the page as it is now, and press again."
NOT_SAFE = (
    "situations.toml is written in a way that I cannot change safely. Please change it by hand. Nothing was changed."
)
ADDED = "Added: {label} Questions about it are understood from now on. Write its answer under “All the others”."

PolicyWithSituations = Callable[[Mapping[str, Any]], Policy]  # with these tables for the school's situations.toml
_NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class OwnSituations:
    """Adds a situation to the file, which may not be there yet. A press says in `file` which text it saw."""

    rulings: RulingCommands
    file: Path
    policy_with: PolicyWithSituations

    def commands(self) -> tuple[Command, ...]:
        """A button of the page Answers only."""
        return (Command("add_situation", self._add, Permission.RULINGS),)

    def seen(self) -> str:
        """The digest of the file as it is now."""
        return digest_of(self._text())

    def _text(self) -> str:
        return read_text(self.file) if self.file.is_file() else ""

    async def _add(self, incoming: Incoming, person: Person) -> Outgoing:
        entry = _entry_in(incoming.inputs)
        async with self.rulings.turn:
            await self.rulings.refresh()
            id = self._new_id(entry["label"])
            text = await asyncio.to_thread(self._text)
            if digest_of(text) != incoming.inputs.get("file", ""):
                raise BadInput(MEANWHILE)
            changed = with_fields(text, {id: entry}, NOT_SAFE)
            tables = tomllib.loads(changed)
            if tables != {**tomllib.loads(text), id: entry}:
                raise PolicyFileError(NOT_SAFE)
            await asyncio.to_thread(self.policy_with, tables)
            await self._seal(id, incoming, person)
            await asyncio.to_thread(write_file, self.file, changed)
            await self.rulings.refresh()
        return note(ADDED.format(label=in_full(entry["label"])))

    def _new_id(self, label: str) -> str:
        """An id of the label's letters and digits; raises BadInput if something is called that already."""
        policy = self.rulings.policy
        id = _NOT_IN_AN_ID.sub("-", label.lower()).strip("-")
        labels = {situation.label.lower() for situation in policy.situations.values()}
        if not id or id in policy.situations or id in policy.commands or label.lower() in labels:
            raise BadInput(TAKEN.format(label=label) if id else NO_LABEL)
        return id

    async def _seal(self, id: str, incoming: Incoming, person: Person) -> None:
        context = self.rulings.context
        changes = (await ruling_records(context.store)).get(id, NEVER).changes
        facts = {"situation": id, "change": RulingChange.OWN_SITUATION.value}
        actor = await context.pseudonym(person)
        who = details(person, incoming.caller, incoming.conversation)
        once = f"ruling_changed/{id}/{changes}"
        await context.write(EventKind.RULING_CHANGED, once, actor=actor, facts=facts, who=who)


def _entry_in(inputs: Mapping[str, str]) -> dict[str, Any]:
    """The section that was filled in; raises BadInput for what is missing."""
    label = clean_line(written_text(inputs.get("label", "")), MAX_LABEL_CHARS)
    asks = clean_line(written_text(inputs.get("asks", "")), MAX_ASKS_CHARS)
    lines = [clean_line(line, MAX_WORDING_CHARS) for line in inputs.get("wordings", "").splitlines()]
    wordings = list(dict.fromkeys(line for line in lines if not is_blank(line)))
    if not label:
        raise BadInput(NO_LABEL)
    if not asks:
        raise BadInput(NO_ASKS)
    if len(wordings) < MIN_WORDINGS:
        raise BadInput(FEW_WORDINGS.format(least=MIN_WORDINGS))
    if len(wordings) > MAX_WORDINGS:
        raise BadInput(MANY_WORDINGS.format(most=MAX_WORDINGS))
    return {"asks": asks, "label": label, "about": f"{asks[:1].upper()}{asks[1:]}.", "wordings": wordings}
