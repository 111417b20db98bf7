"""Who else is in a chat in Teams: where anybody is who is not on the staff list, it is a place with children."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.channels.teams.membership import GroupMembership
from bot.people.rules.person import Caller, Proof
from tests.channels.teams.teams_bot import Bot
from tests.standins.activities import activity, in_group, pressed, said
from tests.standins.microsoft import TENANT

QUESTION = "<at>Staffroom</at> can i use my phone"


def member(account: str, **more: str) -> dict[str, str]:
    return {"aadObjectId": account, "tenantId": TENANT, "userRole": "user", **more}


STAFF, PUPIL = member("teacher"), member("pupil")


@pytest.fixture
def here(bot: Bot) -> Callable[..., None]:
    """Says who is in every group from now on."""

    async def knows(account: str) -> bool:
        return await bot.desk.knows(Caller("school", "msteams", TENANT, account, Proof.TOKEN))

    def look(*people: dict[str, str]) -> None:
        bot.chat.company = GroupMembership(bot.chat.reach.connector, knows)
        bot.microsoft.company = list(people)

    return look


def asked(bot: Bot, who: str = "teacher") -> dict[str, Any]:
    return said(bot.service, QUESTION, **in_group("groupChat", who))


def looks(bot: Bot) -> int:
    return sum("pagedmembers" in one.path for one in bot.microsoft.taken)


def posts(bot: Bot) -> list[str]:
    """Where the bot said something."""
    return [one.path for one in bot.microsoft.taken if one.method == "POST"]


@pytest.mark.parametrize(
    "other", [PUPIL, member("teacher", userRole="guest"), member("teacher", userPrincipalName="t#EXT#@school.example")]
)
async def test_where_anybody_else_is_a_pupil_gets_nothing_and_staff_are_answered_in_their_own_chat(bot, here, other):
    await bot.hears(said(bot.service, "hello"))
    here(STAFF, other)
    bot.microsoft.taken.clear()
    for body in (
        asked(bot, "pupil"),
        activity(bot.service, "messageUpdate", text=QUESTION, **in_group("groupChat", "pupil")),
    ):
        assert (await bot.hears(body))[0] == 200
    assert posts(bot) == []

    await bot.hears(asked(bot))
    (answer,) = bot.microsoft.messages()
    assert "a:chat" in posts(bot)[0] and "Not in lessons." in str(answer)


async def test_a_button_pressed_where_anybody_else_is_shows_nobody_anything(bot: Bot, here):
    await bot.hears(said(bot.service, "hello"))
    here(STAFF, PUPIL)
    bot.microsoft.taken.clear()
    _, told = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}, **in_group("groupChat", "teacher")))

    assert all("a:chat" in path for path in posts(bot)) and "Not in lessons." not in str(told)


async def test_where_all_are_staff_the_group_is_answered(bot: Bot, here):
    here(STAFF)
    await bot.hears(asked(bot))

    (path,) = posts(bot)
    assert "a:chat" not in path


async def test_where_nobody_says_who_is_there_children_may_be(bot: Bot, here):
    await bot.hears(said(bot.service, "hello"))
    here(STAFF)
    bot.microsoft.taken.clear()
    bot.microsoft.next_answers.extend([(403, {})])
    await bot.hears(asked(bot))

    (path,) = posts(bot)
    assert "a:chat" in path


async def test_it_is_looked_up_once_however_much_is_asked(bot: Bot, here):
    here(STAFF)
    for _ in range(4):
        await bot.hears(asked(bot))

    assert looks(bot) == 1 and len(posts(bot)) == 4


async def test_a_pupil_on_the_last_of_several_pages_is_seen(bot: Bot, here):
    await bot.hears(said(bot.service, "hello"))
    here(STAFF, STAFF, STAFF, STAFF, PUPIL)
    bot.microsoft.page = 2
    bot.microsoft.taken.clear()
    await bot.hears(asked(bot))

    assert looks(bot) == 3 and all("a:chat" in path for path in posts(bot))
