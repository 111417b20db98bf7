"""What is asked of a language model, how long, how often, and what is made of anything it may answer."""

import asyncio
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ask.rules.model_pick import MAX_OPTIONS
from bot.chooser.answer import Shape
from bot.chooser.budget import FAILURES_BEFORE_REST, MAX_PER_DAY, MAX_PER_PERSON, REST
from bot.chooser.chooser import MAX_AT_ONCE, MAX_TRIES, TIME_LIMIT, TRIAL_QUESTION
from bot.chooser.counts import read_counts
from bot.errors import TokenUnavailable
from tests.chooser.asking import OPTIONS, QUESTION, SHORT, asking
from tests.standins.chooser import LATE, MODEL, REGION, Mood

NO_ANSWER = [mood for mood in Mood if mood not in {Mood.WELL, *LATE}]


async def test_a_pick_from_the_list_is_taken_with_the_second_one_and_how_sure_it_is():
    async with asking() as at:
        at.little.picks, at.little.second, at.little.sure = (lambda question, ids: ids[1]), "lunch", "medium"

        pick = await at.chooser.pick(QUESTION, OPTIONS, "t1")

    assert pick and (pick.situation, pick.second, pick.sure) == ("forbidden", "lunch", "medium")


async def test_none_of_the_list_is_an_answer():
    async with asking() as at:
        at.little.picks = lambda question, ids: "none"

        assert await at.pick() == ""


async def test_the_question_and_the_situations_leave_and_nothing_else():
    async with asking() as at:
        await at.pick()
        (body,) = at.little.sent

    system, user = (message["content"] for message in body["messages"])
    assert user == f'The question, as a JSON string: "{QUESTION}"'
    assert system.endswith("- allowed: What is allowed.\n- forbidden: What is not.\n- lunch: Food.")
    assert "t1" not in json.dumps(body)
    assert body.keys() == {"model", "messages", "temperature", "max_tokens", "response_format"}


async def test_the_form_of_the_answer_can_name_only_what_is_on_the_list():
    async with asking() as at:
        await at.pick()
        schema = at.little.sent[0]["response_format"]["json_schema"]

    fields = schema["schema"]["properties"]
    assert schema["strict"] and not schema["schema"]["additionalProperties"]
    assert fields["pick"]["enum"] == fields["second"]["enum"] == ["allowed", "forbidden", "lunch", "none"]
    assert MAX_OPTIONS == 12


@pytest.mark.parametrize("mood", NO_ANSWER)
async def test_whatever_else_comes_is_no_answer(mood: Mood):
    async with asking() as at:
        at.little.mood = mood

        assert await at.pick() is None
        assert at.little.wandered == 0


@pytest.mark.parametrize("mood", sorted(LATE))
async def test_a_slow_answer_is_not_waited_for_longer_than_the_limit(mood: Mood):
    async with asking(time_limit=SHORT) as at:
        at.little.mood = mood
        before = asyncio.get_running_loop().time()

        assert await at.pick() is None

        assert asyncio.get_running_loop().time() - before < SHORT + 0.5  # half a second for a busy machine
    assert TIME_LIMIT == 2.0


async def test_the_limit_holds_for_the_token_too():
    async def never() -> str:
        await asyncio.Event().wait()
        return ""

    async with asking(time_limit=SHORT, proof=never) as at:
        assert await at.pick() is None
        assert at.little.sent == []


@pytest.mark.parametrize("mood", [Mood.BUSY, Mood.BROKEN, Mood.HANGING_UP])
async def test_a_failure_that_may_pass_is_tried_once_more_and_no_oftener(mood: Mood):
    async with asking() as at:
        at.little.moods.extend([mood])
        assert await at.pick() == "allowed"

        at.little.mood = mood
        assert await at.pick() is None

        assert len(at.little.sent) == 2 * MAX_TRIES


@pytest.mark.parametrize("mood", [Mood.REFUSING, Mood.HTML, Mood.OFF_THE_LIST, Mood.PROSE])
async def test_what_would_only_come_again_is_not_tried_again(mood: Mood):
    async with asking() as at:
        at.little.mood = mood
        await at.pick()

        assert len(at.little.sent) == 1


async def test_retry_after_is_kept_to_within_the_limit():
    async with asking() as at:
        at.little.moods.append(Mood.BUSY)
        at.little.retry_after = "1"

        assert await at.pick() == "allowed"
        assert at.pauses.seconds == [1.0]


@pytest.mark.parametrize(("retry_after", "rests_at_least"), [("60", 60.0), (None, 3600.0), ("soon", 3600.0)])
async def test_an_endpoint_that_asks_for_more_time_is_left_alone_that_long(
    retry_after: str | None, rests_at_least: float
):
    async with asking() as at:
        at.little.moods.append(Mood.BUSY)
        at.little.retry_after = retry_after

        assert await at.pick() is None
        at.seconds.now = rests_at_least - 1
        assert await at.pick() is None

        assert len(at.little.sent) == 1 and at.pauses.seconds == []


