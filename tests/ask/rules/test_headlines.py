"""The headline answers the question as it was asked, and never allows more than the ruling does."""

import pytest

from bot.ask.rules.answers import Answer, answer
from bot.ask.rules.headlines import Headline, headline
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import AskedWords, Ruling
from bot.ask.rules.verdicts import Verdict
from tests.fakes import MONDAY

LOCK = Ruling(
    "lock",
    Verdict.MUST,
    "Lock it.",
    asked=AskedWords(contrary=("logged in", "leave ... open", "not lock"), meets=(("locked", "lock it"),)),
)
REPORT = Ruling("report", Verdict.REPORT, "Report it.", asked=AskedWords(contrary=("ignore it", "keep quiet")))
FRIENDS = Ruling("friends", Verdict.NO, "You should not.")
INSTALL = Ruling("install", Verdict.NO, "Ask.", "Only if she agrees", asked=AskedWords(breaks=("without asking",)))
FILES = Ruling(
    "files",
    Verdict.YES_IF,
    "With permission, for work.",
    conditions=("They have said so", "It is for work"),
    asked=AskedWords(
        meets=(("she said yes", "with her permission"), ("for work", "not for fun")), breaks=("she said no",)
    ),
)


def shown(question: str, ruling: Ruling) -> tuple[Verdict, str]:
    result = headline(question, ruling, may_confirm=True)
    return result.verdict, result.text


@pytest.mark.parametrize(
    "question",
    [
        "can I leave it logged in for a minute?",
        "Is it OK to stay logged in while I get a coffee",
        "ok to leave my laptop open at break?",
        "am i allowed to leave it logged in",
        "could we leave the class computer open over lunch?",
        "can't I just stay logged in?",
        "can my TA leave it open?",
        "leave it logged in five mins, alright?",
        "I'm only going next door. Can I not lock it?",
        "surely i can stay logged in",
        "would it be fine to stay logged in",
        "logged in all day - is that allowed",
    ],
)
def test_leave_to_do_the_contrary_of_a_duty_is_refused(question: str):
    assert shown(question, LOCK) == (Verdict.NO, "No")


@pytest.mark.parametrize(
    "question",
    [
        "",
        "do I have to lock it?",
        "can I lock my screen?",
        "is it ok to lock it and stay logged in?",
        "can I stay logged in if it's locked?",
        "do I really need to lock it or can I leave it logged in?",
        "I left it logged in",
        "what happens if I stay logged in",
        "is it a problem if I stay logged in?",
        "must we lock it every time",
        "can you tell me about staying logged in",
    ],
)
def test_a_duty_is_a_duty_to_everything_else(question: str):
    assert shown(question, LOCK) == (Verdict.MUST, "You must")


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("can I just ignore it?", Verdict.NO),
        ("may I keep quiet about it until Monday", Verdict.NO),
        ("who do I report it to", Verdict.REPORT),
        ("should we ignore it or report it", Verdict.REPORT),
        ("why do I have to report it", Verdict.REPORT),
    ],
)
def test_leave_not_to_report_is_refused(question: str, verdict: Verdict):
    assert shown(question, REPORT)[0] is verdict


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("can I add a mum on Facebook?", "No"),
        ("", "No"),
        ("is it against the rules to add a mum", "Not allowed"),
        ("do I have to turn her down?", "Not allowed"),
        ("am I not allowed to add her?", "Not allowed"),
        ("will I get into trouble for adding her", "Not allowed"),
        ("should I block her", "Not allowed"),
        ("is it wrong to say yes", "Not allowed"),
    ],
)
def test_no_is_never_said_where_it_could_be_read_as_a_permission(question: str, text: str):
    assert shown(question, FRIENDS) == (Verdict.NO, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("can I put Kahoot on without asking her first?", "No"),
        ("is it alright to install it without asking", "No"),
        ("what if somebody installs it without asking", "Only if she agrees"),
        ("do I ask her, or can I install it without asking?", "Only if she agrees"),
        ("is it a problem if I install it without asking", "Not allowed"),
        ("can I install Kahoot?", "Only if she agrees"),
        ("I would never do it without asking, but can I install it?", "Only if she agrees"),
        ("can I install it if she agrees", "Only if she agrees"),
    ],
)
def test_a_condition_that_the_question_breaks_counts(question: str, text: str):
    assert shown(question, INSTALL) == (Verdict.NO, text)


