"""A doubtful proposal is never confirmed together with others, whatever a press brings."""

import re
import tomllib
from pathlib import Path
from typing import Any

from bot.settings import Settings
from tests.channels.pages.answers_school import FORBIDDEN, answers_school, rulings_file, school_folder
from tests.channels.pages.pages_school import Answer, PagesSchool, button


def doubtful_school(settings: Settings, policies: Path) -> Settings:
    """The school with one of its proposals marked as doubtful."""
    made = school_folder(settings, policies)
    file = rulings_file(made)
    before, after = file.read_text(encoding="utf-8").split(f"[{FORBIDDEN}]\n")
    marked = after.replace("proposed = true\n", "proposed = true\ndoubtful = true\n", 1)
    file.write_text(f"{before}[{FORBIDDEN}]\n{marked}", encoding="utf-8")
    return made


def is_plain(ruling: dict[str, Any]) -> bool:
    is_proposed = ruling.get("proposed") is True and "doubtful" not in ruling
    return is_proposed and ruling["verdict"] in {"no", "must", "info"} and "also" not in ruling


async def press(at: PagesSchool, situations: str) -> Answer:
    page = await at.get("answers")
    seen = re.search(r"confirm_rulings&#34;, &#34;data&#34;: {&#34;file&#34;: &#34;(\w+)", page.text)
    assert seen
    data = {"csrf": page.csrf, "press": button("confirm_rulings", situations=situations, file=seen[1])}
    return await at.post("answers", data)


async def test_a_doubtful_proposal_stays_one_when_it_is_ticked_with_others(settings: Settings, tmp_path: Path):
    made = doubtful_school(settings, tmp_path / "policies")
    rulings = tomllib.loads(rulings_file(made).read_text(encoding="utf-8"))
    other = next(id for id, ruling in rulings.items() if is_plain(ruling))
    async with answers_school(made) as at:
        await at.sign_in("demo-office")

        alone = await press(at, FORBIDDEN)
        together = await press(at, f"{FORBIDDEN},{other}")

    assert "please read the clause first" in alone.text
    said = re.sub(r"<[^>]+>|\s+", " ", together.text)[:600]
    assert "Confirmed: 1 answer." in together.text, said
    assert "Not these" in together.text
    rulings = tomllib.loads(rulings_file(made).read_text(encoding="utf-8"))
    assert rulings[FORBIDDEN]["proposed"] is True and "proposed" not in rulings[other]
