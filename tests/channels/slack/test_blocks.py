"""Every card as Block Kit: whole, within Slack's limits, and with no value that Slack would read as markup."""

import re
from typing import Any

import pytest

from bot.card_text import cleaned
from bot.channels.slack.block_limits import faults, modal_faults
from bot.channels.slack.blocks import to_blocks
from bot.channels.slack.buttons import read_press, verb_of
from bot.channels.slack.card_words import MAX_TEXT_BYTES, REST, plain_text, words
from bot.desk.rules.messages import note
from bot.errors import CardError
from tests.channels.slack.samples import (
    CARDS,
    everything,
    filled,
    modals,
    parts,
    shown_texts,
    shown_words,
    values,
)
from tests.test_card_text import ORDINARY, with_every_text

HOSTILE = [
    "<!channel> <!here> <!everyone>",
    "<@U012AB3CD> <#C012AB3CD> <!subteam^S012AB3CD>",
    "@channel @here",
    "<https://evil.example|the school>",
    "https://evil.example/ www.evil.example",
    "mailto:head@evil.example tel:999",
    "*x* _x_ ~x~ `x`",
    "```\nx\n```",
    "> quoted\n- listed\n1. numbered",
    "&lt;!channel&gt; &amp;lt; &",
    ":smile: :+1::skin-tone-2:",
    "<!date^1392734382^Posted {date_num}|x>",
    "[x](https://evil.example)",
]
MISLEADING = ["A \u202eteacher", "A\u200bteacher", "A\u2066teacher\u2069"]
FIRST_HEADING = "Name"  # of a table: in Slack each row is a line, and begins with the name
PARSED = {"mrkdwn", "markdown", "link", "user", "usergroup", "channel", "broadcast", "emoji", "date"}

every_card = pytest.mark.parametrize("name", CARDS.names())


def shape(part: Any) -> Any:
    """Blocks with "x" in place of every text, and without the values of buttons."""
    if isinstance(part, dict):
        return {key: shape(value) for key, value in part.items() if key != "value"}
    return [shape(item) for item in part] if isinstance(part, list) else "x" if isinstance(part, str) else part


@every_card
def test_every_card_is_translated_whole_and_slack_takes_it(name: str):
    card = filled(name)

    assert faults(to_blocks(card, is_strict=True), plain_text(card)) == []
    assert [modal_faults(modal) for modal in modals(card)] == [[] for _ in modals(card)]


@every_card
def test_every_word_of_a_card_is_in_its_message_or_in_a_form_of_it(name: str):
    card = filled(name)
    shown = shown_words([everything(card), [modal["title"] for modal in modals(card)]])

    assert {line for line in words(card) if line not in shown} <= {FIRST_HEADING}


@every_card
@pytest.mark.parametrize("text", HOSTILE)
def test_no_value_of_a_card_mentions_links_or_formats_anything(name: str, text: str):
    hostile = with_every_text(values(name), text)
    card = filled(name, hostile)
    blocks = everything(card)

    assert not {part.get("type") for part in parts(blocks)} & PARSED
    assert all(part["emoji"] is False for part in parts(blocks) if part.get("type") == "plain_text")
    links = {part["url"] for part in parts(blocks) if "url" in part}
    assert links <= {values(name).get("link")} and not any("image_url" in part for part in parts(blocks))
    top = plain_text(card)
    assert not re.search(r"[<>]|://|&(?!(amp|lt|gt);)|@(?!\u2060)|www\.(?!\u2060)|(mailto|tel):(?!\u2060)", top)


@every_card
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_is_shown_as_the_characters_it_has(name: str, text: str):
    card = filled(name, with_every_text(values(name), text))
    shown = shown_words([everything(card), [modal["title"] for modal in modals(card)]])

    for line in (line for line in text.split("\n") if line.strip() and line != "x"):
        if line in "\n".join(words(card)):
            assert line.strip() in shown


@every_card
@pytest.mark.parametrize("text", MISLEADING)
def test_characters_that_mislead_a_reader_reach_no_text(name: str, text: str):
    card = filled(name, with_every_text(values(name), text))

    assert text not in shown_words(everything(card)) and text not in plain_text(card)
    assert (
        cleaned(text) in shown_words(everything(card))
        or name == "welcome"
        or cleaned(text) not in " ".join(words(card))
    )


@every_card
@pytest.mark.parametrize("text", ORDINARY)
def test_the_blocks_of_a_card_are_the_same_whatever_a_name_is(name: str, text: str):
    letters = "n" * len(text)
    one, other = (everything(filled(name, with_every_text(values(name), value))) for value in (text, letters))

    assert [block["type"] for block in one] == [block["type"] for block in other]
    assert "mrkdwn" not in str(shape(one))


@every_card
def test_every_button_says_its_verb_and_gives_back_its_data(name: str):
    card = filled(name)
    actions = {
        (part["verb"], str(part.get("data", {}))) for part in parts(card) if part.get("type") == "Action.Execute"
    }
    buttons = [part for part in parts(to_blocks(card)) if part.get("type") == "button" and "url" not in part]
    presses = [read_press(button) for button in buttons]

    assert {(press.verb, str(dict(press.data))) for press in presses} == actions
    assert len({button["action_id"] for button in buttons}) == len(buttons)
    assert [verb_of(button["action_id"]) for button in buttons] == [press.verb for press in presses]


