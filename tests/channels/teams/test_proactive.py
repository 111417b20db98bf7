"""Where staff can be reached in Teams, and what a group never sees."""

from datetime import timedelta
from typing import Any

import pytest

from bot.channels.teams.bot import NO_CHAT, PRIVATELY
from bot.channels.teams.messenger import TeamsMessenger
from bot.errors import Busy, Gone, Unreachable
from bot.people.rules.conversations import Address, Conversation, ConversationKind, SentMessage
from tests.channels.fakes import MONDAY, TEACHER, shown, welcome
from tests.channels.teams.teams_bot import NINE, RunningBot, Setting, bot_running, card_of
from tests.standins.activities import BOT, activity, in_group, said
from tests.standins.microsoft import TENANT

TO_TEACHER = Address("msteams", account="teacher")


def ids(bot: RunningBot) -> list[str]:
    return [conversation.id for conversation in bot.people.conversations()]


async def test_installing_greets_staff_once_and_keeps_where_to_write(bot: RunningBot):
    words = await bot.says_to(activity(bot.service, "installationUpdate", action="add"))
    await bot.hears(activity(bot.service, "conversationUpdate", membersAdded=[{"id": BOT}]))
    await bot.hears(activity(bot.service, "installationUpdate", action="add-upgrade"))

    assert words.startswith("Hello.")
    assert len(bot.microsoft.messages()) == 1
    own = Conversation("msteams", "a:chat", ConversationKind.PERSONAL, bot.service, TENANT, "teacher")
    assert bot.people.conversations() == (own,)


async def test_a_team_is_not_greeted_when_the_bot_is_added(bot: RunningBot):
    await bot.hears(activity(bot.service, "installationUpdate", action="add", **in_group("channel")))
    await bot.hears(activity(bot.service, "conversationUpdate", membersAdded=[{"id": "29:pupil"}]))

    assert bot.microsoft.messages() == []
    (conversation,) = bot.people.conversations()
    assert (conversation.kind, conversation.account) == (ConversationKind.TEAM, "")


async def test_people_who_remove_the_bot_cannot_be_reached(bot: RunningBot, messenger: TeamsMessenger):
    await bot.hears(said(bot.service, "hello"))
    sent = await messenger.send(TO_TEACHER, welcome())
    assert sent == SentMessage("msteams", "a:chat", f"m{len(bot.microsoft.taken)}")

    await bot.hears(activity(bot.service, "installationUpdate", action="remove"))

    assert not await messenger.reaches(TO_TEACHER)
    with pytest.raises(Unreachable, match="has removed it"):
        await messenger.send(TO_TEACHER, welcome())
    assert ids(bot) == []


async def test_a_message_is_replaced_in_the_conversation_it_was_sent_to(bot: RunningBot, messenger: TeamsMessenger):
    await bot.hears(said(bot.service, "hello", **in_group()))
    sent = await messenger.send(Address("msteams", conversation="19:group@thread"), welcome())

    await messenger.replace(sent, shown("help", "Ask me."))

    request = bot.microsoft.taken[-1]
    assert (request.method, request.path) == (
        "PUT",
        f"/teams/v3/conversations/19:group@thread/activities/{sent.id}",
    )
    assert card_of(request.body)["id"] == "help"
    with pytest.raises(Unreachable):
        await messenger.replace(SentMessage("msteams", "19:another", "m1"), welcome())


async def test_what_somebody_writes_in_their_own_chat_is_dated_and_an_installation_is_not(bot: RunningBot):
    await bot.hears(activity(bot.service, "installationUpdate", action="add"))
    assert [conversation.written_on for conversation in bot.people.conversations()] == [None]

    await bot.hears(said(bot.service, "hello"))
    bot.now += timedelta(days=1)
    await bot.hears(activity(bot.service, "installationUpdate", action="add"))
    assert [conversation.written_on for conversation in bot.people.conversations()] == [MONDAY]


async def test_a_group_never_sees_what_is_for_one_person(bot: RunningBot):
    assert await bot.says_to(said(bot.service, "my record", **in_group())) == NO_CHAT

    await bot.hears(said(bot.service, "hello"))
    before = len(bot.microsoft.taken)
    assert (await bot.hears(said(bot.service, "<at>Staffroom</at> my record", **in_group())))[0] == 200
    private, public = bot.microsoft.taken[before:]

    assert "a:chat" in private.path
    assert TEACHER.name in str(private.body)
    assert public.body["summary"] == PRIVATELY
    assert TEACHER.name not in str(public.body)


async def test_a_removed_team_takes_all_its_channels_with_it(bot: RunningBot):
    def where(channel: str, team: str) -> dict[str, Any]:
        conversation = {"id": channel, "conversationType": "channel", "tenantId": TENANT}
        return {"conversation": conversation, "channelData": {"tenant": {"id": TENANT}, "team": {"id": team}}}

    for channel, team in (("19:a;messageid=1", "team-1"), ("19:b", "team-1"), ("19:c", "team-2")):
        await bot.hears(said(bot.service, "hello", **where(channel, team)))
    assert ids(bot) == ["19:a", "19:b", "19:c"]

    await bot.hears(activity(bot.service, "installationUpdate", action="remove", **where("19:a", "team-1")))

    assert ids(bot) == ["19:c"]


