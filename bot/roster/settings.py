"""Reads the section [graph] of school.toml: which groups the staff list comes from, and what the app may do."""

from bot.errors import PolicyFileError
from bot.people.rules.identity import account_id
from bot.people.rules.person import Role
from bot.policies import SCHOOL, SchoolTables
from bot.roster.rules.directory import Sources
from bot.toml_fields import texts

SECTION = "graph"
_OTHER_KEYS = {"pupils", "excluded", "app", "installs", "toasts"}


def roster_settings(tables: SchoolTables) -> Sources:
    """Where the staff list comes from, by group ids; raises PolicyFileError naming the field."""
    section = tables.section(SECTION)
    roles = {role.value for role in Role}
    unknown = sorted(set(section) - roles - _OTHER_KEYS)
    if unknown:
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: {unknown[0]!r} is neither a role nor a setting.")
    app, installs, notifies = section.get("app", ""), section.get("installs") is True, section.get("toasts") is True
    if (installs or notifies) and not app:
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: app must be the id of Staffroom in the school's Teams catalogue.")
    return Sources(
        groups={Role(name): texts(section, name, SCHOOL, SECTION) for name in roles if section.get(name)},
        pupils=texts(section, "pupils", SCHOOL, SECTION),
        excluded=frozenset(_excluded(account) for account in texts(section, "excluded", SCHOOL, SECTION)),
        app=app,
        installs=installs,
        notifies=notifies,
    )


def _excluded(account: str) -> str:
    id = account_id(account)
    if not id:  # left as it is, it would exclude nobody
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: excluded: {account!a} is not the id of an account.")
    return id
