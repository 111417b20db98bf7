"""A school where anything may have happened, by a seed, and the evidence packs that it honestly made."""

import asyncio
import hashlib
import zipfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from random import Random

from bot.campaigns.pack import export
from bot.campaigns.ports import PreparedPack
from bot.desk.rules.messages import Attachment
from bot.errors import LedgerMoved
from bot.evidence.pack_file import PackDraft
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, Head, seal
from bot.evidence.rules.pack import Pack
from bot.outbox.rules.message import Message
from bot.people.rules.person import KnownPerson, Person
from tests.campaigns.campaign_school import ANNA, BEN, EVERYBODY, HEAD, IT, OFFICE, POLICY, STAFF, VERA, CampaignSchool
from tests.campaigns.campaign_school import clause as policy_clause
from tests.fake_store import FakeStore
from tests.fakes import days

NAMES = (
    "=HYPERLINK(1)",
    "Zoë “Ł” \u202egnp.exe",
    '"Quote", O\'Brien; x',
    "العربية 🎓",
    "Cafe\u0301\u200b \u2028 line",
    " leading\x16 _x0041_ \ufffe",
    "+44 -1 @x\ttab",
    "NULL",
)
CROWD = tuple(Person(f"p{n}", name, f"p{n}@school.example", f"p{n}", STAFF) for n, name in enumerate(NAMES))


@dataclass
class SaltedStore(FakeStore):
    """A store in memory whose salts differ, as a real one's do, and are the same for the same seed."""

    random: Random = field(default_factory=Random)

    async def append(self, event: Event, once: str | Head, messages: Sequence[Message] = ()) -> Entry:
        if isinstance(once, Head) and once != await self.head():
            raise LedgerMoved("Something else was recorded just now.")
        if isinstance(once, str) and once in self.numbers:
            return self.ledger[self.numbers[once] - 1]
        salts = self.random.randbytes(16).hex(), self.random.randbytes(16).hex()
        entry = seal(event, await self.head(), salts)
        self.ledger.append(entry)
        if isinstance(once, str):
            self.numbers[once] = entry.number
        await self.keep_messages(*messages)
        return entry

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        pseudonyms = {p.id: hashlib.sha256(f"pseudonym of {p.id}".encode()).hexdigest()[:32] for p in people}
        new = {
            pseudonyms[p.id]: KnownPerson(pseudonyms[p.id], p.id, p.name, p.email, p.account)
            for p in people
            if pseudonyms[p.id] not in self.people
        }
        if new:
            self.people = {**self.people, **new}
        return pseudonyms


@dataclass(frozen=True)
class HonestPack:
    """The files of a pack by name, the head in the reply to its export, and all that the school's ledger says."""

    files: Mapping[str, bytes]
    head: str
    ledger: tuple[Entry, ...]
    campaign: str
    life: "AnySchool"


def _build(pack: Pack) -> PreparedPack:
    draft = PackDraft.of(pack)
    return PreparedPack(draft.hashes, lambda seal: Attachment("evidence.zip", draft.sealed(seal), "a pack"))


