"""What a teacher says about a lesson counts, once, and only in its time; nobody else speaks for them but the head."""

import pytest

from bot.errors import BadInput, NotAllowed
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import Wording
from bot.recordings.rules.recording import FileState, Recording, RecordingState
from tests.recordings.little_school import DAY, HEAD, HOUR, IT, MONDAY, OTHER, TEACHER, TEN, LittleSchool

TUESDAYS = "recording notice for Year 4 maths every Tuesday 10am until 22 September"


@pytest.fixture
async def school() -> LittleSchool:
    """A lesson whose notice is in the class's chat."""
    school = LittleSchool()
    await school.announced()
    return school


async def press(school: LittleSchool, verb: str, answer: str = "", **inputs: str) -> str:
    id = (await school.recordings())[0].lesson.id
    return await school.reply(TEACHER, verb=verb, lesson=id, answer=answer, **inputs)


async def after_the_lesson(school: LittleSchool, answer: str = "yes") -> Recording:
    school.now = TEN + 2 * HOUR
    await press(school, "was_recorded", answer)
    return await school.recording()


async def test_yes_makes_it_recorded_and_says_until_when_and_when_the_reminder_comes(school: LittleSchool):
    school.now = TEN + 2 * HOUR
    reply = await press(school, "was_recorded", "yes")

    assert (await school.recording()).state is RecordingState.RECORDED
    assert "until the end of Tuesday 29 September. I will remind you on Friday 25 September." in reply


async def test_no_makes_it_not_recorded_and_the_notice_will_say_so(school: LittleSchool):
    school.now = TEN + 2 * HOUR
    reply = await press(school, "was_recorded", "no")

    recording = await school.recording()
    assert recording.state is RecordingState.NOT_RECORDED and recording.is_notice_wrong
    assert "not recorded. The notice will say so." in reply


async def test_the_same_answer_twice_changes_nothing(school: LittleSchool):
    await after_the_lesson(school)
    before = await school.store.head()

    assert "Nothing was changed." in await press(school, "was_recorded", "yes")
    assert await school.store.head() == before


@pytest.mark.parametrize("verb", ["was_recorded", "is_gone"])
@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
async def test_an_answer_that_is_neither_yes_nor_no_changes_nothing(school: LittleSchool, verb: str, answer: str):
    before = await school.store.head()

    with pytest.raises(BadInput, match="older version of me"):
        await press(school, verb, answer)
    assert await school.store.head() == before


@pytest.mark.parametrize("verb", ["was_recorded", "is_gone"])
async def test_before_the_lesson_is_over_there_is_nothing_to_say(school: LittleSchool, verb: str):
    assert "not over yet" in await press(school, verb, "yes")
    assert (await school.recording()).state is RecordingState.ANNOUNCED


async def test_it_is_gone_after_its_last_day_and_nothing_more_is_needed(school: LittleSchool):
    await after_the_lesson(school)
    school.now = TEN + 22 * DAY

    assert "nothing more is needed" in await press(school, "is_gone", "yes")
    assert (await school.recording()).state is RecordingState.REMOVED


async def test_gone_before_its_last_day_is_too_early_and_the_headteacher_will_hear_of_it(school: LittleSchool):
    await after_the_lesson(school)
    school.now = TEN + 10 * DAY

    assert "it went too early, and I will tell the headteacher" in await press(school, "is_gone", "yes")
    assert (await school.recording()).state is RecordingState.GONE_EARLY


async def test_not_yet_is_noted_and_asked_again(school: LittleSchool):
    await after_the_lesson(school)
    school.now = TEN + 22 * DAY

    assert "I will ask you once more tomorrow." in await press(school, "is_gone", "no")
    recording = await school.recording()
    assert (recording.finding, recording.not_yet_on) == (FileState.THERE, school.now.date())


async def test_a_notice_put_up_by_hand_is_announced_and_changed_by_hand(school: LittleSchool):
    copied = LittleSchool()
    await copied.sees(TEACHER, verb="notice_copy", label="Art", day="2026-09-08", begins="10:00")

    assert "announced" in await press(copied, "copied")

    recording = await copied.recording()
    assert recording.state is RecordingState.ANNOUNCED and recording.message is None
    assert recording.shown == Wording("says", TEN.date())
    assert "please change it there yourself" in await press(copied, "take_back")


