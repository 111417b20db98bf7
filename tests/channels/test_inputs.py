"""What somebody wrote or filled in is cleaned once, where it comes in."""

from typing import Any

import pytest

from bot.channels.inputs import MAX_INPUT_CHARS, plain_inputs, plain_message
from bot.channels.teams.activity import account_of, name_of, tenant_of, text_of
from bot.desk.rules.typed_text import typed_text

HOSTILE = "Phonics\x16\ud800 \u202erecorded\u200b\ufeff\ufffe"
CLEAN = "Phonics\ufffd\ufffd recorded\ufffd"


def activity(**changes: Any) -> dict[str, Any]:
    return {"conversation": {"id": "c"}, "from": {"id": "29:x"}, **changes}


def test_every_input_of_a_card_is_clean_text():
    inputs = plain_inputs({"label": HOSTILE, "weekly": True, "day\u200b": 3, "other": [1], "page": None})

    assert inputs == {"label": CLEAN, "weekly": "true", "day": "3"}


def test_an_input_keeps_its_lines_and_is_never_long():
    assert plain_inputs({"question": "One\r\ntwo"}) == {"question": "One\ntwo"}
    assert len(plain_inputs({"question": "x" * 9_000})["question"]) == MAX_INPUT_CHARS


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (HOSTILE, CLEAN),
        (" who\u00a0is\nleft? ", "who is left?"),
        ("su\u200bm\u00admary", "summary"),
        ("\x1b[31mhelp", "\ufffd[31mhelp"),
    ],
)
def test_a_message_is_one_clean_line(text: str, read: str):
    assert plain_message(text) == read


def test_what_a_message_spells_as_entities_is_cleaned_as_well():
    assert typed_text(text_of(activity(text="Phonics&#8238; recorded&#x200b;"))) == "Phonics recorded"


def test_the_name_of_a_chat_is_one_clean_line():
    team = {"team": {"name": "Year\u00a04\n"}, "channel": {"name": "\u202eMaths"}}

    assert name_of(activity(channelData=team)) == "Year 4, Maths"
    assert name_of(activity(conversation={"id": "c", "name": HOSTILE})) == CLEAN


@pytest.mark.parametrize(("id", "account"), [("0E5C-A1", "0e5c-a1"), ("\u212a1", ""), ("a\u200b1", ""), (None, "")])
def test_an_account_is_compared_in_lower_case_ascii_and_is_nobodys_if_it_is_not_ascii(id: str | None, account: str):
    assert account_of(activity(**{"from": {"id": "29:x", "aadObjectId": id}})) == account
    assert tenant_of(activity(channelData={"tenant": {"id": id}})) == account


@pytest.mark.parametrize(
    "nothing", ["\u2800", "\u3164 \uffa0", "\u200d\u200d", "\ufe0f", "\x07\x08", "\u034f", "\ufffd\n"]
)
def test_what_a_reader_would_not_see_was_not_written(nothing: str):
    assert plain_inputs({"answer1": nothing}) == {"answer1": ""}
    assert plain_message(nothing) == ""


@pytest.mark.parametrize("something", ["?", "1", "\N{THUMBS UP SIGN}", "\u0928\u093e", "e\u0301", "\ufffdx"])
def test_what_a_reader_sees_was_written(something: str):
    assert plain_inputs({"answer1": something})["answer1"]
