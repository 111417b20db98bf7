"""rulings.toml as the pages change it: comments kept, nothing overwritten unseen, one undo without approvals."""

import tomllib
from pathlib import Path

import pytest

from bot.ask.rulings_file import MEANWHILE, RulingsFile
from bot.errors import BadInput
from bot.undoable_file import NOTHING_TO_UNDO, digest_of

TEXT = """# Our answers.

[phone]           # asked in September
verdict = "no"
says = "No phones."
approved_by = "A head"
approved_on = 2026-09-07
digest = "0123456789abcdef"

# about watches
[watch]
verdict = "no"
says = "No watches."
"""


@pytest.fixture
def file(tmp_path: Path) -> RulingsFile:
    rulings = tmp_path / "rulings.toml"
    rulings.write_text(TEXT, encoding="utf-8")
    return RulingsFile(rulings, tmp_path / "data" / "before.json")


def test_a_change_keeps_comments_and_takes_the_approval_in_the_file_away(file: RulingsFile):
    edit = file.edited(digest_of(TEXT), "phone", {"says": "None."})

    file.write(edit)

    assert "# asked in September" in file.text() and "# about watches" in file.text()
    assert tomllib.loads(file.text())["phone"] == {"verdict": "no", "says": "None."}


def test_undo_brings_the_words_back_and_no_approval_and_works_once(file: RulingsFile):
    file.write(file.edited(digest_of(TEXT), "phone", {"says": "None."}))
    file.write(file.undone(digest_of(file.text())))

    assert tomllib.loads(file.text())["phone"] == {"verdict": "no", "says": "No phones."}
    assert not file.can_undo()
    with pytest.raises(BadInput, match=NOTHING_TO_UNDO[:30]):
        file.undone(digest_of(file.text()))


def test_a_change_by_hand_after_ours_cannot_be_undone_away(file: RulingsFile):
    file.write(file.without(digest_of(TEXT), "phone"))
    file.file.write_text(file.text() + "# by hand\n", encoding="utf-8")

    assert not file.can_undo()
    with pytest.raises(BadInput):
        file.undone(digest_of(file.text()))


def test_a_file_changed_between_form_and_press_is_not_touched(file: RulingsFile):
    edit = file.edited(digest_of(TEXT), "phone", {"says": "None."})
    file.file.write_text(TEXT + "# by hand\n", encoding="utf-8")

    with pytest.raises(BadInput, match=MEANWHILE[:20]):
        file.write(edit)
    assert file.text() == TEXT + "# by hand\n"


def test_a_broken_note_of_the_change_before_only_takes_the_undo_away(file: RulingsFile):
    file.write(file.without(digest_of(TEXT), "phone"))
    file.kept.write_text("{", encoding="utf-8")

    assert not file.can_undo()


def test_answers_whose_clauses_changed_lose_approval_and_those_whose_clause_is_gone_their_words(file: RulingsFile):
    file.file.write_text(TEXT + '\n[[watch.also]]\nunless = ["on trips"]\n', encoding="utf-8")

    file.write(file.refitted(["phone"], [], ["watch"]))

    answers = tomllib.loads(file.text())
    assert answers["phone"] == {"verdict": "no", "says": "No phones."}
    assert answers["watch"] == {"verdict": "not_covered", "proposed": True}
    assert "# asked in September" in file.text() and "# about watches" in file.text()


def test_an_answer_that_may_allow_something_is_only_proposed_once_its_clause_changed(file: RulingsFile):
    edit = file.refitted([], ["phone"], [])

    assert edit.tables["phone"] == {"verdict": "no", "says": "No phones.", "proposed": True}
    assert edit.tables["watch"] == tomllib.loads(TEXT)["watch"]


def test_an_earlier_file_comes_back_without_approvals_of_what_differs(file: RulingsFile):
    file.write(file.refitted([], [], ["watch"]))

    edit = file.restored(TEXT, ["phone"])

    assert edit.tables == {
        "phone": {"verdict": "no", "says": "No phones."},
        "watch": {"verdict": "no", "says": "No watches."},
    }
    assert edit.situations == ("phone", "watch")
