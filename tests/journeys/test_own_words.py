"""What people ask of the bot in their own words: everything leads somewhere, and nothing changes without a press."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from bot.ask.policy_file import read_signs
from bot.ask.read_policy import clause_index
from bot.ask.rules.command_parameters import parameters
from bot.ask.rules.policy import Policy
from bot.ask.understanding import Understanding
from bot.desk.desk import NOT_HERE, STRANGER, Desk
from bot.desk.routing import RoutingTable
from bot.desk.rules.messages import CommandRequest, Incoming, Outgoing, note
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.person import Caller, Person, Proof
from bot.settings import Settings
from tests.fakes import SURE, FakeQuestionReader, shown
from tests.journeys.lessons import announced
from tests.journeys.school import School, school

WORRY = "Tell the safeguarding lead now."
PEOPLE = ("demo-teacher", "demo-head", "demo-it", "demo-volunteer", "demo-office", "demo-chair")
WORDS = {
    "person": "the site manager",
    "until": "5 January",
    "day": "Thursday",
    "time": "half past nine",
    "lesson": "Year 4 maths",
    "section": "section 5",
    "query": "passwords",
}
CHANGES = {
    "release",
    "hold",
    "open",
    "extend",
    "close",
    "record_paper",
    "record_pause",
    "correct",
    "answered",
    "answer_question",
    "withdraw_question",
    "publish",
}
CHANGES |= {
    "acknowledge",
    "time",
    "not_now",
    "ask_head",
    "export",
    "sync",
    "take_over",
    "send_to_school",
    "helped",
    "did_not_help",
}
CHANGES |= {"notice_post", "notice_copy", "notice_track", "was_recorded", "is_gone", "copied", "take_back", "move"}
CHANGES |= {"take_back_all", "expiry_done", "wish"}


@dataclass
class Recogniser:
    """Takes every line for the request that the test says, with a hand-off before it if there is a worry in it."""

    request: CommandRequest
    worry: str = ""

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing:
        return replace(note(self.worry), request=self.request)


@pytest.fixture
async def autumn(settings: Settings, policy: Policy) -> AsyncIterator[School]:
    """A school whose campaign runs and whose teacher has a recorded lesson; it has learnt nothing."""
    understanding = Understanding(
        policy,
        FakeQuestionReader(),
        SURE,
        read_signs(settings.policies),
        trusts_drafts=True,
        index=clause_index(policy, settings.policies),
    )
    async with school(settings, understanding) as at:
        await at.presses("demo-head", "publish")
        await at.presses("demo-head", "open", due="2026-10-30", audience="staff,volunteer", anyway="true")
        await announced(at)
        yield at


def desk_of(at: School, request: CommandRequest, worry: str = "") -> Desk:
    return replace(at.staffroom.desk, answer=Recogniser(request, worry))


def wrote(at: School, account: str, text: str = "in my own words", last: str = "") -> Incoming:
    return Incoming(Caller(at.context.school.id, "local", "", account, Proof.DEMO), account, text=text, last=last)


async def asks(at: School, account: str, name: str, worry: str = "", **said: str) -> Outgoing:
    """The reply to a line that was recognised as a request."""
    return shown(await desk_of(at, CommandRequest(name, said), worry)(wrote(at, account)))


async def presses(at: School, account: str, card: Outgoing, number: int = 0, **inputs: str) -> Outgoing:
    """The reply to a button of a request's card."""
    button = card.values["buttons"][number]
    carried = {name: text for name, text in button.items() if name not in {"title", "verb"}}
    incoming = replace(wrote(at, account, ""), verb=button["verb"], inputs=carried | inputs)
    return shown(await at.staffroom.desk(incoming))


async def kept(at: School) -> object:
    """What is in the ledger and in the outbox."""
    return [entry.hash for entry in await at.store.entries()], await at.messages()


def everything_shown(routes: RoutingTable) -> set[str]:
    return {intent for command in routes.commands for intent in command.intents}


async def test_every_command_of_the_file_leads_somewhere_and_none_to_what_changes_anything(
    autumn: School, policy: Policy
):
    commands = autumn.staffroom.desk.routes.commands

    assert everything_shown(autumn.staffroom.desk.routes) == policy.commands.keys()
    assert {command.name for command in commands} >= CHANGES - {"sync", "take_over", "wish"}
    for command in commands:
        assert command.shows_only or not command.intents, command.name
        assert command.name not in CHANGES or not command.shows_only, command.name


