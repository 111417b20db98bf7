"""The words children read: for whom they are, and what no notice may say."""

import shutil
from pathlib import Path

import pytest

from bot import policies
from bot.ask.rules.policy import Policy
from bot.errors import PolicyFileError
from bot.settings import ROOT


@pytest.mark.parametrize(
    ("name", "is_young"),
    [
        ("Year 1/2: phonics", True),
        ("Year 1: phonics", True),
        ("Phonics (Reception)", True),
        ("Yr 2 maths", True),
        ("year  2, maths", True),
        ("Nursery", True),
        ("Year 10 maths", False),
        ("Year 4 maths", False),
        ("Yr 21 reunion", False),
        ("", False),
    ],
)
def test_younger_children_get_words_of_their_own(school: Policy, name: str, is_young: bool):
    assert school.promise
    assert ("like a film" in school.promise.wording(name).says) is is_young


@pytest.mark.parametrize("field", ["says", "moved", "taken_back", "cancelled", "not_recorded"])
@pytest.mark.parametrize(
    "text",
    [
        "Until {last:d}.",
        "Until {last!r}.",
        "Until {last} with {teacher}.",
        "Until {last} {0}.",
        "Until {last.year}.",
        "Until {last.",
        "",
        "  ",
    ],
)
def test_a_notice_that_cannot_be_made_is_refused_and_named(tmp_path: Path, field: str, text: str):
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    file = tmp_path / "policies" / "slyne-with-hest" / "notices.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = max(number for number, line in enumerate(lines) if line.startswith(f"{field} = "))
    lines[at] = f'{field} = "{text}"'
    file.write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(PolicyFileError, match=rf"notices\.toml: notice 2: {field}"):
        policies.read_policy(tmp_path / "policies", "slyne-with-hest", demo=True)
