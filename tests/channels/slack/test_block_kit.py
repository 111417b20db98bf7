"""The real cards through the channel's translation: every button can be pressed and every form sent off."""

import json

from bot.channels.slack.block_kit import BlockKit
from bot.desk.rules.messages import Outgoing
from bot.settings import ROOT
from tests.channels.fakes import sample


def test_the_agreement_opens_its_form_from_the_button_itself_and_remembers_where_it_was():
    kit = BlockKit(ROOT / "cards")
    agreement = Outgoing("agreement", sample("agreement"), "The agreement")
    message = kit.message(agreement)
    buttons = [button for block in message["blocks"] for button in block.get("elements", ()) if "action_id" in button]
    (acknowledge,) = [button for button in buttons if kit.read_press(button).opens_form]

    view = kit.modal(kit.read_press(acknowledge).form, {"conversation": "D1", "message": "1.1"})

    assert view["callback_id"] == "acknowledge"
    assert kit.metadata_of(view)[1] == {"conversation": "D1", "message": "1.1"}
    assert list(kit.forms(agreement)) == [acknowledge["action_id"]]
    assert kit.fits(agreement) and len(kit.fingerprint(agreement)) == 64
    tick = {"agree": {"agree toggle": {"type": "checkboxes", "selected_options": []}}}
    assert kit.inputs_of(json.loads(json.dumps({"values": tick}))) == {"agree": "false"}