@pytest.mark.parametrize("said", [{}, WORDS], ids=["nothing else said", "everything said"])
@pytest.mark.parametrize("account", PEOPLE)
async def test_nothing_changes_without_a_press_whoever_asks_for_whatever(
    autumn: School, policy: Policy, account: str, said: dict[str, str]
):
    before = await kept(autumn)

    for name in policy.commands:
        reply = await asks(autumn, account, name, **said)

        assert reply.text and reply.text != NOT_HERE, name
        assert await kept(autumn) == before, name


async def test_a_request_beside_a_worry_waits_for_a_press_and_the_hand_off_stays(autumn: School):
    first = await asks(autumn, "demo-head", "pause", WORRY, person="the site manager")

    assert first.text == WORRY
    assert [button["title"] for button in first.values["buttons"]] == ["Go on with what I asked for"]

    then = await presses(autumn, "demo-head", first)

    assert then.card == "pause"
    assert then.is_beside


async def test_a_refusal_beside_a_worry_does_not_take_the_place_of_the_hand_off(autumn: School):
    first = await asks(autumn, "demo-teacher", "pause", WORRY)

    then = await presses(autumn, "demo-teacher", first)

    assert then.text.startswith("Only the headteacher")
    assert then.is_beside


@pytest.mark.parametrize(
    "inputs", [{"name": "pause; drop"}, {"name": ""}, {"person": "x" * 201}, {"person": "a\nb"}], ids=str
)
async def test_a_button_that_carries_anything_else_is_refused(autumn: School, inputs: dict[str, str]):
    first = await asks(autumn, "demo-head", "pause", WORRY)

    assert "older version" in (await presses(autumn, "demo-head", first, **inputs)).text


async def test_a_pupil_gets_the_one_sentence(autumn: School):
    assert (await asks(autumn, "a-pupil", "left")).text == STRANGER


REFUSED = [
    ("demo-teacher", "pause", "pause"),
    ("demo-it", "pause", "pause"),
    ("demo-teacher", "left", "who is left"),
    ("demo-volunteer", "campaign", "campaign"),
    ("demo-it", "close", "close campaign"),
    ("demo-it", "paper", "paper"),
    ("demo-teacher", "publish", "publish"),
]


@pytest.mark.parametrize(("account", "name", "word"), REFUSED, ids=lambda text: text)
async def test_who_may_not_gets_the_same_refusal_as_for_the_exact_word(
    autumn: School, account: str, name: str, word: str
):
    refusal = await autumn.staffroom.desk(wrote(autumn, account, word))

    assert refusal.text.startswith("Only ")
    assert (await asks(autumn, account, name)).text == refusal.text


async def test_one_press_stops_sending(autumn: School):
    card = await asks(autumn, "demo-it", "stop")

    assert "You want me to stop sending" in card.text
    assert (await presses(autumn, "demo-it", card)).text.startswith("Stopped.")
    assert (await autumn.store.entries())[-1].event.kind is EventKind.HOLD


async def test_one_press_makes_the_evidence_pack(autumn: School):
    card = await asks(autumn, "demo-head", "export")

    assert (await presses(autumn, "demo-head", card)).attachment


async def test_one_press_shows_a_test_card(autumn: School):
    assert (await presses(autumn, "demo-head", await asks(autumn, "demo-head", "test"))).card == "agreement"


async def test_a_school_with_a_staff_file_hears_that_it_is_read_by_itself(autumn: School):
    assert autumn.staffroom.staff_list.commands()[0].intents == ("sync",)
    assert "by myself" in (await asks(autumn, "demo-it", "sync")).text


async def test_only_the_it_lead_hears_what_failed(autumn: School):
    failures = await asks(autumn, "demo-it", "doctor")

    assert "Nothing that I do by the clock has failed" in failures.text and failures.is_for_asker_only
    assert (await asks(autumn, "demo-teacher", "doctor")).text.endswith("python -m bot doctor")


async def test_a_pause_is_filled_in_and_set_with_one_press(autumn: School):
    form = await asks(autumn, "demo-head", "pause", person="the site manager", until="5 January")

    assert "You want me to pause The site manager until Tuesday 5 January 2027." in form.text
    assert form.values["until"] == "2027-01-05"
    incoming = replace(wrote(autumn, "demo-head", ""), verb="record_pause")
    inputs = {"person": form.values["person"], "until": form.values["until"]}
    reply = await autumn.staffroom.desk(replace(incoming, inputs=inputs))
    assert reply.text.startswith("The site manager is sent nothing until Tuesday 5 January 2027")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Zebedee", "I do not know whom you mean"),
        ("teacher", "may be A class teacher, A teacher"),
        ("", "pause somebody"),
    ],
    ids=["nobody", "several", "not said"],
)
async def test_a_pause_of_somebody_who_is_not_certain_is_left_open(autumn: School, words: str, says: str):
    form = await asks(autumn, "demo-head", "pause", person=words, until="after half term")

    assert says in form.text
    assert (form.values["person"], form.values["until"]) == ("", "")
    assert "I could not read “after half term”" in form.text


