"""The words that bring the hand-off."""

import pytest

from bot.ask.policy_file import read_signs
from bot.settings import ROOT

SIGNS = read_signs(ROOT / "policies")


@pytest.mark.parametrize(
    "text",
    [
        "a pupil has bruises on both arms",
        "he said he wants to die",
        "I found indecent images on the shared drive",
        "a girl in y5 sent a nude",
        "one of the coaches is always alone with the same boy",
        "She is scared to go home",
        "they are taking her to be cut this summer",
        "she says she is being married off in the holidays",
        "I think I fancy one of the Year 6s",
        "the relief caretaker smells of drink again",
    ],
)
def test_words_of_harm_bring_the_hand_off(text):
    assert SIGNS.suggest_harm(text)


@pytest.mark.parametrize(
    "text",
    [
        "when is safeguarding training",
        "I bruised my knee on the photocopier",
        "who is the safeguarding lead",
        "the ipad died in maths",
        "a pupil followed me on instagram",
        "can I use my phone at lunch",
        "dog grooming appointment, can I leave early",
    ],
)
def test_frightening_words_in_harmless_company_do_not(text):
    assert not SIGNS.suggest_harm(text)
