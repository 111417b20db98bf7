"""A campaign's rows for the evidence pack, and a whole pack that verifies."""

import asyncio
import itertools
import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from bot.campaigns.pack import export, others, scope_of
from bot.campaigns.ports import PreparedPack
from bot.campaigns.rules.standing import Signatory, Standing
from bot.desk.rules.messages import Attachment
from bot.errors import NotNow, StoreError
from bot.evidence import pack_file
from bot.evidence.rules.ledger import SEAL_FORMAT, Entry, Event, EventKind, head
from bot.evidence.rules.pack import ERASED, Pack, PackScope
from tests.campaigns.campaign_school import ANNA, BEN, HEAD, IT, POLICY, STATEMENT, VERA, CampaignSchool, clause
from tests.evidence.example_pack import run_verify
from tests.fakes import MONDAY, NINE, days

LONGER = (*POLICY.clauses, clause("AUP-4", "Safety", "Report what worries you."))


class Builder:
    """Keeps the packs it is given."""

    def __init__(self) -> None:
        self.packs: list[Pack] = []

    def __call__(self, pack: Pack) -> PreparedPack:
        self.packs.append(pack)
        draft = pack_file.PackDraft.of(pack)
        return PreparedPack(draft.hashes, lambda seal: Attachment("evidence.zip", draft.sealed(seal), "a pack"))


@pytest.fixture
async def school() -> CampaignSchool:
    """A school in which Anna acknowledged version 1, version 2 was published, and Ben acknowledged that."""
    school = CampaignSchool(is_demo=True)
    await school.open()
    await school.release()
    await school.acknowledge(ANNA)
    changed = school.at_version("2", *LONGER)
    await changed.publish()
    await changed.release()
    await changed.acknowledge(BEN)
    return changed


async def pack_of(school: CampaignSchool) -> Pack:
    builder = Builder()
    await export(school.book, await school.campaign(), IT, builder)
    return builder.packs[0]


async def test_a_pack_has_every_text_that_was_acknowledged_the_one_in_force_last(school: CampaignSchool):
    pack = await pack_of(school)

    assert [(text.label, text.statement) for text in pack.texts] == [("1", STATEMENT), ("2", STATEMENT)]
    assert all(passage.text in pack.texts[1].content for passage in LONGER)
    assert pack.texts[1].digest == (await school.campaign()).version


async def test_a_pack_lists_who_acknowledged_and_who_did_not(school: CampaignSchool):
    pack = await pack_of(school)

    assert [(row[1], row[5], row[10]) for row in pack.rows] == [("Anna", "1", "yes"), ("Ben", "2", "yes")]
    day = "Monday 27 September 2021"
    assert pack.others == (
        ("Anna", "still with time", day),
        ("The chair", "still with time", day),
        ("The headteacher", "still with time", day),
        ("Vera", "not reachable here", day),
    )


async def test_the_ledger_seals_a_pack_once_it_is_made(school: CampaignSchool):
    before = await school.store.head()

    pack = await pack_of(school)

    seal = (await school.store.entries())[-1]
    assert (seal.event.kind, seal.format) == (EventKind.EXPORT_PREPARED, SEAL_FORMAT)
    assert seal.event.facts["before"] == str(before) == str(head(pack.entries))
    assert set(seal.event.facts["files"]) >= {"README.txt", "statement.txt", "acknowledgements.xlsx", "verify.py"}
    assert (pack.school, pack.year, pack.is_demo) == ("School", "2021/22", True)


async def test_a_whole_pack_verifies_with_nothing_but_python(school: CampaignSchool, tmp_path: Path):
    exported = await export(school.book, await school.campaign(), IT, Builder())
    zipfile.ZipFile(BytesIO(exported.attachment.content)).extractall(tmp_path)

    assert exported.head == await school.store.head()
    verify = [sys.executable, "-I", str(tmp_path / "verify.py"), "--head", str(exported.head)]
    process = subprocess.run(verify, capture_output=True, text=True, check=False)

    assert process.returncode == 0, process.stdout
    assert "2 acknowledgements" in process.stdout


