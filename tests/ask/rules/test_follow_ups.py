"""What only makes sense after the answer before, and the question it makes with it."""

import pytest

from bot.ask.policy_file import read_words
from bot.ask.rules.follow_ups import groups_of, in_full, is_correction, is_follow_up, is_why, says_nothing_alone
from bot.settings import ROOT

GROUPS = groups_of(read_words(ROOT / "policies"))


@pytest.mark.parametrize(
    "line",
    [
        "what about on the school wifi?",
        "and a volunteer?",
        "how about at weekends",
        "even if they ask?",
        "but on a trip?",
        "and if it's off the wifi?",
        "on the school ipad?",
        "from my school account?",
        "and when I'm on duty?",
        "what about at lunch?",
        "same for the TA?",
        "ok and for governors?",
        "does that go for lunchtime staff?",
        "and the laminator room, is that different",
        "only at weekends?",
        "what if the door is shut",
        "no, I meant on the school phone",
        "I meant in the evening",
        "not my phone, the class ipad",
        "and this?",
    ],
)
def test_a_fragment_leans_on_the_answer_before(line):
    assert is_follow_up(line)


@pytest.mark.parametrize(
    "line",
    [
        "can I use my phone at lunch?",
        "my password was stolen",
        "and I also put it on Facebook",
        "and can I take photos?",
        "for how long are recordings kept?",
        "on a trip, who keeps the camera?",
        "in my lesson a boy said something nasty to another",
        "ok thanks",
        "ok got it",
        "not sure",
        "what is the wifi code",
        "but where do I hand in a lost phone?",
        "at what time do we finish?",
    ],
)
def test_a_question_of_its_own_stands_alone(line):
    assert not is_follow_up(line)


@pytest.mark.parametrize(
    ("line", "asks", "full"),
    [
        ("and on the school ipad?", "taking pictures on your own phone", "taking pictures on the school ipad"),
        ("no, I meant on the school phone", "taking pictures on your own phone", "taking pictures on the school phone"),
        ("not my phone, the class ipad", "using your own phone at lunch", "using the class ipad at lunch"),
        ("I meant in the evening", "using a laptop at break or lunch", "using a laptop in the evening"),
        ("what about the parents?", "tagging pupils by name", "tagging the parents by name"),
        ("what about at lunch?", "using your own phone on duty", "using your own phone at lunch"),
        ("and a volunteer?", "using your own phone at lunch", "using your own phone at lunch, a volunteer?"),
        ("and if it's encrypted?", "using a memory stick", "using a memory stick, it's encrypted?"),
        ("from my school account?", "writing to a bishop", "writing to a bishop, from my school account?"),
    ],
)
def test_a_follow_up_replaces_what_it_corrects_and_adds_the_rest(line, asks, full):
    assert in_full(line, asks, GROUPS) == full


@pytest.mark.parametrize("line", ["why?", "Why not", "but why though?", "how come", "says who?", "What's the reason?"])
def test_why_alone_asks_for_the_reason_of_the_answer_before(line):
    assert is_why(line)


@pytest.mark.parametrize(
    "line", ["why can't I tag pupils?", "why parents", "what for a camera", "what is the reason we sign"]
)
def test_why_with_a_subject_is_a_question_of_its_own(line):
    assert not is_why(line)


@pytest.mark.parametrize(
    ("line", "is_empty"),
    [("and this?", True), ("what about that one", False), ("and at lunch?", False), ("this", False)],
)
def test_a_fragment_without_a_word_of_its_own_says_nothing_alone(line, is_empty):
    assert says_nothing_alone(line) is is_empty


def test_no_phones_is_no_correction():
    assert not is_correction("no phones in class, right?")
