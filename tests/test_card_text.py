"""Every value of every card, page and sheet arrives as the characters it has."""

import copy
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.card_text import cleaned, is_plain, plain_card
from bot.cards import Cards, Pages, with_last_line
from bot.settings import ROOT

CARDS = Cards(ROOT / "cards")
MARKDOWN = MarkdownIt("js-default", {"html": True})  # what Microsoft's renderer for browsers uses, with HTML as well
HOSTILE = [
    "[click](https://evil.example/)",
    "![x](http://evil.example/x.png)",
    "[01524 000000](tel:01524000000)",
    "[call](tel:01524000000)",
    "<at>Everybody</at>",
    "<b>bold</b>",
    "<https://evil.example/>",
    "https://evil.example/",
    "**bold** and _slanted_ and ~~gone~~ and `code`",
    "# A heading",
    "1. A teacher",
    "- A teacher",
    "> A teacher",
    "a*b*c",
    "back\\slash \\[x]",
    "&lt;b&gt; &#91;x&#93;(http://evil.example)",
    "{{DATE(2026-09-07T09:00:00Z,SHORT)}}",
    "a | b\n--- | ---\n1 | 2",
    "Title\n=====",
    "[click]\n(https://evil.example/)",
    "[click][1]\n\n[1]: https://evil.example/",
]
MISLEADING = [
    "A \u202eteacher",
    "A\x16teacher",
    "A\ud800teacher",
    "A\ufffeteacher",
    "A\u200bteacher",
    "\x1b[31mA teacher",
]
ORDINARY = ["O'Neil-Smith (Mrs.)", "Year 4: maths, 10:00 to 11:00", "Zo\u00eb & Ji\u0159\u00ed", "Half-term?"]
KEPT_NAMES = frozenset(("is_demo", "style", "verb", "picture", "link"))  # ours, never words of somebody


def samples(name: str) -> Any:
    return json.loads((ROOT / "cards" / "samples" / f"{name}.json").read_text(encoding="utf-8"))


def with_every_text(part: Any, text: str, name: str = "") -> Any:
    """The values of a card with one text in place of each of theirs."""
    if isinstance(part, dict):
        return {key: with_every_text(value, text, key) for key, value in part.items()}
    if isinstance(part, list):
        return [with_every_text(item, text, name) for item in part]
    return text if isinstance(part, str) and part and name not in KEPT_NAMES else part


