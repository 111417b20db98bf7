"""A chat with children in Teams: nothing is said there but notices, staff are answered in their own chat."""

from datetime import timedelta
from typing import Any

import pytest

from bot.channels.teams.bot import NO_CHAT
from bot.channels.teams.messenger import TeamsMessenger
from bot.people.rules.conversations import Conversation, ConversationKind
from tests.channels.fakes import MONDAY
from tests.channels.teams.teams_bot import NINE, RunningBot, Setting
from tests.standins.activities import activity, in_group, pressed, said
from tests.standins.microsoft import TENANT

TEAM, CHANNEL = "19:team", "19:maths"
MEMBER = {
    "objectId": "teacher",
    "tenantId": TENANT,
    "userPrincipalName": "teacher@school.example",
    "userRole": "user",
}


def in_class(who: str = "teacher", where: str = CHANNEL, **names: Any) -> dict[str, Any]:
    """The fields of a message in a channel of the class's team; `names` is what the activity tells of its names."""
    fields = in_group("channel", who)
    fields["conversation"] = {**fields["conversation"], "id": f"{where};messageid=1"}
    return {**fields, "channelData": {"tenant": {"id": TENANT}, "team": {"id": TEAM}, **names}}


async def with_children(bot: RunningBot, *places: str) -> None:
    """The bot is in the team, and a notice was planned in one of its channels."""
    await bot.hears(said(bot.service, "hello", **in_class()))
    bot.classes |= set(places or (CHANNEL, TEAM))
    bot.microsoft.taken.clear()


async def test_a_pupil_who_mentions_the_bot_in_a_class_team_gets_nothing_at_all(bot: RunningBot):
    await with_children(bot)
    for body in (
        said(bot.service, "<at>Staffroom</at> can i use my phone", **in_class("pupil")),
        said(bot.service, "", value={"verb": "help"}, **in_class("pupil")),
        activity(bot.service, "messageUpdate", text="can i use my phone", **in_class("pupil")),
    ):
        assert (await bot.hears(body))[0] == 200

    assert [request for request in bot.microsoft.taken if request.method != "GET"] == []


async def test_staff_are_answered_in_their_own_chat(bot: RunningBot):
    await bot.hears(said(bot.service, "hello"))
    await with_children(bot)
    await bot.hears(said(bot.service, "<at>Staffroom</at> can i use my phone", **in_class()))

    (answer,) = bot.microsoft.taken
    assert "a:chat" in answer.path and "Not in lessons." in str(answer.body)


@pytest.mark.parametrize("place", [CHANNEL, TEAM])
async def test_a_channel_is_a_place_with_children_by_its_own_id_or_its_teams(bot: RunningBot, place: str):
    await bot.hears(said(bot.service, "hello"))
    await with_children(bot, place)
    await bot.hears(said(bot.service, "<at>Staffroom</at> can i use my phone", **in_class()))

    assert all("a:chat" in request.path for request in bot.microsoft.taken)


async def test_before_a_notice_was_ever_planned_the_same_channel_is_answered(bot: RunningBot):
    await bot.hears(said(bot.service, "<at>Staffroom</at> can i use my phone", **in_class()))

    assert CHANNEL in bot.microsoft.taken[-1].path


async def test_an_edited_question_is_not_answered_where_children_are(bot: RunningBot):
    await bot.hears(said(bot.service, "<at>Staffroom</at> hello", **{**in_class(), "id": "q1"}))
    await with_children(bot)
    edited = activity(bot.service, "messageUpdate", text="can i use my phone", **{**in_class(), "id": "q1"})
    await bot.hears(edited)

    assert bot.microsoft.taken == []


async def test_where_the_own_chat_cannot_be_reached_one_sentence_says_to_open_it(bot: RunningBot):
    await with_children(bot)

    assert await bot.says_to(said(bot.service, "<at>Staffroom</at> my record", **in_class())) == NO_CHAT


async def test_a_button_pressed_where_children_are_shows_nobody_else_anything(bot: RunningBot):
    await bot.hears(said(bot.service, "hello"))
    await with_children(bot)
    _, response = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}, **in_class()))

    assert all("a:chat" in request.path for request in bot.microsoft.taken)
    assert "Not in lessons." not in str(response)


