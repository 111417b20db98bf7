"""What the App Home shows, as views of Slack. A view takes 100 blocks.

https://docs.slack.dev/reference/views/home-tab-views
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.slack.block_text import plain, section, sections
from bot.channels.slack.form_fields import input_block
from bot.channels.slack.web_api import View

MAX_HOME_BLOCKS = 100
MAX_WAITING_CHARS = 300  # of the agreement, whose card has the whole
START, ASK, QUESTION = "home_start", "home_ask", "question"
MAX_QUESTION_CHARS = 1_000
ASK_HERE = "Ask me in your own words what the policies say. The answer comes in Messages."
NOTHING_WAITS = "Nothing waits for you."
QUESTIONS_WAIT = "You have a question to the headteacher that is still open."
IN_MESSAGES = "What you press here comes in Messages; only the policies open on this page."
ELSEWHERE = "There is more than this page can show. Press The policies to read on in Messages."
Blocks = Sequence[Mapping[str, Any]]


def start_page(*, agreement: str, has_questions: bool, policies: Blocks) -> View:
    """The first page: what waits, what can be asked, and the policies with their sections.

    `agreement` is the text of the agreement that waits; it is empty if none does.
    """
    waits = [section(_beginning(agreement))] if agreement else []
    waits += [section(QUESTIONS_WAIT)] if has_questions else []
    buttons = [_button("Read and acknowledge", "agreement", style="primary")] if agreement else []
    buttons += [_button("My questions", "own_questions")] if has_questions else []
    return _home(
        [
            _header("What waits for you"),
            *(waits or [section(NOTHING_WAITS)]),
            *([{"type": "actions", "elements": buttons}] if buttons else []),
            {"type": "divider"},
            section(ASK_HERE),
            {"type": "actions", "elements": _usual_buttons()},
            {"type": "context", "elements": [plain(IN_MESSAGES)]},
            {"type": "divider"},
            *policies,
        ]
    )


def home_with_passage(passage: Blocks, text: str) -> View:
    """A page of a policy, with a way back; `text` is shown if the page has no blocks."""
    back: dict[str, Any] = {"type": "actions", "elements": [_button("Back to the first page", START)]}
    return _home([back, *(passage or sections(text))])


def home_of_stranger(text: str) -> View:
    """What somebody sees who is not on the staff list: one sentence."""
    return _home([section(text)])


def ask_modal() -> View:
    """The form for a question."""
    field = {"type": "Input.Text", "id": QUESTION, "label": "Your question", "isMultiline": True, "isRequired": True}
    return {
        "type": "modal",
        "callback_id": ASK,
        "title": plain("Ask a question"),
        "submit": plain("Ask"),
        "close": plain("Cancel"),
        "blocks": [input_block({**field, "maxLength": MAX_QUESTION_CHARS})],
    }


def _home(blocks: Blocks) -> View:
    """A view of these blocks; if there are too many, it says where the rest can be read."""
    if len(blocks) > MAX_HOME_BLOCKS:
        blocks = [*blocks[: MAX_HOME_BLOCKS - 1], section(ELSEWHERE)]
    return {"type": "home", "blocks": list(blocks)}


def _beginning(text: str) -> str:
    """The first paragraph of a text, in one line."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= MAX_WAITING_CHARS else f"{line[: MAX_WAITING_CHARS - 1]}…"


def _usual_buttons() -> list[dict[str, Any]]:
    return [
        _button("Ask a question", ASK),
        _button("My record", "record"),
        _button("The policies", "policies"),
        _button("What can I ask?", "help"),
    ]


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": plain(text, 150)}


def _button(title: str, verb: str, style: str = "") -> dict[str, Any]:
    button = {"type": "button", "text": plain(title, 75), "action_id": verb, "value": json.dumps({})}
    return {**button, "style": style} if style else button
