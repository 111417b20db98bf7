"""A question that our own reading is unsure of: when a model is asked, and what its pick may change."""

import pytest

from bot.desk.rules.messages import Outgoing
from tests.chooser.asking import QUESTION, SHORT, ChoosingSchool, choosing_school
from tests.standins.chooser import LATE, Mood

PERMISSIONS = ("Yes", "Only if")


def is_permission(reply: Outgoing) -> bool:
    return any(word in str(reply.values.get("headline", "")) for word in PERMISSIONS)


async def answers_to(text: str, pick: str, sure: str = "high") -> tuple[Outgoing, ChoosingSchool]:
    async with choosing_school() as at:
        at.picks(pick, sure)
        return await at.write(text), at


async def test_what_would_have_been_asked_back_is_answered_with_the_other_readings_beside_it():
    async with choosing_school(acknowledged=False) as at:
        assert (await at.write(QUESTION)).card == "choose"

        await at.acknowledge()
        at.picks("forbidden")
        reply = await at.write(QUESTION)

    assert reply.card == "answer" and reply.values["headline"].endswith("No")
    assert reply.values["governing"]["text"] == "Clause 2 says so."
    assert "I read your question as: about forbidden." in reply.text
    assert "fact" in [button["situation"] for button in reply.values["others_meant"]]


async def test_every_word_that_is_read_is_the_schools():
    async with choosing_school() as at:
        at.picks("forbidden")
        picked = await at.write(QUESTION)
        pressed = await at.press("look", "teacher", situation="forbidden")

    assert picked.values["says"] == pressed.values["says"] and picked.values["governing"] == pressed.values["governing"]


async def test_a_silence_that_is_not_sure_may_become_an_answer():
    reply, at = await answers_to("what of lunch", "fact")

    assert reply.values["governing"]["text"] == "Clause 4 says so." and len(at.at.little.sent) == 1


async def test_a_picked_silence_says_that_the_policy_does_not_say():
    reply, _ = await answers_to("may I do it", "lunch")

    assert reply.card == "silent"


async def test_a_picked_permission_is_given_if_our_own_reading_points_to_no_refusal():
    reply, _ = await answers_to("may I do it", "allowed")

    assert is_permission(reply)


@pytest.mark.parametrize("text", ["may I do it on duty", QUESTION, "may I zorble it"])
async def test_a_picked_permission_is_not_given_while_we_see_a_refusal_or_a_word_nobody_taught(text: str):
    reply, at = await answers_to(text, "allowed")

    assert reply.card == "choose" and not is_permission(reply) and len(at.at.little.sent) == 1


async def test_a_pick_that_our_own_reading_gives_no_weight_is_not_followed():
    reply, _ = await answers_to("may I do it on duty", "fact")  # which our reading does not see at all

    assert reply.card == "choose"


@pytest.mark.parametrize(("pick", "sure"), [("forbidden", "low"), ("none", "high")])
async def test_two_who_doubt_ask_back(pick: str, sure: str):
    reply, _ = await answers_to(QUESTION, pick, sure)

    assert reply.card == "choose"


async def test_a_pick_of_what_asks_for_help_brings_the_hand_off():
    reply, _ = await answers_to("she does odd things", "worry")

    assert reply.values["hand_off"] and reply.values["headline"].endswith("Report it")


@pytest.mark.parametrize(
    "text",
    [
        "surely not",  # our own reading is sure
        "hello",  # a word that is a command
        "somebody may be hurt",  # a worry, even a quiet one
        "the bruises on him",  # a certain sign
        "put up a notice perhaps",  # perhaps a command
        "who is the head?",
        "policies",
    ],
)
async def test_what_is_sure_a_worry_or_a_command_never_leaves(text: str):
    async with choosing_school() as at:
        await at.write(text)

        assert at.at.little.sent == []


async def test_nothing_leaves_from_a_group_or_a_channel():
    async with choosing_school() as at:
        reply = await at.write(QUESTION, is_private=False)

        assert reply.card == "choose" and at.at.little.sent == []


async def test_a_follow_up_is_read_by_us_alone_because_it_holds_what_was_asked_before():
    async with choosing_school() as at:
        await at.write("and on Sunday?", last="allowed")

        assert at.at.little.sent == []


async def test_a_stranger_is_never_passed_on():
    async with choosing_school() as at:
        await at.write(QUESTION, "pupil")

        assert at.at.little.sent == []


async def test_neither_name_nor_role_nor_school_leaves():
    async with choosing_school() as at:
        await at.write(QUESTION)
        sent = str(at.at.little.sent)

    assert "A teacher" not in sent and "t1" not in sent and "Clause" not in sent and "the lead" not in sent


@pytest.mark.parametrize("mood", [mood for mood in Mood if mood is not Mood.WELL])
async def test_people_get_what_they_get_today_whatever_the_endpoint_does(mood: Mood):
    async with choosing_school(time_limit=SHORT if mood in LATE else 2.0, acknowledged=False) as at:
        before = await at.write(QUESTION)

        await at.acknowledge()
        at.at.little.mood = mood

        assert await at.write(QUESTION) == before
        assert at.at.little.sent


async def test_what_was_picked_is_counted_like_any_answer_without_a_person():
    async with choosing_school() as at:
        at.picks("forbidden")
        await at.write(QUESTION)

        assert "forbidden" in [tally.count.situation for tally in await at.store.tallies()]
