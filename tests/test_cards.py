"""The cards: filled without holes, made of known elements, usable by everybody."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.card_text import plain_card
from bot.cards import Cards, with_last_line
from bot.errors import CardError
from bot.settings import ROOT
from bot.template import fill

CARDS = Cards(ROOT / "cards")
ELEMENTS = {
    "AdaptiveCard",
    "Container",
    "TextBlock",
    "RichTextBlock",
    "TextRun",
    "ActionSet",
    "Input.Text",
    "Input.Toggle",
    "Input.Date",
    "Input.Time",
    "Input.ChoiceSet",
    "Image",
    "FactSet",
    "Table",
    "TableRow",
    "TableCell",
    "Action.Execute",
    "Action.OpenUrl",
    "Action.ShowCard",
    "Action.ToggleVisibility",
}


def sample(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "cards" / "samples" / f"{name}.json").read_text(encoding="utf-8"))


def filled(name: str) -> dict[str, Any]:
    return CARDS.fill(name, sample(name))


def elements(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "type" in part:
            yield part
        for value in part.values():
            yield from elements(value)
    elif isinstance(part, list):
        for value in part:
            yield from elements(value)


every_card = pytest.mark.parametrize("name", CARDS.names())


@every_card
def test_every_card_has_a_sample_that_fills_it(name):
    card = filled(name)

    assert card["type"] == "AdaptiveCard"
    assert card["version"] == "1.5"
    assert "${" not in json.dumps(card)


@every_card
def test_a_missing_value_is_an_error_that_names_card_and_path(name):
    with pytest.raises(CardError, match=rf"cards/{name}.json: \$\{{.*\}} has no value"):
        CARDS.fill(name, {})


@every_card
def test_only_elements_of_version_1_5_that_every_channel_draws_are_used(name):
    assert {element["type"] for element in elements(filled(name))} <= ELEMENTS


@every_card
def test_every_card_can_be_read_by_everybody(name):
    card = filled(name)

    assert card["fallbackText"].strip()
    for element in elements(card):
        if element["type"] == "TextBlock":
            assert element["wrap"] is True, element
        if element["type"].startswith("Input."):
            assert element["label"].strip() and element["errorMessage"].strip(), element
        if element["type"].startswith("Action."):
            assert element["title"].strip(), element
        if element["type"] == "Image":
            assert len(element["altText"]) > 10, element


def test_every_part_of_the_agreement_that_is_closed_has_a_button_that_names_it():
    card = list(elements(filled("agreement")))
    closed = {element["id"] for element in card if element.get("isVisible") is False}
    toggles = [element for element in card if "targetElements" in element]
    opened = {id: toggle["title"] for toggle in toggles for id in toggle["targetElements"]}

    assert closed and closed == set(opened)
    assert all(title.startswith("Read: ") and len(title) > 10 for title in opened.values())


def test_only_acknowledging_needs_the_tick():
    actions = [element for element in elements(filled("agreement")) if element["type"] == "Action.Execute"]

    free = {element["verb"] for element in actions if element.get("associatedInputs") == "none"}
    assert free == {element["verb"] for element in actions} - {"acknowledge"} == {"question", "time", "not_now"}


@pytest.mark.parametrize("name", sorted(set(CARDS.names()) - {"note", "note_with_phones"}))
def test_every_card_that_says_more_than_a_line_has_a_heading(name):
    assert any(element.get("style") == "heading" for element in elements(filled(name)))


def test_quotations_are_text_runs_which_no_client_reads_as_markup():
    sly = sample("answer")
    sly["governing"]["text"] = "**bold** [click](https://example.org) <b>x</b>"

    runs = [element["text"] for element in elements(CARDS.fill("answer", sly)) if element["type"] == "TextRun"]
    assert sly["governing"]["text"] in runs


def test_the_send_form_is_not_offered_after_a_hand_off():
    worried = {**sample("answer"), "may_send": False, "hand_off": "Tell somebody."}

    assert not any(element["type"] == "Input.Text" for element in elements(CARDS.fill("answer", worried)))


def test_an_answer_is_in_the_order_in_which_it_is_read():
    values = sample("answer")
    texts = [element["text"] for element in elements(filled("answer")) if "text" in element]
    in_order = [
        values["headline"],
        values["says"],
        values["governing"]["text"],
        f"I read your question as: {values['asks']}.",
        values["notes"][0]["text"],
        values["pointer"],
        "A draft: the school has not approved this answer yet.",
        "Or did you mean",
        "See also",
        values["more"][0]["text"],
        "Did this help?",
    ]

    places = [texts.index(text) for text in in_order]
    assert places == sorted(places)


def _verbs(part: dict[str, Any]) -> set[str]:
    return {element["verb"] for element in elements(part) if "verb" in element}


@pytest.mark.parametrize("name", ["answer", "silent", "choose"])
def test_feedback_and_the_send_form_are_closed_behind_one_quiet_line_with_a_name(name: str):
    card = filled(name) if name != "choose" else CARDS.fill("choose", {**sample("choose"), "may_send": True})
    (feedback,) = [part for part in card["body"] if part.get("id") == "feedback"]
    (line,) = [part for part in card["body"] if part.get("selectAction", {}).get("targetElements") == ["feedback"]]

    assert feedback["isVisible"] is False and line["selectAction"]["title"] == line["items"][0]["text"]
    inside = _verbs(feedback)
    outside = {verb for part in card["body"] if part is not feedback for verb in _verbs(part)}
    assert "send" in inside and outside <= {"look", "go_on"}


@every_card
def test_demo_is_on_every_card_of_a_demo_and_on_no_other(name):
    texts = [
        [element.get("text") for element in elements(CARDS.fill(name, {**sample(name), "is_demo": demo}))]
        for demo in (True, False)
    ]

    assert ["DEMO" in card_texts for card_texts in texts] == [True, False]


@every_card
def test_every_part_with_a_condition_goes_when_its_value_is_empty(name):
    template = json.loads((ROOT / "cards" / f"{name}.json").read_text(encoding="utf-8"))
    values = sample(name)

    for condition in {part["$when"] for part in template["body"] if "$when" in part}:
        value_name = condition.strip("${}").removeprefix("root.")
        emptied = {**values, value_name: type(values[value_name])()}
        others = [part for part in template["body"] if part.get("$when") != condition]
        assert CARDS.fill(name, emptied) == plain_card(fill({**template, "body": others}, emptied))


@every_card
def test_every_card_can_say_one_more_line_at_its_end(name):
    card = filled(name)
    longer = with_last_line(card, "Tell the lead.")

    assert longer["body"][:-1] == card["body"]
    assert longer["body"][-1]["text"] == "Tell the lead." and longer["body"][-1]["wrap"] is True
    assert longer["fallbackText"] == f"{card['fallbackText']} Tell the lead."


def test_a_part_without_a_value_of_its_own_is_left_out(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps({"note": {"$when": "${note}", "text": "${note}"}}), encoding="utf-8")
    cards = Cards(tmp_path)

    assert cards.fill("one", {"note": "Today only."}) == {"note": {"text": "Today only."}}
    assert cards.fill("one", {"note": ""}) == {}
    with pytest.raises(CardError, match=r"^cards/one.json: \$\{note\} has no value"):
        cards.fill("one", {})


def test_a_template_that_is_written_wrongly_is_named(tmp_path):
    (tmp_path / "sum.json").write_text(json.dumps({"text": "${a + b}"}), encoding="utf-8")

    with pytest.raises(CardError, match=r"^cards/sum\.json: \$\{a \+ b\} is not a path"):
        Cards(tmp_path).fill("sum", {})


def test_an_unknown_card_and_a_broken_file_are_named(tmp_path):
    with pytest.raises(CardError, match="no card called 'nothing'"):
        CARDS.fill("nothing", {})
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(CardError, match=r"cards/bad.json cannot be read"):
        Cards(tmp_path)
    (tmp_path / "bad.json").write_text("[]", encoding="utf-8")
    with pytest.raises(CardError, match=r"cards/bad.json is not a card"):
        Cards(tmp_path)


@pytest.mark.parametrize("name", ["answer.png", "phone.png", "teams.png"])
def test_the_pictures_of_the_readme_are_there(name: str):
    assert (ROOT / "docs" / "pictures" / name).is_file()
