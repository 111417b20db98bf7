"""How well a school that nobody has worked on answers: `python -m tests.bench.own_policy [FOLDER]`.

The folder has NAME.docx or NAME.pdf beside NAME.questions.json: a list of `q`, `any_of` (references of right clauses;
none if the document does not say) and `verdict`. Each document is imported, rulings are proposed, all are accepted
unread, permissions as well, and the questions are asked: once without and once with what is proposed as silence.
Nothing may be fitted to these questions.

Without a folder it asks the two invented schools questions of our own (tests/questions/own_policy), also with the
rulings that a person wrote for them, who said "does not say" to everything else. That is the most that can be had.

"Not ruled yet" is counted by itself: it is no false answer, and it is not "the policy does not say" either.
"""

import json
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot import app
from bot.ask.ask import ask
from bot.ask.proposals import accept_all, proposals_for, write_proposals
from bot.ask.rules.answers import NOT_DECIDED, PolicyReply
from bot.ask.rules.policy import Policy
from bot.ask.rules.ruling_states import by_topic, may_permit_something
from bot.ask.rules.verdicts import Verdict
from bot.ask.understanding import Understanding
from bot.config import read_config
from bot.import_policy.import_policy import read_policy
from bot.import_policy.school_folder import write_school
from bot.policies import RULINGS
from bot.settings import ROOT, Settings, read_settings

ENDINGS = (".docx", ".pdf", ".txt", ".md")
FORBIDDEN = frozenset({"no", "report"})
NOT_RULED = "not ruled yet"
OUTSIDE = frozenset({"silent", "talk"})
EXAMPLES = ("larkmead-infants", "wyvern-moor-academy")
QUESTIONS = ROOT / "tests" / "questions" / "own_policy"


@dataclass(frozen=True)
class Result:
    """One question, what kind of answer it got, and whether that is right."""

    question: str
    is_inside: bool
    is_right: bool
    kind: str
    is_wrong_permission: bool


def imported_school(policies: Path, file: Path) -> Settings:
    """A school made from one document, without rulings."""
    settings = replace(read_settings({}), policies=policies)
    return replace(settings, school=write_school(policies, file.stem, [read_policy(file)]).name)


def propose_all(settings: Settings) -> None:
    """Writes every proposal; says how long it took, what there is, and how many presses the page needs for it."""
    policies, school = settings.policies, settings.school
    begun, worked = time.perf_counter(), time.process_time()
    proposals = proposals_for(settings, school)
    write_proposals(policies, school, proposals)
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    verdicts = Counter(str(proposal.verdict) for proposal in proposals.rulings)
    print(
        f"\n{school}: {len(proposals.clauses)} clauses, {len(proposals.decisions)} decisions for "
        f"{len(proposals.rulings)} situations, {len(proposals.uncited)} clauses not cited, "
        f"{seconds:.1f} s ({worked:.1f} s of processor time); "
        f"{dict(verdicts)}; silence proposed on {len(proposals.silences)}; {_walk(settings)}"
    )


def _walk(settings: Settings) -> str:
    """The presses for everything: a topic, each permission and each doubtful one by itself, the silences."""
    policy = read_config(settings, app.today()).policy
    proposed = [id for id, ruling in policy.rulings.items() if ruling.is_proposed]
    permissions = [id for id in proposed if may_permit_something(policy.rulings[id])]
    doubtful = [id for id in proposed if policy.rulings[id].must_be_read_alone and id not in permissions]
    alone = {*permissions, *doubtful}
    worded = [id for id in proposed if policy.rulings[id].clauses and id not in alone]
    topics = len(by_topic(worded, policy))
    total = topics + len(alone) + 1
    singly = f"{len(permissions)} permissions, {len(doubtful)} doubtful"
    return f"{total} presses: {topics} topics with {len(worded)} situations, {singly}, 1 for silences"


def asked(case: dict[str, Any], understanding: Understanding) -> Result:
    """What became of a question."""
    policy = understanding.policy
    reply = ask(case["q"], understanding, app.today())
    is_inside = bool(case.get("any_of"))
    kind = _kind(reply)
    straight = _refs(reply, policy, straight_only=True)
    shown = _refs(reply, policy, straight_only=False)
    wanted = set(case.get("any_of") or ())
    is_right = bool(shown & wanted) if is_inside else kind in OUTSIDE
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
    if reply.answers[0].headline == NOT_DECIDED:
        return "not ruled yet, with clauses" if reply.answers[0].quotes else NOT_RULED
    return "answered" if reply.answers[0].verdict is not Verdict.NOT_COVERED else "silent"


