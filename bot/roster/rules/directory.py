"""Who works here according to the school's groups in Microsoft 365 or Slack, joined with what its staff list knows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.outside import email_address
from bot.people.rules.identity import rows_by_address
from bot.people.rules.person import Person, Role

# More people than MANY, or more than one in ONE_IN, may not come or go without confirmation.
MANY, ONE_IN = 5, 5
# People with one of these roles may do or see what others may not.
TRUSTED = frozenset({Role.HEAD, Role.DEPUTY, Role.CHAIR, Role.OFFICE, Role.SAFEGUARDING, Role.IT})
ROLE_NAMES = {Role.HEAD: "headteacher", Role.CHAIR: "chair of governors", Role.IT: "IT lead"}
PUPIL_JOBS = frozenset({"pupil", "student", "learner"})
NO_ADDRESS = "has no confirmed address of the school's in Slack, and the staff list does not name their account"
NO_PERSON = Person("", "", "", "", frozenset())


class Source(StrEnum):
    """Whose groups they are: an account is one of the school's directory, or one in Slack."""

    MICROSOFT = "Microsoft 365"
    SLACK = "Slack"

    def account_of(self, person: Person) -> str:
        """The account in somebody's row that is of this kind; empty if the row names none."""
        return person.slack if self is Source.SLACK else person.account


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody in the tenant. `id` is the account's, `sign_in` the name they sign in with.

    `why_not` says, as a part of a sentence, why nobody at the school can have this account; empty if somebody may.
    """

    id: str
    name: str
    email: str
    sign_in: str
    job: str = ""
    is_guest: bool = False
    is_enabled: bool = True
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the staff list comes from: group ids by role, groups of pupils, accounts to leave out.

    `app` is the Teams app's id in the school's catalogue. `installs` allows installing it for people, `notifies` lines
    in their activity feed.
    """

    groups: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    pupils: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    app: str = ""
    installs: bool = False
    notifies: bool = False
    source: Source = Source.MICROSOFT

    @property
    def is_on(self) -> bool:
        """Whether the staff list comes from groups."""
        return bool(self.groups)

    @property
    def every_group(self) -> tuple[str, ...]:
        """Every group that is read, once."""
        return tuple(dict.fromkeys([*(id for ids in self.groups.values() for id in ids), *self.pupils]))


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """An account of one of the school's people, and the id the person was first known by."""

    account: Account
    roles: frozenset[Role]
    person: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who is not one of the school's people, and why, as a part of a sentence."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Directory:
    """The people in the groups, by account, and who was left out."""

    entries: Mapping[str, DirectoryEntry] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


def directory(
    members: Mapping[Role, Sequence[Account]], before: Directory, rows: Iterable[Person], sources: Sources
) -> Directory:
    """The directory of these groups. A person keeps the id they had before; else a row of the staff list gives it."""
    accounts, roles = _by_account(members)
    listed = tuple(rows)
    rows_about = _Rows.of(listed, sources.source)
    entries, left_out = {}, []
    for id, account in sorted(accounts.items()):
        row, known = rows_about.account(account), before.entries.get(id)
        why = _why_not(account, sources, row)
        if why:
            left_out.append(LeftOut(account.name or id, why))
            continue
        person = known.person if known else row.id if row else id
        entries[id] = DirectoryEntry(account, roles[id], person)
    left_out += [
        LeftOut(row.name or row.id, "is in the staff list, and in none of the groups")
        for row in listed
        if sources.source.account_of(row) and sources.source.account_of(row) not in accounts
    ]
    return Directory(entries, tuple(left_out))


def _by_account(
    members: Mapping[Role, Sequence[Account]],
) -> tuple[dict[str, Account], dict[str, frozenset[Role]]]:
    """Accounts by id, and the roles of each."""
    accounts: dict[str, Account] = {}
    roles: dict[str, frozenset[Role]] = defaultdict(frozenset)
    for role, people in members.items():
        for account in people:
            accounts[account.id] = account
            roles[account.id] |= {role}
    return accounts, roles


