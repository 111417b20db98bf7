"""What Slack takes of blocks, each limit with its source, and what of a message or a modal it would refuse.

Slack publishes no schema of Block Kit. Tests hold the shapes to the types that it publishes (@slack/types); here are
the numbers, what may be in what, and what may be there only once.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.channels.slack.card_words import MAX_TEXT_BYTES

DOCS = "https://docs.slack.dev/reference/block-kit"
BLOCKS, ELEMENTS, OBJECTS = f"{DOCS}/blocks", f"{DOCS}/block-elements", f"{DOCS}/composition-objects"
MODALS = "https://docs.slack.dev/reference/views/modal-views"

MAX_MESSAGE_BLOCKS = 50
MAX_MODAL_BLOCKS = 100
MAX_ID_CHARS = 255
# Of all texts of a message together; not documented. Messages were refused (msg_blocks_too_long) from 11,341 characters
# on: https://github.com/slackapi/bolt-js/issues/2509 and https://github.com/slackapi/bolt-js/issues/2867
MAX_MESSAGE_CHARS = 11_000
MAX_DEPTH = 12  # ours: the deepest block of a card has 9; Slack names no number

# How long a text may be, by the type of what it is in and its name there.
MAX_CHARS = {
    ("section", "text"): (3_000, f"{BLOCKS}/section-block"),
    ("header", "text"): (150, f"{BLOCKS}/header-block"),
    ("container", "title"): (150, f"{BLOCKS}/container-block"),
    ("image", "alt_text"): (2_000, f"{BLOCKS}/image-block"),
    ("input", "label"): (2_000, f"{BLOCKS}/input-block"),
    ("button", "text"): (75, f"{ELEMENTS}/button-element"),
    ("button", "value"): (2_000, f"{ELEMENTS}/button-element"),
    ("button", "url"): (3_000, f"{ELEMENTS}/button-element"),
    ("plain_text_input", "placeholder"): (150, f"{ELEMENTS}/plain-text-input-element"),
    ("plain_text_input", "initial_value"): (3_000, f"{ELEMENTS}/plain-text-input-element"),
    ("static_select", "placeholder"): (150, f"{ELEMENTS}/select-menu-element"),
    ("multi_static_select", "placeholder"): (150, f"{ELEMENTS}/multi-select-menu-element"),
    ("option", "text"): (75, f"{OBJECTS}/option-object"),
    ("option", "value"): (150, f"{OBJECTS}/option-object"),
    ("option_group", "label"): (75, f"{OBJECTS}/option-group-object"),
    ("plain_text", "text"): (3_000, f"{OBJECTS}/text-object"),
    ("modal", "title"): (24, MODALS),
    ("modal", "submit"): (24, MODALS),
    ("modal", "close"): (24, MODALS),
    ("modal", "callback_id"): (255, MODALS),
    ("modal", "private_metadata"): (3_000, MODALS),
}
# How many there may be; at least one must be there.
MAX_COUNT = {
    ("actions", "elements"): (25, f"{BLOCKS}/actions-block"),
    ("context", "elements"): (10, f"{BLOCKS}/context-block"),
    ("container", "child_blocks"): (10, f"{BLOCKS}/container-block"),
    ("checkboxes", "options"): (10, f"{ELEMENTS}/checkboxes-element"),
    ("static_select", "options"): (100, f"{ELEMENTS}/select-menu-element"),
    ("static_select", "option_groups"): (100, f"{ELEMENTS}/select-menu-element"),
    ("multi_static_select", "options"): (100, f"{ELEMENTS}/multi-select-menu-element"),
    ("multi_static_select", "option_groups"): (100, f"{ELEMENTS}/multi-select-menu-element"),
    ("option_group", "options"): (100, f"{OBJECTS}/option-group-object"),
}
IN_MESSAGE = frozenset(("actions", "container", "context", "divider", "header", "image", "rich_text", "section"))
IN_MODAL = frozenset(("actions", "context", "divider", "header", "image", "input", "rich_text", "section"))
IN_CONTAINER = frozenset(("actions", "context", "divider", "header", "image", "section"))
SHOWN_TEXTS = frozenset(("plain_text", "text"))


def faults(blocks: Sequence[Mapping[str, Any]], text: str) -> list[str]:
    """What Slack would refuse in a message, a line each with the place, the limit and its source; empty if nothing."""
    chars = text_chars(blocks)
    size = len(text.encode())
    found = [
        *_more_than("/blocks", len(blocks), "blocks", MAX_MESSAGE_BLOCKS, BLOCKS),
        *_more_than("/blocks", chars, "characters in all", MAX_MESSAGE_CHARS, "bolt-js issues 2509 and 2867"),
        *_more_than("/text", size, "bytes", MAX_TEXT_BYTES, "https://docs.slack.dev/reference/methods/chat.update"),
    ]
    if not text.strip():
        found.append("/text: a message needs a text for notifications and screen readers")
    return [*found, *_faults_of_blocks(blocks, IN_MESSAGE)]


def modal_faults(view: Mapping[str, Any]) -> list[str]:
    """The same for a modal."""
    blocks = view.get("blocks", [])
    found = [*_more_than("/blocks", len(blocks), "blocks", MAX_MODAL_BLOCKS, BLOCKS)]
    found += _faults_of_part("", {**view, "blocks": []}, "modal")
    if any(block.get("type") == "input" for block in blocks) and not view.get("submit"):
        found.append(f"/submit: a modal with fields needs it ({MODALS})")
    return [*found, *_faults_of_blocks(blocks, IN_MODAL)]


def text_chars(part: Any) -> int:
    """How many characters of text blocks show together."""
    return sum(len(_shown_text(inner)) for _, inner in _walk(part) if inner.get("type") in SHOWN_TEXTS)


def _faults_of_blocks(blocks: Sequence[Mapping[str, Any]], allowed: frozenset[str]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        if block.get("type") not in allowed:
            yield f"/blocks/{number}: {block.get('type')} may not be here ({BLOCKS})"
    seen: set[tuple[str, str]] = set()
    for path, part in _walk(blocks, "/blocks"):
        yield from _faults_of_part(path, part, _kind(path, part))
        yield from _faults_of_ids(path, part, seen)
        if path.count("/") > MAX_DEPTH:
            yield f"{path}: nested more than {MAX_DEPTH} deep"


def _faults_of_part(path: str, part: Mapping[str, Any], kind: str) -> Iterator[str]:
    for name, value in part.items():
        limit = MAX_CHARS.get((kind, name))
        if limit:
            yield from _more_than(f"{path}/{name}", len(_text_of(value)), "characters", *limit)
        limit = MAX_COUNT.get((kind, name))
        if limit:
            yield from _more_than(f"{path}/{name}", len(value), "entries", *limit)
            if not value:
                yield f"{path}/{name}: is empty ({limit[1]})"
    yield from (f"{path}: {sentence}" for sentence in _faults_of_kind(part, kind))


def _faults_of_kind(part: Mapping[str, Any], kind: str) -> Iterator[str]:
    match kind:
        case "plain_text" | "text" | "option" if not _text_of(part.get("text")):
            yield f"an empty text ({OBJECTS}/text-object)"
        case "mrkdwn":
            yield "text that Slack reads as markup: values go into plain_text or rich_text"
        case "container" if not {child.get("type") for child in part["child_blocks"]} <= IN_CONTAINER:
            yield f"holds blocks that it may not hold ({BLOCKS}/container-block)"
        case "image" if not (part.get("slack_file") or str(part.get("image_url", "")).startswith("https://")):
            yield f"a picture needs a file or an https:// address ({BLOCKS}/image-block)"
        case "image" if not part.get("alt_text"):
            yield f"a picture needs its words ({BLOCKS}/image-block)"
        case "option" if not part.get("value"):
            yield f"an option needs a value ({OBJECTS}/option-object)"


def _faults_of_ids(path: str, part: Mapping[str, Any], seen: set[tuple[str, str]]) -> Iterator[str]:
    """Ids that are too long, or that the message has twice; Slack wants that of `action_id` within a block only."""
    for name in ("block_id", "action_id"):
        if name in part:
            yield from _more_than(f"{path}/{name}", len(part[name]), "characters", MAX_ID_CHARS, BLOCKS)
            if (name, part[name]) in seen:
                yield f"{path}/{name}: {part[name]!r} is there twice ({BLOCKS})"
            seen.add((name, part[name]))


def _kind(path: str, part: Mapping[str, Any]) -> str:
    """The type of a part; options and their groups have none."""
    if "type" in part:
        return str(part["type"])
    if "options" in part:
        return "option_group"
    return "option" if "value" in part and "text" in part else path.rpartition("/")[2]


def _walk(part: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(part, Mapping):
        yield path, part
        for name, value in part.items():
            yield from _walk(value, f"{path}/{name}")
    elif isinstance(part, list | tuple):
        for number, value in enumerate(part):
            yield from _walk(value, f"{path}/{number}")


def _shown_text(part: Mapping[str, Any]) -> str:
    return part["text"] if isinstance(part.get("text"), str) else ""


def _text_of(value: Any) -> str:
    return _shown_text(value) if isinstance(value, Mapping) else str(value or "")


def _more_than(path: str, count: int, what: str, most: int, source: str) -> Iterator[str]:
    if count > most:
        yield f"{path}: {count:,} {what}, at most {most:,} ({source})"
