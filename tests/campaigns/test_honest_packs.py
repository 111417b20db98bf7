"""No honest pack is refused, whatever happened at the school: real packs over a real store, checked by verify.py."""

import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.campaigns.pack import Export, export
from bot.campaigns.ports import PreparedPack
from bot.desk.rules.messages import Attachment
from bot.evidence import pack_file, verify
from bot.evidence.rules.ledger import Event, EventKind, Fact
from bot.evidence.rules.pack import ERASED, Pack
from bot.people.rules.person import Person
from bot.stores.sqlite.store import SqliteStore
from tests.campaigns.campaign_school import (
    ANNA,
    BEN,
    EVERYBODY,
    HEAD,
    IT,
    OFFICE,
    POLICY,
    STAFF,
    VERA,
    CampaignSchool,
    clause,
)
from tests.fakes import NINE, days

ODD = Person("od", "=A\x0bB\ufffe \u200b+1", "o\x16@school.example", "odd", STAFF)
ZOE = Person("zo", "Zoë Ł “q” \u202e العربية 🎓", "", "zoe", STAFF)
PEOPLE = (*EVERYBODY, ODD, ZOE)


def build(pack: Pack) -> PreparedPack:
    draft = pack_file.PackDraft.of(pack)
    return PreparedPack(draft.hashes, lambda seal: Attachment("evidence.zip", draft.sealed(seal), "a pack"))


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[CampaignSchool]:
    """A school over a real store, with a campaign that was let go."""
    store = SqliteStore(tmp_path / "school.db", "school", demo=True)
    school = CampaignSchool(people=PEOPLE, store=store)  # type: ignore[arg-type]  # a real store keeps the same promises
    await school.open()
    await school.release()
    yield school
    await store.close()


async def exported(school: CampaignSchool) -> Export:
    return await export(school.book, await school.campaign(), IT, build)


def files_of(pack: Export, folder: Path) -> Path:
    zipfile.ZipFile(BytesIO(pack.attachment.content)).extractall(folder)
    return folder


async def assert_whole(school: CampaignSchool, folder: Path) -> Path:
    """Exports twice, as schools do, and checks both packs with the head of their export."""
    for name in ("first", "second"):
        pack = await exported(school)
        assert verify.main(["--head", str(pack.head)], files_of(pack, folder / name)) == 0
        assert verify.main([], folder / name) == 0
    return folder / "second"


async def erase(school: CampaignSchool, person: Person) -> None:
    event = Event(EventKind.ERASE, school.clock(), subject=await school.pseudonym(person))
    await school.store.erase(event.subject, event)


async def plan_lesson(school: CampaignSchool, teacher: Person, name: str) -> None:
    pseudonym = await school.pseudonym(teacher)
    facts: dict[str, Fact] = {"lesson": f"l-{teacher.id}", "starts": NINE.isoformat(), "kept": 21}
    who = {"name": teacher.name, "label": name}
    event = Event(EventKind.LESSON, NINE, pseudonym, pseudonym, facts=facts, who=who)
    await school.store.append(event, f"lesson/{teacher.id}")


async def record_paper(school: CampaignSchool) -> str:
    campaign = await school.campaign()
    inputs = {"campaign": campaign.id, "person": await school.pseudonym(VERA), "witness": await school.pseudonym(BEN)}
    await school.press(OFFICE, "record_paper", signed="2021-09-06", reason="no account", **inputs)
    return str((await school.store.head()).number)


async def test_an_empty_campaign(school: CampaignSchool, tmp_path: Path):
    await assert_whole(school, tmp_path)


async def test_acknowledgements_by_people_with_any_name(school: CampaignSchool, tmp_path: Path):
    for person in (ANNA, ODD, ZOE):
        await school.acknowledge(person)
    await plan_lesson(school, ODD, "-Maths\x16 _x0041_ \ufffe\U0001f4da")

    folder = await assert_whole(school, tmp_path)

    book = load_workbook(folder / "acknowledgements.xlsx")
    assert book["Acknowledged"]["B3"].value == "'=A\ufffdB\ufffd \u200b+1"


async def test_a_receipt_that_is_corrected_recorded_again_and_corrected_again(school: CampaignSchool, tmp_path: Path):
    for _ in range(2):
        number = await record_paper(school)
        reply = await school.press(HEAD, "correct", receipt=number, reason="another Vera")
        assert "no longer counts" in reply.text
    await record_paper(school)

    folder = await assert_whole(school, tmp_path)

    listed = (folder / "acknowledgements.csv").read_text(encoding="utf-8-sig")
    assert (listed.count('"no, corrected"'), listed.count('"yes"')) == (2, 1)


