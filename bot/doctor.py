"""What is set up, what is missing, and what to do about each: `python -m bot doctor`."""

from dataclasses import dataclass

from bot import policies, sentence
from bot.app import lessons, today
from bot.channels.web import RENDERER
from bot.errors import WeightsError
from bot.rules.rulings import is_draft
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Health:
    """One line of `doctor`: what was looked at, whether it is well, and what to do about it."""

    what: str
    is_well: bool
    says: str


def parts_installed(settings: Settings) -> list[Health]:
    """Whether what set-up brings is there."""
    try:
        sentence.find_weights(settings.weights)
        model = Health("sentence model", True, "the published weights are installed")
    except WeightsError as seen:
        model = Health("sentence model", False, f"{seen} Until then questions are read by their words alone.")
    return [model, Health("card renderer", RENDERER.is_file(), "adaptivecards from npm; `make setup` installs it")]


def doctor(settings: Settings) -> list[Health]:
    """What is there and what is missing."""
    policy = policies.read_policy(settings.policies, settings.school)
    overdue = [paper.short for paper in policy.documents.values() if paper.is_overdue(today())]
    drafts = sum(1 for ruling in policy.rulings.values() if is_draft(ruling, policy.clauses))
    return [
        *parts_installed(settings),
        Health("learnt", lessons(settings).file.is_file(), "kept under the digest of the bank; `python -m bot learn`"),
        Health("hand-off contacts", policy.contacts.is_complete, f"policies/{settings.school}/school.toml, [handoff]"),
        Health("review", not overdue, f"overdue: {', '.join(overdue)}" if overdue else "in date"),
        Health("approval", not drafts, f"{drafts} rulings are drafts; `python -m bot rulings sheet` prints the sheet"),
    ]