def _refs(reply: PolicyReply, policy: Policy, *, straight_only: bool) -> set[str]:
    answers = reply.answers if straight_only else (*reply.answers, *reply.offers)
    quoted = {quote.id for answer in answers for quote in answer.quotes}
    return {policy.clauses[id].ref for id in quoted}


def answered(settings: Settings, cases: list[dict[str, Any]]) -> list[Result]:
    """What became of every question, as the school's folder is now."""
    understanding = app.understanding_of(settings, read_config(settings, app.today()), local=True)
    return [asked(case, understanding) for case in cases]


def in_steps(settings: Settings, cases: list[dict[str, Any]]) -> Iterator[tuple[str, list[Result]]]:
    """The results for each way of accepting the proposals, by its name."""
    propose_all(settings)
    accept_all(settings.policies, settings.school, with_permissions=True, with_doubtful=True)
    yield "all accepted unread, but for silences", answered(settings, cases)
    accept_all(settings.policies, settings.school, with_permissions=True, with_silences=True, with_doubtful=True)
    yield "all accepted unread, silences as well", answered(settings, cases)


def of_documents(folder: Path, policies: Path) -> Iterator[tuple[str, list[Result]]]:
    """Every question of every document of a folder."""
    for file in sorted(file for file in folder.iterdir() if file.suffix in ENDINGS):
        questions = file.with_suffix(".questions.json")
        if questions.is_file():
            cases = json.loads(questions.read_text(encoding="utf-8"))
            yield from in_steps(imported_school(policies, file), cases)


def of_examples(policies: Path) -> Iterator[tuple[str, list[Result]]]:
    """Every question of our own about the invented schools."""
    for school in EXAMPLES:
        settings = replace(read_settings({}), policies=policies, school=school)
        file = policies / "examples" / school / RULINGS
        cases, by_hand = _own_cases(settings), file.read_text(encoding="utf-8")
        file.write_text("", encoding="utf-8")
        shutil.copytree(file.parent, policies / school)
        yield from in_steps(settings, cases)
        (policies / school / RULINGS).write_text(_silent_on_the_rest(settings, by_hand), encoding="utf-8")
        yield "as a person ruled, silent on all the rest", answered(settings, cases)


def _own_cases(settings: Settings) -> list[dict[str, Any]]:
    """Our own questions, each with the reference of the clause that answers it."""
    clauses = read_config(settings, app.today()).policy.clauses
    lines = (QUESTIONS / f"{settings.school}.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    return [{"q": q, "any_of": [] if id == "-" else [clauses[id].ref], "verdict": ""} for q, id in pairs]


def _silent_on_the_rest(settings: Settings, by_hand: str) -> str:
    """Rulings that a person wrote, and "does not say" for every other situation."""
    policy, ruled = read_config(settings, app.today()).policy, tomllib.loads(by_hand)
    common = {id for id, ruling in policy.rulings.items() if ruling.is_common}
    asked_of_schools = [id for id, s in policy.situations.items() if not (s.chat or s.offers or id in common)]
    rest = [id for id in asked_of_schools if id not in ruled]
    return by_hand + "".join(f'\n[{id}]\nverdict = "not_covered"\n' for id in rest)


def main() -> None:
    """Prints each miss and the sums."""
    steps: dict[str, list[Result]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as made:
        policies = Path(shutil.copytree(ROOT / "policies", Path(made) / "policies"))
        folders = [Path(argument) for argument in sys.argv[1:] if argument != "-v"]
        for step, answered_so in of_documents(folders[0], policies) if folders else of_examples(policies):
            steps[step] += answered_so
    for step, every in steps.items():
        print(f"\n{step}:")
        _print_sums(every)


def _print_sums(every: list[Result]) -> None:
    for result in every:
        if "-v" in sys.argv and (not result.is_right or result.is_wrong_permission):
            print(f"  {'inside' if result.is_inside else 'outside'}, {result.kind}: {result.question}")
    for is_inside, name in ((True, "inside right"), (False, "outside said to be outside")):
        of_kind = [result for result in every if result.is_inside is is_inside]
        kinds = Counter(f"{'' if r.is_right else 'WRONG: '}{r.kind}" for r in of_kind)
        not_ruled = sum(r.kind == NOT_RULED for r in of_kind if not is_inside)
        also = f"; {not_ruled} more are not ruled yet, and no clause is shown" if not_ruled else ""
        print(f"{name}: {sum(r.is_right for r in of_kind)} of {len(of_kind)}{also}; {dict(kinds)}")
    print(f"permissions the document forbids: {sum(result.is_wrong_permission for result in every)}")


if __name__ == "__main__":
    main()
