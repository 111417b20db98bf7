"""Where staff can be reached in Teams, and what a group never sees."""

from typing import Any

import pytest

from bot.channels.teams.bot import NO_CHAT, PRIVATELY
from bot.errors import Unreachable
from bot.people.rules.conversations import Conversation, ConversationKind
from tests.channels.teams.teams_bot import Bot
from tests.fakes import TEACHER
from tests.standins.activities import BOT, activity, in_group, said
from tests.standins.microsoft import TENANT


async def test_installing_greets_staff_once_and_keeps_where_to_write(bot: Bot):
    words = await bot.says_to(activity(bot.service, "installationUpdate", action="add"))
    await bot.hears(activity(bot.service, "conversationUpdate", membersAdded=[{"id": BOT}]))
    await bot.hears(activity(bot.service, "installationUpdate", action="add-upgrade"))

    assert words.startswith("Hello.")
    assert len(bot.microsoft.messages()) == 1
    place = Conversation("msteams", "a:chat", ConversationKind.PERSONAL, bot.service, TENANT, "teacher", "29:teacher")
    assert await bot.store.places() == (place,)


async def test_a_team_is_left_in_peace_when_the_bot_is_added(bot: Bot):
    await bot.hears(activity(bot.service, "installationUpdate", action="add", **in_group("channel")))
    await bot.hears(activity(bot.service, "conversationUpdate", membersAdded=[{"id": "29:pupil"}]))

    assert bot.microsoft.messages() == []
    assert [(one.kind, one.account, one.user) for one in await bot.store.places()] == [(ConversationKind.TEAM, "", "")]


async def test_whoever_removes_the_bot_cannot_be_reached(bot: Bot):
    await bot.hears(said(bot.service, "hello"))
    assert await bot.chat.tell("teacher", bot.desk.welcome()) == f"m{len(bot.microsoft.taken)}"

    await bot.hears(activity(bot.service, "installationUpdate", action="remove"))

    with pytest.raises(Unreachable):
        await bot.chat.tell("teacher", bot.desk.welcome())
    assert await bot.store.places() == ()


async def test_a_group_never_sees_what_is_for_one_person(bot: Bot):
    assert await bot.says_to(said(bot.service, "my record", **in_group())) == NO_CHAT

    await bot.hears(said(bot.service, "hello"))
    before = len(bot.microsoft.taken)
    assert (await bot.hears(said(bot.service, "<at>Staffroom</at> my record", **in_group())))[0] == 200
    private, public = bot.microsoft.taken[before:]

    assert "a:chat" in private.path
    assert TEACHER.name in str(private.body)
    assert public.body["summary"] == PRIVATELY
    assert TEACHER.name not in str(public.body)


async def test_a_removed_team_takes_all_its_channels_with_it(bot: Bot):
    def here(channel: str, team: str) -> dict[str, Any]:
        where = {"id": channel, "conversationType": "channel", "tenantId": TENANT}
        return {"conversation": where, "channelData": {"tenant": {"id": TENANT}, "team": {"id": team}}}

    for channel, team in (("19:a;messageid=1", "team-1"), ("19:b", "team-1"), ("19:c", "team-2")):
        await bot.hears(said(bot.service, "hello", **here(channel, team)))
    assert {one.conversation for one in await bot.store.places()} == {"19:a", "19:b", "19:c"}

    await bot.hears(activity(bot.service, "installationUpdate", action="remove", **here("19:a", "team-1")))

    assert [one.conversation for one in await bot.store.places()] == ["19:c"]


async def test_a_deleted_channel_is_forgotten_and_its_team_is_not(bot: Bot):
    def here(id: str, **more: Any) -> dict[str, Any]:
        where = {"id": id, "conversationType": "channel", "tenantId": TENANT}
        return {"conversation": where, "channelData": {"tenant": {"id": TENANT}, "team": {"id": "19:a"}, **more}}

    for channel in ("19:a", "19:b"):
        await bot.hears(said(bot.service, "hello", **here(channel)))
    deleted = here("19:a", eventType="channelDeleted", channel={"id": "19:b"})
    await bot.hears(activity(bot.service, "conversationUpdate", **deleted))
    assert [one.conversation for one in await bot.store.places()] == ["19:a"]

    await bot.hears(activity(bot.service, "conversationUpdate", **here("19:a", eventType="teamDeleted")))
    assert await bot.store.places() == ()


async def test_a_chat_that_no_longer_takes_messages_is_forgotten(bot: Bot):
    await bot.hears(said(bot.service, "hello"))
    bot.microsoft.next_answers.append((403, {}))

    with pytest.raises(Unreachable):
        await bot.chat.tell("teacher", bot.desk.welcome())
    assert await bot.store.places() == ()
