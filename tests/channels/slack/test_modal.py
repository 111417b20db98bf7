"""Forms of cards as modals, and what comes back from them."""

import json

import pytest

from bot.channels.slack.block_limits import modal_faults
from bot.channels.slack.blocks import forms_of, to_blocks
from bot.channels.slack.buttons import read_press
from bot.channels.slack.form_fields import inputs_of
from bot.channels.slack.modal import metadata_of, to_modal
from bot.errors import BadInput, CardError
from tests.channels.slack.samples import filled, parts, values

NAMES = ["agreement", "asked", "found", "moving", "opening", "paper", "planning", "request", "summary"]


def state(**blocks):
    return {"values": {id: {block.pop("as", id): block} for id, block in blocks.items()}}


@pytest.mark.parametrize("name", NAMES)
def test_a_button_that_takes_fields_carries_its_form_so_that_it_opens_after_a_restart(name: str):
    card = filled(name)

    for button in parts(to_blocks(card)):
        if str(button.get("action_id", "")).partition(" #")[0].endswith(" form"):
            press = read_press(button)
            assert press.opens_form and to_modal(press.form) == to_modal(card, button["action_id"])


def test_acknowledging_needs_the_tick():
    modal = to_modal(filled("agreement"))
    (tick,) = [block for block in modal["blocks"] if block.get("block_id") == "agree"]

    assert tick["optional"] is False and tick["element"]["type"] == "checkboxes"
    assert len(tick["element"]["options"]) == 1 and "initial_options" not in tick["element"]
    assert (modal["callback_id"], modal["submit"]["text"]) == ("acknowledge", "Acknowledge")


def test_a_modal_knows_the_data_of_its_button_and_where_its_card_is_shown():
    modal = to_modal(filled("agreement"), shown_in={"channel": "D1", "ts": "1.2"})

    data, shown_in = metadata_of(modal)
    assert data == {"campaign": "AUP-2026-1", "version": "16a8", "to": "p1", "test": ""}
    assert shown_in == {"channel": "D1", "ts": "1.2"}


@pytest.mark.parametrize("metadata", [None, "", "[]", "{}", "{", '{"data": 1, "shown_in": {}}', "x" * 3_001])
def test_metadata_of_another_shape_is_refused(metadata):
    with pytest.raises(BadInput):
        metadata_of({"private_metadata": metadata})


def test_each_button_that_takes_fields_opens_a_form_of_its_own():
    forms = forms_of(filled("opening"))

    assert list(forms) == ["test form", "preview form", "open form"]
    assert to_modal(filled("opening"), "open form")["submit"]["text"] == "Open anyway"


def test_a_form_has_only_the_fields_beside_its_button():
    questions = values("questions")["questions"]
    two = [{**questions[0], "answer_id": id, "may_answer": True} for id in ("answer-1", "answer-2")]
    card = filled("questions", {**values("questions"), "questions": two})

    ids = [
        [block["block_id"] for block in to_modal(card, id)["blocks"] if "block_id" in block] for id in forms_of(card)
    ]
    assert ids == [["answer-1"], ["answer-2"]]


def test_a_card_without_a_form_has_no_modal():
    with pytest.raises(CardError):
        to_modal(filled("receipt"))


def test_fields_begin_with_the_values_of_the_card():
    card = filled("opening")
    fields = {block["block_id"]: block["element"] for block in to_modal(card)["blocks"] if block["type"] == "input"}

    assert fields["due"]["initial_date"] == "2026-12-15"
    assert [option["value"] for option in fields["audience"]["initial_options"]] == ["staff"]


def test_a_list_of_more_than_a_hundred_people_is_offered_in_groups():
    people = [{"title": f"A teacher {number:03}", "value": f"p{number}"} for number in range(250)]
    modal = to_modal(filled("paper", {**values("paper"), "people": people, "staff": people}))

    (field,) = [block["element"] for block in modal["blocks"] if block.get("block_id") == "person"]
    assert [len(group["options"]) for group in field["option_groups"]] == [100, 100, 50]
    assert field["option_groups"][0]["label"]["text"] == "A teacher 000 to A teacher 099"
    assert modal_faults(modal) == []


def test_what_was_filled_in_comes_back_in_the_shapes_of_teams():
    given = state(
        label={"type": "plain_text_input", "value": "Year 4 maths"},
        reason={"type": "plain_text_input", "value": None},
        day={"type": "datepicker", "selected_date": "2027-01-31"},
        begins={"type": "timepicker", "selected_time": "09:30"},
        ends={"type": "timepicker", "selected_time": None},
        weekly={"as": "weekly toggle", "type": "checkboxes", "selected_options": [{"value": "true"}]},
        agree={"as": "agree toggle", "type": "checkboxes", "selected_options": []},
        person={"type": "static_select", "selected_option": {"value": "p1"}},
        witness={"type": "static_select", "selected_option": None},
        audience={"type": "checkboxes", "selected_options": [{"value": "staff"}, {"value": "governors"}]},
        clauses={"type": "multi_static_select", "selected_options": [{"value": "AUP-1"}]},
    )

    assert inputs_of(given) == {
        "label": "Year 4 maths",
        "reason": "",
        "day": "2027-01-31",
        "begins": "09:30",
        "ends": "",
        "weekly": "true",
        "agree": "false",
        "person": "p1",
        "witness": "",
        "audience": "staff,governors",
        "clauses": "AUP-1",
    }


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        {},
        {"values": []},
        {"values": {"day": []}},
        {"values": {"day": {}}},
        {"values": {"day": {"day": None}}},
        {"values": {"day": {"other": {"type": "datepicker", "selected_date": None}}}},
        {"values": {"day": {"day": {"type": "datepicker", "selected_date": "2027-02-30"}}}},
        {"values": {"day": {"day": {"type": "datepicker", "selected_date": 5}}}},
        {"values": {"at": {"at": {"type": "timepicker", "selected_time": "25:00"}}}},
        {"values": {"x": {"x": {"type": "file_input", "files": []}}}},
        {"values": {"x": {"x": {"type": "plain_text_input", "value": {}}}}},
        {"values": {"x": {"x": {"type": "checkboxes", "selected_options": {}}}}},
        {"values": {"x": {"x": {"type": "checkboxes", "selected_options": [5]}}}},
        {"values": {"x": {"x toggle": {"type": "static_select", "selected_option": None}}}},
        {"values": {"x": {"x": {"type": "static_select", "selected_option": {"value": None, "text": 1}}}} | {"y": 1}},
        {"values": {str(number): {str(number): {"type": "plain_text_input"}} for number in range(101)}},
    ],
)
def test_a_form_of_another_shape_is_refused(odd):
    with pytest.raises(BadInput, match="Nothing was changed"):
        inputs_of(odd)


@pytest.mark.parametrize(
    "button",
    [
        {},
        {"action_id": 5},
        {"action_id": "look", "value": 5},
        {"action_id": "look", "value": "[]"},
        {"action_id": "look", "value": "{"},
        {"action_id": "look", "value": json.dumps({"a": "x" * 2_000})},
        {"action_id": "open form", "value": '{"$form": {"body": 1}}'},
        {"action_id": "open form", "value": '{"$form": [1]}'},
    ],
)
def test_a_button_of_another_shape_is_refused(button):
    with pytest.raises(BadInput, match="Nothing was changed"):
        read_press(button)
