"""Who is answered in Teams: staff whose account is linked to the staff list, and strangers."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.member_lookup import NOT_NOW
from bot.desk.desk import STRANGER
from tests.channels.fakes import TEACHER
from tests.channels.teams.teams_bot import NEW, RunningBot
from tests.standins.activities import activity, said
from tests.standins.microsoft import TENANT


@pytest.mark.parametrize(
    "who",
    [{"id": "29:p", "aadObjectId": "a-pupil"}, {"id": "29:p"}, {"id": "29:p", "name": "A teacher"},
     {"id": "29:p", "aadObjectId": ""}],
)  # fmt: skip
async def test_strangers_get_one_kind_sentence_and_nothing_is_kept_of_them(bot: RunningBot, who: dict[str, str]):
    for body in (
        said(bot.service, "can i use my phone"),
        said(bot.service, "my record"),
        activity(bot.service, "installationUpdate", action="add"),
    ):
        assert await bot.says_to({**body, "from": who}) == STRANGER

    assert (bot.people.kept, bot.people.pins, bot.small.heard) == ({}, {}, [])


def member(**more: Any) -> dict[str, Any]:
    return {"id": "29:new", "aadObjectId": "new-account", "tenantId": TENANT, "userRole": "user",
            "userPrincipalName": "New@School.example", **more}  # fmt: skip


def lookups(bot: RunningBot) -> int:
    return sum(request.method == "GET" for request in bot.microsoft.taken)


async def test_an_account_is_linked_once_by_its_verified_sign_in_name_and_then_pinned(bot: RunningBot):
    bot.microsoft.members["29:new"] = member()

    assert (await bot.says_to(said(bot.service, "can i use my phone", **NEW))).startswith("No:")
    assert bot.people.pins == {("msteams", "new-account"): "t2"}
    bot.microsoft.members["29:new"] = member(userPrincipalName="married@school.example")
    assert (await bot.says_to(said(bot.service, "can i use my phone", **NEW))).startswith("No:")
    assert lookups(bot) == 1


@pytest.mark.parametrize(
    "other",
    [
        member(userRole="guest"),
        member(userPrincipalName="new_school.example#EXT#@other.example"),
        member(tenantId="another"),
        member(aadObjectId="somebody-else"),
        member(userPrincipalName="", email="new@school.example"),
        member(userPrincipalName="other@school.example", name="A newcomer"),
    ],
)
async def test_guests_other_tenants_and_look_alikes_are_linked_to_nobody(bot: RunningBot, other: dict[str, Any]):
    bot.microsoft.members["29:new"] = other

    assert await bot.says_to(said(bot.service, "hello", **NEW)) == STRANGER
    assert await bot.says_to(said(bot.service, "hello", **NEW)) == STRANGER
    assert bot.people.pins == {}
    assert lookups(bot) == 1


async def test_a_pinned_row_takes_no_second_account(bot: RunningBot):
    bot.people.pins["msteams", "first-account"] = "t2"
    bot.microsoft.members["29:new"] = member()

    assert await bot.says_to(said(bot.service, "hello", **NEW)) == STRANGER
    assert bot.people.pins == {("msteams", "first-account"): "t2"}


async def test_somebody_without_an_account_on_the_staff_list_is_not_linked_by_name(bot: RunningBot):
    bot.small.roster.everybody = (replace(TEACHER, account=""),)
    who = {"from": {"id": "29:teacher", "name": TEACHER.name, "aadObjectId": "imposter"}}

    assert await bot.says_to(said(bot.service, "hello", **who)) == STRANGER


async def test_ids_are_the_same_in_small_and_capital_letters(bot: RunningBot):
    loud = {"from": {"id": "29:t", "aadObjectId": "TEACHER"}}

    assert (await bot.says_to(said(bot.service, "can i use my phone", **loud))).startswith("No:")


async def test_five_first_messages_at_once_are_one_lookup(bot: RunningBot):
    bot.microsoft.members["29:new"] = member()
    bodies = [said(bot.service, "can i use my phone", **NEW) for _ in range(5)]

    await asyncio.gather(*(bot.hears(body) for body in bodies))

    assert lookups(bot) == 1
    assert {message["summary"].partition(":")[0] for message in bot.microsoft.messages()} == {"No"}


async def test_staff_who_cannot_be_looked_up_are_not_taken_for_pupils(bot: RunningBot):
    bot.microsoft.members["29:new"] = member()
    bot.microsoft.next_answers.extend([(503, {"Retry-After": "0"})] * 3)

    await bot.hears(said(bot.service, "can i use my phone", **NEW))
    assert bot.microsoft.taken[-1].body["text"] == NOT_NOW.format(channel="Teams")
    assert (await bot.says_to(said(bot.service, "can i use my phone", **NEW))).startswith("No:")


async def test_an_account_of_no_known_kind_is_taken_for_a_guest(bot: RunningBot):
    bot.microsoft.members["29:new"] = {key: value for key, value in member().items() if key != "userRole"}

    assert await bot.says_to(said(bot.service, "hello", **NEW)) == STRANGER
