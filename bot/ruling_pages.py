"""Joins the pages' changes of the policy's answers with the school's folder: read again, checked and swapped whole."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.ask.held_understanding import HeldUnderstanding, with_policy
from bot.ask.near_clauses import NearClauses
from bot.ask.own_situations import OwnSituations
from bot.ask.policy_file import policy_of
from bot.ask.read_policy import clause_index
from bot.ask.recogniser import Recogniser
from bot.ask.rules.policy import Policy
from bot.ask.ruling_commands import RulingCommands
from bot.ask.rulings_file import RulingsFile
from bot.ask.understanding import Understanding
from bot.evidence.context import Context
from bot.policies import RULINGS, SITUATIONS, home_of, read_school
from bot.school.settings import school_settings
from bot.settings import Settings

BEFORE_LAST_CHANGE = "rulings-before.json"  # in the data folder


def ruling_commands(settings: Settings, context: Context, held: HeldUnderstanding) -> RulingCommands:
    """The commands over the school's own folder."""
    return RulingCommands(
        context,
        held,
        RulingsFile(home_of(settings.policies, settings.school) / RULINGS, settings.data / BEFORE_LAST_CHANGE),
        lambda current: _read_again(settings, current, demo=context.is_demo),
        lambda rulings: _policy_with(settings, rulings, demo=context.is_demo),
    )


def own_situations(settings: Settings, rulings: RulingCommands) -> OwnSituations:
    """Situations of the school's own, in its folder."""

    def policy_with(situations: Mapping[str, Any]) -> Policy:
        tables = replace(read_school(settings.policies, settings.school), own_situations=situations)
        return policy_of(tables, school_settings(tables, demo=rulings.context.is_demo))

    return OwnSituations(rulings, home_of(settings.policies, settings.school) / SITUATIONS, policy_with)


def _policy_with(settings: Settings, rulings: Mapping[str, Any] | None, *, demo: bool) -> Policy:
    """A school's policy as its folder is now, with other tables for rulings.toml if there are any."""
    tables = read_school(settings.policies, settings.school)
    tables = tables if rulings is None else replace(tables, rulings=rulings)
    return policy_of(tables, school_settings(tables, demo=demo))


def _read_again(settings: Settings, current: Understanding, *, demo: bool) -> Understanding:
    """The same understanding over the school's folder as it is now."""
    new = with_policy(current, _policy_with(settings, None, demo=demo))
    if new.policy.clauses == current.policy.clauses:
        return new
    index = clause_index(new.policy, settings.policies)
    if not isinstance(current.reader, Recogniser):
        return replace(new, index=index)
    nearest = NearClauses(tuple(new.policy.clauses.values()), current.reader.encode, index)
    return replace(new, index=index, nearest=nearest)