async def test_a_pack_that_cannot_be_made_leaves_no_entry(school: CampaignSchool):
    before = await school.store.head()

    def broken(pack: Pack) -> PreparedPack:
        raise ValueError("a character that no sheet can hold")

    with pytest.raises(ValueError, match="character"):
        await export(school.book, await school.campaign(), IT, broken)

    assert await school.store.head() == before


async def test_a_pack_whose_seal_cannot_be_written_is_not_handed_out(school: CampaignSchool):
    await school.pseudonym(IT)
    handed: list[Entry] = []

    def build(pack: Pack) -> PreparedPack:
        school.store.ledger = FullLedger(school.store.ledger)
        return PreparedPack({}, lambda seal: handed.append(seal) or Attachment("evidence.zip", b"", "a pack"))

    with pytest.raises(StoreError):
        await export(school.book, await school.campaign(), IT, build)

    assert handed == []


class FullLedger(list[Entry]):
    """A ledger that takes no more entries."""

    def append(self, entry: Entry) -> None:
        raise StoreError("The disk is full.")


async def test_what_is_recorded_while_a_pack_is_made_is_in_it(school: CampaignSchool, tmp_path: Path):
    builder = Builder()
    vera = await school.pseudonym(VERA)

    def build(pack: Pack) -> PreparedPack:
        if len(builder.packs) < 2:
            event = Event(EventKind.PAUSE, NINE, vera, campaign=pack.campaign, facts={"until": "2021-12-01"})
            asyncio.run(school.store.append(event, f"pause/{len(builder.packs)}"))
        return builder(pack)

    exported = await export(school.book, await school.campaign(), IT, build)
    zipfile.ZipFile(BytesIO(exported.attachment.content)).extractall(tmp_path)

    assert len(builder.packs) == 3
    assert len(await school.events(EventKind.PAUSE)) == 2
    assert len(await school.events(EventKind.EXPORT_PREPARED)) == 1
    assert run_verify(tmp_path, "--head", str(exported.head))[0] == 0


async def test_a_ledger_that_never_rests_gets_no_pack_and_no_seal(school: CampaignSchool):
    numbers = itertools.count()

    def build(pack: Pack) -> PreparedPack:
        event = Event(EventKind.PAUSE, NINE, "p", campaign=pack.campaign, facts={"until": "2021-12-01"})
        asyncio.run(school.store.append(event, f"pause/{next(numbers)}"))
        return Builder()(pack)

    with pytest.raises(NotNow):
        await export(school.book, await school.campaign(), IT, build)

    assert await school.events(EventKind.EXPORT_PREPARED) == []


def signatory(name: str, standing: Standing) -> Signatory:
    return Signatory("p", name, None, MONDAY + days(21), standing, None, is_asking=False)


@pytest.mark.parametrize(
    ("name", "standing", "row"),
    [
        ("Anna", Standing.PAUSED, ("Anna", "still with time")),
        ("Anna", Standing.OVERDUE, ("Anna", "past their day")),
        ("", Standing.LEFT, (ERASED, "left before completing")),
    ],
    ids=["a pause is nobody's business outside", "overdue", "erased"],
)
def test_who_has_not_acknowledged_is_listed_by_name_and_standing(name: str, standing: Standing, row: tuple[str, str]):
    assert others((signatory(name, standing),)) == ((*row, "Monday 27 September 2021"),)


async def test_a_pack_may_show_the_lessons_of_its_school_year_from_september_to_august(school: CampaignSchool):
    assert scope_of(await school.campaign()) == PackScope("AUP-2021-1", "AUP", date(2021, 9, 1), date(2022, 8, 31))


async def test_other_campaigns_and_pauses_are_bare_hashes(school: CampaignSchool):
    await school.press(HEAD, "record_pause", person=await school.pseudonym(VERA), until="2021-12-01")

    pack = await pack_of(school)

    closed = [entry for entry in pack.entries if not entry.what.is_open]
    assert len(closed) == 1 and not any("2021-12-01" in entry.what.text for entry in pack.entries)
