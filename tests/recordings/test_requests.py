"""What teachers say of lessons in their own words: the lesson that was meant, one press from being done."""

from datetime import timedelta

import pytest

from bot.desk.routing import RoutingTable, run
from bot.desk.rules.messages import CommandRequest, Incoming, Outgoing
from bot.people.rules.person import Caller, Person, Proof
from bot.recordings.plan_notice import CANCELLED
from bot.recordings.requests import LESSON_INTENTS, NONE_FITS
from bot.recordings.rules.recording import RecordingState
from bot.recordings.teacher_reply import NO_LESSONS
from tests.fakes import shown
from tests.recordings.little_school import CHANNEL, OTHER, TEACHER, LittleSchool

ENGLISH = "recording notice for Year 4 English Thursday 9.30am"


async def asks(
    school: LittleSchool, name: str, text: str = "", person: Person = TEACHER, **parameters: str
) -> Outgoing:
    caller = Caller(school.context.school.id, CHANNEL, "", person.account, Proof.TOKEN)
    incoming = Incoming(caller, person.account, text=text, inputs=parameters)
    routes = RoutingTable(school.lessons.commands())
    command = routes.command_for_request(CommandRequest(name, parameters), person, school.context.today)
    assert command
    reply = await run(command, incoming, person, school.context.today)
    assert reply
    return shown(reply)


async def press(school: LittleSchool, card: Outgoing) -> str:
    """What the only button of a lesson's card replies."""
    (button,) = card.values["buttons"]
    return await school.reply(TEACHER, verb=button["verb"], lesson=button["lesson"], answer=button["answer"])


async def state(school: LittleSchool) -> RecordingState:
    return (await school.recording()).state


async def test_a_notice_is_shown_with_what_was_understood_and_not_posted():
    school = LittleSchool()

    card = await asks(school, "notice", lesson="Year 4 English lesson", day="Thursday", time="half past nine")

    assert card.card == "announcing"
    assert "This is what I understood. Nothing is posted yet." in card.text
    assert card.values["label"] == "Year 4 English lesson"
    assert (card.values["day"], card.values["begins"]) == ("2026-09-10", "09:30")
    assert not await school.recordings()


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [({}, "called"), ({"lesson": "phonics"}, "day and an hour"), ({"lesson": "phonics", "day": "Friday"}, "an hour")],
    ids=["nothing", "no time", "no hour"],
)
async def test_a_notice_of_which_too_little_was_said_is_a_form_that_asks(parameters: dict[str, str], problem: str):
    card = await asks(LittleSchool(), "notice", **parameters)

    assert card.card == "planning"
    assert problem in card.values["problem"]
    assert "You want me to put up a recording notice" in card.text and "Nothing is changed before" in card.text
    assert card.values["label"] == parameters.get("lesson", "")


@pytest.mark.parametrize("name", LESSON_INTENTS)
async def test_who_has_no_lesson_hears_so(name: str):
    school = LittleSchool()
    await school.plan()

    assert (await asks(school, name, person=OTHER)).text == NO_LESSONS


async def test_a_lesson_that_is_off_needs_one_press():
    school = LittleSchool()
    await school.plan()

    card = await asks(school, "lesson-off", "the lesson is cancelled")

    assert "Year 4 maths" in card.text
    assert await state(school) is RecordingState.PLANNED
    assert "taken back" in await press(school, card)
    assert await state(school) is RecordingState.TAKEN_BACK


async def test_a_lesson_that_moved_opens_the_form_with_the_new_time():
    school = LittleSchool()
    await school.plan()

    card = await asks(school, "lesson-moved", lesson="maths", day="Thursday", time="half past one")

    assert (card.card, card.values["day"]) == ("moving", "2026-09-10")
    understood = "You want me to move Year 4 maths to Thursday 10 September, 13:30. Nothing is changed before you press"
    assert understood in card.text and understood in card.values["says"]
    assert (card.values["begins"], card.values["ends"]) == ("13:30", "14:30")
    assert (await asks(school, "lesson-moved", day="Thursday", time="same time")).values["begins"] == "10:00"


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({}, "You want me to move Year 4 maths. "),
        ({"day": "after half term"}, "I could not read “after half term” as a day: please choose one."),
        ({"time": "10"}, "You want me to move Year 4 maths to Tuesday 8 September, 10:00. "),
    ],
    ids=["nothing", "no day", "no date"],
)
async def test_what_was_not_understood_of_a_move_is_left_as_it_is(parameters: dict[str, str], says: str):
    school = LittleSchool()
    await school.plan()

    card = await asks(school, "lesson-moved", **parameters)

    assert says in card.text
    assert (card.values["day"], card.values["begins"]) == ("2026-09-08", "10:00")


async def test_a_recording_that_is_gone_or_still_there_needs_one_press():
    school = LittleSchool()
    await school.announced()
    school.now += timedelta(days=25)

    still_there = await asks(school, "lesson-still-there", "it is still there")
    gone = await asks(school, "lesson-gone", "deleted the maths one", lesson="maths")

    assert [button["title"] for button in still_there.values["buttons"]] == ["It is still there"]
    assert [button["title"] for button in gone.values["buttons"]] == ["It is gone"]
    assert "gone" in await press(school, gone)


async def test_what_can_not_be_said_of_any_lesson_yet_is_said_to_be_so():
    school = LittleSchool()
    await school.plan()

    assert (await asks(school, "lesson-gone")).text == NONE_FITS


async def test_the_state_of_the_lesson_that_was_meant_is_shown():
    school = LittleSchool()
    await school.plan()
    await school.plan(ENGLISH)

    card = await asks(school, "lesson-status", "is the y4 english one gone yet?")

    assert card.card == "lesson"
    assert "Year 4 English" in card.text and "the notice will go up" in card.text


@pytest.mark.parametrize("said", ["year 4", "volcanoes", ""])
async def test_if_several_lessons_may_be_meant_the_teacher_chooses(said: str):
    school = LittleSchool()
    await school.plan()
    await school.plan(ENGLISH)

    card = await asks(school, "lesson-off", lesson=said)

    assert card.card == "lessons"
    assert len(card.values["rows"]) == 2


async def test_another_name_than_that_of_the_only_lesson_is_not_taken_for_it():
    school = LittleSchool()
    await school.plan()

    assert (await asks(school, "lesson-off", lesson="volcanoes")).card == "lessons"


async def test_the_exact_words_go_on_working():
    school = LittleSchool()

    card = await school.sees(TEACHER, "recording notice for Year 4 maths tomorrow 10am")

    assert card and card.card == "announcing"
    assert await school.reply(TEACHER, verb="notice_cancel") == CANCELLED
