"""Cards in Teams: how large they may be, and the fingerprint of what people see."""

import hashlib
import json
from typing import Any

from bot.cards import Cards
from bot.channels.teams import limits
from bot.channels.teams.cards import TeamsCards
from bot.desk.rules.messages import Outgoing, QuietLine, note, with_quiet_line
from bot.settings import ROOT
from tests.channels.fakes import shown

REAL, DEMO = TeamsCards(ROOT / "cards", is_demo=False), TeamsCards(ROOT / "cards", is_demo=True)
CHOOSE = shown("choose", "Which?")


def content(outgoing: Outgoing) -> dict[str, Any]:
    """The card as it is sent."""
    return dict(REAL.message(outgoing)["attachments"][0]["content"])


def sha256(card: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(card, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def test_a_card_fits_up_to_the_last_byte_of_what_teams_takes():
    room = limits.MAX_CARD_BYTES - len('{"text": ""}')

    assert limits.fits({"text": "x" * room})
    assert not limits.fits({"text": "x" * (room + 1)})
    assert not limits.fits({"text": "é" * room})  # two bytes each
    assert (REAL.fits(note("Short.")), REAL.fits(note("x" * 30_000))) == (True, False)


def test_the_fingerprint_is_of_the_card_as_it_is_filled_and_says_whether_it_was_a_demo():
    filled = Cards(ROOT / "cards").fill("choose", {**CHOOSE.values, "is_demo": False})

    assert REAL.fingerprint(CHOOSE) == sha256(filled)
    assert REAL.fingerprint(CHOOSE) != DEMO.fingerprint(CHOOSE)


def test_buttons_for_older_clients_are_sent_and_do_not_count_in_the_fingerprint():
    assert "Action.Submit" in str(content(CHOOSE))
    assert REAL.fingerprint(CHOOSE) != sha256(content(CHOOSE))


def test_a_quiet_line_is_the_last_thing_on_the_card():
    line = QuietLine("Tell the lead on 01234.", "Tell the lead on [01234](tel:01234).")
    card = content(with_quiet_line(CHOOSE, line))

    assert card["body"][:-1] == content(CHOOSE)["body"]
    assert card["body"][-1]["text"] == line.on_card