@pytest.mark.parametrize(
    "question",
    [
        "can I open her files for work if she said yes?",
        "She said yes. May I copy them for work?",
        "is it ok to use her slides with her permission, for work",
        "am I allowed to use them with her permission and not for fun",
    ],
)
def test_only_if_becomes_yes_when_every_condition_is_named(question: str):
    assert shown(question, FILES) == (Verdict.YES, "Yes")
    assert headline(question, FILES, may_confirm=False) == Headline(Verdict.YES_IF, "Only if")


@pytest.mark.parametrize(
    "question",
    [
        "can I open her files?",
        "can I open her files for work?",
        "can I open her files if she said yes",
        "can I open her files for work, she hasn't said yes",
        "can I open her files not with her permission but for work",
        "can I open them for work, I don't think she said yes",
        "can I open them for work even though nobody knows she said yes",
        "can I open them for work before she said yes",
        "can I open them for work and tell the head she said yes when she didn't",
        "can I open them with her permission, not for work",
        "can I open them for work with her permission or without",
        "can I open them for work with her permission and can I open his?",
        "do I need to be there with her permission for work",
        "why can I only do it with her permission for work",
        "can't I open them for work with her permission",
        "I opened them for work with her permission",
        "who can open them for work with her permission",
        "can I open his files for work, she said yes",
        "can I open Sarah's files for work? the deputy was there and she said yes",
        "can I open them for work with her permission? she refused",
        "can I open them for work, she will say yes, she said yes last year, maybe",
    ],
)
def test_a_missing_a_negated_or_a_doubtful_condition_never_gives_yes(question: str):
    assert shown(question, FILES)[0] is Verdict.YES_IF


def test_a_condition_that_is_broken_beats_all_that_are_met():
    assert shown("can I open them for work with her permission, though she said no", FILES) == (Verdict.NO, "No")


@pytest.mark.parametrize("gap", ["she ... yes", "..."])
def test_a_phrase_with_a_gap_meets_no_condition(gap: str):
    ruling = Ruling("files", Verdict.YES_IF, "", conditions=("She said yes",), asked=AskedWords(meets=((gap,),)))

    assert shown("can I, she has not said yes", ruling)[0] is Verdict.YES_IF


@pytest.mark.parametrize(
    "question",
    [
        "why may we not?",
        "Why can't I add her?",
        "so why is it not allowed",
        "how come",
        "what's the point of it",
        "why?",
    ],
)
@pytest.mark.parametrize("ruling", [FRIENDS, LOCK, INSTALL], ids=lambda ruling: ruling.situation)
def test_who_asks_why_gets_information(question: str, ruling: Ruling):
    assert shown(question, ruling) == (Verdict.INFO, "What the policy says")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("why not add her?", "No"),
        ("she asked me why. Can I add her?", "No"),
        ("why can't I? Is it ok at weekends?", "No"),
    ],
)
def test_who_asks_for_leave_as_well_gets_no_information_instead(question: str, text: str):
    assert shown(question, FRIENDS) == (Verdict.NO, text)


