"""The commands `policy ...`: a school's own document becomes clauses, and these rulings, and all of it one file."""

import argparse
import json
from pathlib import Path

from bot.cli.command import AddCommand, Run
from bot.cli.list_clauses import list_clauses
from bot.cli.new_version import add_over_options, import_over
from bot.cli.policy_pack import pack, place_pack
from bot.cli.propose_rulings import propose
from bot.errors import BadInput
from bot.import_policy.import_policy import read_policy
from bot.import_policy.rules.clauses import Draft
from bot.import_policy.school_folder import write_school
from bot.settings import Settings


def add_commands(add: AddCommand) -> None:
    """Adds this command to the others."""
    policy = add("policy", "cut your own policy, a Word file or a PDF, into clauses, and propose rulings", _run)
    policy.add_argument("what", choices=["import", "clauses", "propose", "pack", "place"])
    policy.add_argument("files", nargs="*", metavar="FILE", help="a .docx, a PDF with text, a plain text or Markdown")
    policy.add_argument("--school", metavar="NAME", help="the school's name; its folder is made from it")
    add_over_options(policy)
    policy.add_argument("--out", metavar="FILE", help="with pack: the file to write")
    policy.add_argument(
        "--replace", action="store_true", help="with place: in place of a folder that differs, which is kept beside it"
    )
    policy.add_argument("--dry-run", action="store_true", help="only show what would be written")
    policy.add_argument("--json", action="store_true", help="with --dry-run: print it as JSON")
    policy.add_argument(
        "--accept-all", action="store_true", help="with propose: confirm every proposal that allows nothing"
    )
    policy.add_argument(
        "--permissions", action="store_true", help="with --accept-all: confirm permissions too, unread; for measuring"
    )
    policy.add_argument(
        "--silences", action="store_true", help="with --accept-all: say that the policy does not say, where proposed"
    )


def _run(settings: Settings, options: argparse.Namespace) -> int:
    run: dict[str, Run] = {
        "import": _import,
        "clauses": list_clauses,
        "propose": propose,
        "pack": pack,
        "place": place_pack,
    }
    return run[options.what](settings, options)


def _import(settings: Settings, options: argparse.Namespace) -> int:
    if not options.files:
        raise BadInput("Name the file: python -m bot policy import FILE. Nothing was changed.")
    if options.over:
        return import_over(settings, options)
    drafts = [_read(Path(name), several=len(options.files) > 1) for name in options.files]
    if options.dry_run:
        _show(drafts, as_json=options.json)
        return 0
    if not (options.school or "").strip():
        raise BadInput('Name the school: --school "St Luke\'s Primary". Nothing was changed.')
    folder = write_school(settings.policies, options.school, drafts)
    for draft in drafts:
        print(f"{draft.title or 'Policy'}: {_summary(draft)}.")
    print(f"Propose rulings: python -m bot policy propose --school {folder.name}")
    print(f"Written to policies/{folder.name}. Check it: STAFFROOM_SCHOOL={folder.name} python -m bot check")
    return 0


def _read(file: Path, *, several: bool) -> Draft:
    try:
        return read_policy(file)
    except BadInput as error:
        if several:
            raise BadInput(f"{file.name}: {error} Nothing was changed.") from error
        raise


def _summary(draft: Draft) -> str:
    return f"{len(draft.clauses)} clauses; {len(draft.left_out)} pieces of text are no clause"


def _show(drafts: list[Draft], *, as_json: bool) -> None:
    if as_json:
        shown = [_as_json(draft) for draft in drafts]
        print(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False, indent=1))
        return
    for draft in drafts:
        print(f"{draft.title or '(no title found)'}: {_summary(draft)}.\n")
        for clause in draft.clauses:
            print(f"{clause.ref}  [{clause.modality}; {', '.join(clause.binds)}]\n    {clause.text}")
        print("\nNo clause:")
        for text in draft.left_out:
            print(f"    {' '.join(text.split())}")


def _as_json(draft: Draft) -> dict[str, object]:
    clauses = [
        {"ref": c.ref, "heading": c.heading, "text": c.text, "modality": str(c.modality), "binds": list(c.binds)}
        for c in draft.clauses
    ]
    return {"title": draft.title, "facts": draft.facts, "clauses": clauses, "left_out": list(draft.left_out)}
