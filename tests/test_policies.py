"""What a school writes in school.toml is clean wherever it is shown or sealed; its clauses are word for word."""

import shutil
from pathlib import Path

from bot.policies import COMMANDS, COMMON, SCHOOL, SITUATIONS, read_school
from bot.settings import ROOT

ID = "slyne-with-hest"


def test_texts_of_school_toml_are_clean_and_clauses_stay_word_for_word(tmp_path: Path):
    shutil.copytree(ROOT / "policies" / ID, tmp_path / ID)
    (tmp_path / COMMON).mkdir()
    for name in (SITUATIONS, COMMANDS):
        shutil.copy(ROOT / "policies" / COMMON / name, tmp_path / COMMON / name)
    school = (tmp_path / ID / SCHOOL).read_text(encoding="utf-8")
    hostile = '[extra]\ntexts = ["A \\u0016\\u202eteacher", "\\uFEFFHead"]\n'
    (tmp_path / ID / SCHOOL).write_text(f"{school}\n{hostile}", encoding="utf-8")

    before, after = read_school(ROOT / "policies", ID), read_school(tmp_path, ID)

    assert after.section("extra") == {"texts": ["A \ufffdteacher", "Head"]}
    assert (after.documents, after.rulings) == (before.documents, before.rulings)
    assert {**after.school, "extra": None} == {**before.school, "extra": None}
