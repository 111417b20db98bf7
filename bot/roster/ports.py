"""What keeping the staff list in step needs of the world."""

from collections.abc import Collection, Mapping
from typing import Protocol

from bot.people.ports import Roster
from bot.people.rules.person import Person
from bot.roster.rules.directory import Account, Directory
from bot.roster.rules.list_change import ListChange
from bot.roster.rules.staff_list import StaffList


class GroupTenant(Protocol):
    """The school's groups in Microsoft 365 or in Slack."""

    async def members_of(self, groups: Collection[str]) -> Mapping[str, tuple[Account, ...]]:
        """Everybody in each of these groups and in the groups in it; raises GraphError, or in Slack ChannelError."""
        ...


class ListRoster(Roster, Protocol):
    """A staff list that comes from a file; a new one in doubt waits until somebody confirms it."""

    @property
    def waiting(self) -> ListChange | None:
        """The change that waits for confirmation, if one does."""
        ...

    @property
    def problem(self) -> str:
        """Why the file as it is now was not taken, as a sentence; empty if it was, or waits."""
        ...

    def confirm(self, digest: str) -> None:
        """Accepts the change that waits; raises BadInput if it is not that one, StoreError if it could not be kept."""
        ...

    def check(self, content: bytes) -> StaffList:
        """What a file would say, with its problems; raises BadInput if it is no table that can be read."""
        ...

    def bring(self, content: bytes) -> None:
        """Puts a file in place of the school's, and keeps the one before beside it; it is read like any other.

        Raises BadInput where there is no file of the school's own, StoreError if it could not be written.
        """
        ...


class DirectoryRoster(Roster, Protocol):
    """A staff list that comes from the tenant's groups, once somebody or the rules adopted it."""

    @property
    def directory(self) -> Directory:
        """What was adopted last."""
        ...

    def rows(self) -> tuple[Person, ...]:
        """What the school's own staff list says."""
        ...

    def adopt(self, directory: Directory) -> None:
        """From now on the staff list is this one; raises StoreError if it could not be kept."""
        ...
