"""Talk with the bot itself: a short kind reply, and no verdict."""

from dataclasses import dataclass, replace

import pytest

from bot.ask.answer_card import answer_card, as_json
from bot.ask.ask import ask
from bot.ask.language_file import read_languages
from bot.ask.rules.rulings import Ruling
from bot.ask.rules.verdicts import Verdict
from bot.ask.understanding import Understanding
from bot.desk.rules.messages import Outgoing
from bot.settings import ROOT
from tests.ask.small_school import FORBIDDEN, UNDERSTANDING, WEDNESDAY, WORRY
from tests.fakes import FakeQuestionReader, policy

CHATS = ("greeting", "thanks", "other-language", "feelings")
READER = FakeQuestionReader(
    {
        "hello you": {"greeting": 1.0},
        "cheers pal": {"thanks": 0.97, "forbidden": 0.03},
        "cheers pal, bruises": {"thanks": 0.97, "forbidden": 0.03},
        "tired": {"feelings": 1.0},
        "merci": {"other-language": 1.0},
        "xyzzy plugh": {"other-language": 1.0},
    }
)


@dataclass(frozen=True)
class Talk:
    """Talk with a school's bot that reads lines as the table says."""

    understanding: Understanding

    def __call__(self, line: str) -> Outgoing:
        reply = ask(line, self.understanding, WEDNESDAY)
        return answer_card(reply, self.understanding.policy, is_private=True)


@pytest.fixture
def talk() -> Talk:
    rulings = [Ruling(id, Verdict.NOT_COVERED, f"Kind words on {id}.", pointer="Or ask.") for id in CHATS]
    school = policy(FORBIDDEN, WORRY, *rulings, worries=("worry",), chats=CHATS)
    school = replace(school, contacts=replace(school.contacts, phone="01524 000000"))
    return Talk(replace(UNDERSTANDING, policy=school, reader=READER, languages=read_languages(ROOT / "policies")))


def test_thanks_get_a_small_card_without_verdict_or_buttons(talk: Talk):
    outgoing = talk("cheers pal")

    assert (outgoing.is_note, outgoing.text) == (True, "Kind words on thanks. Or ask.")


def test_small_talk_is_no_topic_for_a_follow_up(talk: Talk):
    assert talk("cheers pal").last == ""


def test_a_greeting_in_any_words_shows_the_welcome_card(talk: Talk):
    assert talk("hello you").card == "welcome"


def test_a_worry_in_small_talk_still_brings_the_hand_off_first(talk: Talk):
    text = talk("cheers pal, bruises").text

    assert text.startswith("Tell ")
    assert text.endswith("Kind words on thanks. Or ask.")


def test_a_polish_question_is_answered_in_english_and_with_one_polish_line(talk: Talk):
    english, polish = talk("Czy mogę używać telefonu w klasie?").text.split("\n\n")

    assert english == "Kind words on other-language. Or ask."
    assert polish.startswith("Umiem czytać tylko po angielsku.")


def test_the_number_in_the_polish_line_can_be_pressed(talk: Talk):
    assert "](tel:" in talk("Czy mogę używać telefonu w klasie?").values["text"]


def test_one_word_gets_its_line_if_the_recogniser_knows_that_it_is_not_english(talk: Talk):
    assert "Je ne lis que l'anglais" in talk("merci").text


def test_an_unknown_language_is_answered_in_english_only(talk: Talk):
    assert talk("xyzzy plugh").text == "Kind words on other-language. Or ask."


def test_another_language_is_not_covered_and_has_no_clauses(talk: Talk):
    line = "Dzień dobry, czy mogę zapytać po polsku?"

    fields = as_json(ask(line, talk.understanding, WEDNESDAY), line, talk.understanding.policy)

    assert (fields["verdict"], fields["situation"], fields["clauses"]) == ("not_covered", "other-language", [])


def test_every_chat_of_the_real_school_has_one_or_two_short_sentences(policy):
    for id, situation in policy.situations.items():
        if situation.chat:
            assert policy.rulings[id].verdict is Verdict.NOT_COVERED
            assert 1 <= policy.rulings[id].says.rstrip(".?!").count(". ") + 1 <= 2
