"""Every card filled with its sample, as Slack fills it."""

import json
from collections.abc import Iterator
from typing import Any

from bot.channels.slack.block_text import Block
from bot.channels.slack.blocks import forms_of, to_blocks
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.modal import to_modal
from bot.desk.rules.messages import Outgoing
from bot.settings import ROOT

CARDS = SlackCards(ROOT / "cards", is_demo=True)


def values(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "cards" / "samples" / f"{name}.json").read_text(encoding="utf-8"))


def filled(name: str, own_values: dict[str, Any] | None = None) -> dict[str, Any]:
    return CARDS.filled(Outgoing(name, own_values or values(name), "What it says."))


def modals(card: dict[str, Any]) -> list[Block]:
    """Every form of a card, strictly translated."""
    return [to_modal(card, action_id, is_strict=True) for action_id in forms_of(card)]


def everything(card: dict[str, Any]) -> list[Block]:
    """All blocks of a card: of its message and of its modals."""
    return [*to_blocks(card, is_strict=True), *(block for modal in modals(card) for block in modal["blocks"])]


def parts(whole: Any) -> Iterator[dict[str, Any]]:
    """Every object in blocks."""
    if isinstance(whole, dict):
        yield whole
    for inner in whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ():
        yield from parts(inner)


def shown_texts(blocks: Any) -> list[str]:
    """Every text that Slack shows; the runs of a line of rich text are one text."""
    return [text for part in parts(blocks) if (text := _text_of(part))]


def _text_of(part: dict[str, Any]) -> str:
    if part.get("type") in {"rich_text_section", "rich_text_quote"}:
        return "".join(run["text"] for run in part["elements"])
    return str(part["text"]) if part.get("type") == "plain_text" else ""


def shown_words(blocks: Any) -> str:
    return "\n".join(shown_texts(blocks))
