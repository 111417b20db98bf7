"""The desk: who is answered, what is counted, what is kept."""

from dataclasses import replace

import pytest

from bot.ask.ask import Understanding
from bot.ask.rules.bank import Example
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.safeguarding import HarmSigns
from bot.ask.rules.tallies import Count, Outcome, SentQuestion, week_of
from bot.ask.rules.verdicts import Verdict
from bot.desk.desk import STRANGER, Desk
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import StoreError
from tests.fakes import MONDAY, SURE, TEACHER, FakeRecogniser, FakeRoster, FakeStore, caller, days, policy

ALLOWED = Ruling(
    "allowed", Verdict.YES_IF, "You may.", conditions=("It is lunch",), clauses=("P-1", "P-5"), see_also=("forbidden",)
)
FORBIDDEN = Ruling("forbidden", Verdict.NO, "You may not.", clauses=("P-2",))
WORRY = Ruling("worry", Verdict.REPORT, "Report it.", clauses=("P-3",))
WIDE = Situation("wide", "many things", "Many", "", offers=("allowed", "forbidden"))
SIGNS = HarmSigns.of(["bruises"], [], {}, [])
RECOGNISER = FakeRecogniser(
    {
        "may i": {"allowed": 0.95, "worry": 0.05},
        "may he": {"forbidden": 0.9, "allowed": 0.1},
        "may i, and may he": {"allowed": 0.5, "forbidden": 0.5},
        "Can I do this": {"allowed": 0.95, "lunch": 0.05},
        "can I do that?": {"forbidden": 0.95, "lunch": 0.05},
        "about allowed, on Sunday?": {"forbidden": 0.9, "allowed": 0.1},
        "may I photograph the bruises": {"allowed": 0.95, "worry": 0.05},
        "somebody is odd": {"worry": 0.4, "lunch": 0.6},
    }
)


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def desk(store: FakeStore) -> Desk:
    school = policy(ALLOWED, FORBIDDEN, WORRY, wide=(WIDE,), worries=("worry",))
    return Desk(
        Understanding(school, RECOGNISER, SURE, SIGNS, trusts_drafts=True),
        FakeRoster((TEACHER,)),
        store,
        lambda: MONDAY + days(2),
    )


def said(text: str, **others: object) -> Incoming:
    return Incoming(caller(), "talk", text=text, **others)


def pressed(verb: str, **inputs: str) -> Incoming:
    return Incoming(caller(), "talk", verb=verb, inputs=inputs)


async def test_a_stranger_gets_the_one_kind_sentence_and_can_press_nothing(desk, store):
    for incoming in (
        Incoming(caller("pupil"), "talk", text="may i"),
        Incoming(caller("pupil"), "talk", verb="send", inputs={"question": "x"}),
    ):
        assert (await desk(incoming)).text == STRANGER

    assert not store.kept and not store.counted


async def test_an_answer_has_verdict_sentence_and_the_governing_clause(desk):
    reply = await desk(said("may i"))

    assert reply.card == "answer"
    assert reply.values["headline"].endswith("Only if")
    assert reply.values["says"] == "You may."
    assert reply.values["governing"]["text"] == "Clause 1 says so."
    assert [one["id"] for one in reply.values["more"]] == ["P-5"]
    assert [one["situation"] for one in reply.values["see_also"]] == ["forbidden"]
    assert reply.last == "allowed"


async def test_only_the_question_changes_an_answer_never_who_asks(desk):
    other = Desk(
        desk.mind, FakeRoster((TEACHER.__class__("h", "Head", "", "head", frozenset()),)), desk.store, desk.today
    )

    assert await desk(said("may i")) == await other(Incoming(caller("head"), "elsewhere", text="may i"))


async def test_both_parts_of_a_question_are_answered_the_stricter_on_top(desk):
    reply = await desk(said("Can I do this and can I do that?"))

    assert reply.values["says"] == "You may not."
    assert [one["says"] for one in reply.values["also"]] == ["You may."]


async def test_a_follow_up_builds_on_the_situation_before(desk):
    assert (await desk(said("what about on Sunday?", last="allowed"))).values["says"] == "You may not."
    assert (await desk(said("what about on Sunday?"))).card == "silent"
    assert (await desk(said("what about on Sunday?", last="no-such"))).card == "silent"


async def test_a_worry_brings_the_hand_off_first_and_never_a_permission(desk):
    reply = await desk(said("may I photograph the bruises"))

    assert reply.values["has_hand_off"] is True
    assert reply.values["says"] == "Report it."
    assert reply.values["may_send"] is False
    assert "delete your message" not in reply.values["hand_off"]


async def test_in_a_group_the_hand_off_asks_to_delete_the_message(desk):
    reply = await desk(said("somebody is odd", is_private=False))

    assert reply.values["hand_off"].endswith("Please delete your message.")


async def test_situations_are_counted_by_week_and_no_text_is_kept(desk, store):
    await desk(said("may i"))
    await desk(pressed("helped", situation="allowed"))

    week = week_of(MONDAY + days(2))
    assert store.counted == {Count(week, "allowed", Outcome.ASKED): 1, Count(week, "allowed", Outcome.HELPED): 1}
    assert not store.kept


async def test_a_question_is_kept_only_when_it_is_sent_on_purpose_and_without_the_sender(desk, store):
    reply = await desk(pressed("send", question=" may  i vape? "))

    assert "without your name" in reply.text
    assert store.kept == {SentQuestion("may i vape?", MONDAY + days(2))}


@pytest.mark.parametrize(
    "incoming",
    [
        pressed("look", situation="no-such"),
        pressed("helped", situation="no-such"),
        pressed("explode"),
        pressed("send", question=" "),
        said(""),
        said("x" * 10_000),
        said("\x00\x01"),
    ],
)
async def test_bad_input_gets_a_plain_sentence_and_changes_nothing(desk, store, incoming):
    reply = await desk(incoming)

    assert reply.card == "note"
    assert reply.text.endswith((".", "?"))
    assert not store.counted and not store.kept


async def test_a_button_for_something_too_wide_asks_back(desk):
    reply = await desk(pressed("look", situation="wide"))

    assert reply.card == "choose"
    assert [one["situation"] for one in reply.values["options"]] == ["allowed", "forbidden"]


@pytest.mark.parametrize("word", ["help", "?", " HELP "])
async def test_help_says_what_can_be_asked(desk, word):
    reply = await desk(said(word))

    assert isinstance(reply, Outgoing)
    assert reply.card == "help"


def test_an_example_knows_who_wrote_it():
    assert Example("q", "lunch", "cook").voice == "cook"


async def test_a_full_disk_never_keeps_back_an_answer_or_a_hand_off(desk: Desk):
    class Full(FakeStore):
        async def count(self, *counts: Count) -> None:
            raise StoreError("This could not be saved.")

    outgoing = await replace(desk, store=Full())(Incoming(caller(), "c", text="a child has bruises"))

    assert "Telling me is not reporting" in outgoing.text


@pytest.mark.parametrize("word", ["hello", "Hi!", "Good morning.", "HEY"])
async def test_a_greeting_is_greeted(desk: Desk, word: str):
    assert (await desk(Incoming(caller(), "c", text=word))).card == "welcome"


async def test_a_question_that_only_sounds_like_a_worry_is_not_kept_but_handed_off(desk: Desk, store: FakeStore):
    outgoing = await desk(Incoming(caller(), "c", verb="send", inputs={"question": "somebody is odd"}))

    assert "Telling me is not reporting" in outgoing.text
    assert store.kept == set()
