"""One table routes every button and every word."""

import re
from dataclasses import replace

import pytest

from bot.desk.routing import Command, RoutingTable, run
from bot.desk.rules.messages import CommandRequest, Incoming, Outgoing, note
from bot.errors import NotAllowed
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person, Role
from tests.fakes import MONDAY, TEACHER, caller

HEAD = replace(TEACHER, id="he", roles=frozenset({Role.HEAD}))


async def reply(incoming: Incoming, person: Person) -> Outgoing | None:
    return note("Done.")


async def decline(incoming: Incoming, person: Person) -> Outgoing | None:
    return None


EVERY_LESSON = Command("every_lesson", reply, Permission.OVERSEE, words=("lessons",))
MY_LESSONS = Command("my_lessons", reply, words=("lessons", "my lessons"))
CLOSE = Command("close", reply, Permission.CLOSE)
ANNOUNCE = Command("announce", reply, Permission.ANNOUNCE, words=("announce",), pattern=re.compile(r"announce .+"))
TABLE = RoutingTable((EVERY_LESSON, MY_LESSONS, CLOSE, ANNOUNCE))


def wrote(text: str) -> Incoming:
    return Incoming(caller(), "talk", text=text)


def pressed(verb: str) -> Incoming:
    return Incoming(caller(), "talk", verb=verb)


def name_of(incoming: Incoming, person: Person = TEACHER) -> str:
    command = TABLE.command_for(incoming, person, MONDAY)
    return command.name if command else ""


def test_two_commands_never_share_a_name():
    with pytest.raises(ValueError, match="Two commands are called 'close'"):
        RoutingTable((CLOSE, CLOSE))


def test_what_may_change_something_can_not_be_asked_for_in_peoples_own_words():
    with pytest.raises(ValueError, match="'close' may change something"):
        replace(CLOSE, intents=("close",))


def test_a_request_is_for_the_first_command_that_the_person_may_use_else_for_the_last():
    every_lesson = replace(EVERY_LESSON, intents=("lessons",), shows_only=True)
    table = RoutingTable((every_lesson, replace(MY_LESSONS, intents=("lessons",), shows_only=True)))
    last_refused = RoutingTable((replace(CLOSE, intents=("lessons",), shows_only=True), every_lesson))

    assert table.command_for_request(CommandRequest("lessons"), HEAD, MONDAY) == every_lesson
    assert table.command_for_request(CommandRequest("lessons"), TEACHER, MONDAY) != every_lesson
    assert last_refused.command_for_request(CommandRequest("lessons"), TEACHER, MONDAY) == every_lesson
    assert table.command_for_request(CommandRequest("explode"), HEAD, MONDAY) is None


def test_the_table_lists_every_command_in_the_order_it_was_given():
    assert TABLE.commands == (EVERY_LESSON, MY_LESSONS, CLOSE, ANNOUNCE)


def test_a_button_is_the_command_of_its_name_whatever_is_written_beside_it():
    assert name_of(Incoming(caller(), "talk", verb="close", text="lessons")) == "close"


def test_an_unknown_button_is_no_command():
    assert name_of(pressed("explode")) == ""


@pytest.mark.parametrize("text", ["my lessons", " My  LESSONS! "])
def test_a_word_is_a_command_however_it_is_typed(text):
    assert name_of(wrote(text)) == "my_lessons"


@pytest.mark.parametrize("text", ["when are my lessons", "my lessons please", ""])
def test_a_text_is_a_command_only_if_all_of_it_is(text):
    assert name_of(wrote(text)) == ""


def test_a_word_with_two_commands_is_the_first_that_somebody_may_use():
    assert name_of(wrote("lessons"), HEAD) == "every_lesson"
    assert name_of(wrote("lessons"), TEACHER) == "my_lessons"


def test_if_somebody_may_use_none_of_them_the_last_refuses():
    only_head = RoutingTable((EVERY_LESSON, replace(CLOSE, words=("lessons",))))

    command = only_head.command_for(wrote("lessons"), TEACHER, MONDAY)

    assert command is not None and command.name == "close"


def test_a_pattern_matches_the_whole_text_and_comes_after_exact_words():
    assert name_of(wrote("announce maths at ten")) == "announce"
    assert name_of(wrote("please announce maths")) == ""
    by_word = RoutingTable((ANNOUNCE, Command("word", reply, words=("announce maths",))))
    command = by_word.command_for(wrote("announce maths"), TEACHER, MONDAY)
    assert command is not None and command.name == "word"


async def test_a_refusal_says_who_may():
    with pytest.raises(NotAllowed, match=r"^Only the headteacher \(or the deputy .*\) can close a campaign\."):
        await run(CLOSE, pressed("close"), TEACHER, MONDAY)


async def test_a_command_without_a_permission_is_everybodys():
    answer = await run(MY_LESSONS, wrote("lessons"), TEACHER, MONDAY)

    assert answer == note("Done.")


GOVERNOR = replace(TEACHER, id="g", roles=frozenset({Role.GOVERNOR}))


async def test_a_text_that_only_looks_like_a_command_may_turn_out_to_be_a_question():
    looks_like = replace(ANNOUNCE, handle=decline)

    assert await run(looks_like, wrote("announce how?"), GOVERNOR, MONDAY) is None


@pytest.mark.parametrize("incoming", [pressed("announce"), wrote("Announce!")], ids=["button", "word"])
async def test_a_button_or_an_exact_word_of_a_command_with_a_pattern_is_refused_as_any_other(incoming):
    with pytest.raises(NotAllowed, match="announce that a lesson is recorded"):
        await run(ANNOUNCE, incoming, GOVERNOR, MONDAY)
