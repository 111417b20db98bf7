"""Advice for other capabilities: what the policy says, and whether it sounds like harm."""

import pytest

from bot.ask.adviser import PolicyAdviser
from bot.ask.held_understanding import HeldUnderstanding
from tests.ask.small_school import UNDERSTANDING, WEDNESDAY

ADVISER = PolicyAdviser(HeldUnderstanding(UNDERSTANDING), lambda: WEDNESDAY)


async def test_advice_is_the_answer_as_plain_text():
    text, is_hand_off = await ADVISER.advice("may i", is_private=True)

    assert text.startswith("Only if: You may.") and "Clause 1 says so." in text
    assert not is_hand_off


@pytest.mark.parametrize("is_private", [True, False])
async def test_a_worry_is_told_as_one_with_the_hand_off_first(is_private: bool):
    text, is_hand_off = await ADVISER.advice("a child has bruises", is_private=is_private)

    assert is_hand_off and text.startswith("Tell the lead now")
    assert await ADVISER.hand_off("a child has bruises", is_private=is_private) in text
    assert ("delete your message" in text) is not is_private


async def test_what_does_not_sound_like_harm_has_no_hand_off():
    assert await ADVISER.hand_off("may i", is_private=True) == ""
