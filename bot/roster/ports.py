"""What keeping the staff list in step needs of the world."""

from typing import Protocol

from bot.people.ports import Roster
from bot.people.rules.person import Person
from bot.roster.rules.directory import Account, Directory


class GroupTenant(Protocol):
    """The school's groups in Microsoft 365."""

    async def members(self, group: str) -> tuple[Account, ...]:
        """Everybody in a group and in the groups in it; raises GraphError."""
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
