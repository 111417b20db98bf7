"""How well a school that nobody has worked on answers: `python -m tests.bench.own_policy FOLDER`.

The folder has NAME.docx or NAME.pdf beside NAME.questions.json: a list of `q`, `any_of` (references of right clauses;
none if the document does not say) and `verdict`. Each document is imported, rulings are proposed, all are accepted
unread, permissions as well, and the questions are asked. Nothing may be fitted to these questions.
"""

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot import app
from bot.ask.ask import ask
from bot.ask.proposals import accept_all, proposals_for, write_proposals
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict
from bot.ask.understanding import Understanding
from bot.config import read_config
from bot.import_policy.import_policy import read_policy
from bot.import_policy.school_folder import write_school
from bot.settings import ROOT, Settings, read_settings

ENDINGS = (".docx", ".pdf", ".txt", ".md")
FORBIDDEN = frozenset({"no", "report"})


@dataclass(frozen=True)
class Result:
    """One question, what kind of answer it got, and whether that is right."""

    question: str
    is_inside: bool
    is_right: bool
    kind: str
    is_wrong_permission: bool


def ready_school(policies: Path, file: Path) -> Settings:
    """A school made from one document, every proposal accepted unread; says how long it took and what there is."""
    settings = replace(read_settings({}), policies=policies)
    school = write_school(policies, file.stem, [read_policy(file)]).name
    begun, worked = time.perf_counter(), time.process_time()
    proposals = proposals_for(settings, school)
    write_proposals(policies, school, proposals)
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    accept_all(policies, school, with_permissions=True)
    verdicts = Counter(str(proposal.verdict) for proposal in proposals.rulings)
    print(
        f"\n{file.name}: {len(proposals.clauses)} clauses, {len(proposals.decisions)} decisions for "
        f"{len(proposals.rulings)} situations, {len(proposals.uncited)} clauses not cited, "
        f"{seconds:.1f} s ({worked:.1f} s of processor time); "
        f"{dict(verdicts)}"
    )
    return replace(settings, school=school)


def asked(case: dict[str, Any], understanding: Understanding) -> Result:
    """What became of a question."""
    policy = understanding.policy
    reply = ask(case["q"], understanding, app.today())
    is_inside = bool(case.get("any_of"))
    kind = _kind(reply)
    straight = _refs(reply, policy, straight_only=True)
    shown = _refs(reply, policy, straight_only=False)
    wanted = set(case.get("any_of") or ())
    is_right = bool(shown & wanted) if is_inside else kind in {"silent", "talk"}
    permission = bool(reply.answers) and reply.answers[0].verdict.is_permission and case["verdict"] in FORBIDDEN
    detail = kind if not is_inside or not is_right else ("straight" if straight & wanted else "among the buttons")
    return Result(case["q"], is_inside, is_right, detail, permission)


def _kind(reply: PolicyReply) -> str:
    if reply.command:
        return "taken for a command"
    if reply.contact or reply.note or reply.is_chat:
        return "talk"
    if reply.passage:
        return "a page of the policy"
    if not reply.answers:
        return "asked back"
    return "answered" if reply.answers[0].verdict is not Verdict.NOT_COVERED else "silent"


def _refs(reply: PolicyReply, policy: Policy, *, straight_only: bool) -> set[str]:
    answers = reply.answers if straight_only else (*reply.answers, *reply.offers)
    quoted = {quote.id for answer in answers for quote in answer.quotes}
    return {policy.clauses[id].ref for id in quoted}


def results(folder: Path, policies: Path) -> Iterator[Result]:
    """Every question of every document of a folder, in order."""
    for file in sorted(file for file in folder.iterdir() if file.suffix in ENDINGS):
        questions = file.with_suffix(".questions.json")
        if not questions.is_file():
            continue
        settings = ready_school(policies, file)
        config = read_config(settings, app.today())
        understanding = app.understanding_of(settings, config, local=True)
        yield from (asked(case, understanding) for case in json.loads(questions.read_text(encoding="utf-8")))


def main() -> None:
    """Prints each miss and the sums."""
    with tempfile.TemporaryDirectory() as made:
        policies = Path(shutil.copytree(ROOT / "policies", Path(made) / "policies"))
        every = list(results(Path(sys.argv[1]), policies))
    for result in every:
        if "-v" in sys.argv and (not result.is_right or result.is_wrong_permission):
            print(f"  {'inside' if result.is_inside else 'outside'}, {result.kind}: {result.question}")
    for is_inside, name in ((True, "inside right"), (False, "outside said to be outside")):
        of_kind = [result for result in every if result.is_inside is is_inside]
        kinds = Counter(f"{'' if r.is_right else 'WRONG: '}{r.kind}" for r in of_kind)
        print(f"{name}: {sum(r.is_right for r in of_kind)} of {len(of_kind)}; {dict(kinds)}")
    print(f"permissions the document forbids: {sum(result.is_wrong_permission for result in every)}")


if __name__ == "__main__":
    main()
