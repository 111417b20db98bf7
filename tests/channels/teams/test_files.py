"""A file in Teams: asked for in one's own chat, consented to, and put where Microsoft says, nowhere else."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.ask.answer_card import note
from bot.channels.teams.files import CONSENT, DECLINED, FAILED, INFO, NOT_WAITING
from bot.desk.rules.messages import Attachment, Incoming, Outgoing
from bot.people.rules.person import Caller
from tests.channels.teams.teams_bot import Bot
from tests.standins.activities import activity, in_group, said

PACK = Attachment("evidence.zip", b"PK and so on", "the evidence, not encrypted")


@dataclass
class Handing:
    """A desk that hands a file to whoever asks."""

    async def __call__(self, incoming: Incoming) -> Outgoing:
        return replace(note("Here it is."), is_for_one=True, file=PACK)

    async def knows(self, caller: Caller) -> bool:
        return True


@pytest.fixture
def handing(bot: Bot) -> Bot:
    bot.chat.desk = Handing()  # type: ignore[assignment]
    return bot


async def consent_card(bot: Bot) -> dict[str, Any]:
    await bot.hears(said(bot.service, "export"))
    (attachment,) = bot.microsoft.messages()[-1]["attachments"]
    return dict(attachment)


async def answer(bot: Bot, card: dict[str, Any], action: str = "accept", **more: Any) -> dict[str, Any]:
    """What the bot says to somebody's answer."""
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


async def test_a_file_is_offered_with_its_size_and_nothing_is_sent_before_yes(handing: Bot):
    card = await consent_card(handing)

    assert card["contentType"] == CONSENT
    assert card["name"] == "evidence.zip"
    assert card["content"]["sizeInBytes"] == len(PACK.content)
    assert card["content"]["description"] == PACK.description
    assert handing.microsoft.uploaded == []


async def test_after_yes_it_is_where_microsoft_said_and_a_link_is_shown(handing: Bot):
    told = await answer(handing, await consent_card(handing))

    assert handing.microsoft.uploaded == [("bytes 0-11/12", PACK.content)]
    (attachment,) = told["attachments"]
    assert (attachment["contentType"], attachment["name"]) == (INFO, "evidence.zip")
    assert attachment["contentUrl"] == "https://school.sharepoint.com/evidence.zip"


async def test_after_no_it_is_dropped(handing: Bot):
    card = await consent_card(handing)

    assert (await answer(handing, card, "decline"))["text"] == DECLINED
    assert (await answer(handing, card))["text"] == NOT_WAITING
    assert handing.microsoft.uploaded == []


async def test_a_second_yes_uploads_nothing_again(handing: Bot):
    card = await consent_card(handing)
    await answer(handing, card)

    assert (await answer(handing, card))["text"] == NOT_WAITING
    assert len(handing.microsoft.uploaded) == 1


async def test_somebody_elses_yes_gets_nothing(handing: Bot):
    card = await consent_card(handing)

    told = await answer(handing, card, **{"from": {"id": "29:other", "aadObjectId": "other"}})

    assert told["text"] == NOT_WAITING
    assert handing.microsoft.uploaded == []


async def test_after_ten_minutes_it_is_gone(handing: Bot):
    card = await consent_card(handing)
    handing.now = handing.now.replace(minute=11)

    assert (await answer(handing, card))["text"] == NOT_WAITING


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
async def test_it_goes_to_no_other_place(handing: Bot, address: str):
    card = await consent_card(handing)

    told = await answer(handing, card, value={"uploadInfo": {"uploadUrl": address}})

    assert told["text"] == FAILED
    assert handing.microsoft.uploaded == []


async def test_a_failed_upload_is_said(handing: Bot):
    handing.microsoft.upload_status = 500

    assert (await answer(handing, await consent_card(handing)))["text"] == FAILED


@pytest.mark.parametrize("value", [{"context": None}, {"context": {"id": 7}}, {"context": []}, {"uploadInfo": 7}])
async def test_an_answer_of_another_shape_gets_a_sentence(handing: Bot, value: dict[str, Any]):
    told = await answer(handing, await consent_card(handing), value=value)

    assert told["text"] in {NOT_WAITING, FAILED}


async def test_in_a_group_no_file_is_offered(handing: Bot):
    await handing.hears(said(handing.service, "export", **in_group()))

    kinds = [one["contentType"] for told in handing.microsoft.messages() for one in told.get("attachments", ())]
    assert CONSENT not in kinds