@dataclass
class AnySchool:
    """A school that does things at random; `school` is replaced when its policy changes."""

    random: Random
    school: CampaignSchool
    packs: list[HonestPack] = field(default_factory=list)
    versions: int = 1
    lessons: int = 0

    @classmethod
    def of(cls, seed: int) -> "AnySchool":
        random = Random(f"honest school {seed}")
        people = (*EVERYBODY, *random.sample(CROWD, random.randint(1, len(CROWD))))
        store = SaltedStore(random=random)
        return cls(random, CampaignSchool(people=people, store=store, is_demo=random.random() < 0.2))

    async def export(self) -> HonestPack:
        """A pack of a campaign: usually the last one."""
        campaigns = list((await self.school.projection()).campaigns.values())
        campaign = campaigns[-1] if self.random.random() < 0.7 else self.random.choice(campaigns)
        return await self.export_of(campaign.id)

    async def export_of(self, campaign_id: str) -> HonestPack:
        campaign = (await self.school.projection()).campaigns[campaign_id]
        pack = await export(self.school.book, campaign, IT, _build)
        zip_file = zipfile.ZipFile(BytesIO(pack.attachment.content))
        files = {name: zip_file.read(name) for name in zip_file.namelist()}
        made = HonestPack(files, str(pack.head), await self.school.store.entries(), campaign_id, self)
        self.packs.append(made)
        return made

    async def acknowledge(self) -> None:
        person = self.random.choice([p for p in self.school.people if p.account])
        card = await self.school.press(person, "agreement")
        if "version" in card.values:
            own = {name: card.values[name] for name in ("campaign", "version", "to")}
            await self.school.press(person, "acknowledge", **own, agree="true")

    async def record_paper(self) -> None:
        campaign, witness = await self.school.campaign(), self.random.choice((ANNA, BEN, OFFICE))
        inputs = {"person": await self.school.pseudonym(VERA), "witness": await self.school.pseudonym(witness)}
        signed = self.school.today.isoformat()
        await self.school.press(
            OFFICE, "record_paper", campaign=campaign.id, signed=signed, reason="no account", **inputs
        )

    async def correct(self) -> None:
        kinds = (EventKind.ACKNOWLEDGE, EventKind.PAPER)
        receipts = [entry.number for entry in await self.school.store.entries() if entry.event.kind in kinds]
        if receipts:
            number = str(self.random.choice(receipts))
            await self.school.press(HEAD, "correct", receipt=number, reason='the "wrong" Vera, sorry')

    async def correct_a_correction(self) -> None:
        wrong = [entry for entry in await self.school.store.entries() if entry.event.kind is EventKind.CORRECT]
        if wrong:
            entry = self.random.choice(wrong)
            event = Event(
                EventKind.CORRECT,
                self.school.clock(),
                entry.event.subject,
                campaign=entry.event.campaign,
                facts={"entry": entry.number},
                who={"reason": "it was right"},
            )
            await self.school.store.append(event, await self.school.store.head())

    async def erase(self) -> None:
        person = self.random.choice([p for p in self.school.people if p not in (HEAD, OFFICE, IT)])
        subject = await self.school.pseudonym(person)
        if subject in self.school.store.people:
            await self.school.store.erase(subject, Event(EventKind.ERASE, self.school.clock(), subject=subject))

    async def erase_somebody_who_acknowledged(self) -> None:
        subjects = [e.event.subject for e in await self.school.store.entries() if e.event.kind is EventKind.ACKNOWLEDGE]
        if subjects:
            subject = self.random.choice(subjects)
            await self.school.store.erase(subject, Event(EventKind.ERASE, self.school.clock(), subject=subject))

    async def change_text(self) -> None:
        self.versions += 1
        text = self.random.choice(("Report what worries you.", "Keep\x0b\u2028it \ufffe safe.", "=1+1 é é"))
        extra = policy_clause(f"AUP-{20 + self.versions}", "Safety", text)
        self.school = self.school.at_version(str(self.versions), *POLICY.clauses, extra)
        await self.school.publish(self.random.choice(("material", "minor")))
        await self.school.release()

    async def next_campaign(self) -> None:
        await self.school.press(HEAD, "close")
        await self.school.open(due=self.school.today + days(20))
        await self.school.release()

    async def manage(self) -> None:
        """A pause, a question, more time, a hold or a later due date: whatever the school says to it."""
        campaign, day = await self.school.campaign(), (self.school.today + days(15)).isoformat()
        person = self.random.choice([p for p in self.school.people if p.account])
        subject = await self.school.pseudonym(person)
        choices: Sequence[tuple[Person, str, dict[str, str]]] = (
            (OFFICE, "record_pause", {"person": subject, "until": day, "campaign": campaign.id}),
            (person, "ask_head", {"question": "Why?", "campaign": campaign.id}),
            (HEAD, "answered", {"subject": f"{campaign.id}.{subject}", "campaign": campaign.id}),
            (person, "time", {"campaign": campaign.id}),
            (HEAD, "hold", {"campaign": campaign.id}),
            (HEAD, "extend", {"campaign": campaign.id, "due": (campaign.due + days(7)).isoformat()}),
        )
        who, verb, inputs = self.random.choice(choices)
        await self.school.press(who, verb, **inputs)

    async def teach(self) -> None:
        """A lesson, and what became of its recording."""
        self.lessons += 1
        teacher = self.random.choice([p for p in self.school.people if p.account])
        me, name = await self.school.pseudonym(teacher), f"l-{self.lessons}"
        starts = self.school.clock() + days(self.random.choice((0, 3, 400)))
        lesson: dict[str, Fact] = {"lesson": name, "starts": starts.isoformat(), "kept": 21}
        who = {"name": teacher.name, "label": self.random.choice(NAMES)}
        steps: list[tuple[EventKind, dict[str, Fact]]] = [
            (EventKind.LESSON, lesson),
            (EventKind.ANNOUNCE, {"lesson": name, "says": "It is recorded.", "by_hand": True, "text": ""}),
            (EventKind.RECORD, {"lesson": name, "recorded": True, "by": "teacher"}),
            (EventKind.LOOK, {"lesson": name, "found": "nothing", "by": "tenant"}),
            (EventKind.TELL, {"lessons": [name, "l-1"]}),
        ]
        for kind, facts in steps[: self.random.randint(1, len(steps))]:
            event = Event(kind, self.school.clock(), me, me, facts=facts, who=who)
            await self.school.store.append(event, await self.school.store.head())

    async def go_on(self) -> None:
        self.school.go_to(self.school.today + days(self.random.randint(0, 9)), self.random.randint(8, 17))

    async def live(self, steps: int) -> None:
        """So many steps at random."""
        often = (self.acknowledge, self.record_paper, self.correct, self.teach, self.manage, self.go_on)
        seldom = (self.correct_a_correction, self.erase, self.change_text, self.next_campaign, self.export)
        weights = [4] * len(often) + [1] * len(seldom)
        chosen: Sequence[Callable[[], Awaitable[object]]] = self.random.choices((*often, *seldom), weights, k=steps)
        for step in chosen:
            await step()


