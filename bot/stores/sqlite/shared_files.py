"""Files of ours that lie in a conversation for a while, and when each has to be removed."""

from datetime import datetime

from bot.people.rules.conversations import SharedFile
from bot.stores.sqlite.tables import Tables


class SharedFileTables(Tables):
    """Keeps the promises of `SharedFiles`."""

    async def keep_shared_file(self, file: SharedFile) -> None:
        """Keeps that a file has to be removed."""
        row = {"remove_at": file.remove_at.isoformat()}
        await self._write(lambda: self._put_small("shared_file", file.id, row))

    async def shared_files(self) -> tuple[SharedFile, ...]:
        """Every file that has to be removed, the first that is due first."""
        rows = self._small_rows("shared_file").items()
        files = [SharedFile(id, datetime.fromisoformat(row["remove_at"])) for id, row in rows]
        return tuple(sorted(files, key=lambda file: (file.remove_at, file.id)))

    async def forget_shared_file(self, id: str) -> None:
        """Forgets a file that was removed."""
        if self._small_row("shared_file", id):
            await self._write(lambda: self._remove_small("shared_file", [id]))
