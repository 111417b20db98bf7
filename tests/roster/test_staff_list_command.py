"""A staff list in a file that is in doubt: who is told, who may confirm it, and what is said until then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.desk.routing import RoutingTable, run
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import NotAllowed
from bot.evidence.context import Context
from bot.evidence.ports import Store
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Caller, Person, Proof
from bot.roster.staff_list_command import NOTHING_WAITS, READ_BY_ITSELF, StaffListCommands
from bot.school.rules.calendar import LONDON
from bot.school.rules.settings import Contacts, SchoolSettings
from bot.tenant.staff_file import FileRoster
from tests.fakes import shown

HEADER = "id,name,email,account,roles\n"
HEAD = "h1,The head,,h1,staff head\n"
IT = "it1,The IT lead,,i1,staff it\n"
TEACHERS = "".join(f"t{number},Teacher {number},,a{number},staff\n" for number in range(10))
NEW_OFFICE = "of1,The office,,o1,staff office\n"
SCHOOL = SchoolSettings("school", "School", Contacts("lead", "01234", "the head", "chair"), {})


@dataclass
class FakeOutbox:
    """What the commands need of the store: pseudonyms, and messages by their key."""

    kept: dict[str, Message] = field(default_factory=dict)

    async def enrol(self, people: Sequence[Person]) -> dict[str, str]:
        return {person.id: f"pseudonym of {person.id}" for person in people}

    async def messages(self, *kinds: MessageKind) -> tuple[Message, ...]:
        return tuple(message for message in self.kept.values() if message.kind in kinds)

    async def keep_messages(self, *messages: Message) -> int:
        new = {message.key: message for message in messages if message.key not in self.kept}
        self.kept |= new
        return len(new)


class School:
    """A school whose staff list is a file."""

    def __init__(self, folder: Path, rows: str) -> None:
        self.file = folder / "staff.csv"
        self.now = datetime(2026, 9, 7, 9, tzinfo=LONDON)
        self.saves(rows)
        self.roster = FileRoster(self.file)
        self.outbox = FakeOutbox()
        context = Context(SCHOOL, self.roster, cast(Store, self.outbox), lambda: self.now)
        self.commands = StaffListCommands(context, self.roster)
        self.routes = RoutingTable(self.commands.commands())

    def saves(self, rows: str) -> None:
        self.file.write_text(HEADER + rows)

    async def says(self, id: str, text: str = "", verb: str = "", **inputs: str) -> Outgoing:
        person = next(person for person in self.roster.people() if person.id == id)
        incoming = Incoming(Caller("school", "test", "", person.account, Proof.DEMO), "chat", text, verb, inputs)
        command = self.routes.command_for(incoming, person, self.now.date())
        assert command
        reply = await run(command, incoming, person, self.now.date())
        assert reply
        return reply

    async def confirms(self, id: str, card: Outgoing) -> Outgoing:
        (button,) = shown(card).values["buttons"]
        return await self.says(id, verb=button["verb"], name=button["name"])


async def test_without_a_change_the_list_is_said_to_be_read_by_itself(tmp_path: Path):
    school = School(tmp_path, HEAD + IT + TEACHERS)

    assert (await school.says("it1", "staff list")).text == READ_BY_ITSELF
    assert (await school.says("it1", verb="confirm_staff_list", name="x")).text == NOTHING_WAITS
    assert not await school.commands.report()


async def test_the_it_lead_is_told_once_and_confirms_with_one_press(tmp_path: Path):
    school = School(tmp_path, HEAD + IT + TEACHERS)
    school.saves(HEAD + IT + TEACHERS + NEW_OFFICE)

    assert await school.commands.report()
    school.now += timedelta(days=1)
    assert not await school.commands.report()
    (message,) = school.outbox.kept.values()
    assert (message.kind, message.recipient) == (MessageKind.SYNC, "pseudonym of it1")

    card = await (await school.commands.renderers())[MessageKind.SYNC](message)
    assert card and "1 would come to a role that may do more than others." in card.text
    assert "New role: The office, office" in card.text
    assert "The staff list has 13 people" in (await school.confirms("it1", card)).text
    assert [person.id for person in school.roster.people()][-1] == "of1"
    assert await (await school.commands.renderers())[MessageKind.SYNC](message) is None


async def test_the_head_confirms_only_if_the_accepted_list_has_no_it_lead(tmp_path: Path):
    school = School(tmp_path, HEAD + IT + TEACHERS)
    school.saves(HEAD + TEACHERS + "x1,Somebody,,x1,staff it\n")
    card = await school.says("h1", "staff list")
    with pytest.raises(NotAllowed):
        await school.confirms("h1", card)
    with pytest.raises(NotAllowed):
        await school.says("t1", "staff list")

    (tmp_path / "other").mkdir()
    other = School(tmp_path / "other", HEAD + TEACHERS)
    other.saves(HEAD + TEACHERS + IT)
    assert "The staff list has 12 people" in (await other.confirms("h1", await other.says("h1", "staff list"))).text


async def test_a_list_that_changed_since_it_was_shown_is_shown_again(tmp_path: Path):
    school = School(tmp_path, HEAD + IT + TEACHERS)
    school.saves(HEAD + IT + TEACHERS + NEW_OFFICE)
    card = await school.says("it1", "staff list")
    school.saves(HEAD + IT + TEACHERS + NEW_OFFICE + "x1,Somebody,,x1,staff head\n")

    again = await school.confirms("it1", card)

    assert "2 would come to a role" in again.text
    assert len(school.roster.people()) == 12


async def test_what_is_wrong_in_the_file_is_said_with_its_line(tmp_path: Path):
    school = School(tmp_path, HEAD + IT + TEACHERS)
    school.saves(HEAD + IT + TEACHERS + "x1,Somebody,,x1,wizard\n")

    text = (await school.says("it1", "staff list")).text

    assert "was not taken: staff.csv, line 14: 'wizard' is not a valid role" in text
    assert "The list that was accepted last is still used." in text
