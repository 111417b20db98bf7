"""Files in Slack: in one person's direct messages, encrypted where it is evidence, and gone within ten minutes."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.slack.cards import SlackCards
from bot.desk.rules.messages import Attachment, Outgoing
from bot.people.rules.conversations import Address
from bot.settings import ROOT
from tests.channels.slack.samples import values
from tests.channels.slack.slack_bot import TEACHER_ID, RunningBot, Setting, bot_running
from tests.standins.slack import Trouble

CHAT = "D0TEACHER"
LIST = Attachment("left.txt", b"names", "Who is left")
PNG = b"\x89PNG and so on"


async def test_a_file_is_shared_in_the_chat_and_gone_within_ten_minutes(bot: RunningBot):
    assert await bot.bot.files.hand_over(LIST, CHAT) == ""
    ((file, where),) = bot.slack.shared
    assert (where, bot.slack.files[file]) == (CHAT, b"names")

    bot.now += timedelta(minutes=8)
    await bot.bot.files.remove_due()
    assert file in bot.slack.files
    bot.now += timedelta(minutes=1)
    await bot.bot.files.remove_due()

    assert bot.slack.files == {} and await bot.bot.files.kept.shared_files() == ()


async def test_a_file_is_removed_also_if_staffroom_crashed_in_between(bot: RunningBot, setting: Setting):
    await bot.bot.files.hand_over(LIST, CHAT)
    (kept,) = await setting.store.shared_files()

    async with bot_running(Setting(store=setting.store)) as after_restart:
        after_restart.slack.files[kept.id] = b"names"
        after_restart.now += timedelta(minutes=30)
        await after_restart.bot.files.remove_due()

        assert after_restart.slack.files == {}
    assert await setting.store.shared_files() == ()


async def test_a_file_that_cannot_be_removed_now_is_tried_again_and_one_that_is_gone_is_forgotten(bot: RunningBot):
    await bot.bot.files.hand_over(LIST, CHAT)
    bot.now += timedelta(minutes=10)
    bot.slack.troubles["files.delete"].append(Trouble(error="token_revoked"))

    await bot.bot.files.remove_due()
    assert len(await bot.bot.files.kept.shared_files()) == 1
    bot.slack.files.clear()  # somebody deleted it by hand
    await bot.bot.files.remove_due()

    assert await bot.bot.files.kept.shared_files() == ()


async def test_stopping_takes_away_what_is_still_there(bot: RunningBot):
    await bot.bot.files.hand_over(LIST, CHAT)

    await bot.bot.close()

    assert bot.slack.files == {}


async def test_an_archive_that_anybody_could_open_stays_here(bot: RunningBot):
    problem = await bot.bot.files.hand_over(Attachment("evidence.zip", b"PK and so on", "evidence"), CHAT)

    assert "unencrypted" in problem and bot.slack.calls == []


@pytest.mark.parametrize("conversation", ["C0STAFF01", "G0STAFF01"])
async def test_a_file_goes_to_direct_messages_only(bot: RunningBot, conversation: str):
    assert await bot.bot.files.hand_over(LIST, conversation) != ""
    assert bot.slack.calls == []


async def test_bytes_go_nowhere_but_to_slack(bot: RunningBot):
    files = replace(bot.bot.files, hosts=(".slack.com",))

    problem = await files.hand_over(LIST, CHAT)

    assert problem and bot.slack.files == {} and bot.slack.shared == []


class TestPictures:
    @pytest.fixture
    def setting(self) -> Setting:
        return Setting(cards=SlackCards(ROOT / "cards", is_demo=False))

    @pytest.fixture
    def summary(self) -> Outgoing:
        picture = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
        return Outgoing("summary", {**values("summary"), "picture": picture}, "The week.")

    async def test_a_summarys_picture_comes_first_with_its_words_and_once(self, bot: RunningBot, summary: Outgoing):
        bot.slack.troubles["chat.postMessage"].append(Trouble(error="internal_error"))
        to = Address("slack", account=TEACHER_ID)
        with pytest.raises(Exception, match="goes again"):
            await bot.messenger.send(to, summary)
        bot.now += timedelta(minutes=6)
        await bot.messenger.send(to, summary)

        methods = [call.method for call in bot.slack.calls]
        assert methods.index("files.completeUploadExternal") < methods.index("chat.postMessage")
        assert [where for _, where in bot.slack.shared] == [CHAT] and PNG in bot.slack.files.values()
        (upload,) = [call for call in bot.slack.calls if call.method == "files.getUploadURLExternal"]
        assert upload.arguments["alt_txt"] == values("summary")["picture_says"]

    async def test_where_the_picture_cannot_be_shown_its_words_are(self, bot: RunningBot, summary: Outgoing):
        bot.slack.troubles["files.getUploadURLExternal"].append(Trouble(error="missing_scope"))

        await bot.messenger.send(Address("slack", account=TEACHER_ID), summary)

        (message,) = bot.slack.messages.values()
        assert values("summary")["picture_says"] in json.dumps(message["blocks"]) and bot.slack.shared == []
