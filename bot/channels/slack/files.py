"""Hands files over in Slack: in the person's direct messages, and taken away again within ten minutes.

What lies in Slack is kept under the workspace's rules and can be exported by its owner, so an archive that is not
encrypted is not handed over. Which files have to be removed is in the store, so a restart in between changes nothing.
https://docs.slack.dev/messaging/working-with-files#uploading_files
"""

import io
import logging
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp

from bot.channels.slack.web_api import SlackApi
from bot.channels.upload_address import is_upload_address
from bot.desk.rules.messages import Attachment
from bot.errors import ChannelError, Gone, StoreError
from bot.people.ports import SharedFiles
from bot.people.rules.conversations import SharedFile

LOG = logging.getLogger("staffroom.slack")
HOSTS = (".slack.com",)
TIME_LIMIT = aiohttp.ClientTimeout(total=60, connect=10)
REMOVED_AFTER = timedelta(minutes=9)  # the tick that removes them comes every minute
DIRECT = "D"  # what ids of direct messages begin with
FAILED = "The file could not be handed over in Slack. Please ask for it again."
NOT_ENCRYPTED = (
    "That file is not handed over in Slack, where it would be kept unencrypted. Ask your IT lead to set a key for "
    "evidence (STAFFROOM_EVIDENCE_KEY)."
)


@dataclass(frozen=True, slots=True)
class SlackFiles:
    """Hands files over and removes them. `hosts` and `scheme` say where Slack takes bytes; others are for tests."""

    api: SlackApi
    http: Callable[[], aiohttp.ClientSession]
    kept: SharedFiles
    now: Callable[[], datetime]
    hosts: tuple[str, ...] = HOSTS
    scheme: str = "https"

    async def hand_over(self, file: Attachment, conversation: str) -> str:
        """Shows a file in somebody's direct messages; returns what to say if that was not done, else nothing."""
        if is_bare_archive(file.content):
            return NOT_ENCRYPTED
        if not conversation.startswith(DIRECT):
            return FAILED
        try:
            address, id = await self.api.upload_address(file.name, len(file.content))
            if not await self._upload(file.content, address):
                return FAILED
            # Before it is shared: if Slack does not say whether it was, or we stop, it is removed all the same.
            await self.kept.keep_shared_file(SharedFile(id, self.now() + REMOVED_AFTER))
            await self.api.share_file(id, file.name, conversation, file.description)
        except (ChannelError, StoreError) as error:
            LOG.warning("file_not_handed_over error=%s", type(error).__name__)
            return FAILED
        return ""

    async def show_picture(self, picture: Attachment, conversation: str) -> bool:
        """Shows a picture in somebody's direct messages for good, with its words; whether that was done."""
        try:
            address, id = await self.api.upload_address(picture.name, len(picture.content), picture.description)
            if not conversation.startswith(DIRECT) or not await self._upload(picture.content, address):
                return False
            await self.api.share_file(id, picture.name, conversation)
        except ChannelError as error:
            LOG.warning("picture_not_shown error=%s", type(error).__name__)
            return False
        return True

    async def remove_due(self) -> None:
        """Removes the files whose time has come; one that cannot be removed now is tried again. Raises StoreError."""
        for file in await self.kept.shared_files():
            if file.remove_at <= self.now():
                await self._remove(file)

    async def close(self) -> None:
        """Removes at once whatever is still there: the next start may be days away."""
        try:
            for file in await self.kept.shared_files():
                await self._remove(file)
        except StoreError:
            LOG.warning("files_not_removed")  # they are still in the store, and removed after the next start

    async def _upload(self, content: bytes, address: str) -> bool:
        """Whether the bytes went where Slack said; nothing else gets them, and no token of ours goes with them."""
        if not is_upload_address(address, self.scheme, self.hosts):
            return False
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with self.http().post(
                address, data=content, headers=headers, timeout=TIME_LIMIT, allow_redirects=False
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _remove(self, file: SharedFile) -> None:
        try:
            await self.api.delete_file(file.id)
        except Gone:
            pass  # somebody else deleted it
        except ChannelError as error:
            LOG.warning("file_not_removed error=%s", type(error).__name__)
            return
        await self.kept.forget_shared_file(file.id)


def is_bare_archive(content: bytes) -> bool:
    """Whether it is a zip file of which anything can be read without a key."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(not entry.flag_bits & 0x1 for entry in archive.infolist())  # bit 0: encrypted
    except zipfile.BadZipFile:
        return content[:2] == b"PK"
