"""The language of templates: paths, lists to repeat, parts to hide, and nothing else."""

from typing import Any

import pytest

from bot.errors import NoValue, TemplateError
from bot.template import fill


def test_a_path_in_a_sentence_becomes_text_and_a_path_alone_the_value_itself():
    template = {"text": "${sum.of} people", "sum": "${sum}", "fixed": [1, None, True, "as it is"]}

    filled = fill(template, {"sum": {"of": 4}})

    assert filled == {"text": "4 people", "sum": {"of": 4}, "fixed": [1, None, True, "as it is"]}


def test_a_value_is_not_read_as_a_template():
    assert fill({"text": "${said}"}, {"said": "${school}", "school": "S"}) == {"text": "${school}"}


def test_data_repeats_an_object_for_each_item_and_root_reaches_past_it():
    template = {"body": [{"$data": "${rows}", "text": "${name} of ${$root.school}"}, {"text": "end"}]}

    filled = fill(template, {"rows": ({"name": "A"}, {"name": "B"}), "school": "S"})

    assert filled == {"body": [{"text": "A of S"}, {"text": "B of S"}, {"text": "end"}]}


def test_data_begins_a_path_at_the_item():
    assert fill({"body": [{"$data": "${rows}", "text": "${$data}"}]}, {"rows": ["A", "B"]}) == {
        "body": [{"text": "A"}, {"text": "B"}]
    }


def test_lists_in_a_list_are_repeated_from_their_own_item():
    template = {"body": [{"$data": "${rows}", "facts": [{"$data": "${facts}", "text": "${name}"}]}]}

    filled = fill(template, {"rows": [{"facts": [{"name": "A"}]}, {"facts": []}]})

    assert filled == {"body": [{"facts": [{"text": "A"}]}, {"facts": []}]}


def test_when_is_asked_of_each_item():
    template = {"body": [{"$data": "${rows}", "$when": "${name}", "text": "${name}"}]}

    filled = fill(template, {"rows": [{"name": "A"}, {"name": ""}]})

    assert filled == {"body": [{"text": "A"}]}


def test_a_hidden_part_is_gone_from_its_list_and_from_its_object():
    template = {"body": [{"$when": "${shown}", "text": "x"}], "part": {"$when": "${shown}"}}

    assert fill(template, {"shown": False}) == {"body": []}
    assert fill(template, {"shown": True}) == {"body": [{"text": "x"}], "part": {}}


@pytest.mark.parametrize("empty", [False, "", [], (), {}, None])
def test_when_hides_a_part_whose_value_is_empty(empty: object):
    assert fill({"body": [{"$when": "${a.b}", "text": "x"}]}, {"a": {"b": empty}}) == {"body": []}


@pytest.mark.parametrize("there", [True, "x", " ", "false", [""], ({},), {"c": None}, 1, 0, 0.0])
def test_when_shows_a_part_whose_value_is_anything_else(there: object):
    assert fill({"body": [{"$when": "${a.b}", "text": "x"}]}, {"a": {"b": there}}) == {"body": [{"text": "x"}]}


def test_a_hidden_part_is_not_filled():
    hidden = {"$when": "${shown}", "text": "${nothing.there}", "items": [{"$data": "${nor.here}", "$when": "${nor}"}]}

    assert fill({"body": [hidden], "part": hidden}, {"shown": False}) == {"body": []}


@pytest.mark.parametrize(
    "template",
    [
        {"text": "Dear ${who.name}"},
        {"text": "${$root.who.name}"},
        {"body": [{"$data": "${who.name}"}]},
        {"body": [{"$when": "${who.name}"}]},
        {"$when": "${who.name}"},
    ],
)
@pytest.mark.parametrize("values", [{}, {"who": {}}, {"who": "A"}, {"who": None}])
def test_a_path_without_a_value_is_named_wherever_it_is(template: dict[str, Any], values: dict[str, Any]):
    with pytest.raises(NoValue, match=r"^\$\{(\$root\.)?who\.name\} has no value\.$") as raised:
        fill(template, values)

    assert raised.value.path.endswith("who.name")


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ({"text": "${a + b}"}, "${a + b} is not a path such as ${a.b}."),
        ({"text": "${}"}, "${} is not a path"),
        ({"text": "${a.b\n}"}, "is not a path"),
        ({"body": [{"$data": "${a}"}]}, "$data ${a} is not a list."),
        ({"body": [{"$data": "a"}]}, "$data a is not a path"),
        ({"body": [{"$data": ["a"]}]}, "$data ['a'] is not a path"),
        ({"$when": "${a} or ${b}"}, "$when ${a} or ${b} is not a path"),
        ({"$when": True}, "$when True is not a path"),
        ({"$when": "${off}", "text": "x"}, "All of it is hidden."),
    ],
)
def test_anything_else_is_refused_with_a_sentence(template: dict[str, Any], sentence: str):
    with pytest.raises(TemplateError) as raised:
        fill(template, {"a": "x", "off": False})

    assert sentence in str(raised.value)
