"""A chat with children in Teams: nothing is said there but notices, staff are answered in their own chat."""

from typing import Any

import pytest

from bot.channels.teams.bot import NO_CHAT
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.conversations import Conversation, ConversationKind
from tests.channels.teams.teams_bot import Bot
from tests.standins.activities import activity, in_group, pressed, said
from tests.standins.microsoft import TENANT

TEAM, CHANNEL = "19:team", "19:maths"
MEMBER = {
    "objectId": "teacher",
    "tenantId": TENANT,
    "userPrincipalName": "teacher@school.example",
    "userRole": "user",
}


def in_class(who: str = "teacher", where: str = CHANNEL, **named: Any) -> dict[str, Any]:
    """The fields of a message in a channel of the class's team; `named` is what the activity tells of its names."""
    made = in_group("channel", who)
    made["conversation"] = {**made["conversation"], "id": f"{where};messageid=1"}
    return {**made, "channelData": {"tenant": {"id": TENANT}, "team": {"id": TEAM}, **named}}


async def with_children(bot: Bot) -> None:
    """The bot is in the team, and a notice was planned in one of its channels."""
    await bot.hears(said(bot.service, "hello", **in_class()))
    facts = {
        "lesson": "maths",
        "starts": "2021-09-07T10:00:00+01:00",
        "ends": "2021-09-07T11:00:00+01:00",
        "kept": 21,
        "place": CHANNEL,
        "series": "",
        "source": "",
    }
    await bot.records.write(EventKind.LESSON, subject="t", actor="t", facts=facts)
    bot.microsoft.taken.clear()


async def test_a_pupil_who_mentions_the_bot_in_a_class_team_gets_nothing_at_all(bot: Bot):
    await with_children(bot)
    for body in (
        said(bot.service, "<at>Staffroom</at> can i use my phone", **in_class("pupil")),
        said(bot.service, "", value={"verb": "help"}, **in_class("pupil")),
        activity(bot.service, "messageUpdate", text="can i use my phone", **in_class("pupil")),
    ):
        assert (await bot.hears(body))[0] == 200

    assert [one for one in bot.microsoft.taken if one.method != "GET"] == []


async def test_staff_are_answered_in_their_own_chat(bot: Bot):
    await bot.hears(said(bot.service, "hello"))
    await with_children(bot)
    await bot.hears(said(bot.service, "<at>Staffroom</at> can i use my phone", **in_class()))

    (answer,) = bot.microsoft.taken
    assert "a:chat" in answer.path and "Not in lessons." in str(answer.body)


async def test_every_channel_of_the_team_is_a_place_with_children(bot: Bot):
    await bot.hears(said(bot.service, "hello"))
    await with_children(bot)
    await bot.hears(said(bot.service, "<at>Staffroom</at> can i use my phone", **in_class(where="19:another")))

    assert all("a:chat" in one.path for one in bot.microsoft.taken)


async def test_before_a_notice_was_ever_planned_the_same_channel_is_answered(bot: Bot):
    await bot.hears(said(bot.service, "<at>Staffroom</at> can i use my phone", **in_class()))

    assert CHANNEL in bot.microsoft.taken[-1].path


async def test_an_edited_question_is_not_answered_where_children_are(bot: Bot):
    await bot.hears(said(bot.service, "<at>Staffroom</at> hello", **{**in_class(), "id": "q1"}))
    await with_children(bot)
    edited = activity(bot.service, "messageUpdate", text="can i use my phone", **{**in_class(), "id": "q1"})
    await bot.hears(edited)

    assert bot.microsoft.taken == []


async def test_where_the_own_chat_cannot_be_reached_one_sentence_says_to_open_it(bot: Bot):
    await with_children(bot)

    assert await bot.says_to(said(bot.service, "<at>Staffroom</at> my record", **in_class())) == NO_CHAT


async def test_a_button_pressed_where_children_are_shows_nobody_else_anything(bot: Bot):
    await bot.hears(said(bot.service, "hello"))
    await with_children(bot)
    _, told = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}, **in_class()))

    assert all("a:chat" in one.path for one in bot.microsoft.taken)
    assert "Not in lessons." not in str(told)


async def test_a_place_keeps_its_name_when_a_later_activity_does_not_tell_it(bot: Bot):
    named = {
        "team": {"id": TEAM, "name": "Year 4", "aadGroupId": "group-4"},
        "channel": {"id": CHANNEL, "name": "Maths"},
    }
    await bot.hears(said(bot.service, "hello", **in_class(**named)))
    await bot.hears(said(bot.service, "hello", **in_class()))
    (place,) = await bot.store.places()
    assert (place.conversation, place.name, place.group) == (CHANNEL, "Year 4, Maths", "group-4")

    renamed = {"team": {"id": TEAM, "name": "Year 5"}, "channel": {"id": CHANNEL, "name": "Maths"}}
    await bot.hears(said(bot.service, "hello", **in_class(**renamed)))
    assert [(one.name, one.group) for one in await bot.store.places()] == [("Year 5, Maths", "group-4")]


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
async def test_only_whom_teams_itself_names_as_a_member_is_in_a_conversation(bot: Bot, member, is_there: bool):
    if member:
        bot.microsoft.members["teacher"] = member
    place = Conversation("msteams", CHANNEL, ConversationKind.TEAM, bot.service, TENANT)

    assert await bot.chat.is_in(place, "teacher") is is_there


async def test_nobody_is_in_a_conversation_of_which_nothing_can_be_found_out(bot: Bot):
    place = Conversation("msteams", CHANNEL, ConversationKind.TEAM, bot.service, TENANT)
    bot.microsoft.members["teacher"] = MEMBER
    bot.microsoft.next_answers.append((500, {}))

    assert await bot.chat.is_in(place, "teacher") is False
    assert await bot.chat.is_in(place, "") is False
    assert await bot.chat.is_in(Conversation("web", "class", ConversationKind.TEAM, "", ""), "teacher") is False
