"""Follow-ups, "why?", "that is not right" and "not what I asked", as somebody has them with the desk."""

from dataclasses import dataclass, replace

import pytest

from bot.ask.answer_card import answer_card
from bot.ask.ask import ask
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.follow_ups import ABOUT_WHAT
from bot.ask.rules.rulings import Ruling
from bot.ask.rules.safeguarding import HandOff
from bot.ask.rules.verdicts import Verdict
from bot.ask.understanding import Understanding
from bot.channels.memory import RecentAnswers
from bot.desk.rules.messages import ASK_AGAIN, Outgoing, note
from tests.ask.small_school import ALLOWED, FORBIDDEN, UNDERSTANDING, WEDNESDAY, WORRY, AskingSchool
from tests.fakes import NINE, FakeQuestionReader, policy

CHATS = ("thanks", "why", "disagree")
REASON = Ruling("reason", Verdict.INFO, "It keeps pupils safe.", clauses=("P-4",))
READER = FakeQuestionReader(
    {
        "may I?": {"allowed": 0.95, "worry": 0.03, "forbidden": 0.02},
        "may he?": {"forbidden": 0.95, "allowed": 0.03, "worry": 0.02},
        "about forbidden, at night?": {"worry": 0.95, "lunch": 0.05},
        "about forbidden, thanks": {"forbidden": 1.0},
        "and thanks": {"thanks": 1.0},
        "eh, who came up with that": {"why": 1.0},
        "that is rubbish": {"disagree": 1.0},
        "and parking?": {"lunch": 1.0},
        "about forbidden, parking?": {"lunch": 0.3, "forbidden": 0.35, "allowed": 0.35},
    }
)
KEY = ("account", "talk")


@dataclass
class Talk:
    """Somebody's talk with the bot, which remembers as a channel does."""

    understanding: Understanding
    memory: RecentAnswers

    def ask(self, line: str) -> PolicyReply:
        reply = ask(line, self.understanding, WEDNESDAY, self.memory.last(KEY, NINE))
        self.memory.keep_topic(KEY, self.card(reply), NINE)
        return reply

    def card(self, reply: PolicyReply) -> Outgoing:
        return answer_card(reply, self.understanding.policy, is_private=True)

    def situations(self, line: str) -> list[str]:
        return [answer.situation.id for answer in self.ask(line).answers]


@pytest.fixture
def talk() -> Talk:
    chats = [Ruling(id, Verdict.NOT_COVERED, f"Kind words on {id}.") for id in CHATS]
    school = policy(ALLOWED, FORBIDDEN, WORRY, REASON, *chats, worries=("worry",), chats=CHATS)
    forbidden = replace(school.situations["forbidden"], why="reason")
    school = replace(school, situations={**school.situations, "forbidden": forbidden})
    return Talk(replace(UNDERSTANDING, policy=school, reader=READER), RecentAnswers())


def test_a_follow_up_builds_on_the_answer_before(talk: Talk):
    talk.ask("may he?")

    assert talk.situations("and at night?") == ["worry"]


def test_small_talk_between_leaves_the_topic(talk: Talk):
    talk.ask("may he?")
    talk.ask("and thanks")

    assert talk.situations("and at night?") == ["worry"]


def test_a_command_between_leaves_the_topic(talk: Talk):
    talk.ask("may he?")
    talk.memory.keep_topic(KEY, note("Paused."), NINE)

    assert talk.situations("and at night?") == ["worry"]


def test_another_question_takes_the_topics_place(talk: Talk):
    talk.ask("may he?")
    talk.ask("may I?")

    assert talk.memory.last(KEY, NINE) == "allowed"


def test_a_question_that_was_unclear_leaves_no_topic(talk: Talk):
    unclear = PolicyReply("?", (), (), hand_off=HandOff.NONE, confidence=0.1)
    talk.ask("may he?")
    talk.memory.keep_topic(KEY, talk.card(unclear), NINE)

    assert talk.memory.last(KEY, NINE) == ""


def test_what_is_clear_only_by_itself_is_another_question(talk: Talk):
    talk.ask("may he?")

    assert talk.situations("and parking?") == ["lunch"]


def test_a_fragment_about_nothing_is_asked_about_what(talk: Talk):
    reply = talk.ask("and this?")

    assert (reply.verdict, talk.card(reply).text) == (Verdict.NOT_COVERED, ABOUT_WHAT)


@pytest.mark.parametrize("line", ["why?", "eh, who came up with that"])
def test_why_gets_the_reason_that_belongs_to_the_answer_before(talk: Talk, line: str):
    talk.ask("may he?")

    assert talk.situations(line) == ["reason"]
    assert talk.memory.last(KEY, NINE) == "forbidden"


def test_why_gets_the_same_clauses_as_information_if_no_situation_gives_the_reason(talk: Talk):
    talk.ask("may I?")

    answer = talk.ask("why?").answers[0]

    assert (answer.situation.id, answer.verdict, answer.conditions) == ("allowed", Verdict.INFO, ())
    assert [quote.id for quote in answer.quotes] == ["P-1", "P-5"]


def test_who_disagrees_is_offered_what_is_near_the_answer_before(talk: Talk):
    talk.ask("may I?")

    assert [offer.situation.id for offer in talk.ask("that is rubbish").offers] == ["forbidden"]


def test_who_disagrees_with_nothing_is_asked_what_they_meant(talk: Talk):
    assert talk.card(talk.ask("that is rubbish")).text == "Kind words on disagree."


def test_an_answer_carries_what_else_the_question_may_have_meant(talk: Talk):
    assert [situation.id for situation in talk.ask("may he?").next_readings] == ["allowed", "worry"]


@pytest.fixture
def school() -> AskingSchool:
    return AskingSchool()


async def test_not_what_i_asked_offers_the_next_readings_and_then_the_person_to_ask(school: AskingSchool):
    outgoing = await school.press("did_not_help", situation="forbidden", next="allowed worry")

    assert [option["situation"] for option in outgoing.values["options"]] == ["allowed", "worry"]
    assert outgoing.values["ask_a_person"].startswith("If not, please ask ")


async def test_not_what_i_asked_names_the_person_to_ask_if_nothing_is_left(school: AskingSchool):
    outgoing = await school.press("did_not_help", situation="forbidden")

    assert outgoing.is_note
    assert outgoing.text.endswith("I have no better guess. Please ask the head or the school office.")
    assert outgoing.is_beside


@pytest.mark.parametrize("readings", ["nowhere", "allowed forbidden worry lunch"])
async def test_readings_that_are_not_ours_are_refused(school: AskingSchool, readings: str):
    assert (await school.press("did_not_help", situation="forbidden", next=readings)).text == ASK_AGAIN


def test_every_reason_of_the_real_school_is_ruled_on(policy):
    reasons = {situation.why for situation in policy.situations.values()} - {""}

    assert reasons
    assert all(policy.rulings[id].clauses for id in reasons)