def elements(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from elements(item)


def texts_read_as_markdown(card: Any) -> Iterator[str]:
    for element in elements(card):
        if element.get("type") == "TextBlock":
            yield element["text"]
        if element.get("type") == "FactSet":
            yield from (fact[key] for fact in element["facts"] for key in ("title", "value"))
        if "fallbackText" in element:
            yield element["fallbackText"]


def kinds_of_markup(text: str) -> set[str]:
    tokens = [inner for token in MARKDOWN.parse(text) for inner in (token, *(token.children or ()))]
    harmless = {"inline", "text", "text_special", "paragraph_open", "paragraph_close", "softbreak", "hardbreak"}
    return {token.type for token in tokens} - harmless


def strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from strings(item)


def words_shown(card: Any) -> str:
    runs = ["".join(run["text"] for run in part["inlines"]) for part in elements(card) if "inlines" in part]
    return "\n".join([*texts_read_as_markdown(card), *runs])


every_card = pytest.mark.parametrize("name", CARDS.names())


@every_card
@pytest.mark.parametrize("text", HOSTILE)
def test_no_value_of_a_card_becomes_markup_and_its_words_are_there(name: str, text: str):
    linked = {"hand_off", "quiet_hand_off", "ask_a_person"} if "tel:" in text else set()
    values = {key: "" if key in linked else value for key, value in with_every_text(samples(name), text).items()}
    if name == "note_with_phones" and "tel:" in text:
        return  # its text is the school's own, and phone numbers are links there

    card = CARDS.fill(name, values)

    for shown in texts_read_as_markdown(card):
        assert kinds_of_markup(shown) == set(), shown
        assert "{{" not in shown.replace("\\", "") or "fallback" in str(card)
    first_line = text.partition("\n")[0]
    if name not in {"help", "welcome"}:
        assert any(first_line in shown for shown in (*strings(card), words_shown(card)))


@every_card
@pytest.mark.parametrize("text", MISLEADING)
def test_no_card_holds_a_character_that_a_client_or_a_writer_cannot_hold(name: str, text: str):
    card = CARDS.fill(name, with_every_text(samples(name), text))

    written = json.dumps(card, ensure_ascii=False).encode()
    for char in ("\u202e", "\x16", "\ufffe", "\u200b", "\x1b", "\\u0016", "\\u001b"):
        assert char.encode() not in written


@every_card
@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_name_changes_nothing_in_a_card(name: str, text: str):
    card = CARDS.fill(name, with_every_text(samples(name), text))

    assert "\\" not in "".join(texts_read_as_markdown(card))
    runs = {element["type"] for element in elements(card) if element.get("type") == "RichTextBlock"}
    own = {
        element["type"]
        for element in elements(CARDS.fill(name, samples(name)))
        if element.get("type") == "RichTextBlock"
    }
    assert runs <= own


@given(st.text(max_size=80))
@example("[a](javascript:alert(1))")
def test_what_counts_as_plain_is_markup_to_no_parser(text: str):
    if is_plain(text):
        assert kinds_of_markup(text) == set()


@given(st.text(alphabet="[]()!*_`<>#-+=.1 \n\\&;:/{}|~ab", max_size=40))
def test_no_text_made_of_the_characters_of_markup_becomes_markup(text: str):
    block = {"type": "TextBlock", "text": text, "wrap": True}

    card = plain_card({"type": "AdaptiveCard", "fallbackText": text, "body": [block]})

    assert all(kinds_of_markup(shown) == set() for shown in texts_read_as_markdown(card))
    characters = sorted("".join(text.split()))
    assert characters == sorted("".join(words_shown({**card, "fallbackText": ""}).split()))


def test_a_text_with_several_paragraphs_keeps_them_and_its_place_on_the_card():
    block = {
        "type": "TextBlock",
        "text": "Who is left:\n\n*Jo*",
        "wrap": True,
        "id": "left",
        "isVisible": False,
        "size": "Small",
    }

    container = plain_card(copy.deepcopy(block))

    assert (container["type"], container["id"], container["isVisible"]) == ("Container", "left", False)
    plain, rich = container["items"]
    assert plain == {"type": "TextBlock", "text": "Who is left:", "wrap": True, "size": "Small"}
    assert rich == {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "*Jo*", "size": "Small"}]}


def test_only_a_phone_number_is_a_link_where_a_template_marks_its_text():
    line = "Tell the lead on [01524 000000](tel:01524000000)."
    card = CARDS.fill("note", {"text": "Done.", "is_demo": False})

    assert with_last_line(card, line)["body"][-1]["text"] == line
    (run,) = with_last_line(card, f"{line} [click](https://evil.example/)")["body"][-1]["inlines"]
    assert run["text"] == "Tell the lead on 01524 000000. [click](https://evil.example/)"


@pytest.mark.parametrize("how", [{"isMultiSelect": True}, {"style": "expanded"}])
def test_beside_boxes_to_tick_a_choice_is_escaped_because_its_title_is_read_as_markdown(how: dict[str, Any]):
    choices = [{"title": "[click](https://evil.example/)", "value": "[x]"}, {"title": "Mrs A Khan", "value": "2"}]

    first, second = plain_card({"type": "Input.ChoiceSet", "choices": choices, **how})["choices"]

    assert kinds_of_markup(first["title"]) == set() and first["value"] == "[x]"
    assert second == choices[1]


def test_the_title_of_a_switch_is_never_a_value_because_it_is_read_as_markdown():
    templates = [(ROOT / "cards" / f"{name}.json").read_text(encoding="utf-8") for name in CARDS.names()]
    switches = [part for text in templates for part in elements(json.loads(text)) if part.get("type") == "Input.Toggle"]

    assert switches and not any("${" in switch["title"] for switch in switches)


@pytest.mark.parametrize("text", [*HOSTILE, *MISLEADING])
def test_what_a_page_shows_of_a_value_is_text_without_tags_and_can_be_written(tmp_path: Path, text: str):
    (tmp_path / "page.html").write_text("<p>{{ name }}</p>", encoding="utf-8")

    page = Pages(tmp_path).fill("page", {"name": text})

    assert page.encode() and "<" not in page.removeprefix("<p>").removesuffix("</p>")
    assert html.unescape(page) == f"<p>{cleaned(text)}</p>"


def test_every_page_escapes_its_values_and_says_nowhere_that_one_is_safe():
    for page in (ROOT / "cards" / "pages").glob("*.html"):
        assert "safe" not in re.findall(r"\|\s*(\w+)", page.read_text(encoding="utf-8")), page.name
