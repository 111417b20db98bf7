"""The cards: filled without holes, made of known elements, usable by everybody."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.cards import Cards
from bot.errors import CardError
from bot.settings import ROOT

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
    assert {one["type"] for one in elements(filled(name))} <= ELEMENTS


@every_card
def test_every_card_can_be_read_by_everybody(name):
    card = filled(name)

    assert card["fallbackText"].strip()
    for one in elements(card):
        if one["type"] == "TextBlock":
            assert one["wrap"] is True, one
        if one["type"].startswith("Input."):
            assert one["label"].strip() and one["errorMessage"].strip(), one
        if one["type"].startswith("Action."):
            assert one["title"].strip(), one
        if one["type"] == "Image":
            assert len(one["altText"]) > 10, one


def test_every_part_of_the_agreement_that_is_closed_has_a_button_that_names_it():
    card = list(elements(filled("agreement")))
    closed = {one["id"] for one in card if one.get("isVisible") is False}
    opened = {id: one["title"] for one in card if "targetElements" in one for id in one["targetElements"]}

    assert closed and closed == set(opened)
    assert all(title.startswith("Read: ") and len(title) > 10 for title in opened.values())


def test_only_acknowledging_needs_the_tick():
    actions = [one for one in elements(filled("agreement")) if one["type"] == "Action.Execute"]

    free = {one["verb"] for one in actions if one.get("associatedInputs") == "none"}
    assert free == {one["verb"] for one in actions} - {"acknowledge"} == {"question", "time", "not_now"}


@pytest.mark.parametrize("name", sorted(set(CARDS.names()) - {"note"}))
def test_every_card_that_says_more_than_a_line_has_a_heading(name):
    assert any(one.get("style") == "heading" for one in elements(filled(name)))


def test_quotations_are_text_runs_which_no_client_reads_as_markup():
    sly = sample("answer")
    sly["governing"]["text"] = "**bold** [click](https://example.org) <b>x</b>"

    runs = [one["text"] for one in elements(CARDS.fill("answer", sly)) if one["type"] == "TextRun"]
    assert sly["governing"]["text"] in runs


def test_the_send_form_is_not_offered_after_a_hand_off():
    worried = {**sample("answer"), "may_send": False, "has_hand_off": True, "hand_off": "Tell somebody."}

    assert not any(one["type"] == "Input.Text" for one in elements(CARDS.fill("answer", worried)))


@every_card
def test_demo_stands_on_every_card_of_a_demo_and_on_no_other(name):
    texts = [
        [one.get("text") for one in elements(CARDS.fill(name, {**sample(name), "is_demo": demo}))]
        for demo in (True, False)
    ]

    assert ["DEMO" in said for said in texts] == [True, False]


def one_card(tmp_path, template: object) -> Cards:
    (tmp_path / "one.json").write_text(json.dumps(template), encoding="utf-8")
    return Cards(tmp_path)


def test_a_list_is_repeated_and_reaches_the_whole_by_root(tmp_path):
    cards = one_card(tmp_path, {"body": [{"$data": "${rows}", "text": "${name} of ${$root.school}"}]})

    assert cards.fill("one", {"rows": [{"name": "A"}, {"name": "B"}], "school": "S"}) == {
        "body": [{"text": "A of S"}, {"text": "B of S"}]
    }


def test_what_is_switched_off_is_gone(tmp_path):
    cards = one_card(tmp_path, {"body": [{"$when": "${shown}", "text": "x"}], "part": {"$when": "${shown}"}})

    assert cards.fill("one", {"shown": False}) == {"body": []}
    assert cards.fill("one", {"shown": True}) == {"body": [{"text": "x"}], "part": {}}


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ({"text": "${a + b}"}, "more than a path"),
        ({"body": [{"$data": "${a}"}]}, "is not a list"),
        ({"$when": "${a}"}, "is not true or false"),
    ],
)
def test_anything_but_paths_lists_and_switches_is_refused(tmp_path, template, sentence):
    with pytest.raises(CardError, match=sentence):
        one_card(tmp_path, template).fill("one", {"a": "x"})


def test_an_unknown_card_and_a_broken_file_are_named(tmp_path):
    with pytest.raises(CardError, match="no card called 'nothing'"):
        CARDS.fill("nothing", {})
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(CardError, match=r"cards/bad.json cannot be read"):
        Cards(tmp_path)


@pytest.mark.parametrize("name", ["answer.png", "phone.png", "teams.png"])
def test_the_pictures_of_the_readme_are_there(name: str):
    assert (ROOT / "docs" / "pictures" / name).is_file()
