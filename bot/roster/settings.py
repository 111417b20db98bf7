"""Reads the sections [graph] and [slack] of school.toml: where the staff list comes from, and whose addresses count."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import PolicyFileError
from bot.people.rules.identity import account_id, is_slack_account
from bot.people.rules.person import Role
from bot.policies import SCHOOL, SchoolTables
from bot.roster.rules.directory import Source, Sources
from bot.toml_fields import texts

SECTION, SLACK_SECTION = "graph", "slack"
MEMBERS = "members"  # in place of a user group: everybody in the workspace
ONE_SOURCE = f"who works here comes from one place: take the roles out of [{SECTION}] or out of [{SLACK_SECTION}]."
NO_USER_GROUP = f'not the id of a user group of Slack, such as S0615G0KT; "{MEMBERS}" is for staff only.'
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII)
_OTHER_KEYS = {"pupils", "excluded", "app", "installs", "toasts"}
_OTHER_SLACK_KEYS = {"domains", "pupils", "excluded"}
_USER_GROUP = re.compile(r"S[A-Z0-9]{2,30}", re.ASCII)


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

    Without any, the domain of the headteacher's address in the staff list counts. `sources` are the user groups from
    which the staff list comes, if it does.
    """

    domains: tuple[str, ...] = ()
    sources: Sources = field(default_factory=lambda: Sources(source=Source.SLACK))

    @property
    def reads_groups(self) -> bool:
        """Whether user groups are read, which needs a scope of its own; the workspace's members do not."""
        groups = [*self.sources.pupils, *(group for ids in self.sources.groups.values() for group in ids)]
        return any(group != MEMBERS for group in groups)


def slack_people(tables: SchoolTables) -> SlackPeople:
    """Whose accounts in Slack are joined, by address or by user group; raises PolicyFileError naming the field."""
    section = tables.section(SLACK_SECTION)
    roles = {role.value for role in Role}
    unknown = sorted(set(section) - roles - _OTHER_SLACK_KEYS)
    if unknown:
        raise PolicyFileError(f"{SCHOOL}: {SLACK_SECTION}: {unknown[0]!r} is neither a role nor a setting.")
    sources = Sources(
        groups={Role(name): _user_groups(section, name) for name in roles if section.get(name)},
        pupils=_user_groups(section, "pupils"),
        excluded=frozenset(_excluded_in_slack(id) for id in texts(section, "excluded", SCHOOL, SLACK_SECTION)),
        source=Source.SLACK,
    )
    if sources.is_on and roster_settings(tables).is_on:
        raise PolicyFileError(f"{SCHOOL}: {ONE_SOURCE}")
    return SlackPeople(_domains(section), sources)


def _domains(section: Mapping[str, Any]) -> tuple[str, ...]:
    domains = tuple(domain.lower() for domain in texts(section, "domains", SCHOOL, SLACK_SECTION))
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise PolicyFileError(f"{SCHOOL}: {SLACK_SECTION}: domains: {domain!a} is not such as school.sch.uk.")
    return domains


def _user_groups(section: Mapping[str, Any], name: str) -> tuple[str, ...]:
    groups = texts(section, name, SCHOOL, SLACK_SECTION)
    for group in groups:
        is_everybody = group == MEMBERS and name == Role.STAFF.value
        if not is_everybody and not _USER_GROUP.fullmatch(group):
            raise PolicyFileError(f"{SCHOOL}: {SLACK_SECTION}: {name}: {group!a} is {NO_USER_GROUP}")
    return groups


def _excluded_in_slack(account: str) -> str:
    if not is_slack_account(account):  # left as it is, it would exclude nobody
        raise PolicyFileError(f"{SCHOOL}: {SLACK_SECTION}: excluded: {account!a} is not a member ID of Slack.")
    return account


def _excluded(account: str) -> str:
    id = account_id(account)
    if not id:  # left as it is, it would exclude nobody
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: excluded: {account!a} is not the id of an account.")
    return id