async def test_a_correction_that_is_itself_corrected(school: CampaignSchool, tmp_path: Path):
    number = await record_paper(school)
    await school.press(HEAD, "correct", receipt=number, reason="another Vera")
    correction = (await school.store.head()).number
    event = Event(EventKind.CORRECT, NINE, campaign=(await school.campaign()).id, facts={"entry": correction})
    await school.store.append(replace(event, subject=await school.pseudonym(VERA)), "correct/again")

    await assert_whole(school, tmp_path)


@pytest.mark.parametrize("person", [ANNA, BEN, ODD, IT, HEAD], ids=lambda person: person.id)
async def test_somebody_erased_before_and_after_an_export(school: CampaignSchool, tmp_path: Path, person: Person):
    for somebody in (ANNA, ODD):
        await school.acknowledge(somebody)
        await plan_lesson(school, somebody, "Maths")
    await record_paper(school)
    before = await exported(school)

    await erase(school, person)
    folder = await assert_whole(school, tmp_path)

    assert verify.main(["--head", str(before.head)], files_of(before, tmp_path / "before")) == 0
    if person in (ANNA, BEN, ODD):
        assert f'"{ERASED}"' in (folder / "acknowledgements.csv").read_text(encoding="utf-8-sig")


async def test_several_versions_of_a_text(school: CampaignSchool, tmp_path: Path):
    await school.acknowledge(ANNA)
    changed = school.at_version("2", *POLICY.clauses, clause("AUP-4", "Safety", "Report\x0b what worries you."))
    await changed.publish()
    await changed.release()
    await changed.acknowledge(BEN)

    await assert_whole(changed, tmp_path)


async def test_an_earlier_head_says_how_many_entries_it_does_not_witness(
    school: CampaignSchool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    summary_head = await school.store.head()
    await school.acknowledge(ANNA)
    pack = await exported(school)

    assert verify.main(["--head", str(summary_head)], files_of(pack, tmp_path / "pack")) == 0
    assert "Entries after it, which are not: 2, the seal of the files among them." in capsys.readouterr().out


async def test_the_head_of_another_export_is_not_taken_for_this_packs_own(school: CampaignSchool, tmp_path: Path):
    first = await exported(school)
    second = await exported(school)

    assert verify.main(["--head", str(first.head)], files_of(second, tmp_path / "pack")) == 1


async def test_a_clock_that_was_put_back_is_mentioned_with_both_times_and_is_no_finding(
    school: CampaignSchool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    school.go_to(school.today + days(7))
    await school.acknowledge(ANNA)
    school.go_to(school.today - days(6))
    await school.acknowledge(BEN)
    number = (await school.store.head()).number

    await assert_whole(school, tmp_path)

    printed = capsys.readouterr().out
    note = (
        f"Note: Before entry {number} the computer's clock was put back from Monday 13 September 2021, 08:00:00 "
        "to Tuesday 7 September 2021, 08:00:00 (UTC). That alone does not make the pack bad."
    )
    assert note in printed
    assert "earlier time" not in printed


async def test_a_clock_that_was_put_back_just_before_an_export(
    school: CampaignSchool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    await school.acknowledge(ANNA)
    school.clock.go_on(timedelta(hours=-2))

    await assert_whole(school, tmp_path)

    assert "the computer's clock was put back from Monday 6 September 2021, 08:00:00" in capsys.readouterr().out


async def test_a_pack_of_the_demo(tmp_path: Path):
    school = CampaignSchool(is_demo=True)
    await school.open()

    await assert_whole(school, tmp_path)


async def test_a_thousand_people(tmp_path: Path):
    crowd = tuple(Person(f"t{number}", f"Teacher {number}", "", f"a{number}", STAFF) for number in range(1000))
    school = CampaignSchool(people=(*EVERYBODY, *crowd))
    campaign = await school.open()
    pseudonyms = await school.store.enrol(crowd)
    facts: dict[str, Fact] = {"document": "AUP", "label": "1", "version": campaign.version, "channel": "web"}
    for person in crowd:
        me = pseudonyms[person.id]
        who = {"name": person.name, "email": "", "roles": "staff"}
        event = Event(EventKind.ACKNOWLEDGE, NINE, me, me, campaign.id, {**facts, "asked": campaign.version}, who)
        await school.store.append(event, f"acknowledge/{person.id}")

    folder = await assert_whole(school, tmp_path)

    assert len((folder / "acknowledgements.csv").read_text(encoding="utf-8-sig").splitlines()) == 1001
