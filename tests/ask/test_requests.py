"""Lines that ask the bot to do something, lines that ask to read, and talk with the bot itself."""

import pytest

from bot.ask.adviser import PolicyAdviser
from bot.ask.answer_card import answer_card
from bot.ask.capability import Ask
from bot.ask.command_card import command_as_text
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.contact_replies import ContactKind
from bot.ask.rules.passages import PassageKind
from bot.ask.rules.safeguarding import HandOff
from bot.ask.rules.verdicts import Verdict
from bot.desk.rules.messages import CommandRequest, Incoming
from bot.desk.rules.requests import request_in
from tests.ask.lines import POLICY, TODAY, Lines
from tests.fake_store import FakeStore
from tests.fakes import TEACHER, caller, shown

PERMISSION = "Can I record my Year 4 lesson on Thursday?"


async def no_drafts() -> frozenset[str]:
    return frozenset()


def capability(lines: Lines, store: FakeStore) -> Ask:
    return Ask(HeldUnderstanding(lines.understanding), store, lambda: TODAY, no_drafts)


def test_a_line_that_is_a_command_has_no_answer_and_no_clause():
    reply = Lines().reads("who is still to sign", left=0.9, lunch=0.1).ask("who is still to sign")

    assert reply.command == CommandRequest("left")
    assert reply.verdict is Verdict.COMMAND
    assert (reply.answers, reply.offers, reply.hand_off) == ((), (), HandOff.NONE)


async def test_the_desk_gets_the_request_nothing_is_counted_and_nothing_leads_it():
    store = FakeStore()
    lines = Lines().reads("who is still to sign", left=0.9, lunch=0.1)
    outgoing = await capability(lines, store).answer(Incoming(caller(), "talk", text="who is still to sign"), TEACHER)

    assert outgoing.request == CommandRequest("left")
    assert (outgoing.text, outgoing.last) == ("", "")
    assert await store.tallies() == ()


def test_a_question_about_what_is_allowed_is_answered_however_much_it_looks_like_a_command():
    reply = Lines().reads(PERMISSION, notice=0.7, forbidden=0.27, lunch=0.03).ask(PERMISSION)

    assert reply.command is None and reply.offered_command is None
    assert [answer.situation.id for answer in reply.answers] == ["forbidden"]


def test_after_an_answer_a_command_that_begins_like_a_follow_up_is_a_command():
    lines = Lines().reads("and pause Mrs Khan", pause=0.9, lunch=0.1).reads("about allowed, pause Mrs Khan", lunch=1.0)

    assert lines.ask("and pause Mrs Khan", last="allowed").command == CommandRequest("pause", {"person": "Mrs Khan"})


def test_a_likely_command_is_a_button_beside_the_likeliest_situations():
    reply = Lines().reads("signed?", left=0.5, forbidden=0.3, allowed=0.1, lunch=0.1).ask("signed?")
    outgoing = shown(answer_card(reply, POLICY, is_private=True))

    assert reply.verdict is Verdict.CHOOSE and reply.command is None
    assert [(button["verb"], button["label"]) for button in outgoing.values["options"]] == [
        ("go_on", "Show who has not signed yet"),
        ("look", "forbidden"),
        ("look", "allowed"),
    ]
    assert outgoing.values["options"][0]["name"] == "left"
    assert "1. Show who has not signed yet\n  2. forbidden" in outgoing.text


def test_an_answer_that_is_surer_than_the_command_stays():
    reply = Lines().reads("signed, may I?", left=0.35, forbidden=0.6, lunch=0.05).ask("signed, may I?")

    assert [answer.situation.id for answer in reply.answers] == ["forbidden"]
    assert not reply.offered_command


def test_the_button_of_an_offered_command_carries_what_was_said_of_it():
    request = CommandRequest("pause", {"person": "Mrs Khan", "until": "5 jan"})
    reply = PolicyReply("Mrs Khan?", (), (), HandOff.NONE, 0.5, offered_command=request)
    (button,) = shown(answer_card(reply, POLICY, is_private=True)).values["options"]

    assert request_in(button) == request


@pytest.mark.parametrize(
    "shares", [{"left": 0.25, "lunch": 0.05, "forbidden": 0.7}, {"left": 0.35, "forbidden": 0.4, "allowed": 0.25}]
)
def test_a_command_that_is_less_likely_than_a_situation_is_not_offered(shares: dict[str, float]):
    assert Lines().reads("signed?", **shares).ask("signed?").offered_command is None


def test_who_wants_to_read_about_a_topic_reads_the_clauses():
    line = "have a look what it has got on clause writing would you"
    reply = Lines().reads(line, read_topic=0.9, lunch=0.1).ask(line)

    assert reply.passage and reply.passage.request.kind is PassageKind.TOPIC
    assert reply.command is None and reply.verdict is Verdict.INFO


@pytest.mark.parametrize(
    ("line", "situation", "kind"),
    [
        ("whom would I ring about a worry", "contacts-safeguarding", ContactKind.SAFEGUARDING),
        ("remind me what our boss is called", "contacts-headteacher", ContactKind.HEADTEACHER),
        ("remind me who chairs the governors", "contacts-headteacher", ContactKind.CHAIR),
        ("how would I ring in sick", "contacts-office", ContactKind.OFFICE),
    ],
)
def test_who_is_who_is_answered_from_the_schools_contacts(line: str, situation: str, kind: ContactKind):
    reply = Lines().reads(line, **{situation: 0.9, "lunch": 0.1}).ask(line)

    assert reply.contact and reply.contact.kind is kind
    assert (reply.verdict, reply.answers) == (Verdict.NOT_COVERED, ())


def test_other_talk_gets_its_own_words_without_a_clause():
    (answer,) = Lines().reads("hello you lovely bot", greeting=0.9, lunch=0.1).ask("hello you lovely bot").answers

    assert (answer.headline, answer.says, answer.quotes) == ("Hello", "A kind word about greeting.", ())


async def test_what_is_put_to_the_headteacher_is_a_question_never_a_command():
    lines = Lines().reads("pause the reminders", pause=0.9, forbidden=0.1)
    text, is_hand_off = await PolicyAdviser(HeldUnderstanding(lines.understanding), lambda: TODAY).advice(
        "pause the reminders", is_private=True
    )

    assert text.startswith("No: You may not.") and not is_hand_off


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "You want me to leave somebody alone for a while."),
        ({"person": "Mrs Khan"}, "You want me to leave somebody alone for a while (person: Mrs Khan)."),
    ],
)
def test_in_the_terminal_a_command_is_named_with_what_was_said_of_it(parameters: dict[str, str], sentence: str):
    assert command_as_text(CommandRequest("pause", parameters), POLICY) == sentence
