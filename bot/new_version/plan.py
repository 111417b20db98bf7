"""What a new version of a document would change in the school's folder; nothing is written here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.ask.policy_file import policy_of
from bot.ask.rules.policy import Policy
from bot.ask.rules.refit import Refit, refit
from bot.ask.rulings_file import Edit, RulingsFile
from bot.campaigns.rules.versions import frozen
from bot.campaigns.settings import campaign_settings
from bot.errors import BadInput, PolicyFileError
from bot.import_policy.rules.clauses import Draft
from bot.import_policy.rules.versions import ClauseChange
from bot.import_policy.versions import HeldDocument, NewVersion, held_document, new_version
from bot.policies import RULINGS, SOURCE, SchoolTables, home_of, read_school, read_source
from bot.recordings.settings import recording_settings
from bot.school.settings import school_settings
from bot.settings import Settings
from bot.toml_fields import parse_toml, read_text
from bot.undoable_file import digest_of

DOES_NOT_FIT = (
    "The new version does not fit the rest of the folder. {says} Write it in school.toml as the new version has it, "
    "then try again. Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A new version with all that it changes. `before` and `after` are the school's policy without and with it.

    `files` are the folder's files that change, each with its text before and after. `is_agreement` says that staff
    acknowledge this document; `needs_start` that settings change too, which count when Staffroom starts again.
    """

    version: NewVersion
    before: Policy
    after: Policy
    refit: Refit
    edit: Edit
    files: Mapping[str, tuple[str, str]]
    is_agreement: bool
    needs_start: bool

    @property
    def held(self) -> HeldDocument:
        """The document as it was."""
        return self.version.held

    @property
    def digests(self) -> tuple[str, str]:
        """The text's digest before and after: the same one that publishing seals."""
        before, after = self.before.documents[self.held.id], self.after.documents[self.held.id]
        return frozen(before).digest, frozen(after).digest

    @property
    def seen(self) -> str:
        """A digest of everything in it, by which a press says what was shown."""
        return digest_of(json.dumps(sorted(self.files.items())))


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans over a school's folder, which is read again each time. `demo` fills empty contacts as the demo does."""

    settings: Settings
    rulings: RulingsFile
    demo: bool

    def tables(self) -> SchoolTables:
        """The folder as it is now."""
        return read_school(self.settings.policies, self.settings.school)

    def plan(self, document: str, draft: Draft) -> Plan:
        """What the new version would change; raises BadInput if it cannot be used, or nothing is new in it."""
        tables, school = self.tables(), self.settings.school
        before = self.policy(tables)  # first: it names whatever is broken in the folder
        home, source = home_of(self.settings.policies, school), read_source(self.settings.policies, school)
        held = held_document(tables.documents, document)
        version = new_version(held, draft, tables.documents, source, home)
        changed, gone = version.ids(ClauseChange.CHANGED), version.ids(ClauseChange.GONE)
        fit = refit(before, held.id, changed, gone)
        edit = self.rulings.refitted(fit.unapproved, fit.to_confirm, fit.not_ruled)
        new_tables = with_texts(tables, held.file, version.text, edit.tables)
        settings = self.checked(new_tables)
        files = {
            held.file: (read_text(home / held.file), version.text),
            SOURCE: (source, version.source),
            RULINGS: (edit.before, edit.after),
        }
        agreement = settings[0].agreement
        return Plan(
            version=version,
            before=before,
            after=self.policy(new_tables),
            refit=fit,
            edit=edit,
            files=files,
            is_agreement=agreement is not None and held.id in agreement.documents,
            needs_start=settings != self._settings_in_use(tables),
        )

    def policy(self, tables: SchoolTables) -> Policy:
        """The policy that these tables make."""
        return policy_of(tables, school_settings(tables, demo=self.demo))

    def checked(self, tables: SchoolTables) -> tuple[Any, ...]:
        """The settings that quote clauses; raises BadInput if these tables could not be a school's."""
        try:
            self.policy(tables)
            return self._settings(tables)
        except PolicyFileError as error:
            raise BadInput(DOES_NOT_FIT.format(says=error)) from error

    def _settings(self, tables: SchoolTables) -> tuple[Any, ...]:
        documents = school_settings(tables, demo=self.demo).documents
        return campaign_settings(tables, documents), recording_settings(tables, documents)

    def _settings_in_use(self, tables: SchoolTables) -> tuple[Any, ...]:
        """Those of the folder as it is; none if somebody wrote the new words into school.toml already."""
        try:
            return self._settings(tables)
        except PolicyFileError:
            return ()


def with_texts(tables: SchoolTables, file: str, text: str, rulings: Mapping[str, Any]) -> SchoolTables:
    """The tables with another text of one document, and other rulings."""
    documents = tuple((name, parse_toml(text, file) if name == file else old) for name, old in tables.documents)
    return replace(tables, documents=documents, rulings=rulings)
