"""Reads the sections [graph] and [slack] of school.toml: where the staff list comes from, and whose addresses count."""

import re
from dataclasses import dataclass

from bot.errors import PolicyFileError
from bot.people.rules.identity import account_id
from bot.people.rules.person import Role
from bot.policies import SCHOOL, SchoolTables
from bot.roster.rules.directory import Sources
from bot.toml_fields import texts

SECTION, SLACK_SECTION = "graph", "slack"
NO_GROUPS = "who works here cannot come from Slack yet, only from the staff list or from Microsoft's groups: take out"
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII)
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


@dataclass(frozen=True, slots=True)
class SlackPeople:
    """Whose accounts in Slack are joined by their e-mail address: those in these domains, in lower case.

    Without any, the domain of the headteacher's address in the staff list counts.
    """

    domains: tuple[str, ...] = ()


def slack_people(tables: SchoolTables) -> SlackPeople:
    """Whose accounts in Slack are joined by their address; raises PolicyFileError naming the field."""
    section = tables.section(SLACK_SECTION)
    unknown = sorted(set(section) - {"domains"})
    if unknown:
        raise PolicyFileError(f"{SCHOOL}: {SLACK_SECTION}: {NO_GROUPS} {unknown[0]!r}.")
    domains = tuple(domain.lower() for domain in texts(section, "domains", SCHOOL, SLACK_SECTION))
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise PolicyFileError(f"{SCHOOL}: {SLACK_SECTION}: domains: {domain!a} is not such as school.sch.uk.")
    return SlackPeople(domains)


def _excluded(account: str) -> str:
    id = account_id(account)
    if not id:  # left as it is, it would exclude nobody
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: excluded: {account!a} is not the id of an account.")
    return id
