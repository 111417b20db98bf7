"""The desk in a terminal: questions, numbers of choices, and a follow-up."""

from collections.abc import Sequence
from datetime import datetime

from bot.ask.answer_card import answer_card
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.safeguarding import HandOff
from bot.channels.terminal.chat import chat, demo_caller
from bot.desk.rules.messages import CommandRequest, Incoming, Outgoing, note
from bot.desk.rules.requests import GO_ON, DayField, Press, offer_to_go_on, request_card, request_in
from tests.ask.lines import POLICY

NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")
OPTIONS = [{"verb": "look", "situation": "phones"}, {"verb": "look", "label": "Photos", "situation": "photos"}]
SECTIONS = [{"verb": "read", "label": "5. ISSUES", "kind": "section", "asked": "P-5", "page": "1"}]


async def talk(*lines: str, reply: Outgoing | None = None) -> tuple[list[Incoming], list[str]]:
    """What the desk heard, and what was shown. The `reply` is given to each line, if there is one."""
    heard: list[Incoming] = []
    shown: list[str] = []
    rest = list(lines)

    async def desk(incoming: Incoming) -> Outgoing:
        heard.append(incoming)
        if reply:
            return reply
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


async def test_the_buttons_of_a_request_are_listed_below_it_and_can_be_pressed():
    card = offer_to_go_on(note("Tell the lead."), CommandRequest("pause", {"person": "Sam"}))
    heard, shown = await talk("worry", "1", reply=card)

    assert shown[0] == "Tell the lead.\n  1. Go on with what I asked for"
    assert (heard[1].verb, request_in(heard[1].inputs)) == (GO_ON, CommandRequest("pause", {"person": "Sam"}))


async def test_a_press_in_the_terminal_carries_the_day_that_the_form_shows():
    day = DayField("due", "The new last day", "2021-09-30")
    heard, _ = await talk("longer", "1", reply=request_card("Longer?", ["Yes?"], [Press("Move", "extend")], day))

    assert (heard[1].verb, heard[1].inputs) == ("extend", {"due": "2021-09-30"})


async def test_the_number_of_an_offered_command_asks_for_it():
    request = CommandRequest("pause", {"person": "Sam"})
    reply = PolicyReply("Sam?", (), (), HandOff.NONE, 0.5, offered_command=request)
    heard, _ = await talk("Sam?", "1", reply=answer_card(reply, POLICY, is_private=True))

    assert (heard[1].verb, request_in(heard[1].inputs)) == (GO_ON, request)


async def test_other_numbers_are_words():
    heard, _ = await talk("which", "3", "which", "9" * 5_000)

    assert [incoming.verb for incoming in heard] == ["", "", "", ""]


async def test_nothing_that_a_terminal_would_obey_is_shown_or_heard():
    heard, shown = await talk("who is\x1b[2J left\u202e", reply=note("Jo \x1b[31mis\u202e left.\nThat is all."))

    assert heard[0].text == "who is\ufffd[2J left"
    assert shown == ["Jo \ufffd[31mis left.\nThat is all."]
