"""The command `policy propose`: what a school's clauses may rule on, written down for a person to confirm."""

import argparse
from collections import Counter

from bot.ask.proposals import Proposals, accept_all, proposals_for, write_proposals
from bot.errors import BadInput
from bot.import_policy.rules.names import slug
from bot.policies import COMMON, SCHOOL
from bot.settings import Settings

MAX_TEXT_CHARS = 90


def propose(settings: Settings, options: argparse.Namespace) -> int:
    """Writes the proposals of one school and says what they are."""
    school = _school(settings, options)
    proposals = proposals_for(settings, school)
    if options.dry_run:
        _show(proposals)
        print("Nothing was written.")
        return 0
    write_proposals(settings.policies, school, proposals)
    _show(proposals)
    if options.accept_all:
        _accept(settings, school, with_permissions=options.permissions, with_silences=options.silences)
    print(f"Written to policies/{school}/rulings.toml. Nothing there allows anything until a person confirms it.")
    return 0


def _school(settings: Settings, options: argparse.Namespace) -> str:
    """The school's folder; raises BadInput if there is none, or if the options do not go together."""
    if options.files:
        raise BadInput("policy propose reads the school's folder, no file. Nothing was changed.")
    if (options.permissions or options.silences) and not options.accept_all:
        raise BadInput("--permissions and --silences go with --accept-all only. Nothing was changed.")
    if not (options.school or "").strip():
        raise BadInput('Name the school: --school "St Luke\'s Primary". Nothing was changed.')
    school = slug(" ".join(options.school.split()))
    if school == COMMON or not (settings.policies / school / SCHOOL).is_file():
        raise BadInput(f"There is no school in policies/{school}: python -m bot policy import FILE comes first.")
    return school


def _show(proposals: Proposals) -> None:
    by_verdict = Counter(proposal.verdict for proposal in proposals.rulings)
    listed = ", ".join(f"{count} {verdict}" for verdict, count in by_verdict.most_common())
    print(f"{len(proposals.rulings)} situations proposed: {listed or 'none'}.")
    print(
        f"{len(proposals.decisions)} decisions for {len(proposals.clauses)} clauses, first those that the most writers "
        "of our example questions ask about."
    )
    print(
        f"{len(proposals.silences)} situations near which no clause comes: does your policy really not speak of them?"
    )
    print("Where nothing is proposed, the question for you is whether your policy says anything; none is ruled on.")
    print(f"{len(proposals.uncited)} clauses that no proposal cites:")
    for clause in proposals.uncited:
        words = " ".join(clause.text.split())
        print(f"  {clause.ref or clause.id}: {words[:MAX_TEXT_CHARS]}")


def _accept(settings: Settings, school: str, *, with_permissions: bool, with_silences: bool) -> None:
    accepted = accept_all(settings.policies, school, with_permissions=with_permissions, with_silences=with_silences)
    if with_permissions:
        print(f"{accepted} rulings confirmed unread, permissions as well. This is for measuring, not for a school.")
    else:
        print(f"{accepted} rulings confirmed. Those that allow something are still proposals: confirm each of them.")
