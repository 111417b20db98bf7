"""Recorded picks are replayed as a chooser that answers, by the ids of the questions."""

import json
from pathlib import Path

from bot.ask.rules.model_pick import Option, Pick, Sureness
from bot.ask.understanding import Understanding
from tests.bench.goals import goals_for
from tests.bench.understanding import measured_with, read_choices, reply_with_pick
from tests.chooser.asking import READER, asking, ruled_school
from tests.fakes import SURE
from tests.practice import Case

OPTIONS = (Option("fact", "A fact."), Option("forbidden", "Not allowed."))
CASE = Case("q1", "we met somewhere", frozenset({"P-4"}), "info")


def choices_file(folder: Path, **choice: str) -> Path:
    file = folder / "choices.json"
    file.write_text(json.dumps([{"id": "q1", "choice": "fact", "also": "", "sure": "high", **choice}]))
    return file


def understanding() -> Understanding:
    policy, signs = ruled_school()
    return Understanding(policy, READER, SURE, signs, trusts_drafts=True)


async def test_a_recorded_choice_is_the_pick_for_its_question(tmp_path: Path):
    choices = read_choices(choices_file(tmp_path))

    assert await choices.pick("any words", OPTIONS, "q1") == Pick("fact", "", Sureness.HIGH)
    assert await choices.pick("any words", OPTIONS, "q2") is None


async def test_a_choice_that_was_not_offered_is_none_and_is_counted(tmp_path: Path):
    choices = read_choices(choices_file(tmp_path, choice="parking"))

    assert await choices.pick("any words", OPTIONS, "q1") is None and choices.unknown == ["parking"]


async def test_a_replayed_choice_counts_as_it_would_in_a_chat(tmp_path: Path):
    choices = read_choices(choices_file(tmp_path))

    (block,) = await measured_with(choices, [("set", [CASE])], understanding())

    assert block.results[0].is_right and block.goals == goals_for("set") and choices.asked == 1


async def test_a_model_that_is_really_asked_is_measured_the_same_way():
    async with asking() as at:
        at.little.picks = lambda question, ids: "fact"

        reply = await reply_with_pick(CASE, at.chooser, understanding())

    assert [answer.situation.id for answer in reply.answers] == ["fact"]
