"""What is typed is cleaned once: every command is understood however a client, a phone or a copied line wraps it."""

from dataclasses import replace
from time import perf_counter

import pytest

from bot.desk.rules.messages import Incoming
from bot.desk.rules.typed_text import typed_text
from bot.people.rules.person import Caller, Proof
from bot.recordings.plan_notice import REQUEST

WRAPPINGS = (
    "{}",
    "  {}\n",
    "@Staffroom {}",
    "@Staffroom, {}",
    "@Staffroom: {}",
    "@STAFFROOM {}",
    "{} @Staffroom",
    "<at>Staffroom</at> {}",
    "<at id='0'>staffroom</at>, {}",
    "Staffroom, {}",
    "staffroom: {}",
    "<p>{}</p>",
    "<p>&nbsp;{}&nbsp;</p>",
    "<div><at>Staffroom</at> {}</div>",
    "<p><strong>{}</strong></p>",
    "\u201c{}\u201d",
    "\u2018{}\u2019",
    '"{}"',
    "'{}'",
    "• {}",
    "- {}",
    "– {}",
    "* {}",
    "> {}",
    "**{}**",
    "{}.",
    "{}!",
    "{}?",
    "{}…",
    "...{}",
    "{}\u200b",
    "\u200b{}\u200d",
    "\ufeff{}",
    "\u00a0{}\u00a0",
    "\u202e{}\u202c",
    "@Staffroom \u201c{}.\u201d",
    "<p>{}",
    "{}</p>",
    "<em>{}</em>!",
    "<!-- from a mail -->{}",
    '<attachment id="1"></attachment>{}',
    '<at id="0">Staffroom</at>&nbsp;{}',
    "&gt; {}",
    "~~{}~~",
    "[{}]",
    "1. {}",
    "2) {}",
    "/{}",
    "@ Staffroom {}",
    "\uff20Staffroom {}",
    '@"Staffroom" {}',
    "@Staffroom bot, {}",
    "[@Staffroom](https://teams.example/bot) {}",
    "Hey Staffroom, {}",
    "Hi @Staffroom {}",
    "{}\u034f",
    "\x1b[1m{}\x1b[0m",
)


def incoming(text: str) -> Incoming:
    caller = Caller("", "", "", "", Proof.DEMO)
    return Incoming(caller, "", text=typed_text(text))


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_request_for_a_notice_is_understood_in_every_wrapping(wrapping: str):
    text = incoming(wrapping.format("recording notice for Year 4 maths tomorrow 10am")).text

    match = REQUEST.fullmatch(text)
    assert match is not None
    assert match["rest"].startswith("Year 4 maths tomorrow 10am")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Can I use “WhatsApp”?", "Can I use “WhatsApp”?"),
        ("“lockdown” and “invacuation”", "“lockdown” and “invacuation”"),
        ("What does <3 mean?", "What does <3 mean?"),
        ("mail me@staffroom.example about it", "mail me@staffroom.example about it"),
        ("first line\nsecond line", "first line\nsecond line"),
        ("👩\u200d🏫 hello", "👩\u200d🏫 hello"),
        ("the staffroom fridge", "the staffroom fridge"),
        ("?", "?"),
        ("", ""),
        ("\u200b \u2800", ""),
    ],
)
def test_what_somebody_meant_is_left_as_it_is(text: str, cleaned: str):
    assert typed_text(text) == cleaned


def test_cleaning_again_changes_nothing():
    for wrapping in WRAPPINGS:
        once = typed_text(wrapping.format("who is left"))
        assert typed_text(once) == once


def test_the_end_of_a_long_message_is_read():
    assert typed_text("word " * 5_000 + "end").endswith("end")


def test_a_button_is_left_as_it_is():
    pressed = replace(incoming(""), verb="help")
    assert (pressed.verb, pressed.text) == ("help", "")


@pytest.mark.parametrize(
    "text", ["help \U0001f64f", "\U0001f642 help", "help \U0001f44d\U0001f3fd!", "{help}", "<help>"]
)
def test_a_command_is_known_beside_emoji_and_brackets(text: str):
    assert incoming(text).plain_text == "help"


@pytest.mark.parametrize(
    "text", ["Hey Staffroom", "Hello Staffroom!", "3 < 5 > 2", "he<b>l</b>p", "3.10 maths", "<5 minutes> late"]
)
def test_words_that_only_resemble_a_wrapping_stay(text: str):
    assert typed_text(text) == text


def test_a_hostile_line_does_not_take_long():
    began = perf_counter()

    for part in ("1. ", "/", "<p", "</p", "<!--", "&gt; ", "hi ", "[@staffroom](", "\x1b[", "\U0001f64f"):
        incoming(part * (90_000 // len(part)))

    assert perf_counter() - began < 20
