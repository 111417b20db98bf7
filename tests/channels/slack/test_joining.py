"""An account in Slack is joined to the staff list once, and by an address of the school's only while it has it."""

from dataclasses import replace
from typing import Any

import pytest

from bot.channels.slack.members import member_of, school_domains
from bot.people.rules.person import Person, Role
from tests.channels.fakes import FakePeople, FakeRoster, SmallDesk
from tests.channels.slack.slack_bot import NEWCOMER_ID, TEACHER, TEACHER_ID, RunningBot, Setting, bot_running
from tests.standins.slack import TEAM, LittleSlack, direct, user

HEAD = Person("h1", "The head", "head@school.example", "", frozenset({Role.HEAD}))
OTHER_TEAM = "T0ELSE001"


def changed(profile: dict[str, Any]) -> dict[str, Any]:
    return {"type": "user_change", "user": profile}


async def joined(bot: RunningBot) -> str:
    await bot.hears(direct("hello", TEACHER_ID))
    return await bot.people.person_of("slack", TEACHER_ID)


async def test_an_account_is_joined_by_its_confirmed_address_and_stays_while_its_profile_says_the_same(
    bot: RunningBot,
):
    assert await joined(bot) == TEACHER.id

    await bot.hears(changed(user(TEACHER_ID, TEACHER.email, profile={"email": "Teacher@School.example"})), "Ev1")

    assert await bot.people.person_of("slack", TEACHER_ID) == TEACHER.id


@pytest.mark.parametrize(
    "profile",
    [
        user(TEACHER_ID, "somebody@elsewhere.example"),
        user(TEACHER_ID, "new@school.example"),
        user(TEACHER_ID, ""),
        user(TEACHER_ID, TEACHER.email, is_email_confirmed=False),
        user(TEACHER_ID, TEACHER.email, is_restricted=True),
        user(TEACHER_ID, TEACHER.email, deleted=True),
        user(TEACHER_ID, TEACHER.email, team_id=OTHER_TEAM),
        user(TEACHER_ID, TEACHER.email, profile=5),
    ],
    ids=["elsewhere", "a colleague's", "none", "unconfirmed", "a guest", "closed", "another workspace", "odd"],
)
async def test_an_account_is_taken_back_with_its_chat_when_its_address_changes(
    bot: RunningBot, profile: dict[str, Any]
):
    await joined(bot)
    assert await bot.people.conversation_of("slack", TEACHER_ID)

    assert await bot.hears(changed(profile), "Ev1") == 200

    assert await bot.people.person_of("slack", TEACHER_ID) == ""
    assert await bot.people.conversation_of("slack", TEACHER_ID) is None
    assert bot.slack.views[-1]["type"] == "home" and len(bot.slack.views[-1]["blocks"]) == 1  # nothing stays on show


async def test_an_account_that_took_a_colleagues_address_speaks_for_nobody(bot: RunningBot):
    await joined(bot)
    profile = user(TEACHER_ID, "new@school.example")
    bot.slack.users[TEACHER_ID] = profile

    await bot.hears(changed(profile), "Ev1")
    await bot.hears(direct("can i use my phone", TEACHER_ID, "1700000000.000900"))

    assert await bot.people.person_of("slack", TEACHER_ID) == ""
    assert bot.small.heard == []


async def test_changes_of_somebody_who_is_not_joined_change_nothing(bot: RunningBot):
    await bot.hears(changed(user(NEWCOMER_ID, "x@y.example")), "Ev1")

    assert bot.people.pins == {} and bot.slack.views == []


@pytest.mark.parametrize("people", [[replace(HEAD, email="head@trust.example")], []], ids=["another domain", "no head"])
async def test_an_address_outside_the_schools_domain_joins_nobody(bot: RunningBot, people: list[Person]):
    bot.bot.domains = lambda: school_domains((), people)

    assert await joined(bot) == ""


def test_the_schools_domains_are_those_named_else_the_headteachers():
    teacher = replace(TEACHER, email="t@gmail.example")

    assert school_domains((), [HEAD, teacher]) == {"school.example"}
    assert school_domains(("a.example", "b.example"), [HEAD]) == {"a.example", "b.example"}
    assert school_domains((), [teacher]) == frozenset()
    assert member_of(user("U1", "t@gmail.example"), {"school.example"}).is_guest
    assert member_of(user("U1", "t@evil-school.example"), {"school.example"}).is_guest
    assert not member_of(user("U1", "t@School.example"), {"school.example"}).is_guest


async def test_the_account_named_in_a_row_is_joined_without_any_look_up():
    named = replace(TEACHER, slack=TEACHER_ID)
    async with bot_running(Setting(small=SmallDesk(roster=FakeRoster((named,))))) as bot:
        await bot.hears(direct("can i use my phone", TEACHER_ID))

        assert len(bot.small.heard) == 1 and bot.slack.count("users.info") == 0
        assert bot.people.pins == {}
        assert await bot.people.conversation("slack", LittleSlack.chat_of(TEACHER_ID))


async def test_equal_ids_of_another_workspace_and_of_the_tenant_join_nobody():
    row = replace(TEACHER, email="", account=TEACHER_ID)  # the same id as an account of the directory
    people = FakePeople(pins={("msteams", TEACHER_ID): "t1"})
    async with bot_running(Setting(small=SmallDesk(people=people, roster=FakeRoster((row,))))) as bot:
        await bot.hears(direct("can i use my phone", TEACHER_ID))
        status = await bot.hears(direct("can i use my phone", TEACHER_ID, "1.1"), "Ev7", team_id=OTHER_TEAM)

        assert bot.small.heard == [] and status == 403
        assert people.pins == {("msteams", TEACHER_ID): "t1"}


async def test_a_profile_from_another_workspace_is_refused_at_the_door(bot: RunningBot):
    await joined(bot)

    status = await bot.hears(changed(user(TEACHER_ID, "x@y.example")), "Ev1", team_id=OTHER_TEAM)

    assert status == 403 and TEAM != OTHER_TEAM
    assert await bot.people.person_of("slack", TEACHER_ID) == TEACHER.id