async def test_a_deleted_channel_is_forgotten_and_its_team_is_not(bot: RunningBot):
    def where(id: str, **more: Any) -> dict[str, Any]:
        conversation = {"id": id, "conversationType": "channel", "tenantId": TENANT}
        return {"conversation": conversation, "channelData": {"tenant": {"id": TENANT}, "team": {"id": "19:a"}, **more}}

    for channel in ("19:a", "19:b"):
        await bot.hears(said(bot.service, "hello", **where(channel)))
    deleted = where("19:a", eventType="channelDeleted", channel={"id": "19:b"})
    await bot.hears(activity(bot.service, "conversationUpdate", **deleted))
    assert ids(bot) == ["19:a"]

    await bot.hears(activity(bot.service, "conversationUpdate", **where("19:a", eventType="teamDeleted")))
    assert ids(bot) == []


async def test_a_chat_that_no_longer_takes_messages_is_forgotten(bot: RunningBot, messenger: TeamsMessenger):
    await bot.hears(said(bot.service, "hello"))
    bot.microsoft.next_answers.append((404, {}))
    bot.microsoft.refusal_code = "ConversationNotFound"

    with pytest.raises(Gone):
        await messenger.send(TO_TEACHER, welcome())
    assert ids(bot) == []


@pytest.mark.parametrize(
    ("status", "code"), [(403, "ConversationBlockedByUser"), (403, "SomethingNew"), (404, "SomethingNew")]
)
async def test_a_chat_that_takes_no_messages_at_present_is_kept_and_tried_again_the_next_day(
    bot: RunningBot, messenger: TeamsMessenger, status: int, code: str
):
    await bot.hears(said(bot.service, "hello"))
    bot.microsoft.next_answers.append((status, {}))
    bot.microsoft.refusal_code = code

    with pytest.raises(Unreachable, match=code):
        await messenger.send(TO_TEACHER, welcome())
    assert ids(bot) == ["a:chat"] and not await messenger.reaches(TO_TEACHER)
    with pytest.raises(Unreachable, match="at present"):
        await messenger.ready(TO_TEACHER)

    bot.now = NINE + timedelta(hours=20)
    await messenger.ready(TO_TEACHER)
    assert await messenger.reaches(TO_TEACHER)


async def test_somebody_who_writes_again_can_be_written_to_at_once(bot: RunningBot, messenger: TeamsMessenger):
    await bot.hears(said(bot.service, "hello"))
    bot.microsoft.next_answers.append((403, {}))
    bot.microsoft.refusal_code = "ConversationBlockedByUser"
    with pytest.raises(Unreachable):
        await messenger.send(TO_TEACHER, welcome())

    await bot.hears(said(bot.service, "hello"))

    assert await messenger.reaches(TO_TEACHER)


async def test_a_bot_that_it_has_switched_off_waits_and_forgets_nobody(bot: RunningBot, messenger: TeamsMessenger):
    await bot.hears(said(bot.service, "hello"))
    bot.microsoft.next_answers.append((403, {}))
    bot.microsoft.refusal_code = "BotDisabledByAdmin"

    with pytest.raises(Busy, match="the school's IT has to allow the app again") as error:
        await messenger.send(TO_TEACHER, welcome())

    assert error.value.seconds == 3600
    assert ids(bot) == ["a:chat"] and await messenger.reaches(TO_TEACHER)


async def test_a_chat_the_bot_is_not_in_is_not_written_to(messenger: TeamsMessenger):
    elsewhere = Address("msteams", conversation="19:elsewhere")

    assert not await messenger.reaches(elsewhere)
    with pytest.raises(Unreachable, match="Staffroom is not in that chat"):
        await messenger.ready(elsewhere)


class Installer:
    """Installs the bot for people, unless an `error` says why not."""

    error: Exception | None = None
    asked = 0
    service = ""

    async def __call__(self, account: str) -> Conversation:
        self.asked += 1
        if self.error:
            raise self.error
        return Conversation("msteams", "19:new", ConversationKind.PERSONAL, self.service, TENANT, account)


async def test_people_without_a_chat_have_the_bot_installed_where_the_school_allows_it():
    installer = Installer()
    async with bot_running(Setting(install=installer)) as parts:
        installer.service = parts.running.service
        assert await parts.messenger.reaches(TO_TEACHER)
        assert (await parts.messenger.send(TO_TEACHER, welcome())).conversation == "19:new"
        await parts.messenger.send(TO_TEACHER, welcome())

    assert installer.asked == 1
    assert ids(parts.running) == ["19:new"]


async def test_people_teams_will_not_have_the_bot_for_are_tried_again_the_next_day():
    installer = Installer()
    async with bot_running(Setting(install=installer)) as parts:
        installer.error = Busy("Not just now.", 60)
        with pytest.raises(Busy):
            await parts.messenger.ready(TO_TEACHER)
        assert await parts.messenger.reaches(TO_TEACHER)

        installer.error = Unreachable("A policy.")
        with pytest.raises(Unreachable):
            await parts.messenger.ready(TO_TEACHER)
        assert not await parts.messenger.reaches(TO_TEACHER)

        parts.running.now = NINE + timedelta(hours=20)
        assert await parts.messenger.reaches(TO_TEACHER)
