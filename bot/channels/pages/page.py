"""What a page is: its address and title, who may open it, what it shows, and what can be done from it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from bot.channels.pages.presses import MAX_FILE_BYTES
from bot.people.rules.permissions import Permission, may, refuse_unless
from bot.people.rules.person import Person

PageValues: TypeAlias = Callable[[Person], Awaitable[Mapping[str, Any]]]  # what its template needs


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a page is asked for: by its address, by what a press on it `shows` next, and what to give back.

    `typed` is what was filled in with a press that was refused. All of it comes from outside.
    """

    query: Mapping[str, str] = field(default_factory=dict)
    shows: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


PageView: TypeAlias = Callable[[Person, Asked], Awaitable[Mapping[str, Any]]]  # for one thing of several


async def no_values(person: Person) -> Mapping[str, Any]:
    """For a page that is words and offers only."""
    return {}


@dataclass(frozen=True, slots=True)
class Offer:
    """A link on a page: a command of the desk that shows something, or a form, and changes nothing by itself."""

    verb: str
    title: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Its template is cards/pages/school/NAME.html; anybody with one of its `permissions` may open it.

    `shows_notes` is for a page that is worked through: what a press says is shown on top of the page itself. A `view`
    takes the place of `values` on a page that shows one of several things. A page with a `parent` is reached from there
    and is not in the menu.
    """

    name: str
    title: str
    permissions: tuple[Permission, ...]
    values: PageValues = no_values
    offers: Sequence[Offer] = ()
    shows_notes: bool = False
    view: PageView | None = None
    parent: str = ""
    max_file_bytes: int = MAX_FILE_BYTES

    async def shown_values(self, person: Person, asked: Asked) -> Mapping[str, Any]:
        """What its template needs, for what was asked."""
        return await (self.view(person, asked) if self.view else self.values(person))

    def is_open_to(self, person: Person, today: date) -> bool:
        """Whether somebody may open it today."""
        return any(may(person, permission, today) for permission in self.permissions)

    def refuse_unless_open_to(self, person: Person, today: date) -> None:
        """Raises NotAllowed unless somebody may open it today; the sentence names who may."""
        if not self.is_open_to(person, today):
            refuse_unless(person, self.permissions[0], today)

    def offers_for(self, person: Person, today: date) -> list[Offer]:
        """What somebody may do from here."""
        return [offer for offer in self.offers if may(person, offer.permission, today)]
