"""Who works here according to the school's Microsoft 365 groups, joined with what only its staff list knows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.people.rules.person import Person, Role

MANY, SHARE = 5, 5  # more people than this, or more than one in so many, do not come or go without a person's word
# Whoever has one of these may do, or gets to see, what others do not.
TRUSTED = frozenset({Role.HEAD, Role.DEPUTY, Role.CHAIR, Role.OFFICE, Role.SAFEGUARDING, Role.IT})
CALLED = {Role.HEAD: "headteacher", Role.CHAIR: "chair of governors", Role.IT: "IT lead"}
PUPIL_JOBS = frozenset({"pupil", "student", "learner"})


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody in the tenant. `id` is the account's, `sign_in` the name they sign in with."""

    id: str
    name: str
    email: str
    sign_in: str
    job: str = ""
    is_guest: bool = False
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the roster comes from: group ids by role, groups of pupils, accounts that are nobody; and what is let.

    `app` is the Teams app's id in the school's catalogue.
    """

    groups: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    pupils: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    app: str = ""
    installs: bool = False
    toasts: bool = False

    @property
    def is_on(self) -> bool:
        """Whether the roster comes from groups."""
        return bool(self.groups)


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """An account that belongs to the school's people, under the id it was first known by."""

    account: Account
    roles: frozenset[Role]
    person: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who is not among the school's people, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Directory:
    """The people of the groups, by account, and who was left out."""

    entries: Mapping[str, DirectoryEntry] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


def directory(
    members: Mapping[Role, Sequence[Account]], before: Directory, rows: Iterable[Person], sources: Sources
) -> Directory:
    """The directory that groups make. Whoever had an id before keeps it; else a row of the staff list gives it."""
    roles: dict[str, set[Role]] = defaultdict(set)
    accounts: dict[str, Account] = {}
    for role, found in members.items():
        for one in found:
            accounts[one.id] = one
            roles[one.id].add(role)
    listed = tuple(rows)
    found_in = _Rows.of(listed)
    entries, left_out = {}, []
    for id, account in sorted(accounts.items()):
        why = _why_not(account, sources)
        if why:
            left_out.append(LeftOut(account.name or id, why))
            continue
        row = found_in.about(account)
        held = before.entries.get(id)
        person = held.person if held else row.id if row else id
        entries[id] = DirectoryEntry(account, frozenset(roles[id]), person)
    left_out += [
        LeftOut(row.name or row.id, "stands in the staff list, and in none of the groups")
        for row in listed
        if row.account and row.account not in accounts
    ]
    return Directory(entries, tuple(left_out))


def _why_not(account: Account, sources: Sources) -> str:
    if account.id in sources.excluded:
        return "is excluded in school.toml"
    if account.is_guest:
        return "is a guest of the tenant"
    return "" if account.is_enabled else "has an account that is switched off"


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of the staff list by account, and those without one by address."""

    accounts: Mapping[str, Person]
    addresses: Mapping[str, Person]

    @classmethod
    def of(cls, rows: Iterable[Person]) -> "_Rows":
        listed = tuple(rows)
        return cls(
            {one.account: one for one in listed if one.account},
            {one.email.casefold(): one for one in listed if one.email and not one.account},
        )

    def about(self, account: Account) -> Person | None:
        """The row about an account: by its id, else by an address that is theirs."""
        addresses = (account.email.casefold(), account.sign_in.casefold())
        by_address = (self.addresses[one] for one in addresses if one in self.addresses)
        return self.accounts.get(account.id) or next(by_address, None)


def people(held: Directory, rows: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody: those of the groups, with days and hours from their row, and rows of people without an account."""
    listed = tuple(rows)
    found_in = _Rows.of(listed)
    found, used = [], set()
    for entry in held.entries.values():
        row = found_in.about(entry.account)
        if row:
            used.add(row.id)
        base = row or Person("", "", "", "", frozenset())
        about = entry.account
        found.append(
            replace(
                base,
                id=entry.person,
                name=about.name or base.name,
                email=about.email or base.email,
                account=about.id,
                roles=base.roles | entry.roles,
            )
        )
    return (*found, *(row for row in listed if not row.account and row.id not in used))


@dataclass(frozen=True, slots=True)
class RoleChange:
    """Roles that one account would gain or lose."""

    account: str
    name: str
    gains: frozenset[Role]
    loses: frozenset[Role]

    @property
    def is_trusted(self) -> bool:
        """Whether they would come to a role that may do more than others."""
        return bool(self.gains & TRUSTED)

    @property
    def lines(self) -> list[str]:
        """In words: the name, and which roles."""
        told = (("New role", self.gains), ("Role ends", self.loses))
        return [f"{what}: {self.name or self.account}, {_listed(roles)}" for what, roles in told if roles]


def _listed(roles: Iterable[Role]) -> str:
    return " and ".join(sorted(CALLED.get(one, one.value) for one in roles))


def role_changes(before: Iterable[Person], after: Iterable[Person]) -> tuple[RoleChange, ...]:
    """Whose roles would change: all that a known account gains or loses, and what a new one gains of trust.

    Both sides are everybody by groups and staff list together, for a row of the list may give an account its roles.
    """
    held = {one.account: one.roles for one in before if one.account}
    found = []
    for one in after:
        had = held.get(one.account)
        gains = one.roles & TRUSTED if had is None else one.roles - had
        loses = (had or frozenset()) - one.roles
        if one.account and (gains or loses):
            found.append(RoleChange(one.account, one.name, gains, loses))
    return tuple(found)


def doubts(
    before: Directory, after: Directory, pupils: frozenset[str], shifted: Sequence[RoleChange] = ()
) -> tuple[str, ...]:
    """Why a change must wait for a person's word; none where it may be taken over at once."""
    found = []
    came, went = after.entries.keys() - before.entries.keys(), before.entries.keys() - after.entries.keys()
    for number, what in ((len(came), "come"), (len(went), "go")):
        if number > MANY or number * SHARE > max(len(before.entries), 1):
            found.append(f"{number} people would {what} at once.")
    trusted = sum(one.is_trusted for one in shifted)
    if trusted:
        found.append(f"{trusted} would come to a role that may do more than others.")
    children = [one for id, one in after.entries.items() if id in pupils or _is_pupil(one.account)]
    if children:
        found.append(f"{len(children)} of them look like pupils.")
    nameless = [one for one in after.entries.values() if not one.account.name]
    if nameless:
        found.append(f"{len(nameless)} have no name, so a permission is missing: User.Read.All.")
    return tuple(found)


def _is_pupil(account: Account) -> bool:
    domain = account.sign_in.partition("@")[2].casefold()
    return account.job.casefold() in PUPIL_JOBS or domain.startswith(("pupil", "student"))
