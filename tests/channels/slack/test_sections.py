"""Cards that are too long for one message: nothing is lost, and each part is within Slack's limits."""

from typing import Any

from bot.channels.slack.block_limits import faults, modal_faults
from bot.channels.slack.block_text import Block
from bot.channels.slack.blocks import to_blocks
from bot.channels.slack.card_words import plain_text
from bot.channels.slack.sections import READ_SECTION, Shown, section_modal, sections, shown
from bot.desk.rules.messages import note
from tests.channels.slack.samples import CARDS, filled, parts, shown_words, values

CLAUSE = "I will lock my laptop when I leave the room. "


def long_agreement(clauses: int) -> dict[str, Any]:
    section = {"title": "For my safety", "clauses": [{"text": CLAUSE * 5}] * clauses}
    many = [{**section, "id": f"s{number}", "title": f"Part {number}"} for number in range(8)]
    return filled("agreement", {**values("agreement"), "sections": many})


def assert_slack_takes_all_of(part: Shown, card: dict[str, Any]) -> None:
    assert faults(part.blocks, plain_text(card)) == []
    assert [modal_faults(section_modal(section)) for section in part.sections] == [[]] * len(part.sections)


def all_blocks(part: Shown) -> list[Block]:
    return [*part.blocks, *(block for section in part.sections for block in section.blocks)]


def test_a_card_that_fits_is_shown_whole():
    assert sections(filled("agreement")) == ()
    assert list(shown(filled("agreement")).blocks) == to_blocks(filled("agreement"))


def test_the_parts_of_an_agreement_that_is_too_long_are_read_in_modals():
    card = long_agreement(clauses=12)
    part = shown(card)

    assert_slack_takes_all_of(part, card)
    assert [section.title for section in part.sections[1:]] == [f"Read: Part {number}" for number in range(8)]
    assert shown_words(all_blocks(part)).count(CLAUSE.strip()) == shown_words(to_blocks(card)).count(CLAUSE.strip())
    verbs = [button["action_id"] for button in parts(list(part.blocks)) if button.get("type") == "button"]
    assert verbs[-4:] == ["acknowledge form", "question", "time", "not_now"]
    assert len([verb for verb in verbs if verb.startswith(READ_SECTION)]) == len(part.sections)


def test_a_long_text_is_shown_from_its_beginning_and_the_rest_is_one_press_away():
    card = CARDS.filled(note((CLAUSE * 900).strip()))
    part = shown(card)

    assert_slack_takes_all_of(part, card)
    assert [section.title for section in part.sections] == [f"Read the rest ({page} of 4)" for page in range(1, 5)]
    assert shown_words(all_blocks(part)).count(CLAUSE.strip()) == 900


def test_a_card_with_more_buttons_than_a_message_takes_has_the_others_in_modals():
    action = {"type": "Action.Execute", "title": "Look", "verb": "look"}
    card = {"body": [{"type": "ActionSet", "actions": [action]}] * 260}
    part = shown(card)

    assert_slack_takes_all_of(part, {"body": [{"type": "TextBlock", "text": "Look"}]})
    assert (
        len(
            [
                button
                for button in parts(all_blocks(part))
                if button.get("text", {}) and "look" in str(button.get("action_id"))
            ]
        )
        == 260
    )
