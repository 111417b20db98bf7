"""Who else is in a chat in Teams: if anybody is there who is not on the staff list, children may be there."""

from typing import Any

import pytest

from tests.channels.teams.teams_bot import RunningBot, Setting
from tests.standins.activities import activity, in_group, pressed, said
from tests.standins.microsoft import TENANT

QUESTION = "<at>Staffroom</at> can i use my phone"


def member(account: str, **more: str) -> dict[str, str]:
    return {"aadObjectId": account, "tenantId": TENANT, "userRole": "user", **more}


STAFF, PUPIL = member("teacher"), member("pupil")


@pytest.fixture
def setting() -> Setting:
    return Setting(looks_at_members=True)


async def with_own_chat(bot: RunningBot, *members: dict[str, str]) -> None:
    """The teacher has a chat with the bot, and these people are in every group."""
    await bot.hears(said(bot.service, "hello"))
    bot.microsoft.company = list(members)
    bot.microsoft.taken.clear()


def asked(bot: RunningBot, who: str = "teacher") -> dict[str, Any]:
    return said(bot.service, QUESTION, **in_group("groupChat", who))


def lookups(bot: RunningBot) -> int:
    return sum("pagedmembers" in request.path for request in bot.microsoft.taken)


def posts(bot: RunningBot) -> list[str]:
    """Where the bot said something."""
    return [request.path for request in bot.microsoft.taken if request.method == "POST"]


@pytest.mark.parametrize(
    "other", [PUPIL, member("teacher", userRole="guest"), member("teacher", userPrincipalName="t#EXT#@school.example")]
)
async def test_where_anybody_else_is_a_pupil_gets_nothing_and_staff_are_answered_in_their_own_chat(
    bot: RunningBot, other: dict[str, str]
):
    await with_own_chat(bot, STAFF, other)
    for body in (
        asked(bot, "pupil"),
        activity(bot.service, "messageUpdate", text=QUESTION, **in_group("groupChat", "pupil")),
    ):
        assert (await bot.hears(body))[0] == 200
    assert posts(bot) == []

    await bot.hears(asked(bot))
    (answer,) = bot.microsoft.messages()
    assert "a:chat" in posts(bot)[0] and "Not in lessons." in str(answer)


async def test_a_button_pressed_where_anybody_else_is_shows_nobody_anything(bot: RunningBot):
    await with_own_chat(bot, STAFF, PUPIL)
    body = pressed(bot.service, "look", {"situation": "phones"}, **in_group("groupChat", "teacher"))
    _, response = await bot.hears(body)

    assert all("a:chat" in path for path in posts(bot)) and "Not in lessons." not in str(response)


async def test_where_all_are_staff_the_group_is_answered(bot: RunningBot):
    bot.microsoft.company = [STAFF]
    await bot.hears(asked(bot))

    (path,) = posts(bot)
    assert "a:chat" not in path


async def test_where_nobody_says_who_is_there_children_may_be(bot: RunningBot):
    await with_own_chat(bot, STAFF)
    bot.microsoft.next_answers.extend([(403, {})])
    await bot.hears(asked(bot))

    (path,) = posts(bot)
    assert "a:chat" in path


async def test_it_is_looked_up_once_however_much_is_asked(bot: RunningBot):
    bot.microsoft.company = [STAFF]
    for _ in range(4):
        await bot.hears(asked(bot))

    assert lookups(bot) == 1 and len(posts(bot)) == 4


async def test_a_pupil_on_the_last_of_several_pages_is_seen(bot: RunningBot):
    await with_own_chat(bot, STAFF, STAFF, STAFF, STAFF, PUPIL)
    bot.microsoft.page = 2
    await bot.hears(asked(bot))

    assert lookups(bot) == 3 and all("a:chat" in path for path in posts(bot))
