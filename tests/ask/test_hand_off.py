"""Which messages bring the hand-off, which bring one quiet line, and which bring neither."""

import pytest

from bot.ask.adviser import PolicyAdviser
from bot.ask.answer_card import answer_card
from bot.ask.ask import look_up
from bot.ask.capability import Ask
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.safeguarding import HandOff
from bot.ask.rules.words import MAX_QUESTION_CHARS
from bot.ask.understanding import sounds_like_harm
from bot.desk.rules.messages import CommandRequest, Incoming
from bot.errors import BadInput
from tests.ask.lines import POLICY, TODAY, Lines
from tests.fake_store import FakeStore
from tests.fakes import TEACHER, caller, shown

QUIET_LINE = "If a child may be at risk, tell the lead on 01234 now: I have told nobody."
LONG = "I put the chairs away after lunch, and the laptop would not start and he told me he is never at home"
STORY = "he told me he is never at home"


@pytest.mark.parametrize(
    ("worry", "hand_off"), [(0.1, HandOff.NONE), (0.2, HandOff.QUIET), (0.49, HandOff.QUIET), (0.5, HandOff.LEAD)]
)
def test_how_likely_a_worry_is_decides_between_the_hand_off_a_quiet_line_and_nothing(worry: float, hand_off: HandOff):
    assert Lines().reads("may he", worry, forbidden=0.9, lunch=0.1).ask("may he").hand_off is hand_off


def test_a_worry_in_a_few_words_of_a_long_message_counts():
    lines = Lines().reads(LONG, 0.05, forbidden=0.9, lunch=0.1).reads(STORY, 0.7, lunch=1.0)

    assert lines.ask(LONG).hand_off is HandOff.LEAD


def test_a_certain_sign_leads_whatever_the_reader_makes_of_it():
    assert (
        Lines().reads("a safeguarding concern", 0.0, lunch=1.0).ask("a safeguarding concern").hand_off is HandOff.LEAD
    )


@pytest.mark.parametrize(("share", "hand_off"), [(0.9, HandOff.LEAD), (0.45, HandOff.NONE)])
def test_an_answer_about_a_worry_leads_if_it_is_the_answer(share: float, hand_off: HandOff):
    lines = Lines().reads("who is told", 0.0, **{"worry": share, "lunch": 1 - share})

    assert lines.ask("who is told").hand_off is hand_off


def test_a_pressed_button_about_a_worry_leads_with_the_hand_off():
    understanding = Lines().understanding

    assert look_up("worry", understanding, TODAY).hand_off is HandOff.LEAD
    assert look_up("allowed", understanding, TODAY).hand_off is HandOff.NONE


@pytest.mark.parametrize("worry", [0.3, 0.8])
def test_neither_grade_is_beside_a_permission(worry: float):
    reply = Lines().reads("may I snap it", worry, allowed=0.95, forbidden=0.05).ask("may I snap it")

    assert reply.hand_off
    assert not any(answer.verdict.is_permission for answer in reply.answers)


def test_a_quiet_line_replaces_a_permission_without_becoming_a_loud_one():
    reply = Lines().reads("may I snap it", 0.3, allowed=0.95, forbidden=0.05).ask("may I snap it")

    assert [answer.situation.id for answer in reply.answers] == ["worry"]
    assert reply.hand_off is HandOff.QUIET


REPLIES = [
    ("may he", {"forbidden": 0.9, "lunch": 0.1}, "answer"),
    ("lunch then", {"lunch": 0.9, "forbidden": 0.1}, "silent"),
    ("this or that", {"forbidden": 0.4, "allowed": 0.4, "lunch": 0.2}, "choose"),
    ("have a look for clause would you", {"read-topic": 0.9, "lunch": 0.1}, "passage"),
]


@pytest.mark.parametrize(("line", "shares", "card"), REPLIES)
def test_a_possible_worry_is_answered_first_and_the_last_line_says_whom_to_tell(line: str, shares, card: str):
    lines = Lines().reads(line, 0.3, **shares)
    if card == "passage":
        line = "have a look for clause would you, he never goes home"
        lines = lines.reads(line, 0.3, **shares).reads("he never goes home", 0.3, lunch=1.0)
    outgoing = shown(answer_card(lines.ask(line), POLICY, is_private=True))

    assert outgoing.card == card
    assert outgoing.values["quiet_hand_off"] == QUIET_LINE
    assert outgoing.values["hand_off"] == "" and not outgoing.values.get("may_send", False)
    assert outgoing.text.endswith(QUIET_LINE) and not outgoing.text.startswith(QUIET_LINE)


def test_on_a_note_about_a_contact_the_quiet_line_comes_last():
    lines = Lines().reads("remind me what our boss is called", 0.3, contacts_headteacher=0.9, lunch=0.1)
    outgoing = shown(answer_card(lines.ask("remind me what our boss is called"), POLICY, is_private=True))

    assert outgoing.is_note and outgoing.text.endswith(QUIET_LINE)


