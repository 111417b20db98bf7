"""Hands files over in Slack: in the person's direct messages, and taken away again after ten minutes.

What lies in Slack is kept under the workspace's rules and can be exported by its owner, so an archive that is not
encrypted is not handed over.
https://docs.slack.dev/messaging/working-with-files#uploading_files
"""

import asyncio
import io
import logging
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from bot.channels.slack.web_api import SlackApi
from bot.desk.rules.messages import Attachment
from bot.errors import ChannelError

LOG = logging.getLogger("staffroom.slack")
HOSTS = (".slack.com",)
TIME_LIMIT = aiohttp.ClientTimeout(total=60, connect=10)
REMOVED_AFTER = 600.0  # seconds
FAILED = "The file could not be handed over in Slack. Please ask for it again."
NOT_ENCRYPTED = (
    "That file is not handed over in Slack, where it would be kept unencrypted. Ask your IT lead to set a key for "
    "evidence (STAFFROOM_EVIDENCE_KEY)."
)


@dataclass(slots=True)
class SlackFiles:
    """Files that were handed over and wait to be removed. `hosts` and `scheme` say where Slack takes bytes."""

    api: SlackApi
    http: Callable[[], aiohttp.ClientSession]
    hosts: tuple[str, ...] = HOSTS
    scheme: str = "https"
    removed_after: float = REMOVED_AFTER
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _shared: dict[str, asyncio.Task[None]] = field(default_factory=dict)  # by the file's id: what removes it

    async def hand_over(self, file: Attachment, conversation: str) -> str:
        """Shows a file in somebody's direct messages; returns what to say if that was not done, else nothing."""
        if is_bare_archive(file.content):
            return NOT_ENCRYPTED
        try:
            address, id = await self.api.upload_address(file.name, len(file.content))
            if not await self._upload(file, address):
                return FAILED
            # Before it is shared: if Slack does not say whether it was, it is removed all the same.
            self._shared[id] = asyncio.create_task(self._remove_later(id))
            await self.api.share_file(id, file.name, conversation, file.description)
        except ChannelError as error:
            LOG.warning("file_not_handed_over error=%s", type(error).__name__)
            return FAILED
        return ""

    async def close(self) -> None:
        """Removes at once what is still there: nobody would after a restart."""
        ids, tasks = tuple(self._shared), tuple(self._shared.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for id in ids:
            await self._remove(id)

    async def _upload(self, file: Attachment, address: str) -> bool:
        """Whether the bytes went where Slack said; nothing else gets them, and no token of ours goes with them."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        if parts.scheme != self.scheme or not (parts.hostname or "").endswith(self.hosts):
            return False
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with self.http().post(
                address, data=file.content, headers=headers, timeout=TIME_LIMIT, allow_redirects=False
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _remove_later(self, id: str) -> None:
        await self.pause(self.removed_after)
        await self._remove(id)

    async def _remove(self, id: str) -> None:
        self._shared.pop(id, None)
        try:
            await self.api.delete_file(id)
        except ChannelError as error:
            LOG.warning("file_not_removed error=%s", type(error).__name__)


def is_bare_archive(content: bytes) -> bool:
    """Whether it is a zip file of which anything can be read without a key."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(not entry.flag_bits & 0x1 for entry in archive.infolist())  # bit 0: encrypted
    except zipfile.BadZipFile:
        return content[:2] == b"PK"