async def test_a_notice_is_taken_back_until_the_lesson_is_over(school: LittleSchool):
    assert "The notice will say so." in await press(school, "take_back", "off")
    recording = await school.recording()
    assert recording.state is RecordingState.TAKEN_BACK and recording.is_off

    late = LittleSchool()
    await late.announced()
    late.now = TEN + 2 * HOUR
    assert "that lesson is over" in await press(late, "take_back")
    assert (await late.recording()).state is RecordingState.ANNOUNCED


async def test_all_that_are_left_of_a_series_are_taken_back_and_none_that_began():
    school = LittleSchool()
    await school.plan(TUESDAYS)
    school.now = TEN + HOUR / 2

    assert await press(school, "take_back_all") == "Taken back: 2 lessons of Year 4 maths."
    states = [recording.state for recording in await school.recordings()]
    assert states == [RecordingState.PLANNED, RecordingState.TAKEN_BACK, RecordingState.TAKEN_BACK]


async def test_the_form_for_another_time_holds_the_time_it_has(school: LittleSchool):
    form = await school.sees(TEACHER, verb="moving", lesson=(await school.recording()).lesson.id)

    assert form and form.card == "moving"
    assert (form.values["day"], form.values["begins"], form.values["ends"]) == ("2026-09-08", "10:00", "11:00")


async def test_a_lesson_that_moves_takes_its_last_day_along(school: LittleSchool):
    reply = await press(school, "move", day="2026-09-10", begins="14:00", ends="15:00")

    recording = await school.recording()
    assert "until the end of Thursday 1 October" in reply
    assert recording.is_moved_by_hand and recording.says == Wording("moved", recording.lesson.day)


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        ("9999-12-31", "10:00", "11:00"),
        ("2026-09-01", "10:00", "11:00"),
        ("2026-09-10", "10:00", "09:00"),
        ("2026-09-10", "10:00+05:00", "11:00"),
        ("", "10:00", "11:00"),
    ],
)
async def test_a_time_no_lesson_can_have_is_refused_in_a_sentence(school: LittleSchool, day, begins, ends):
    with pytest.raises(BadInput, match="Nothing was changed"):
        await press(school, "move", day=day, begins=begins, ends=ends)


async def test_a_move_to_the_same_time_changes_nothing(school: LittleSchool):
    before = await school.store.head()

    assert "at that time already" in await press(school, "move", day="2026-09-08", begins="10:00", ends="11:00")
    assert await school.store.head() == before


async def test_nobody_speaks_for_a_teacher_but_the_headteacher(school: LittleSchool):
    id = (await school.recording()).lesson.id

    with pytest.raises(NotAllowed, match="Only the teacher of that lesson, and the headteacher"):
        await school.sees(OTHER, verb="take_back", lesson=id)
    assert "taken back" in await school.reply(HEAD, verb="take_back", lesson=id)


async def test_an_entry_by_the_headteacher_names_the_teacher_only_by_pseudonym(school: LittleSchool):
    await school.reply(HEAD, verb="take_back", lesson=(await school.recording()).lesson.id)

    event = (await school.store.entries())[-1].event
    assert event.kind is EventKind.TAKE_BACK and event.who == {}
    assert event.subject != event.actor == await school.context.pseudonym(HEAD)


async def test_a_lesson_nobody_knows_is_refused(school: LittleSchool):
    with pytest.raises(BadInput, match="I do not know that lesson"):
        await school.sees(TEACHER, verb="my_lesson", lesson="0000")


async def test_lessons_are_ones_own_to_a_teacher_and_everybodys_to_the_headteacher(school: LittleSchool):
    assert (await school.reply(TEACHER, "lessons")).startswith("Your lessons\n")
    assert (await school.reply(HEAD, "lessons")).startswith("Recorded lessons, week of Monday 7 September")
    assert (await school.reply(HEAD, "my lessons")).startswith("You have no lessons with a recording notice.")
    with pytest.raises(NotAllowed):
        await school.sees(OTHER, verb="lessons")


async def test_people_who_neither_teach_nor_lead_see_no_lessons(school: LittleSchool):
    assert school.now == MONDAY
    with pytest.raises(NotAllowed):
        await school.sees(IT, "lessons")