def _why_not(account: Account, sources: Sources, row: Person | None) -> str:
    if account.id in sources.excluded:
        return "is excluded in school.toml"
    if account.why_not:
        return account.why_not
    if sources.source is Source.SLACK and not account.email and (row is None or not row.slack):
        return NO_ADDRESS
    if account.is_guest:
        return "is a guest of the tenant"
    return "" if account.is_enabled else "has an account that is switched off"


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of the staff list by account and by e-mail address."""

    source: Source
    accounts: Mapping[str, Person]
    addresses: Mapping[str, Person]

    @classmethod
    def of(cls, rows: Iterable[Person], source: Source) -> "_Rows":
        listed = tuple(rows)
        accounts = {source.account_of(row): row for row in listed if source.account_of(row)}
        return cls(source, accounts, rows_by_address(listed))

    def account(self, account: Account) -> Person | None:
        """The row about an account: by its id, else by one of its addresses if that row names no account."""
        addresses = (email_address(text) or "" for text in (account.email, account.sign_in))
        by_address = (self.addresses.get(address) for address in addresses)
        without_account = (row for row in by_address if row and not self.source.account_of(row))
        return self.accounts.get(account.id) or next(without_account, None)


def people(adopted: Directory, rows: Iterable[Person], source: Source = Source.MICROSOFT) -> tuple[Person, ...]:
    """Everybody: people in the groups, with days and hours from their row, and rows of people without an account."""
    listed = tuple(rows)
    rows_about = _Rows.of(listed, source)
    joined, used = [], set()
    for entry in adopted.entries.values():
        row = rows_about.account(entry.account)
        if row:
            used.add(row.id)
        joined.append(_joined(entry, row or NO_PERSON, source))
    return (*joined, *(row for row in listed if not source.account_of(row) and row.id not in used))


def _joined(entry: DirectoryEntry, row: Person, source: Source) -> Person:
    person = replace(
        row,
        id=entry.person,
        name=entry.account.name or row.name,
        email=entry.account.email or row.email,
        roles=row.roles | entry.roles,
    )
    id = entry.account.id
    return replace(person, slack=id) if source is Source.SLACK else replace(person, account=id)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """Roles that one account would gain or lose."""

    account: str
    name: str
    gains: frozenset[Role]
    loses: frozenset[Role]

    @property
    def is_trusted(self) -> bool:
        """Whether they would gain a role that may do more than others."""
        return bool(self.gains & TRUSTED)

    @property
    def lines(self) -> list[str]:
        """In words: the name, and which roles."""
        changes = (("New role", self.gains), ("Role ends", self.loses))
        return [f"{what}: {self.name or self.account}, {_role_names(roles)}" for what, roles in changes if roles]


def _role_names(roles: Iterable[Role]) -> str:
    return " and ".join(sorted(ROLE_NAMES.get(role, role.value) for role in roles))


def role_changes(
    before: Iterable[Person], after: Iterable[Person], source: Source = Source.MICROSOFT
) -> tuple[RoleChange, ...]:
    """Whose roles would change: everything a known account gains or loses, and the trusted roles of a new one.

    Both sides are everybody by groups and staff list together, because a row of the list may give an account its roles.
    """
    roles_before = {source.account_of(person): person.roles for person in before}
    changes = []
    for person in after:
        account = source.account_of(person)
        had = roles_before.get(account)
        gains = person.roles & TRUSTED if had is None else person.roles - had
        loses = (had or frozenset()) - person.roles
        if account and (gains or loses):
            changes.append(RoleChange(account, person.name, gains, loses))
    return tuple(changes)


def doubts(
    before: Directory,
    after: Directory,
    pupils: frozenset[str],
    changes: Sequence[RoleChange] = (),
    source: Source = Source.MICROSOFT,
) -> tuple[str, ...]:
    """Why a change must wait for confirmation, in sentences; none if it may be adopted at once."""
    sentences = _doubts_about_numbers(before, after)
    sentences += trusted_sentence(changes)
    children = [entry for id, entry in after.entries.items() if id in pupils or _is_pupil(entry.account)]
    if children:
        sentences.append(f"{len(children)} of them look like pupils.")
    nameless = [entry for entry in after.entries.values() if not entry.account.name]
    if nameless:
        why = ", so a permission is missing: User.Read.All" if source is Source.MICROSOFT else " in Slack"
        sentences.append(f"{len(nameless)} have no name{why}.")
    return tuple(sentences)


def _doubts_about_numbers(before: Directory, after: Directory) -> list[str]:
    come, go = after.entries.keys() - before.entries.keys(), before.entries.keys() - after.entries.keys()
    return [
        f"{number} people would {what} at once."
        for number, what in ((len(come), "come"), (len(go), "go"))
        if is_many(number, len(before.entries))
    ]


def is_many(number: int, of: int) -> bool:
    """Whether a change of so many among so many people must wait for confirmation.

    >>> is_many(5, 25), is_many(6, 100), is_many(5, 24)
    (False, True, True)
    """
    return number > MANY or number * ONE_IN > max(of, 1)


def trusted_sentence(changes: Sequence[RoleChange]) -> list[str]:
    """The sentence that people would come to a leading role; none if nobody would."""
    trusted = sum(change.is_trusted for change in changes)
    return [f"{trusted} would come to a role that may do more than others."] if trusted else []


def _is_pupil(account: Account) -> bool:
    domain = account.sign_in.partition("@")[2].casefold()
    return account.job.casefold() in PUPIL_JOBS or domain.startswith(("pupil", "student"))
