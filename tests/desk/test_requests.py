"""A request in people's own words: what its card says, and what its button carries after a worry."""

import pytest

from bot.desk.rules.messages import ASK_AGAIN, CommandRequest, note
from bot.desk.rules.requests import GO_ON, MAX_PARAMETER_CHARS, Press, offer_to_go_on, request_card, request_in
from bot.errors import BadInput
from tests.fakes import shown

REQUEST = CommandRequest("pause", {"person": "Sam", "until": "5 jan"})


def test_a_card_says_what_was_understood_and_its_buttons_do_it():
    card = shown(request_card("Stop?", ["You want me to stop.", ""], [Press("Stop", "hold", {"campaign": "c"})]))

    assert card.text == "Stop?\nYou want me to stop."
    assert [(button["verb"], button["campaign"]) for button in card.values["buttons"]] == [("hold", "c")]
    assert card.is_for_asker_only


def test_after_a_worry_one_button_carries_what_was_asked_for():
    card = shown(offer_to_go_on(note("Tell the lead."), REQUEST))

    assert card.text == "Tell the lead."
    assert card.request is None
    (button,) = card.values["buttons"]
    assert button["verb"] == GO_ON
    assert request_in(button) == REQUEST


def test_what_is_too_long_to_carry_is_left_out():
    card = offer_to_go_on(note("Tell the lead."), CommandRequest("pause", {"person": "x" * (MAX_PARAMETER_CHARS + 1)}))

    assert request_in(card.values["buttons"][0]) == CommandRequest("pause")


@pytest.mark.parametrize(
    "inputs",
    [{}, {"name": ""}, {"name": "Pause"}, {"name": "a" * 41}, {"name": "pause", "person": "x" * 201}, {"name": "../x"}],
    ids=str,
)
def test_anything_of_another_shape_is_refused(inputs: dict[str, str]):
    with pytest.raises(BadInput, match=ASK_AGAIN):
        request_in(inputs)


def test_what_no_command_knows_is_not_carried():
    assert request_in({"name": "stop", "campaign": "c", "digest": "d"}) == CommandRequest("stop")