async def test_after_some_failures_in_a_row_it_is_left_alone_and_then_tried_with_one_question():
    async with asking() as at:
        at.little.mood = Mood.HTML
        for _ in range(FAILURES_BEFORE_REST + 5):
            await at.pick()
        assert len(at.little.sent) == FAILURES_BEFORE_REST

        at.seconds.now = REST
        await at.pick()
        await at.pick()
        assert len(at.little.sent) == FAILURES_BEFORE_REST + 1

        at.seconds.now, at.little.mood = 2 * REST, Mood.WELL
        assert [await at.pick(), await at.pick()] == ["allowed", "allowed"]


async def test_a_day_and_a_person_have_a_budget_and_a_new_day_a_new_one():
    async with asking() as at:
        picks = [await at.pick(asker="t1") for _ in range(MAX_PER_PERSON + 1)]
        assert picks.count("allowed") == MAX_PER_PERSON and picks[-1] is None
        assert await at.pick(asker="t2") == "allowed"

        at.chooser.budget.used = MAX_PER_DAY
        assert await at.pick(asker="t3") is None

        at.clock.go_on(timedelta(days=1))
        assert await at.pick(asker="t1") == "allowed"


async def test_a_spent_budget_is_no_failure_of_the_endpoint():
    async with asking() as at:
        at.chooser.budget.used, at.chooser.budget.day = MAX_PER_DAY, at.clock().date()
        for _ in range(FAILURES_BEFORE_REST):
            await at.pick()

        assert at.chooser.breaker.is_closed


async def test_a_crowd_does_not_wait_in_a_queue():
    async with asking(time_limit=5 * SHORT) as at:
        at.little.mood = Mood.SLOW
        await asyncio.gather(*(at.pick(asker=f"t{number}") for number in range(MAX_AT_ONCE + 6)))

        assert len(at.little.sent) == MAX_AT_ONCE


async def test_the_key_goes_along_and_without_one_nothing_is_sent():
    async def key() -> str:
        return "secret-key"

    async def none() -> str:
        raise TokenUnavailable("no")

    async with asking(proof=key) as at:
        await at.pick()
        assert at.little.keys == ["Bearer secret-key"]
    async with asking(proof=none) as at:
        assert await at.pick() is None and at.little.sent == []


@pytest.mark.parametrize("mood", list(Mood))
async def test_nothing_of_a_question_is_logged_or_kept(mood: Mood, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        async with asking(time_limit=SHORT if mood in LATE else 2.0) as at:
            at.chooser.data, at.little.mood = tmp_path, mood
            await at.pick("zebra stripes at dawn", asker="person-17")

    kept = "".join(file.read_text() for file in tmp_path.iterdir())
    assert "used" in kept
    assert all(word not in caplog.text + kept for word in ("zebra", "stripes", "dawn", "person-17"))


async def test_what_doctor_shows_is_kept_and_counts_go_on_for_the_day(tmp_path: Path):
    async with asking() as at:
        at.chooser.data = tmp_path
        await at.pick()
        at.little.mood = Mood.HTML
        await at.pick()

        counts = read_counts(tmp_path)
        assert counts and (counts.used, counts.shape, counts.region) == (2, Shape.NO_COMPLETION, REGION)
        assert counts.used_on(at.clock().date()) == 2
        assert counts.used_on(at.clock().date() + timedelta(days=1)) == 0


@pytest.mark.parametrize("text", ["", "[]", "{", '{"day": "2021-09-06", "used": "many"}', "\udcff"])
def test_counts_that_cannot_be_read_are_none(tmp_path: Path, text: str):
    (tmp_path / "chooser.json").write_bytes(text.encode(errors="surrogateescape"))

    assert read_counts(tmp_path) is None


async def test_counts_that_cannot_be_kept_keep_no_answer_from_anybody(tmp_path: Path):
    async with asking() as at:
        at.chooser.data = tmp_path / "not there"

        assert await at.pick() == "allowed"


async def test_doctor_tries_it_with_a_question_of_ours():
    async with asking() as at:
        answer = await at.chooser.trial()

        assert (answer.shape, answer.model, answer.region) == (Shape.PICK, MODEL, REGION)
        assert TRIAL_QUESTION in at.little.sent[0]["messages"][1]["content"] and at.chooser.budget.used == 0


async def test_doctor_waits_no_longer_than_anybody():
    async with asking(time_limit=SHORT) as at:
        at.little.mood = Mood.SLOW

        assert (await at.chooser.trial()).shape is Shape.SLOW
