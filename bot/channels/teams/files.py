"""Hands files over in Teams: the person agrees first, then the file goes into their own OneDrive.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp

from bot.channels.pending_files import PendingFiles
from bot.channels.teams.activity import Activity
from bot.channels.upload_address import is_upload_address
from bot.desk.rules.messages import Attachment

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"
HOSTS = (".sharepoint.com", ".sharepoint.us", ".onedrive.com")
TIME_LIMIT = aiohttp.ClientTimeout(total=60, connect=10)
NOT_WAITING = "That file is no longer waiting. Please ask for it again."
DECLINED = "All right, the file is not handed over."
FAILED = "The file could not be stored in your OneDrive. Please ask for it again."


@dataclass(slots=True)
class TeamsFiles:
    """Files that wait to be handed over, in memory for ten minutes, each to one account."""

    http: Callable[[], aiohttp.ClientSession]
    now: Callable[[], datetime]
    hosts: tuple[str, ...] = HOSTS
    scheme: str = "https"
    _pending: PendingFiles = field(default_factory=PendingFiles)
    _accounts: dict[str, str] = field(default_factory=dict)  # whom a file is for, by its id

    def offer(self, file: Attachment, account: str) -> dict[str, Any]:
        """The message that asks whether the file may be handed over."""
        id = self._pending.keep(file, self.now())
        self._accounts = {kept: whose for kept, whose in self._accounts.items() if self._pending.get(kept, self.now())}
        self._accounts[id] = account
        context = {"id": id}
        content = {
            "description": file.description,
            "sizeInBytes": len(file.content),
            "acceptContext": context,
            "declineContext": context,
        }
        return {
            "type": "message",
            "summary": file.description,
            "attachments": [{"contentType": CONSENT, "name": file.name, "content": content}],
        }

    async def hand_over(self, activity: Activity, account: str) -> dict[str, Any]:
        """Hands a file over if somebody agreed, and returns what to say to them."""
        consent = _object(activity.get("value"))
        id = str(_object(consent.get("context")).get("id", ""))
        file = self._pending.get(id, self.now())
        if file is None or self._accounts.get(id) != account:
            return _text_message(NOT_WAITING)
        self._pending.drop(id)
        if consent.get("action") != "accept":
            return _text_message(DECLINED)
        upload = _object(consent.get("uploadInfo"))
        if not await self._upload(file, str(upload.get("uploadUrl", ""))):
            return _text_message(FAILED)
        return _link_message(file, upload)

    async def _upload(self, file: Attachment, address: str) -> bool:
        """Whether the file went where Microsoft said; nothing else gets it, and no token of ours goes with it."""
        if not is_upload_address(address, self.scheme, self.hosts):
            return False
        last = len(file.content) - 1
        headers = {"Content-Range": f"bytes 0-{last}/{last + 1}", "Content-Type": "application/octet-stream"}
        try:
            async with self.http().put(
                address, data=file.content, headers=headers, timeout=TIME_LIMIT, allow_redirects=False
            ) as response:
                return response.status in {200, 201}
        except (aiohttp.ClientError, TimeoutError):
            return False


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text_message(text: str) -> dict[str, Any]:
    return {"type": "message", "text": text, "summary": text}


def _link_message(file: Attachment, upload: Mapping[str, Any]) -> dict[str, Any]:
    content = {"uniqueId": str(upload.get("uniqueId", "")), "fileType": str(upload.get("fileType", ""))}
    address = str(upload.get("contentUrl", ""))
    attachment = {"contentType": INFO, "contentUrl": address, "name": file.name, "content": content}
    return {"type": "message", "summary": file.name, "attachments": [attachment]}