REAL = [
    ("lock-screen", "can I leave it logged in for a minute?", "no", "No"),
    ("lock-screen", "nipping to the photocopier, ok to leave my laptop unlocked?", "no", "No"),
    ("lock-screen", "can I lock my screen?", "must", "You must"),
    ("lock-screen", "do I have to lock it?", "must", "You must"),
    ("install-software", "can I install a timer without asking her first?", "no", "No"),
    ("install-without-asking", "is it ok to put it on without asking the head", "no", "No"),
    ("install-software", "can I install a timer?", "no", "Only if the Headteacher agrees"),
    ("usb-stick", "can I take the class list home on a memory stick?", "yes_if", "Only if it is encrypted"),
    ("usb-plain", "can I take it home on an unencrypted stick", "no", "No"),
    ("usb-encrypted", "can I use a stick if it is encrypted", "yes_if", "Only as the School Data Policy says"),
    ("data-encrypt", "can I send it without encrypting it", "no", "No"),
    ("data-encrypt", "do I have to encrypt it", "must", "It must be encrypted"),
    ("sign", "what am I agreeing to?", "info", "You agree to keep to the guidelines"),
    ("sign", "what exactly did I agree to in September", "info", "You agree to keep to the guidelines"),
    ("must-sign", "do I have to sign it every year", "must", "You are asked to sign"),
    ("parent-friend", "why may we not be friends with parents?", "info", "What the policy says"),
    ("parent-friend", "may I decline a mum's friend request?", "info", "What the policy says"),
    ("shared-password", "am I allowed to refuse to give out my password?", "info", "What the policy says"),
    ("shared-password", "should I say no when a colleague wants my password?", "info", "What the policy says"),
    ("friend-now-parent", "am I allowed to unfriend a parent?", "info", "What the policy says"),
    ("usb-encrypted", "can I skip encryption if I drive straight home?", "no", "No"),
    ("own-phone-break", "can I use my phone at lunch when I am on duty?", "no", "No"),
    ("message-parent", "can I WhatsApp a parent?", "no", "No"),
    ("message-parent", "how do I reach a parent", "no", "Only through official school systems"),
    ("others-files-agreed", "can I use her planning if she said yes", "yes", "Yes"),
    (
        "others-files-agreed",
        "can I use her planning if the head said yes",
        "yes_if",
        "Only with their express permission",
    ),
    ("others-files-agreed", "can I use her planning without her permission", "no", "No"),
    ("social-media-break", "can I go on insta on my lunch break on my own data", "yes", "Yes"),
    ("social-media-break", "can I go on insta at lunch", "yes_if", "Only if"),
    ("social-media-break", "can I go on insta on my break on the school wifi", "no", "No"),
    ("social-media-break", "can I go on insta on lunch duty with my own data", "no", "No"),
    ("photo-school-device", "can I film them on the school ipad, parents have given permission", "yes_if", None),
    ("found-illegal", "can I just delete it and keep quiet", "no", "No"),
    ("found-illegal", "what do I do", "report", "Report it"),
    ("pupil-contacts-me", "can I reply to a pupil who messaged me", "no", "No"),
    ("report-damage", "is it ok to say nothing about the cracked screen", "no", "No"),
]


@pytest.mark.parametrize(("situation", "question", "verdict", "text"), REAL)
def test_the_school_answers_the_question_as_it_was_asked(
    policy: Policy, situation: str, question: str, verdict: str, text: str | None
):
    reply = real_answer(policy, situation, question)

    assert reply.verdict == verdict
    assert text is None or reply.headline == text


def real_answer(policy: Policy, situation: str, question: str) -> Answer:
    return answer(situation, policy, MONDAY, trusts_drafts=True, question=question)


def test_a_draft_outside_local_mode_is_never_confirmed(policy: Policy):
    question = "can I use her planning if she said yes"
    reply = answer("others-files-agreed", policy, MONDAY, trusts_drafts=False, question=question)

    assert (reply.verdict, reply.headline) == (Verdict.INFO, "What the policy says")


def test_no_question_makes_a_permission_of_another_ruling(policy: Policy):
    questions = [question for _, question, _, _ in REAL]
    for id, ruling in policy.rulings.items():
        replies = [real_answer(policy, id, question) for question in questions]
        if not ruling.verdict.is_permission:
            assert not any(reply.verdict.is_permission for reply in replies), id
        if policy.absent_behind(ruling):
            assert not any(reply.verdict is Verdict.YES for reply in replies), id


def test_a_pressed_button_shows_the_rulings_own_headline(policy: Policy):
    for id, ruling in policy.rulings.items():
        reply = answer(id, policy, MONDAY, trusts_drafts=True)
        assert (reply.verdict, reply.headline) == (ruling.verdict, ruling.shown_headline)