async def _packs(seed: int) -> list[HonestPack]:
    life = AnySchool.of(seed)
    await life.school.open()
    await life.school.release()
    await life.live(life.random.randint(0, 40))
    await life.export()
    return life.packs


def honest_packs(seed: int) -> list[HonestPack]:
    """Every pack that an honest school made in its time; the last one at its end."""
    return asyncio.run(_packs(seed))


@dataclass(frozen=True)
class Loot:
    """What a forger finds in one school: a pack, one before it, a later one of the campaign and one of another."""

    pack: HonestPack
    earlier: HonestPack
    later: HonestPack
    other: HonestPack


async def _loot(seed: int) -> Loot:
    life = AnySchool.of(seed)
    first = await life.school.open()
    await life.school.release()
    for step in (life.acknowledge, life.record_paper, life.teach, life.next_campaign, life.acknowledge, life.manage):
        await step()
    for step in (life.acknowledge, life.record_paper, life.acknowledge, life.teach):
        await step()
    earlier = await life.export_of((await life.school.campaign()).id)
    await life.erase_somebody_who_acknowledged()
    for step in (life.go_on, life.correct, life.record_paper, life.acknowledge, life.acknowledge):
        await step()
    last = await life.school.campaign()
    pack = await life.export_of(last.id)
    await life.acknowledge()
    return Loot(pack, earlier, await life.export_of(last.id), await life.export_of(first.id))


@cache
def loot(seed: int) -> Loot:
    """What there is in the school of a seed; nothing in it may be changed."""
    return asyncio.run(_loot(seed))
