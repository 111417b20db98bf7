"""Questions at the desk: what is answered, what is counted, and what is kept."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest

from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.answers import UNPUBLISHED
from bot.ask.rules.choose_situation import Reading
from bot.ask.rules.tallies import Count, Outcome, SentQuestion, Tally
from bot.desk.rules.messages import Incoming
from bot.errors import StoreError
from bot.people.rules.person import Person, Role
from tests.ask.small_school import WEDNESDAY, AskingSchool
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, TEACHER, FakeQuestionReader, caller, days


@pytest.fixture
def school() -> AskingSchool:
    return AskingSchool()


async def test_a_stranger_can_neither_ask_nor_send_anything(school: AskingSchool):
    pupil = caller("pupil")

    await school(Incoming(pupil, "talk", text="may i"))
    await school(Incoming(pupil, "talk", verb="send", inputs={"question": "x"}))

    assert await school.store.questions() == () and await school.store.tallies() == ()


@dataclass
class MeetingReader(FakeQuestionReader):
    """A reader that waits a moment for another to read beside it, and notes whether one came."""

    door: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    has_met: bool = False

    def read(self, texts: Sequence[str]) -> list[Reading]:
        with suppress(threading.BrokenBarrierError):
            self.door.wait(0.05)
            self.has_met = True
        self.door.reset()
        return super().read(texts)


async def test_of_questions_that_come_at_once_one_is_read_after_the_other(school: AskingSchool):
    ask = school.ask
    reader = MeetingReader({"may i": {"allowed": 0.9}})
    one_by_one = replace(ask, held=HeldUnderstanding(replace(ask.understanding, reader=reader)))

    replies = await asyncio.gather(
        *(one_by_one.answer(Incoming(caller(), "talk", text="may i"), TEACHER) for _ in range(3))
    )

    assert not reader.has_met
    assert [reply.card for reply in replies] == ["answer"] * 3


async def test_an_answer_has_verdict_sentence_and_the_governing_clause(school: AskingSchool):
    reply = await school.write("may i")

    assert reply.card == "answer"
    assert reply.values["headline"].endswith("Only if")
    assert reply.values["says"] == "You may."
    assert reply.values["governing"]["text"] == "Clause 1 says so."
    assert [quote["id"] for quote in reply.values["more"]] == ["P-5"]
    assert [button["situation"] for button in reply.values["see_also"]] == ["forbidden"]
    assert reply.values["pointer"] == ""
    assert reply.last == "allowed"


async def test_the_plain_text_is_in_the_order_of_the_card(school: AskingSchool):
    text = (await school.write("may i")).text

    in_order = ("Only if: You may.", "It is lunch", "Clause 1 says so.", "I read", "See also: ", "Clause 5 says so.")
    places = [text.index(part) for part in in_order]
    assert places == sorted(places)


async def test_the_headline_answers_a_question_as_it_was_asked_and_a_button_the_ruling(school: AskingSchool):
    asked = await school.write("why can't I")
    pressed = await school.press("look", situation="forbidden")

    assert (asked.values["headline"], pressed.values["headline"]) == ("i  What the policy says", "✕  No")


async def test_a_silence_has_the_schools_own_advice_and_no_clause(school: AskingSchool):
    reply = await school.write("what about on Sunday?")

    assert reply.card == "silent"
    assert reply.values["pointer"] == "From the school, not this policy: Ask the kitchen."
    assert reply.values["governing"] == {}


async def test_only_the_question_changes_an_answer_never_who_asks(school: AskingSchool):
    head = Person("he", "The headteacher", "", "head", frozenset({Role.HEAD}))

    reply = await school.ask.answer(Incoming(caller("head"), "elsewhere", text="may i"), head)

    assert reply == await school.write("may i")


async def test_both_parts_of_a_question_are_answered_the_stricter_on_top(school: AskingSchool):
    reply = await school.write("Can I do this and can I do that?")

    assert reply.values["says"] == "You may not."
    assert [answer["says"] for answer in reply.values["also"]] == ["You may."]


@pytest.mark.parametrize(("last", "card"), [("allowed", "answer"), ("", "silent"), ("no-such", "silent")])
async def test_a_follow_up_builds_on_the_situation_before(school: AskingSchool, last: str, card: str):
    assert (await school.write("what about on Sunday?", last=last)).card == card


async def test_a_worry_brings_the_hand_off_first_and_never_a_permission(school: AskingSchool):
    reply = await school.write("may I photograph the bruises")

    assert reply.values["says"] == "Report it."
    assert reply.values["may_send"] is False
    assert reply.values["hand_off"] and "delete your message" not in reply.values["hand_off"]


async def test_in_a_group_the_hand_off_asks_to_delete_the_message(school: AskingSchool):
    reply = await school.write("somebody is odd", is_private=False)

    assert reply.values["hand_off"].endswith("Please delete your message.")


async def test_situations_are_counted_by_week_and_no_text_is_kept(school: AskingSchool):
    await school.write("may i")
    await school.press("helped", situation="allowed")
    await school.press("did_not_help", situation="forbidden")

    assert set(await school.store.tallies()) == {
        Tally(Count(MONDAY, "allowed", Outcome.ASKED), 1),
        Tally(Count(MONDAY, "allowed", Outcome.HELPED), 1),
        Tally(Count(MONDAY, "forbidden", Outcome.DID_NOT_HELP), 1),
    }
    assert await school.store.questions() == ()


async def test_what_was_offered_is_counted_apart_from_what_was_answered(school: AskingSchool):
    await school.press("look", situation="wide")

    outcomes = {tally.count.outcome for tally in await school.store.tallies()}
    assert outcomes == {Outcome.OFFERED}


async def test_a_question_is_kept_only_when_it_is_sent_on_purpose_and_without_the_sender(school: AskingSchool):
    form = await school.press("send", question=" may  i vape? ")
    assert (form.card, form.values["question"]) == ("sending", "may i vape?")
    assert await school.store.questions() == ()

    reply = await school.press("send_to_school", question=form.values["question"])

    assert "without your name" in reply.text
    assert await school.store.questions() == (SentQuestion("may i vape?", MONDAY),)


@pytest.mark.parametrize("verb", ["send", "send_to_school"])
async def test_a_question_that_sounds_like_a_worry_is_not_kept_but_handed_off(school: AskingSchool, verb: str):
    reply = await school.press(verb, question="somebody is odd")

    assert "Telling me is not reporting" in reply.text
    assert await school.store.questions() == ()


async def test_questions_are_forgotten_after_ninety_days(school: AskingSchool):
    for age in (90, 91):
        await school.store.keep_question(SentQuestion(f"{age} days ago", WEDNESDAY - days(age)))

    assert await school.ask.forget_questions() == 1
    assert [question.text for question in await school.store.questions()] == ["90 days ago"]


@pytest.mark.parametrize(
    ("verb", "inputs"),
    [
        ("look", {"situation": "no-such"}),
        ("helped", {"situation": "no-such"}),
        ("did_not_help", {}),
        ("explode", {}),
        ("send", {"question": " "}),
        ("send", {"question": "x" * 501}),
        ("send_to_school", {"question": " "}),
        ("send_to_school", {"question": "x" * 501}),
    ],
)
async def test_a_bad_press_gets_a_plain_sentence_and_changes_nothing(school: AskingSchool, verb: str, inputs):
    reply = await school.press(verb, **inputs)

    assert reply.card == "note" and reply.text.endswith((".", "?"))
    assert await school.store.tallies() == () and await school.store.questions() == ()


@pytest.mark.parametrize("text", ["", "x" * 10_000, "\x00\x01"])
async def test_a_message_that_cannot_be_read_gets_a_plain_sentence_and_changes_nothing(school: AskingSchool, text: str):
    reply = await school.write(text)

    assert reply.card == "note" and reply.text.endswith((".", "?"))
    assert await school.store.tallies() == ()


async def test_a_button_for_something_too_wide_asks_back(school: AskingSchool):
    reply = await school.press("look", situation="wide")

    assert reply.card == "choose"
    assert [button["situation"] for button in reply.values["options"]] == ["allowed", "forbidden"]


@pytest.mark.parametrize("word", ["help", "?", " ? ", " HELP ", "What can you do?"])
async def test_help_says_what_can_be_asked(school: AskingSchool, word: str):
    assert (await school.write(word)).card == "help"


async def test_more_than_one_question_mark_is_a_question(school: AskingSchool):
    assert (await school.write("??")).card == "silent"


async def test_the_button_help_brings_the_same(school: AskingSchool):
    assert await school.press("help") == await school.write("help")


@pytest.mark.parametrize("word", ["hello", "Hi!", "Good morning.", "HEY"])
async def test_a_greeting_is_greeted(school: AskingSchool, word: str):
    assert (await school.write(word)).card == "welcome"


class FullStore(FakeStore):
    """A store on a full disk."""

    async def count(self, *counts: Count) -> None:
        raise StoreError("This could not be saved.")


async def test_a_full_disk_never_keeps_back_an_answer_or_a_hand_off():
    school = AskingSchool(FullStore())

    assert "Telling me is not reporting" in (await school.write("a child has bruises")).text
    assert (await school.write("may i")).card == "answer"


async def test_an_answer_from_a_draft_says_that_it_is_unpublished(school: AskingSchool):
    draft = replace(school, drafts=frozenset({"Paper"}))

    assert {"text": UNPUBLISHED} in (await draft.write("may i")).values["notes"]
    assert {"text": UNPUBLISHED} not in (await school.write("may i")).values["notes"]


def test_every_word_is_written_as_it_is_compared_and_every_old_button_is_known(school: AskingSchool):
    commands = school.ask.commands()

    for word in (word for command in commands for word in command.words):
        assert Incoming(caller(), "", text=word).plain_text == word
    assert {"look", "helped", "did_not_help", "help"} <= {command.name for command in commands}
