"""A file in Teams: asked for in one's own chat, agreed to, and put where Microsoft says, nowhere else."""

from typing import Any

import pytest

from bot.channels.teams.files import CONSENT, DECLINED, FAILED, INFO, NOT_WAITING
from tests.channels.fakes import PACK
from tests.channels.teams.teams_bot import RunningBot
from tests.standins.activities import activity, in_group, said


async def consent_card(bot: RunningBot) -> dict[str, Any]:
    await bot.hears(said(bot.service, "export"))
    (attachment,) = bot.microsoft.messages()[-1]["attachments"]
    return dict(attachment)


async def answer(bot: RunningBot, card: dict[str, Any], action: str = "accept", **more: Any) -> dict[str, Any]:
    """What the bot says to somebody who agreed, or did not."""
    upload = {
        "uploadUrl": f"{bot.microsoft.address}/onedrive/upload",
        "contentUrl": "https://school.sharepoint.com/evidence.zip",
        "uniqueId": "u1",
        "fileType": "zip",
    }
    value = {"type": "fileUpload", "action": action, "context": card["content"]["acceptContext"], "uploadInfo": upload}
    body = activity(bot.service, "invoke", name="fileConsent/invoke", value={**value, **more.pop("value", {})}, **more)
    status, _ = await bot.hears(body)
    assert status == 200
    return dict(bot.microsoft.messages()[-1])


async def test_a_file_is_offered_with_its_size_and_nothing_is_sent_before_yes(bot: RunningBot):
    card = await consent_card(bot)

    assert card["contentType"] == CONSENT
    assert card["name"] == "evidence.zip"
    assert card["content"]["sizeInBytes"] == len(PACK.content)
    assert card["content"]["description"] == PACK.description
    assert bot.microsoft.uploaded == []


async def test_after_yes_it_is_where_microsoft_said_and_a_link_is_shown(bot: RunningBot):
    message = await answer(bot, await consent_card(bot))

    assert bot.microsoft.uploaded == [("bytes 0-11/12", PACK.content)]
    (attachment,) = message["attachments"]
    assert (attachment["contentType"], attachment["name"]) == (INFO, "evidence.zip")
    assert attachment["contentUrl"] == "https://school.sharepoint.com/evidence.zip"


async def test_after_no_it_is_dropped(bot: RunningBot):
    card = await consent_card(bot)

    assert (await answer(bot, card, "decline"))["text"] == DECLINED
    assert (await answer(bot, card))["text"] == NOT_WAITING
    assert bot.microsoft.uploaded == []


async def test_a_second_yes_uploads_nothing_again(bot: RunningBot):
    card = await consent_card(bot)
    await answer(bot, card)

    assert (await answer(bot, card))["text"] == NOT_WAITING
    assert len(bot.microsoft.uploaded) == 1


async def test_somebody_elses_yes_gets_nothing(bot: RunningBot):
    card = await consent_card(bot)

    message = await answer(bot, card, **{"from": {"id": "29:other", "aadObjectId": "other"}})

    assert message["text"] == NOT_WAITING
    assert bot.microsoft.uploaded == []


async def test_after_ten_minutes_it_is_gone(bot: RunningBot):
    card = await consent_card(bot)
    bot.now = bot.now.replace(minute=11)

    assert (await answer(bot, card))["text"] == NOT_WAITING


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/upload",
        "",
        "https://127.0.0.1.evil.example/",
        "file:///etc/passwd",
        "http://[",
        "http://x",
    ],
)
async def test_it_goes_nowhere_else(bot: RunningBot, address: str):
    card = await consent_card(bot)

    message = await answer(bot, card, value={"uploadInfo": {"uploadUrl": address}})

    assert message["text"] == FAILED
    assert bot.microsoft.uploaded == []


async def test_a_failed_upload_is_said(bot: RunningBot):
    bot.microsoft.upload_status = 500

    assert (await answer(bot, await consent_card(bot)))["text"] == FAILED


@pytest.mark.parametrize("value", [{"context": None}, {"context": {"id": 7}}, {"context": []}, {"uploadInfo": 7}])
async def test_an_answer_of_another_shape_gets_a_sentence(bot: RunningBot, value: dict[str, Any]):
    message = await answer(bot, await consent_card(bot), value=value)

    assert message["text"] in {NOT_WAITING, FAILED}


async def test_in_a_group_no_file_is_offered(bot: RunningBot):
    await bot.hears(said(bot.service, "export", **in_group()))

    kinds = [part["contentType"] for message in bot.microsoft.messages() for part in message.get("attachments", ())]
    assert CONSENT not in kinds


async def test_a_file_asked_for_in_a_group_is_offered_in_their_own_chat(bot: RunningBot):
    await bot.hears(said(bot.service, "hello"))
    before = len(bot.microsoft.taken)

    await bot.hears(said(bot.service, "export", **in_group()))

    private, offer, public = bot.microsoft.taken[before:]
    assert "a:chat" in private.path and "a:chat" in offer.path and "19:group" in public.path
    (card,) = offer.body["attachments"]
    assert card["contentType"] == CONSENT
    await answer(bot, card)
    assert bot.microsoft.uploaded == [("bytes 0-11/12", PACK.content)]


async def test_the_desk_hears_whether_a_file_could_be_handed_over(bot: RunningBot):
    await bot.hears(said(bot.service, "export", **in_group()))
    await bot.hears(said(bot.service, "export"))
    await bot.hears(said(bot.service, "export", **in_group()))

    assert [incoming.has_own_chat for incoming in bot.small.heard] == [False, True, True]


async def test_a_file_asked_for_by_an_edited_message_is_offered_too(bot: RunningBot):
    await bot.hears(said(bot.service, "hello", id="q1"))

    await bot.hears(said(bot.service, "export", id="q1", type="messageUpdate"))

    (card,) = bot.microsoft.messages()[-1]["attachments"]
    assert card["contentType"] == CONSENT