async def test_a_sheet_is_filled_in_with_the_day_on_it(autumn: School):
    form = await asks(autumn, "demo-office", "paper", person="the volunteer without an account", day="today")

    assert "signed on paper on Monday 7 September 2026" in form.text
    assert form.values["signed"] == "2026-09-07"
    assert form.values["person"] in {choice["value"] for choice in form.values["people"]}


async def test_everybody_gets_longer_with_one_press(autumn: School):
    form = await asks(autumn, "demo-head", "extend", until="another week")

    assert "until Friday 6 November 2026" in form.text
    reply = await presses(autumn, "demo-head", form, due=form.values["day"]["value"])
    assert reply.text == "The last day is now Friday 6 November 2026."


@pytest.mark.parametrize("words", ["30 October", "12 September", "today"])
async def test_a_last_day_that_is_not_later_is_left_open(autumn: School, words: str):
    form = await asks(autumn, "demo-head", "extend", until=words)

    assert "You want me to give everybody longer. Nothing is changed" in form.text
    assert f"“{words}” does not fit" in form.text
    assert (form.values["day"]["value"], form.values["day"]["min"]) == ("", "2026-10-31")


async def test_a_last_day_that_cannot_be_read_is_left_open(autumn: School):
    form = await asks(autumn, "demo-head", "extend", until="after half term")

    assert "I could not read “after half term”" in form.text and form.values["day"]["value"] == ""


async def test_who_is_not_asked_or_has_acknowledged_hears_of_which_agreement(autumn: School):
    agreement = (await autumn.says("demo-volunteer", "agreement"))["card"]
    await autumn.press_on("demo-volunteer", agreement, "Acknowledge", agree="true")

    assert "not asked for this year’s agreement" in (await asks(autumn, "demo-chair", "later")).text
    assert "acknowledged this year’s agreement already" in (await asks(autumn, "demo-volunteer", "later")).text


async def test_who_asks_for_the_deadline_hears_the_campaigns_day(autumn: School):
    assert "30 October 2026" in (await asks(autumn, "demo-teacher", "deadline")).text


@pytest.mark.parametrize("name", ["agreement", "deadline", "later", "hours", "record"])
@pytest.mark.parametrize("account", ["demo-chair", "demo-teacher", "demo-volunteer"])
async def test_how_somebody_stands_with_the_agreement_is_shown_to_them_alone(autumn: School, name: str, account: str):
    agreement = (await autumn.says("demo-volunteer", "agreement"))["card"]
    await autumn.press_on("demo-volunteer", agreement, "Acknowledge", agree="true")

    assert (await asks(autumn, account, name)).is_for_asker_only


@pytest.mark.parametrize("name", ["lessons", "lesson-status", "lesson-gone"])
@pytest.mark.parametrize("account", ["demo-teacher", "demo-head"])
async def test_how_somebodys_lessons_stand_is_shown_to_them_alone(autumn: School, name: str, account: str):
    assert (await asks(autumn, account, name)).is_for_asker_only


async def test_not_now_is_one_press_away(autumn: School):
    card = await asks(autumn, "demo-teacher", "later", day="tomorrow")

    assert [button["title"] for button in card.values["buttons"]] == ["Not now", "I’d like time first"]
    assert "I will bring it again on" in (await presses(autumn, "demo-teacher", card)).text


LINES = {
    ("demo-head", "pause", "pause the site manager until 5 jan"): "pause The site manager until Tuesday 5 January 2027",
    ("demo-head", "extend", "give em another week"): "until Friday 6 November 2026",
    (
        "demo-office",
        "paper",
        "paper copy from the midday supervisor, dated today",
    ): "A midday supervisor signed on paper",
    ("demo-teacher", "notice", "I'm recording my Year 4 English lesson on Thursday at half past nine"): "10 September",
    ("demo-teacher", "notice", "put up a notice: Reception phonics next Monday 9.15"): "Reception phonics, Monday 14",
    ("demo-teacher", "lesson-off", "the lesson is cancelled"): "Year 4 maths",
    ("demo-teacher", "read-section", "read us section 5"): "5",
    ("demo-teacher", "read-topic", "any mention of passwords"): "password",
}


@pytest.mark.parametrize(("account", "name", "line"), LINES, ids=lambda text: text)
async def test_a_whole_line_is_shown_as_it_was_understood(autumn: School, account: str, name: str, line: str):
    before = await kept(autumn)

    reply = await asks(autumn, account, name, **parameters(name, line))

    assert LINES[account, name, line] in reply.text
    assert await kept(autumn) == before
