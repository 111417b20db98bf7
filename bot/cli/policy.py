"""The commands `check`, `rulings` and `manifest`: the policy folder, and the Teams app package."""

import argparse
from pathlib import Path

from bot import VERSION, app, manifest
from bot.ask.language_file import read_languages
from bot.ask.policy_file import accepted_findings, read_bank, read_signs, read_thresholds
from bot.ask.rules.lint import check, unanswered
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling, digest
from bot.ask.vocabulary import stem
from bot.cli.command import AddCommand
from bot.config import read_config
from bot.errors import StaffroomError
from bot.policies import read_source
from bot.school.rules.coverage import coverage
from bot.settings import Settings


def add_commands(add: AddCommand) -> None:
    """Adds these commands to the others."""
    add("check", "look for mistakes in the policy folder", _check)
    rulings = add("rulings", "the sheet on which the school approves its rulings", _rulings)
    rulings.add_argument("what", choices=["sheet"])
    add("manifest", "build the Teams app package", _manifest).add_argument("--out", help="the zip to write")


def _check(settings: Settings, options: argparse.Namespace) -> int:
    config = read_config(settings, app.today())
    read_thresholds(settings.policies)
    read_signs(settings.policies)
    read_languages(settings.policies)
    source, bank = read_source(settings.policies, settings.school), read_bank(settings.policies)
    findings = check(config.policy, source, bank, stem, app.today())
    accepted = accepted_findings(config.tables)
    unused = sorted(accepted - {finding.place for finding in findings})
    new = [finding for finding in findings if finding.place not in accepted]
    known_findings = [finding for finding in findings if finding.place in accepted]
    for finding in new:
        print(finding)
    for place in unused:
        print(f"school.toml: check: accepted: {place!r} is accepted, but there is no such finding any more.")
    for finding in known_findings:
        print(f"(known) {finding}")
    _print_coverage(config.policy, source)
    if config.policy.rulings:
        silent = unanswered(config.policy)
        print(f"{len(silent)} situations that no clause answers: {', '.join(silent)}.")
    else:
        print("Still to do: nothing has been ruled on yet, so no question can be answered.")
    to_fix = len(new) + len(unused)
    print(f"{to_fix} to fix, {len(known_findings)} known and accepted by the school.")
    return 1 if to_fix else 0


def _print_coverage(policy: Policy, source: str) -> None:
    """Says how much of the source is in clauses, and shows what is not."""
    found = coverage(source, policy.clauses.values())
    print(f"{found.percent}% of source.txt is in clauses: {found.covered:,} of {found.characters:,} characters.")
    for line in found.left_out:
        print(f"  no clause: {line}")


def _rulings(settings: Settings, options: argparse.Namespace) -> int:
    policy = read_config(settings, app.today()).policy
    print(f"{policy.name}: rulings to approve. Copy the three lines under a ruling in rulings.toml to approve it.")
    for ruling in policy.rulings.values():
        _print_ruling(ruling, policy)
    return 0


def _print_ruling(ruling: Ruling, policy: Policy) -> None:
    print(f"\n[{ruling.situation}]  {policy.situations[ruling.situation].asks}")
    print(f"  {ruling.verdict}, shown as {ruling.shown_headline!r}: {ruling.says}")
    for label, texts in (
        ("only if", ruling.conditions),
        ("silent on", (ruling.silent_on,)),
        ("pointer", (ruling.pointer,)),
        ('"No" to leave for', ruling.asked.contrary),
        ("breaks a condition", ruling.asked.breaks),
        ("names what is required", tuple("; ".join(phrases) for phrases in ruling.asked.meets)),
        ("asks for information", ruling.asked.informs),
    ):
        print("".join(f"    {label}: {text}\n" for text in texts if text), end="")
    for ref in ruling.clauses:
        print(f"    {ref}: {policy.clause(ref).text}")
    if ruling.needs_owner:
        print(f"  NEEDS THE OWNER'S DECISION: {ruling.needs_owner}")
    print(f'  approved_by = "..."\n  approved_on = {app.today()}\n  digest = "{digest(ruling, policy.clauses)}"')


def _manifest(settings: Settings, options: argparse.Namespace) -> int:
    name = read_config(settings, app.today()).school.name
    values = manifest.Package(settings.app_id, VERSION, name, settings.website, settings.privacy, settings.terms)
    package = manifest.build(settings.manifest, values)
    file = Path(options.out) if options.out else settings.data / "staffroom.zip"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(package)
    except OSError as error:
        raise StaffroomError(f"{file.name} could not be written: {error.strerror}.") from error
    print(f"{file}: the Teams app package, version {VERSION}. docs/install-teams.md says where to upload it.")
    return 0