def test_below_small_talk_the_quiet_line_comes_last():
    lines = Lines().reads("ta lovely", 0.3, greeting=0.9, lunch=0.1)
    outgoing = shown(answer_card(lines.ask("ta lovely"), POLICY, is_private=True))

    assert outgoing.text == f"A kind word about greeting.\n\n{QUIET_LINE}"


@pytest.mark.parametrize("worry", [0.3, 0.8])
def test_a_command_says_nothing_of_a_worry_by_its_own_words(worry: float):
    assert Lines().reads("pause somebody", worry, pause=0.9, lunch=0.1).ask("pause somebody").hand_off is HandOff.NONE


@pytest.mark.parametrize(
    ("told", "worry", "hand_off"),
    [
        ("he came in bruised", 0.9, HandOff.LEAD),
        ("he has gone quiet", 0.3, HandOff.QUIET),
        ("he is at a wedding", 0.1, HandOff.NONE),
    ],
)
def test_the_rest_of_a_line_with_a_command_is_read_for_a_worry(told: str, worry: float, hand_off: HandOff):
    line = f"pause Sam, {told}"
    reply = Lines().reads(line, 0.6, pause=0.9, lunch=0.1).reads(told, worry, lunch=1.0).ask(line)

    assert reply.command == CommandRequest("pause", {"person": "Sam"})
    assert reply.hand_off is hand_off


def test_what_is_told_before_a_command_is_read_for_a_worry_too():
    line = "There were marks on his arm again. Show me who is left"
    lines = Lines().reads(line, 0.3, left=0.9, lunch=0.1).reads("There were marks on his arm again", 0.9, lunch=1.0)
    reply = lines.reads("Show me who is left", 0.0, left=1.0).ask(line)

    assert reply.command == CommandRequest("left")
    assert reply.hand_off is HandOff.LEAD


def test_a_worry_far_down_a_long_request_to_read_leads():
    line = f"find passwords. {' '.join(['and so on'] * 250)}"
    reply = Lines().reads(line[-2000:], 0.9, lunch=1.0).ask(line)

    assert reply.hand_off is HandOff.LEAD


def test_a_line_that_is_more_surely_a_worry_than_a_command_brings_the_hand_off():
    assert Lines().reads("pause him hurt", 0.95, pause=0.7, lunch=0.3).ask("pause him hurt").hand_off is HandOff.LEAD


def test_certain_signs_lead_in_a_command_too():
    line = "pause Sam it is a safeguarding concern"

    assert Lines().reads(line, 0.0, pause=0.9, lunch=0.1).ask(line).hand_off is HandOff.LEAD


@pytest.mark.parametrize(
    "line", ["find 'groomed'", "which clause says that", "would you look what it has on children being groomed"]
)
def test_words_that_are_looked_for_or_quoted_are_no_worry(line: str):
    reply = Lines().reads(line, 0.9, read_topic=0.95, lunch=0.05).ask(line)

    assert reply.passage and reply.hand_off is HandOff.NONE


async def no_drafts() -> frozenset[str]:
    return frozenset()


@pytest.mark.parametrize(
    ("worry", "leads", "last"), [(0.9, "Tell the lead now", ""), (0.3, "", QUIET_LINE), (0.0, "", "")]
)
async def test_only_a_likely_worry_leads_the_request_and_a_possible_one_is_a_line_for_the_desk_to_add(
    worry: float, leads: str, last: str
):
    line = "pause Sam, he came in upset"
    lines = Lines().reads(line, 0.6, pause=0.9, lunch=0.1).reads("he came in upset", worry, lunch=1.0)
    ask = Ask(HeldUnderstanding(lines.understanding), FakeStore(), lambda: TODAY, no_drafts)
    outgoing = await ask.answer(Incoming(caller(), "talk", text=line), TEACHER)

    assert outgoing.request == CommandRequest("pause", {"person": "Sam"})
    assert outgoing.text.startswith(leads) and bool(outgoing.text) is bool(leads)
    assert (outgoing.quiet_line.text if outgoing.quiet_line else "") == last


@pytest.mark.parametrize("worry", [0.3, 0.9])
async def test_what_is_on_its_way_to_a_person_counts_both_grades(worry: float):
    understanding = Lines().reads("he is never collected", worry, forbidden=0.9, lunch=0.1).understanding
    adviser = PolicyAdviser(HeldUnderstanding(understanding), lambda: TODAY)
    text, is_hand_off = await adviser.advice("he is never collected", is_private=True)

    assert sounds_like_harm("he is never collected", understanding)
    assert is_hand_off and text.startswith("Tell the lead now")
    assert (await adviser.hand_off("he is never collected", is_private=True)).startswith("Tell the lead now")


def test_a_worry_too_long_to_answer_is_answered_and_anything_else_so_long_is_not():
    start = "word " * (MAX_QUESTION_CHARS // 5)
    worry, other = f"{start} a safeguarding concern", f"{start} about the printer"
    understanding = Lines()

    assert understanding.ask(worry).hand_off is HandOff.LEAD
    with pytest.raises(BadInput):
        understanding.ask(other)
