"""Which messages ask to read the policy itself, and which are questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.ask.rules.passages import PassageKind, PassageRequest
from bot.ask.rules.policy import Policy
from bot.ask.rules.reading_requests import (
    READ_CONTENTS,
    READ_SECTION,
    READ_TOPIC,
    READ_WORDING,
    beside_what_is_asked,
    passage_request,
    request_for,
)

CONTENTS, SECTION, TOPIC, QUOTED, WORDING = PassageKind


@pytest.mark.parametrize(
    ("line", "kind", "asked"),
    [
        ("where is the policy", CONTENTS, ""),
        ("Where's the policy?", CONTENTS, ""),
        ("show me the policy", CONTENTS, ""),
        ("can I see the acceptable use policy", CONTENTS, "AUP"),
        ("hi, could you show me the social media policy please", CONTENTS, "SM"),
        ("what policies do you have?", CONTENTS, ""),
        ("read me section 5", SECTION, "section 5"),
        ("hi, can you read me section 5 please?", SECTION, "section 5"),
        ("section 9", SECTION, "section 9"),
        ("what does 4.1 say", SECTION, "4.1"),
        ("what does 4.1 (iv) say?", SECTION, "4.1 (iv)"),
        ("show me clause AUP-safety.7", SECTION, "clause AUP-safety.7"),
        ("point 7 of professional and personal safety", SECTION, "point 7 of professional and personal safety"),
        ("what is in section 6 of the social media policy", SECTION, "section 6 of the social media policy"),
        ("read me the declaration", SECTION, "the declaration"),
        ("what does the policy say about passwords", TOPIC, "passwords"),
        ("anything on reviews?", TOPIC, "reviews"),
        ("anything in there on passwords?", TOPIC, "passwords"),
        ("is there anything about former pupils in the policy", TOPIC, "former pupils"),
        ("search for passwords", TOPIC, "passwords"),
        ("the bit on reviews", TOPIC, "reviews"),
        ("which section covers photos?", TOPIC, "photos"),
        ("where does it mention encryption", TOPIC, "encryption"),
        ("what does it say about monitoring", TOPIC, "monitoring"),
        ("what does the policy say about child abuse", TOPIC, "child abuse"),
        ("find 'encrypted'", QUOTED, "encrypted"),
        ("find “privacy settings”", QUOTED, "privacy settings"),
        ("which clause says 'working hours'?", QUOTED, "working hours"),
        ("find the word encrypted", QUOTED, "encrypted"),
        ("which clause says that", WORDING, "lunch"),
        ("and where does it say that?", WORDING, "lunch"),
        ("show me the wording", WORDING, "lunch"),
        ("which clause is that?", WORDING, "lunch"),
    ],
)
def test_a_request_to_read_is_recognised(policy: Policy, line: str, kind: PassageKind, asked: str):
    assert passage_request(line, policy, "lunch") == PassageRequest(kind, asked)


@pytest.mark.parametrize(
    "line",
    [
        "what does the policy say about using my phone at lunch",
        "what does the policy say about staff posting pictures of their own children",
        "what does it say about a boy with bruises",
        "is there anything about a girl who is sad",
        "what does the policy say about pupils, and can I add one on facebook?",
        "read me section 5. Can I use my phone?",
        "can I use my phone at lunch",
        "can i see the policy before i sign it",
        "where does it say I can't use my phone",
        "find out who hasn't signed",
        "can we look up job applicants on facebook",
        "look up parents on facebook",
        "search for my recording",
        "show me my agreement",
        "show me the summary",
        "show me the lessons",
        "read the reminder",
        "anything else",
        "5",
        "9.15",
        "recording notice for Year 4 maths tomorrow 10am",
        "a pupil messaged me on Instagram",
        "agreement",
        "my record",
        "where do I find the safeguarding policy",
        "send note to all staff about phones",
    ],
)
def test_a_question_or_another_request_is_not_taken_for_it(policy: Policy, line: str):
    assert passage_request(line, policy, "lunch") is None


def test_what_is_said_besides_a_citation_is_kept_to_be_looked_at(policy: Policy):
    request = passage_request("read me section 5, a boy has bruises", policy)

    assert request == PassageRequest(SECTION, "section 5", beside="a boy has bruises")


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("find 'grooming'", "find ' '"),
        ("what does it say about child abuse", "what does it say about  "),
        ("read me section 5, a boy has bruises", "read me section 5, a boy has bruises"),
    ],
)
def test_only_the_words_that_are_searched_for_are_left_out_of_the_look_for_a_worry(policy: Policy, line, rest):
    request = passage_request(line, policy)

    assert request is not None and beside_what_is_asked(line, request) == rest


@pytest.mark.parametrize(
    ("intent", "line", "request_"),
    [
        (READ_SECTION, "would love a squint at 4.1 iv if poss", PassageRequest(SECTION, "4.1 iv")),
        (
            READ_SECTION,
            "could you get the section regarding unions for us",
            PassageRequest(TOPIC, "unions"),
        ),
        (READ_TOPIC, "gimme the bits regarding memory sticks", PassageRequest(TOPIC, "memory sticks")),
        (READ_TOPIC, "gimme owt on memory sticks, he came in bruised", PassageRequest(TOPIC, "memory sticks")),
        (READ_TOPIC, 'whereabouts is "good name" in it', PassageRequest(QUOTED, "good name")),
        (READ_WORDING, "and it says that in which line exactly mate", PassageRequest(WORDING, "lunch")),
        (READ_CONTENTS, "bung us the AUP doc will you", PassageRequest(CONTENTS, "AUP")),
        (READ_CONTENTS, "need a nosey at the whole thing", PassageRequest(CONTENTS)),
    ],
)
def test_a_known_intent_is_made_a_request_from_peoples_own_words(policy, intent: str, line: str, request_):
    assert request_for(intent, line, policy, "lunch") == request_


@given(some.text(max_size=200))
def test_whatever_is_typed_is_a_request_or_a_question(policy: Policy, line: str):
    passage_request(line, policy, "lunch")
    for intent in (READ_CONTENTS, READ_SECTION, READ_TOPIC, READ_WORDING):
        assert isinstance(request_for(intent, line, policy), PassageRequest)