def test_what_a_click_unfolds_is_a_closed_container_with_the_title_of_its_button():
    containers = [block for block in to_blocks(filled("answer")) if block["type"] == "container"]

    assert [block["default_collapsed"] for block in containers] == [True]
    assert containers[0]["title"]["text"] == "Show 1 more clause"


def test_a_verdict_is_in_the_words_and_never_in_a_colour():
    said = {style: to_blocks(filled("answer", {**values("answer"), "style": style})) for style in ("good", "attention")}

    assert said["good"] == said["attention"]
    assert values("answer")["headline"] in shown_texts(said["good"])


def test_a_number_to_call_is_shown_as_a_number():
    blocks = to_blocks(
        filled("note_with_phones", {**values("note_with_phones"), "text": "Call [01524 000000](tel:01524000000) now."})
    )

    assert shown_texts(blocks)[-1] == "Call 01524 000000 now."


def test_the_picture_of_a_summary_is_a_file_that_was_shared_and_else_its_words():
    with_file = to_blocks(filled("summary"), picture="F012AB3CD")
    without = to_blocks(filled("summary"))

    (image,) = [block for block in with_file if block["type"] == "image"]
    says = values("summary")["picture_says"]
    assert (image["slack_file"], image["alt_text"]) == ({"id": "F012AB3CD"}, says)
    assert not [block for block in without if block["type"] == "image"] and shown_texts(without).count(says) == 1
    assert "data:image" not in str(with_file)


def test_words_of_a_picture_that_nothing_else_says_are_shown_when_there_is_no_file():
    card = {"body": [{"type": "Image", "url": "data:image/png;base64,", "altText": "36 of 40."}]}

    assert shown_texts(to_blocks(card)) == ["36 of 40."]


def test_an_element_of_an_unknown_kind_is_an_error_in_tests_and_its_words_in_a_school():
    card = {"body": [{"type": "Carousel", "pages": [], "items": [{"type": "TextBlock", "text": "Words."}]}]}

    assert shown_texts(to_blocks(card)) == ["Words."]
    with pytest.raises(CardError, match="'Carousel'"):
        to_blocks(card, is_strict=True)


def test_a_button_of_an_unknown_kind_is_an_error_in_tests_and_named_in_a_school():
    card = {"body": [], "actions": [{"type": "Action.Submit", "title": "Send"}]}

    assert "“Send” cannot be offered here" in shown_words(to_blocks(card))
    with pytest.raises(CardError, match=r"'Action\.Submit'"):
        to_blocks(card, is_strict=True)


def test_a_button_whose_data_is_too_long_for_slack_is_said_and_not_sent():
    blocks = to_blocks(filled("answer", {**values("answer"), "question": "x" * 2_000}))

    assert "“Send this question to the school” cannot be offered here" in shown_words(blocks)
    assert "send" not in [part.get("action_id") for part in parts(blocks)]


def test_a_long_text_is_shown_whole_in_several_paragraphs_cut_between_sentences():
    text = "A sentence of the policy. " * 300
    blocks = to_blocks(CARDS.filled(note(text.strip())))

    paragraphs = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert " ".join(paragraphs) == text.strip() and all(part.endswith("policy.") for part in paragraphs)
    assert max(map(len, paragraphs)) <= 3_000


def test_the_text_of_a_long_message_ends_after_a_sentence_and_says_that_there_is_more():
    text = plain_text(CARDS.filled(note("Mrs O’Neil <b> & co say so. " * 300)))

    assert len(text.encode()) <= MAX_TEXT_BYTES
    assert text.endswith(f"say so.{REST}")


def test_the_text_of_one_endless_word_is_within_the_limit_too():
    assert len(plain_text({"body": [{"type": "TextBlock", "text": "&" * 9_000}]}).encode()) <= MAX_TEXT_BYTES


def test_more_than_ten_blocks_behind_one_button_are_in_several_containers():
    rows = [{"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Look", "verb": "look"}]}] * 12
    toggle = {"type": "Action.ToggleVisibility", "title": "More", "targetElements": ["more"]}
    hidden = {"type": "Container", "id": "more", "isVisible": False, "items": rows}
    containers = to_blocks({"body": [{"type": "ActionSet", "actions": [toggle]}, hidden]})

    assert [(one["title"]["text"], len(one["child_blocks"])) for one in containers] == [
        ("More (1 of 2)", 10),
        ("More (2 of 2)", 2),
    ]


def test_whether_an_answer_helped_is_one_press_below_it_and_needs_nothing_unfolded():
    blocks = to_blocks(filled("answer"))

    (number,) = [place for place, block in enumerate(blocks) if "Did this help?" in str(block)]
    assert blocks[number]["type"] == "context"
    assert [button["action_id"] for button in blocks[number + 1]["elements"]] == ["helped", "did_not_help"]
