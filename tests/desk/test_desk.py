"""The desk: whom it answers, and what it does with what came in."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from bot.desk.desk import MAX_DECISIONS, NOT_HERE, STRANGER, Desk
from bot.desk.routing import Command, RoutingTable
from bot.desk.rules.messages import ASK_AGAIN, CommandRequest, Incoming, Outgoing, QuietLine, card_beside, note, public
from bot.errors import BadInput, LedgerMoved, StoreError
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Member, Person
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, TEACHER, FakeRoster, caller

ANSWER = note("The policy says so.")


def wrote(text: str) -> Incoming:
    return Incoming(caller(), "talk", text=text)


def pressed(verb: str) -> Incoming:
    return Incoming(caller(), "talk", verb=verb)


async def answer(incoming: Incoming, person: Person) -> Outgoing:
    return ANSWER


async def refuse(incoming: Incoming, person: Person) -> Outgoing:
    raise BadInput("Please choose a day.")


async def decline(incoming: Incoming, person: Person) -> Outgoing | None:
    return None


@dataclass
class Deciding:
    """A command that is decided on a ledger which others write to, `moves` times."""

    moves: int
    decisions: list[Incoming] = field(default_factory=list)

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing:
        self.decisions.append(incoming)
        if len(self.decisions) <= self.moves:
            raise LedgerMoved("Something else was recorded just now. Please look again; nothing was changed.")
        return note("Recorded.")


def desk_with(*commands: Command, store: FakeStore | None = None, people: Sequence[Person] = (TEACHER,)) -> Desk:
    return Desk(
        school="school",
        roster=FakeRoster(tuple(people)),
        accounts=store or FakeStore(),
        routes=RoutingTable(commands),
        answer=answer,
        welcome=lambda: note("Hello."),
        today=lambda: MONDAY,
    )


DESK = desk_with(Command("agreement", answer), Command("close", answer, Permission.CLOSE), Command("pause", refuse))


@pytest.mark.parametrize("incoming", [wrote("may I"), pressed("agreement")], ids=["text", "button"])
async def test_a_stranger_gets_the_one_kind_sentence_and_can_press_nothing(incoming: Incoming):
    assert (await DESK(replace(incoming, caller=caller("pupil")))).text == STRANGER
    assert (await DESK(replace(incoming, caller=caller(school="other")))).text == STRANGER


async def test_what_is_no_command_is_answered_as_a_question():
    assert await DESK(wrote("may I?")) == ANSWER


async def test_a_text_that_was_no_command_after_all_is_answered_as_a_question():
    desk = desk_with(Command("announce", decline, words=("announce",)))

    assert await desk(wrote("announce")) == ANSWER


@pytest.mark.parametrize("verb", ["explode", "declined"])
async def test_a_button_nobody_knows_any_more_is_never_taken_for_a_question(verb: str):
    desk = desk_with(Command("declined", decline))

    assert (await desk(pressed(verb))).text == ASK_AGAIN


async def test_bad_input_and_a_refusal_are_answered_in_a_sentence():
    assert (await DESK(pressed("pause"))).text == "Please choose a day."
    assert (await DESK(pressed("close"))).text.startswith("Only the headteacher")


@pytest.mark.parametrize("moves", range(MAX_DECISIONS))
async def test_what_others_changed_while_it_was_decided_is_decided_again(moves: int):
    decide = Deciding(moves)

    reply = await desk_with(Command("release", decide))(pressed("release"))

    assert reply.text == "Recorded."
    assert len(decide.decisions) == moves + 1


async def test_after_five_decisions_the_press_is_given_up_with_an_error():
    decide = Deciding(moves=MAX_DECISIONS)

    with pytest.raises(LedgerMoved, match="nothing was changed"):
        await desk_with(Command("release", decide))(pressed("release"))
    assert len(decide.decisions) == 5


async def test_any_other_fault_of_the_store_is_not_tried_again():
    attempts = []

    async def fail(incoming: Incoming, person: Person) -> Outgoing:
        attempts.append(incoming)
        raise StoreError("This could not be saved.")

    with pytest.raises(StoreError, match="could not be saved"):
        await desk_with(Command("release", fail))(pressed("release"))
    assert len(attempts) == 1


async def test_a_linked_account_is_known_and_answered():
    person = replace(TEACHER, account="", email="a@school.example")
    desk = desk_with(store=FakeStore(), people=[person])
    member = Member("new", "", "a@school.example", is_guest=False)
    assert not await desk.knows(caller("new"))

    assert await desk.link_account(caller("new"), member)
    assert await desk.knows(caller("new"))
    assert await desk(replace(wrote("may I"), caller=caller("new"))) == ANSWER


def test_every_reply_is_for_one_person_unless_it_is_marked_public():
    assert note("Hello.").is_for_asker_only
    assert not public(note("Hello.")).is_for_asker_only


def test_a_private_card_is_for_one_person_and_beside_the_card_whose_button_asked_for_it():
    card = card_beside("summary", {"line": "3 of 5"}, "3 of 5 have acknowledged.")

    assert card.is_for_asker_only and card.is_beside
    assert not note("Hello.").is_beside


QUIET_LINE = QuietLine("Tell the lead on 01234 567890.", "Tell the lead on [01234 567890](tel:01234567890).")


@pytest.mark.parametrize(
    ("name", "says"),
    [("agreement", "The policy says so."), ("pause", "Please choose a day."), ("sing", NOT_HERE)],
)
async def test_a_possible_worry_is_a_line_below_what_was_asked_for_or_refused(name: str, says: str):
    async def ask_for(incoming: Incoming, person: Person) -> Outgoing:
        return Outgoing("note", {}, "", request=CommandRequest(name), quiet_line=QUIET_LINE)

    agreement = Command("agreement", answer, intents=("agreement",), shows_only=True)
    pause = Command("pause", refuse, intents=("pause",), shows_only=True)
    reply = await replace(desk_with(agreement, pause), answer=ask_for)(wrote("please, she is odd"))

    assert reply.text == f"{says}\n\n{QUIET_LINE.text}"
    assert reply.quiet_line == QUIET_LINE
