"""Hands files over in Teams: the person says yes first, then the file goes into their own OneDrive.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.channels.pending_files import PendingFiles
from bot.channels.teams.activity import Activity
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
    """Files on their way, in memory for ten minutes, each for one account."""

    http: Callable[[], aiohttp.ClientSession]
    now: Callable[[], datetime]
    hosts: tuple[str, ...] = HOSTS
    scheme: str = "https"
    _held: PendingFiles = field(default_factory=PendingFiles)
    _for: dict[str, str] = field(default_factory=dict)

    def offer(self, file: Attachment, account: str) -> dict[str, Any]:
        """The message that asks whether the file may be handed over."""
        id = self._held.keep(file, self.now())
        self._for = {**{held: who for held, who in self._for.items() if self._held.get(held, self.now())}, id: account}
        about = {"id": id}
        content = {
            "description": file.description,
            "sizeInBytes": len(file.content),
            "acceptContext": about,
            "declineContext": about,
        }
        return {
            "type": "message",
            "summary": file.description,
            "attachments": [{"contentType": CONSENT, "name": file.name, "content": content}],
        }

    async def answered(self, activity: Activity, account: str) -> dict[str, Any]:
        """What to say to somebody who answered; where they said yes, the file is where they wanted it."""
        value = activity.get("value")
        given: Mapping[str, Any] = value if isinstance(value, dict) else {}
        context = given.get("context")
        id = str(context.get("id", "")) if isinstance(context, dict) else ""
        file = self._held.get(id, self.now())
        if file is None or self._for.get(id) != account:
            return _says(NOT_WAITING)
        self._held.drop(id)
        if given.get("action") != "accept":
            return _says(DECLINED)
        upload = given.get("uploadInfo")
        about: Mapping[str, Any] = upload if isinstance(upload, dict) else {}
        if not await self._uploaded(file, str(about.get("uploadUrl", ""))):
            return _says(FAILED)
        content = {"uniqueId": str(about.get("uniqueId", "")), "fileType": str(about.get("fileType", ""))}
        link = str(about.get("contentUrl", ""))
        attachment = {"contentType": INFO, "contentUrl": link, "name": file.name, "content": content}
        return {"type": "message", "summary": file.name, "attachments": [attachment]}

    async def _uploaded(self, file: Attachment, address: str) -> bool:
        """Whether the file went where Microsoft said; nothing else gets it, and no token of ours goes along."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        if parts.scheme != self.scheme or not (parts.hostname or "").endswith(self.hosts):
            return False
        last = len(file.content) - 1
        headers = {"Content-Range": f"bytes 0-{last}/{last + 1}", "Content-Type": "application/octet-stream"}
        try:
            async with self.http().put(
                address, data=file.content, headers=headers, timeout=TIME_LIMIT, allow_redirects=False
            ) as answer:
                return answer.status in {200, 201}
        except (aiohttp.ClientError, TimeoutError):
            return False


def _says(text: str) -> dict[str, Any]:
    return {"type": "message", "text": text, "summary": text}
