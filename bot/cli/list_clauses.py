"""The command `policy clauses`: a school's clauses as its files have them, and the drafts that are being prepared."""

import argparse

from bot.ask.proposals import imported_clauses
from bot.errors import BadInput, StaffroomError
from bot.import_policy.draft_folder import DRAFTS, DraftFolder
from bot.import_policy.rules.names import slug
from bot.policies import SCHOOL, home_of, read_school
from bot.settings import Settings


def list_clauses(settings: Settings, options: argparse.Namespace) -> int:
    """Prints every clause with its id, reference, duty and whom it binds."""
    if options.files:
        raise BadInput("policy clauses reads the school's folder, no file. Nothing was changed.")
    school = slug(options.school) if (options.school or "").strip() else settings.school
    home = home_of(settings.policies, school)
    if not (home / SCHOOL).is_file():
        raise BadInput(f"There is no school in policies/{school}: python -m bot policy import FILE comes first.")
    tables = read_school(settings.policies, school)
    clauses = imported_clauses(tables)
    for file, table in tables.documents:
        id = table.get("document", {}).get("id", "")
        own = [clause for clause in clauses if clause.document == id]
        print(f"{file}: {len(own)} clauses. To join, split or leave out, edit the file: policies/README.md.")
        for clause in own:
            print(f"{clause.id}  {clause.ref}  [{clause.modality or 'not said'}; {', '.join(clause.binds)}]")
            print(f"    {' '.join(clause.text.split())}")
    _print_drafts(DraftFolder(home / DRAFTS))
    return 0


def _print_drafts(drafts: DraftFolder) -> None:
    for name in drafts.names():
        try:
            kept = drafts.read(name)
        except StaffroomError as error:
            print(error)
            continue
        draft = kept.draft
        print(f"In preparation, not in use: {kept.title} ({DRAFTS}/{name}.json), {len(draft.kept)} clauses.")
        print(f"  {draft.covered:,} of {draft.characters:,} characters are in clauses.")
