"""Cards with a template of their own for Slack: the same values, and the same words as everywhere."""

import shutil

import pytest

from bot.cards import Cards
from bot.channels.slack.blocks import to_blocks
from bot.channels.slack.card_words import words
from bot.channels.slack.cards import SlackCards
from bot.desk.rules.messages import Outgoing, QuietLine, note, with_quiet_line
from bot.errors import CardError
from bot.settings import ROOT
from tests.channels.slack.samples import CARDS, filled, shown_words, values


@pytest.mark.parametrize("name", CARDS.own_names())
@pytest.mark.parametrize("is_full", [True, False])
def test_a_template_for_slack_says_the_same_words_as_the_cards_own(name: str, is_full: bool):
    own_values = {key: value if is_full else type(value)() for key, value in values(name).items()} | {"is_demo": True}
    own = words(filled(name, own_values))
    everywhere = words(Cards(ROOT / "cards").fill(name, own_values))

    assert [line for line in everywhere if line.rstrip(":") not in "\n".join(own)] == []
    assert [line for line in own if not all(part in "\n".join(everywhere) for part in line.split(": "))] == []


def test_the_agreement_has_a_template_of_its_own_with_a_container_for_each_section():
    containers = [block for block in to_blocks(filled("agreement")) if block["type"] == "container"]

    assert [(one["title"]["text"], one["default_collapsed"]) for one in containers] == [
        ("What changed since you last acknowledged", False),
        ("Read: For my safety", True),
    ]


def test_a_template_without_a_card_of_that_name_is_refused(tmp_path):
    shutil.copy(ROOT / "cards" / "note.json", tmp_path / "note.json")
    (tmp_path / "slack").mkdir()
    shutil.copy(ROOT / "cards" / "note.json", tmp_path / "slack" / "other.json")

    with pytest.raises(CardError, match=r"cards/slack/other\.json"):
        SlackCards(tmp_path, is_demo=False)


def test_a_template_for_slack_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "slack").mkdir()
    (tmp_path / "slack" / "agreement.json").write_text("{", encoding="utf-8")

    with pytest.raises(CardError, match=r"cards/slack/agreement\.json cannot be read"):
        SlackCards(tmp_path, is_demo=False)


def test_a_message_says_its_words_as_text_and_lets_slack_read_nothing_into_them():
    message = CARDS.message(note("Mrs O’Neil <!channel>"))

    assert message["text"] == "DEMO\nMrs O’Neil &lt;!channel&gt;"
    assert (message["parse"], message["mrkdwn"], message["link_names"]) == ("none", False, False)


def test_a_quiet_line_is_the_last_thing_of_a_message():
    line = QuietLine("Tell the lead on 01234.", "Tell the lead on [01234](tel:01234).")
    card = CARDS.filled(with_quiet_line(note("An answer."), line))

    assert shown_words(to_blocks(card)).endswith("Tell the lead on 01234.")


def test_a_card_fits_up_to_what_one_message_takes():
    fits = [CARDS.fits(Outgoing("note", note("x. " * count).values, "x")) for count in (100, 900, 5_000)]

    assert fits == [True, True, False]
