"""A campaign's rows for the evidence pack, and a whole pack that verifies."""

import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from bot.campaigns.pack import export, others, scope_of
from bot.campaigns.rules.standing import Signatory, Standing
from bot.desk.rules.messages import Attachment
from bot.evidence import pack_file
from bot.evidence.rules.ledger import EventKind
from bot.evidence.rules.pack import ERASED, Pack, PackScope
from tests.campaigns.campaign_school import ANNA, BEN, HEAD, IT, POLICY, STATEMENT, VERA, CampaignSchool, clause
from tests.fakes import MONDAY, days

LONGER = (*POLICY.clauses, clause("AUP-4", "Safety", "Report what worries you."))


class Builder:
    """Keeps the packs it is given."""

    def __init__(self) -> None:
        self.packs: list[Pack] = []

    def __call__(self, pack: Pack) -> Attachment:
        self.packs.append(pack)
        return Attachment("evidence.zip", pack_file.build(pack), "a pack")


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


async def test_that_a_pack_was_made_is_its_own_last_entry(school: CampaignSchool):
    pack = await pack_of(school)

    last = (await school.store.entries())[-1]
    assert last.event.kind is EventKind.EXPORT and pack.entries[-1] == last
    assert pack.head == await school.store.head()
    assert (pack.school, pack.year, pack.is_demo) == ("School", "2021/22", True)


async def test_a_whole_pack_verifies_with_nothing_but_python(school: CampaignSchool, tmp_path: Path):
    attachment = await export(school.book, await school.campaign(), IT, Builder())
    zipfile.ZipFile(BytesIO(attachment.content)).extractall(tmp_path)

    verify = [sys.executable, "-I", str(tmp_path / "verify.py"), "--head", str(await school.store.head())]
    process = subprocess.run(verify, capture_output=True, text=True, check=False)

    assert process.returncode == 0, process.stdout
    assert "2 acknowledgements" in process.stdout


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
