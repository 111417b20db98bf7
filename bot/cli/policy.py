"""The commands `check`, `rulings` and `manifest`: the policy folder, and the Teams app package."""

import argparse
from pathlib import Path

from bot import VERSION, app, manifest
from bot.ask.language_file import read_languages
from bot.ask.policy_file import accepted_findings, loading_problems, read_bank, read_signs, read_thresholds
from bot.ask.rules.exemptions import shown_exemptions
from bot.ask.rules.lint import Bank, check, documents_without_rulings, not_ruled, resting_on_absent, unanswered
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling, digest
from bot.ask.vocabulary import stem
from bot.channels.slack.cards import SlackCards
from bot.cli.command import AddCommand
from bot.config import Config, read_config
from bot.errors import PolicyFileError, StaffroomError
from bot.policies import home_of, other_schools, read_rulings, read_school, read_source
from bot.roster.settings import slack_people
from bot.school.rules.coverage import coverage
from bot.settings import Settings
from bot.slack_manifest import build_slack

MOST_ASKED = 10  # situations that are named, of those not ruled on


def add_commands(add: AddCommand) -> None:
    """Adds these commands to the others."""
    add("check", "look for mistakes in the policy folder", _check)
    rulings = add("rulings", "the sheet on which the school approves its rulings", _rulings)
    rulings.add_argument("what", choices=["sheet"])
    package = add("manifest", "build the Teams app package; `--slack` fills the manifest of the Slack app", _manifest)
    package.add_argument("--out", help="the file to write")
    package.add_argument("--slack", action="store_true", help="the Slack app's manifest instead")
    package.add_argument("--address", default="", help="with `--slack`: where Slack reaches Staffroom, https://HOST")


def _check(settings: Settings, options: argparse.Namespace) -> int:
    config = _readable_config(settings)
    read_thresholds(settings.policies)
    read_signs(settings.policies)
    read_languages(settings.policies)
    SlackCards(
        settings.cards, is_demo=False
    )  # reads every template, Slack's own as well, and names one that it cannot read
    policy = config.policy
    home = home_of(settings.policies, settings.school).relative_to(settings.policies)
    print(f"Checking {policy.name} (policies/{home.as_posix()}).")
    source, bank = read_source(settings.policies, settings.school), read_bank(settings.policies)
    agreement = config.campaigns.agreement
    to_acknowledge = agreement.documents if agreement else ()
    findings = check(policy, source, bank, stem, app.today(), _sentences_of_others(settings), to_acknowledge)
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
    for id in documents_without_rulings(policy):
        if id in to_acknowledge:
            print(f"To be read and acknowledged; no ruling quotes it: {policy.documents[id].short}.")
    _print_coverage(policy, source)
    _print_rulings(policy, bank)
    to_fix = len(new) + len(unused)
    print(f"{to_fix} to fix, {len(known_findings)} known and accepted by the school.")
    return 1 if to_fix else 0


def _readable_config(settings: Settings) -> Config:
    """The school's configuration; raises PolicyFileError with everything that keeps its rulings from being read."""
    try:
        return read_config(settings, app.today())
    except PolicyFileError as error:
        others = loading_problems(read_school(settings.policies, settings.school))
        raise PolicyFileError("\n".join(dict.fromkeys([str(error), *others]))) from error


def _sentences_of_others(settings: Settings) -> dict[str, str]:
    """What other schools' rulings say, each sentence with the school's folder."""
    return {
        entry[field]: f"policies/{school}"
        for school in other_schools(settings.policies, settings.school)
        for entry in read_rulings(settings.policies, school).values()
        if isinstance(entry, dict)
        for field in ("says", "silent_on", "pointer")
        if isinstance(entry.get(field), str)
    }


def _print_rulings(policy: Policy, bank: Bank) -> None:
    """What is decided, what is only proposed, and what is not decided yet."""
    if not any(ruling.clauses for ruling in policy.rulings.values()):
        print("Still to do: nothing has been ruled on yet; the nearest clauses are shown in place of answers.")
    for name, ids in resting_on_absent(policy).items():
        print(f"Rests on the {name}, which is not held: {', '.join(ids)}.")
    proposed = [id for id, ruling in policy.rulings.items() if ruling.is_proposed]
    if proposed:
        print(f"{len(proposed)} rulings are only proposed, and nobody has confirmed them: {', '.join(proposed)}.")
    silent = unanswered(policy)
    print(f"{len(silent)} situations that no clause answers: {', '.join(silent)}.")
    undecided = not_ruled(policy, bank)
    if undecided:
        first = "; ".join(policy.situations[id].label for id in undecided[:MOST_ASKED])
        print(f"{len(undecided)} situations are not ruled on yet. The most asked of them: {first}.")


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
        if not ruling.is_common:  # Staffroom's own words: the school decides nothing by them
            _print_ruling(ruling, policy)
    return 0


def _print_ruling(ruling: Ruling, policy: Policy) -> None:
    print(f"\n[{ruling.situation}]  {policy.situations[ruling.situation].asks}")
    print(f"  {ruling.verdict}, shown as {ruling.shown_headline!r}: {ruling.says}")
    for label, texts in (
        ("only if", ruling.conditions),
        ("except", shown_exemptions(ruling)),
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
    return _slack_manifest(settings, options) if options.slack else _teams_package(settings, options)


def _slack_manifest(settings: Settings, options: argparse.Namespace) -> int:
    people = slack_people(read_school(settings.policies, settings.school))
    address = options.address or ("" if settings.slack.app_token else settings.address)
    text = build_slack(settings.manifest, address, reads_groups=people.reads_groups)
    file = Path(options.out) if options.out else settings.data / "staffroom-slack.yaml"
    _write(file, text.encode())
    way_in = f"Slack posts to {address}" if address else "Socket Mode, because no --address was given"
    print(f"{file}: the manifest of the Slack app ({way_in}). docs/install-slack.md says where to paste it.")
    return 0


def _teams_package(settings: Settings, options: argparse.Namespace) -> int:
    policy = read_config(settings, app.today()).policy
    values = manifest.Package(
        settings.app_id,
        VERSION,
        policy.name,
        settings.website,
        settings.privacy,
        settings.terms,
        has_notices=policy.has_notices,
        address=settings.address,
    )
    package = manifest.build(settings.manifest, values)
    file = Path(options.out) if options.out else settings.data / "staffroom.zip"
    _write(file, package)
    print(f"{file}: the Teams app package, version {VERSION}. docs/install-teams.md says where to upload it.")
    return 0


def _write(file: Path, content: bytes) -> None:
    """Raises StaffroomError if it could not be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise StaffroomError(f"{file.name} could not be written: {error.strerror}.") from error
