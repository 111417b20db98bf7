"""Files of ours that lie in a conversation for a while, and when each has to be removed."""

from bot.people.rules.conversations import SharedFile
from bot.stores.postgres.tables import Tables

FILES = "SELECT id, remove_at FROM shared_file ORDER BY remove_at, id"
KEEP = """
INSERT INTO shared_file (school, id, remove_at) VALUES (current_school(), %s, %s)
ON CONFLICT (school, id) DO UPDATE SET remove_at = excluded.remove_at"""
FORGET = "DELETE FROM shared_file WHERE id = %s"


class SharedFileTables(Tables):
    """Keeps the promises of `SharedFiles`."""

    async def keep_shared_file(self, file: SharedFile) -> None:
        """Keeps that a file has to be removed."""
        await self._change(KEEP, (file.id, file.remove_at))

    async def shared_files(self) -> tuple[SharedFile, ...]:
        """Every file that has to be removed, the first that is due first."""
        return tuple(SharedFile(*row) for row in await self._select(FILES))

    async def forget_shared_file(self, id: str) -> None:
        """Forgets a file that was removed."""
        await self._change(FORGET, [id])
