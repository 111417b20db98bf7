"""What a group chat sees of a whole school: what the school says to everybody, and nothing of anybody's own affairs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.teams.activity import CHANNEL
from bot.channels.teams.bot import NO_CHAT, PRIVATELY
from bot.desk.desk import STRANGER
from bot.desk.rules.messages import Incoming, Outgoing
from bot.people.rules.person import Caller, Proof
from tests.journeys.school import School
from tests.standins.activities import in_group, said
from tests.standins.microsoft import TENANT, LittleMicrosoft, little_microsoft

# Another button whose reply a group may see has to be named here.
PUBLIC = {
    "look", "helped", "did_not_help", "send", "help", "how_to_send", "welcome",
    "policies", "read", "read_section", "read_topic", "read_wording",
}  # fmt: skip
HEAD, TEACHER = "demo-head", "demo-teacher"
GROUP = {key: value for key, value in in_group().items() if key != "from"}


@pytest.fixture
async def microsoft() -> AsyncIterator[LittleMicrosoft]:
    async with little_microsoft() as microsoft:
        yield microsoft


async def tells(school: School, body: dict[str, Any]) -> None:
    """Brings an activity as the Playground would."""
    assert school.http
    async with school.http.post(f"{school.address}/api/messages", json=body) as response:
        assert response.status == 200, await response.text()


async def pause(school: School, service: str, **where: Any) -> dict[str, Any]:
    """The head's press of "pause somebody", as a client too old for Action.Execute sends it; and whom it is about."""
    people = school.context.roster.people()
    teacher = next(person for person in people if person.account == TEACHER)
    pseudonym = (await school.store.enrol(people))[teacher.id]
    value = {"verb": "record_pause", "person": pseudonym, "until": school.now.date().isoformat()}
    sender = {"id": "29:head", "aadObjectId": HEAD}
    return said(service, "", value=value, **{**where, "from": sender})


async def test_a_pause_recorded_from_an_old_client_in_a_group_is_told_to_the_head_alone(
    september: School, microsoft: LittleMicrosoft
):
    teacher = next(person for person in september.context.roster.people() if person.account == TEACHER)

    await tells(september, await pause(september, microsoft.service, **GROUP))
    assert [message["summary"] for message in microsoft.messages()] == [NO_CHAT]

    await tells(september, said(microsoft.service, "hello", **{"from": {"id": "29:head", "aadObjectId": HEAD}}))
    microsoft.taken.clear()
    await tells(september, await pause(september, microsoft.service, **GROUP))
    own, group = (taken for taken in microsoft.taken if taken.method == "POST")
    assert teacher.name in str(own.body) and "a%3Achat" in own.path.replace("a:chat", "a%3Achat")
    assert group.body["summary"] == PRIVATELY and teacher.name not in str(group.body)


async def replies(school: School, account: str) -> list[tuple[str, Outgoing]]:
    """What every button and every word of the routing table brings in a group, by the command's name."""
    people = school.context.roster.people()
    pseudonyms = await school.store.enrol(people)
    today = school.now.date().isoformat()
    inputs = {
        "person": next(iter(pseudonyms.values())), "until": today, "day": today, "due": today, "signed": today,
        "situation": next(iter(school.staffroom.ask.understanding.policy.situations)), "question": "May I blog?",
        "campaign": "c1", "lesson": "l1", "number": "1", "reason": "a slip", "name": "help", "place": "19:group@thread",
    }  # fmt: skip
    caller = Caller(school.context.school.id, CHANNEL, TENANT, account, Proof.DEMO)
    routes = school.staffroom.desk.routes
    asked = [
        (command.name, Incoming(caller, "19:group@thread", verb=command.name, inputs=inputs, is_private=False))
        for command in routes.commands
    ]
    for command in routes.commands:
        asked += [
            (command.name, Incoming(caller, "19:group@thread", text=word, is_private=False)) for word in command.words
        ]
    return [(name, await school.staffroom.desk(incoming)) for name, incoming in asked]


@pytest.mark.parametrize("account", [HEAD, TEACHER])
async def test_only_what_the_school_says_to_everybody_is_public_whatever_is_pressed_or_said(
    september: School, account: str
):
    brought = await replies(september, account)

    assert {name for name, outgoing in brought if outgoing.is_public} <= PUBLIC
    assert {"help", "welcome", "policies", "look"} <= {name for name, outgoing in brought if outgoing.is_public}


async def test_a_stranger_gets_the_same_sentence_for_everything(september: School):
    assert {(outgoing.text, outgoing.is_public) for _, outgoing in await replies(september, "nobody")} == {
        (STRANGER, True)
    }
