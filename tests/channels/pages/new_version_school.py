"""A school made from a document by the command, with its pages open: for what a second version does to it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from bot.ask.policy_file import read_signs
from bot.ask.rules.rulings import digest
from bot.ask.understanding import Understanding
from bot.cli.main import run_command
from bot.config import read_config
from bot.desk.rules.messages import Incoming, Outgoing
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.person import Caller, Proof
from bot.settings import ROOT, Settings
from tests.channels.pages.pages_school import NOW, Answer, PagesSchool, pages_school
from tests.fakes import SURE, FakeQuestionReader

SCHOOL = "hill-top"
PHONE, CLASS, CAMERA, WATCH = "own-phone-break", "own-phone-in-class", "photo-own-device", "wearables"
QUESTIONS = {
    "phone at lunch": PHONE,
    "phone in class": CLASS,
    "camera on my phone": CAMERA,
    "my watch": WATCH,
}
FIRST = """# Phones policy

Version 1

## Phones

1. Staff may use their phone in the staffroom at break.

2. Staff must keep phones locked away while children are present.

3. Staff must not photograph children with their own phone.

## Watches

4. Staff may wear a watch that shows messages if its sound is off.

5. I agree to follow this policy and to ask when I am not sure.
"""
SECOND = (
    FIRST.replace("Version 1", "Version 2")
    .replace("in the staffroom at break.", "in the car park only.")
    .replace(
        "3. Staff must not photograph",
        "3. Visitors must sign in at the office when they arrive.\n\n4. Staff must not photograph",
    )
    .replace("4. Staff may wear a watch that shows messages if its sound is off.\n\n", "")
)
RULINGS = """# our rulings
[own-phone-break]
verdict = "yes"
says = "You may use your phone in the staffroom."
clauses = ["PP-1"]

[own-phone-in-class]
verdict = "no"
says = "Your phone is locked away."
clauses = ["PP-2"]

[photo-own-device]
verdict = "no"
says = "No pictures of children with your own phone."
clauses = ["PP-3"]

[wearables]
verdict = "yes_if"
says = "You may wear it."
conditions = ["Its sound is off"]
clauses = ["PP-4"]
"""
AGREEMENT = """
[agreement]
document = "PP"
clause = "PP-5"
statement = "I agree to follow this policy"
"""


@dataclass
class Journey:
    """The school with its pages open, and its folder."""

    at: PagesSchool
    settings: Settings

    @property
    def home(self) -> Path:
        return self.settings.policies / SCHOOL

    async def ask(self, question: str) -> Outgoing:
        caller = Caller(SCHOOL, "web", "", "demo-teacher", Proof.DEMO)
        return await self.at.server.staffroom.desk(Incoming(caller, "chat", text=question))

    async def send(self, text: str) -> Answer:
        """The office sends a file on the page."""
        await self.at.sign_in("demo-office")
        page = await self.at.get("new_version")
        form = aiohttp.FormData()
        form.add_field("csrf", page.csrf)
        form.add_field("press", page.button("Show what changed"))
        form.add_field("in:document", "PP")
        form.add_field("file", text.encode(), filename="../Phones v2.md")
        return await self.at.post("new_version", form)

    async def use(self, text: str) -> Answer:
        page = await self.send(text)
        return await self.at.press(page, "new_version", "Use the new version")

    async def approve(self) -> None:
        """The headteacher approves every answer."""
        await self.at.sign_in("demo-head")
        policy = self.at.server.staffroom.held.current.policy
        for id in QUESTIONS.values():
            data = {"name": id, "digest": digest(policy.rulings[id], policy.clauses)}
            press = json.dumps({"verb": "approve_ruling", "data": data, "takes_fields": False})
            page = await self.at.get("answers")
            answer = await self.at.post("answers", {"csrf": page.csrf, "press": press})
            assert "Approved:" in answer.text, id

    def approved(self) -> set[str]:
        policy = self.at.server.staffroom.held.current.policy
        rulings = [policy.rulings[id] for id in QUESTIONS.values()]
        return {r.situation for r in rulings if r.approval and r.approval.digest == digest(r, policy.clauses)}

    async def facts(self, kind: EventKind) -> list[dict[str, object]]:
        store = self.at.server.staffroom.books.context.store
        return [dict(entry.event.facts) for entry in await store.entries_of(kind)]


def imported(settings: Settings, tmp_path: Path) -> Settings:
    """A school made from the first document by the command, with its rulings written."""
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    file = tmp_path / "phones.md"
    file.write_text(FIRST, encoding="utf-8")
    assert (
        run_command(["policy", "import", str(file), "--school", "Hill Top"], {"STAFFROOM_POLICIES": str(policies)}) == 0
    )
    home = policies / SCHOOL
    (home / "rulings.toml").write_text(RULINGS, encoding="utf-8")
    school = home / "school.toml"
    school.write_text(school.read_text(encoding="utf-8") + AGREEMENT, encoding="utf-8")
    return replace(settings, policies=policies, school=SCHOOL)


@asynccontextmanager
async def new_version_school(settings: Settings, tmp_path: Path) -> AsyncIterator[Journey]:
    own = imported(settings, tmp_path)
    policy = read_config(own, NOW.date(), demo=True).policy
    reader = FakeQuestionReader({question: {id: 0.97} for question, id in QUESTIONS.items()})
    understanding = Understanding(policy, reader, SURE, read_signs(own.policies), trusts_drafts=True)
    async with pages_school(own, understanding=understanding) as at:
        yield Journey(at, own)


def texts_of(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}
