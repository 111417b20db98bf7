"""What asks for leave is answered; what asks to be shown or done something for is a request."""

import tomllib

import pytest

from bot.ask.rules.permission_questions import asks_what_is_allowed
from bot.settings import ROOT

COMMANDS = ROOT / "policies" / "staffroom" / "questions" / "commands.toml"


@pytest.mark.parametrize(
    "line",
    [
        "Can I record my Year 4 lesson on Thursday?",
        "can we record the assembly next week",
        "hiya, may I film the nativity rehearsal",
        "Am I allowed to record my lesson on my own phone?",
        "do I have to put up a notice before I record",
        "must I sign it",
        "should we delete recordings ourselves",
        "is it ok to keep the recording until July?",
        "Is it alright if I show the clip to parents",
        "ok to record without telling anyone?",
        "Can I close the recording early?",
        "can we extend the 21 days for the video",
        "can the TA film the lesson on Friday",
        "are teachers allowed to record maths",
        "is recording a lesson at home permitted",
        "I'm recording on Thursday, do I need to tell the parents?",
        "what are the rules on recording lessons",
    ],
)
def test_a_line_that_asks_what_is_allowed_is_a_question(line: str):
    assert asks_what_is_allowed(line)


@pytest.mark.parametrize(
    "line",
    [
        "can you show me who has not signed?",
        "could you pause Mrs Patel until the new year",
        "can I see the summary?",
        "may I have my record please",
        "can I have the policy",
        "could we get the list of who is left",
        "can I sign now?",
        "can we give everyone until Friday",
        "can I pause Mr Bell until half term",
        "would it be ok to give people another week",
        "ask the head if I am allowed to wear a smart watch",
        "put up a notice: Reception phonics next Monday 9.15",
        "I'm recording my Year 4 English lesson on Thursday at half past nine",
        "pause Mrs Khan until 5 January",
        "who hasn't signed yet?",
        "is it gone?",
        "doctor",
    ],
)
def test_a_line_that_wants_something_of_the_bot_is_a_request(line: str):
    assert not asks_what_is_allowed(line)


def test_of_what_people_ask_the_bot_to_do_hardly_anything_is_taken_for_a_question():
    voices = tomllib.loads(COMMANDS.read_text(encoding="utf-8")).values()
    entries = [entry for voice in voices for lines in voice.values() for entry in lines]
    lines = [entry if isinstance(entry, str) else entry[0] for entry in entries]

    assert len([line for line in lines if asks_what_is_allowed(line)]) <= len(lines) / 200