async def test_a_conversation_keeps_its_name_when_a_later_activity_does_not_tell_it(bot: RunningBot):
    names = {
        "team": {"id": TEAM, "name": "Year 4", "aadGroupId": "group-4"},
        "channel": {"id": CHANNEL, "name": "Maths"},
    }
    await bot.hears(said(bot.service, "hello", **in_class(**names)))
    await bot.hears(said(bot.service, "hello", **in_class()))
    (conversation,) = bot.people.conversations()
    assert (conversation.id, conversation.name, conversation.group) == (CHANNEL, "Year 4, Maths", "group-4")

    renamed = {"team": {"id": TEAM, "name": "Year 5"}, "channel": {"id": CHANNEL, "name": "Maths"}}
    await bot.hears(said(bot.service, "hello", **in_class(**renamed)))
    (conversation,) = bot.people.conversations()
    assert (conversation.name, conversation.group) == ("Year 5, Maths", "group-4")


async def test_the_day_somebody_last_wrote_in_a_conversation_is_kept_with_one_write_a_day(bot: RunningBot):
    for hours in (0, 1, 2, 24, 25):
        bot.now = NINE + timedelta(hours=hours)
        await bot.hears(said(bot.service, "hello", **in_class()))

    (conversation,) = bot.people.conversations()
    assert (conversation.written_on, bot.people.writes) == (MONDAY + timedelta(days=1), 2)


@pytest.mark.parametrize(
    ("type", "id", "kind"),
    [
        ("personal", "a:chat", ConversationKind.PERSONAL),
        ("groupChat", "19:group@thread.v2", ConversationKind.GROUP),
        ("groupChat", "19:meeting_NTA1@thread.v2", ConversationKind.MEETING),
        ("channel", "19:maths@thread.tacv2", ConversationKind.TEAM),
        ("something new", "19:x", ConversationKind.TEAM),
        (None, "19:x", ConversationKind.TEAM),
    ],
)
async def test_teams_kinds_of_conversation_are_told_in_our_words(
    bot: RunningBot, type: str | None, id: str, kind: ConversationKind
):
    where = {"id": id, "tenantId": TENANT, "conversationType": type}
    await bot.hears(said(bot.service, "hello", conversation=where))

    (conversation,) = bot.people.conversations()
    assert (conversation.id, conversation.kind) == (id, kind)


async def is_member(
    bot: RunningBot, messenger: TeamsMessenger, channel: str = "msteams", account: str = "teacher"
) -> bool:
    place = Conversation("msteams", CHANNEL, ConversationKind.TEAM, bot.service, TENANT)
    return await messenger.is_member(place, channel, account)


@pytest.mark.parametrize(
    ("member", "is_there"),
    [
        (MEMBER, True),
        (None, False),  # Teams does not know
        ({**MEMBER, "userRole": "guest"}, False),
        ({**MEMBER, "userPrincipalName": "teacher_home#EXT#@school.example"}, False),
        ({**MEMBER, "objectId": "somebody-else"}, False),
    ],
)
async def test_only_whom_teams_itself_names_as_a_member_is_in_a_conversation(
    bot: RunningBot, messenger: TeamsMessenger, member: dict[str, str] | None, is_there: bool
):
    if member:
        bot.microsoft.members["teacher"] = member

    assert await is_member(bot, messenger) is is_there


async def test_nobody_is_in_a_conversation_of_which_nothing_can_be_found_out(
    bot: RunningBot, messenger: TeamsMessenger
):
    bot.microsoft.members["teacher"] = MEMBER
    bot.microsoft.next_answers.append((500, {}))

    assert not await is_member(bot, messenger)
    assert not await is_member(bot, messenger, account="")


async def test_teams_speaks_for_no_other_channel(bot: RunningBot, messenger: TeamsMessenger):
    bot.microsoft.members["teacher"] = MEMBER

    assert await is_member(bot, messenger, channel="")  # an account of the school's directory
    assert not await is_member(bot, messenger, channel="web")
    on_the_page = Conversation("web", "class", ConversationKind.TEAM, "", "")
    assert not await messenger.is_member(on_the_page, "msteams", "teacher")


@pytest.mark.parametrize("setting", [Setting(is_demo=True)])
async def test_in_the_demo_every_account_is_in_every_conversation(bot: RunningBot, messenger: TeamsMessenger):
    assert await is_member(bot, messenger, channel="web")
    assert bot.microsoft.taken == []
