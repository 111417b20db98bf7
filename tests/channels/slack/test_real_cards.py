"""The real cards through the channel's translation: every button can be pressed and every form sent off."""

import json

from bot.channels.slack.buttons import read_press
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.form_fields import inputs_of
from bot.channels.slack.modal import metadata_of, to_modal
from bot.desk.rules.messages import Outgoing
from bot.settings import ROOT
from tests.channels.fakes import sample


def test_the_agreement_opens_its_form_from_the_button_itself_and_remembers_where_it_was():
    cards = SlackCards(ROOT / "cards", is_demo=False)
    agreement = Outgoing("agreement", sample("agreement"), "The agreement")
    message = cards.message(agreement)
    buttons = [button for block in message["blocks"] for button in block.get("elements", ()) if "action_id" in button]
    (acknowledge,) = [button for button in buttons if read_press(button).opens_form]

    view = to_modal(read_press(acknowledge).form, shown_in={"conversation": "D1", "message": "1.1"})

    assert view["callback_id"] == "acknowledge"
    assert metadata_of(view)[1] == {"conversation": "D1", "message": "1.1"}
    assert list(cards.forms(agreement)) == [acknowledge["action_id"]]
    assert cards.fits(agreement) and len(cards.fingerprint(agreement)) == 64
    tick = {"agree": {"agree toggle": {"type": "checkboxes", "selected_options": []}}}
    assert inputs_of(json.loads(json.dumps({"values": tick}))) == {"agree": "false"}
