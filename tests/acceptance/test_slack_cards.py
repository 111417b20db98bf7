"""Every card as Slack shows it, in a browser, and held to the types of blocks that Slack publishes."""

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from jsonschema import Draft7Validator
from playwright.async_api import Browser, Page

from bot.channels.slack.block_text import Block
from bot.channels.slack.blocks import forms_of, to_blocks
from bot.channels.slack.card_words import words
from bot.channels.slack.modal import to_modal
from bot.settings import ROOT
from tests.browsing import PATIENCE, PICTURES
from tests.channels.slack.samples import CARDS, filled, shown_texts
from tests.conftest import lacking

SLACK_PAGE = ROOT / "bot" / "channels" / "slack" / "page"
MODULES = SLACK_PAGE / "node_modules"
SECONDS = 120  # for node on a busy machine
WORDS_BY_CARD = (
    "Object.fromEntries([...document.querySelectorAll('main > section')].map(one => [one.id, one.innerText]))"
)
FIELDS_WITHOUT_LABEL = """[...document.querySelectorAll("input, textarea, select")]
  .filter(field => !field.labels.length).map(field => field.closest("section").id)"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


def node(*command: str) -> str:
    path = f"{os.environ.get('PATH', '')}:{ROOT / '.venv' / 'bin'}"
    program = shutil.which("node", path=path)
    if not program or not (MODULES / "slack-blocks-to-jsx").is_dir():
        lacking("node, or what bot/channels/slack/page needs (npm ci there)")
    completed = subprocess.run(
        [str(program), *command], cwd=SLACK_PAGE, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert completed.returncode == 0, completed.stderr[-2_000:]
    return completed.stdout


def everything_shown() -> dict[str, Block]:
    """Each card's message and modals, by name."""
    shown_by_name: dict[str, Block] = {}
    for name in CARDS.names():
        card = filled(name)
        shown_by_name[name] = {"text": name, "blocks": to_blocks(card, is_strict=True)}
        for number, action_id in enumerate(forms_of(card), start=1):
            shown_by_name[f"{name}-form-{number}"] = to_modal(card, action_id, is_strict=True)
    return shown_by_name


def read_texts(blocks: list[Block]) -> list[str]:
    """The texts of blocks that are read on the page, each on one line; those of fields are inside the fields."""
    shown = [block for block in blocks if block["type"] != "input"]
    return [" ".join(text.split()) for text in shown_texts(shown)]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with everything on it."""
    folder = tmp_path_factory.mktemp("slack")
    messages, page = folder / "messages.json", folder / "page.html"
    messages.write_text(json.dumps(everything_shown()), encoding="utf-8")
    node("draw.mjs", str(messages), str(page))
    return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(drawn: Path, browser: Browser) -> AsyncIterator[Page]:
    opened = await browser.new_page(viewport={"width": 720, "height": 900}, locale="en-GB")
    await opened.goto(f"{drawn.as_uri()}#open", timeout=PATIENCE)
    await opened.locator("body[data-drawn]").wait_for(timeout=PATIENCE)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """JSON Schema made from the types that Slack publishes."""
    file = tmp_path_factory.mktemp("types") / "schema.json"
    types = MODULES / "@slack" / "types" / "dist" / "index.d.ts"
    generator = MODULES / "ts-json-schema-generator" / "bin" / "ts-json-schema-generator.js"
    options = ["--type", "*", "--no-type-check", "--expose", "all", "--out", str(file)]
    node(str(generator), "--path", str(types), *options)
    return json.loads(file.read_text(encoding="utf-8"))


async def test_every_block_and_modal_has_the_shape_that_slack_publishes(schema: dict[str, Any]):
    block = Draft7Validator({**schema, "$ref": "#/definitions/KnownBlock"})
    view = Draft7Validator({**schema, "$ref": "#/definitions/ModalView"})

    for name, one in everything_shown().items():
        if one.get("type") == "modal":
            assert not list(view.iter_errors(one)), name
        assert [error.message[:200] for part in one["blocks"] for error in block.iter_errors(part)] == [], name


async def test_the_shape_of_a_wrong_block_is_refused(schema: dict[str, Any]):
    block = Draft7Validator({**schema, "$ref": "#/definitions/KnownBlock"})

    assert not block.is_valid({"type": "section", "text": "a bare string"})
    assert not block.is_valid({"type": "button", "text": {"type": "plain_text", "text": "alone"}})


async def test_every_word_of_every_card_can_be_read_and_none_is_drawn_as_markup(page: Page):
    drawn_words: dict[str, str] = await page.evaluate(WORDS_BY_CARD)

    for name, one in everything_shown().items():
        words_of_card = " ".join(drawn_words[f"card-{name}"].split())
        assert [text for text in read_texts(one["blocks"]) if text not in words_of_card] == [], name
    await page.screenshot(path=PICTURES / "slack-cards.png", full_page=True)


async def test_nothing_is_wider_than_a_phone_and_every_field_has_its_label(drawn: Path, browser: Browser):
    phone = await browser.new_page(viewport={"width": 360, "height": 800}, locale="en-GB")
    await phone.goto(f"{drawn.as_uri()}#open", timeout=PATIENCE)
    await phone.locator("body[data-drawn]").wait_for(timeout=PATIENCE)

    assert await phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert await phone.evaluate(FIELDS_WITHOUT_LABEL) == []
    await phone.screenshot(path=PICTURES / "slack-cards-phone.png", full_page=True)
    await phone.close()


async def test_a_tick_that_is_needed_is_a_box_with_its_label(page: Page):
    form = page.get_by_role("dialog", name="The statement")

    assert await form.get_by_text("I have read this and I acknowledge it").count() == 1
    assert await form.get_by_role("checkbox").count() == 1
    assert "acknowledgement" in await form.inner_text() and words(filled("agreement"))
