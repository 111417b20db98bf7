"""The desk in a terminal: questions, numbers of choices, and a follow-up."""

from collections.abc import Sequence
from datetime import datetime

from bot.channels.terminal.chat import chat, demo_caller
from bot.desk.rules.messages import Incoming, Outgoing

NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")
OPTIONS = [{"verb": "look", "situation": "phones"}, {"verb": "look", "label": "Photos", "situation": "photos"}]
SECTIONS = [{"verb": "read", "label": "5. ISSUES", "kind": "section", "asked": "P-5", "page": "1"}]


async def talk(*lines: str) -> tuple[list[Incoming], list[str]]:
    """What the desk heard, and what was shown."""
    heard: list[Incoming] = []
    shown: list[str] = []
    rest = list(lines)

    async def desk(incoming: Incoming) -> Outgoing:
        heard.append(incoming)
        options: Sequence[dict[str, str]] = {"which": OPTIONS, "policies": SECTIONS}.get(incoming.text, ())
        return Outgoing("answer", {"options": options}, f"You said {incoming.text}.", last="lunch")

    def read_line() -> str | None:
        return rest.pop(0) if rest else None

    await chat(desk, demo_caller("school", "demo-head"), read_line, shown.append, lambda: NINE)
    return heard, shown


async def test_every_line_is_a_message_and_a_follow_up_builds_on_the_answer_before():
    heard, shown = await talk("hello", "and then")

    assert shown == ["You said hello.", "You said and then."]
    assert [incoming.last for incoming in heard] == ["", "lunch"]
    assert heard[0].caller.account == "demo-head"


async def test_the_number_of_a_choice_is_a_press_of_its_button():
    heard, _ = await talk("which", "2", "2")

    assert [(incoming.verb, dict(incoming.inputs)) for incoming in heard] == [
        ("", {}),
        ("look", {"situation": "photos"}),
        ("", {}),
    ]


async def test_the_number_of_a_section_opens_it():
    heard, _ = await talk("policies", "1")

    assert (heard[1].verb, heard[1].inputs) == ("read", {"kind": "section", "asked": "P-5", "page": "1"})


async def test_other_numbers_are_words():
    heard, _ = await talk("which", "3", "which", "9" * 5_000)

    assert [incoming.verb for incoming in heard] == ["", "", "", ""]
