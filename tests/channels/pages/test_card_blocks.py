"""A card as HTML: every sample of every card can be drawn, and what it says is there."""

import json

import pytest

from bot.cards import Cards, Pages
from bot.channels.pages.card_blocks import card_blocks
from bot.settings import ROOT

CARDS = Cards(ROOT / "cards")
PAGES = Pages(ROOT / "cards" / "pages" / "school")
SAMPLES = sorted((ROOT / "cards" / "samples").glob("*.json"))
VERBS = frozenset({"open", "release", "record_paper", "extend"})


def values(path: str) -> dict[str, object]:
    return json.loads((ROOT / "cards" / "samples" / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_card_can_be_drawn(sample):
    blocks = card_blocks(CARDS.fill(sample.stem, values(sample.name)), VERBS)

    assert blocks.blocks and blocks.forms[0] == "card"


def test_a_button_of_another_command_is_not_drawn():
    card = CARDS.fill("opening", values("opening.json"))

    shown = repr(card_blocks(card, frozenset({"open"})))

    assert '"verb": "open"' in shown and '"verb": "test"' not in shown


def test_what_was_typed_takes_the_place_of_the_cards_own_values():
    card = CARDS.fill("opening", values("opening.json"))

    shown = repr(card_blocks(card, VERBS, {"due": "2031-01-31"}))

    assert "2031-01-31" in shown
