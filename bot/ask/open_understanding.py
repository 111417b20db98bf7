"""Puts together what understanding a school's questions needs."""

from bot.ask.language_file import read_languages
from bot.ask.near_clauses import NearClauses
from bot.ask.policy_file import read_signs, read_thresholds, read_words
from bot.ask.read_policy import clause_index
from bot.ask.rules.follow_ups import groups_of
from bot.ask.rules.policy import Policy
from bot.ask.training import open_recogniser
from bot.ask.understanding import Understanding
from bot.settings import Settings


def open_understanding(settings: Settings, policy: Policy, *, trusts_drafts: bool) -> Understanding:
    """Everything that understanding questions needs; learns from the bank first if it has changed.

    `trusts_drafts`: rulings that nobody approved may give a permission, as in the demo.
    """
    reader, index = open_recogniser(settings, policy.own_wordings), clause_index(policy, settings.policies)
    return Understanding(
        policy=policy,
        reader=reader,
        thresholds=read_thresholds(settings.policies),
        signs=read_signs(settings.policies),
        trusts_drafts=trusts_drafts,
        index=index,
        nearest=NearClauses(tuple(policy.clauses.values()), reader.encode, index),
        languages=read_languages(settings.policies),
        groups=groups_of(read_words(settings.policies)),
    )
