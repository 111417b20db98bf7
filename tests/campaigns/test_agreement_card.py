"""The agreement card of the real policy: whole, in order, word for word, and small enough for Teams."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.ask.rules.policy import Policy
from bot.campaigns.cards import Addressee, agreement_card, change_values
from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import EVERYBODY, Campaign
from bot.campaigns.rules.versions import Change, Difference, Version, differences, frozen
from bot.campaigns.settings import campaign_settings
from bot.cards import Cards
from bot.channels.teams.cards import with_fallback
from bot.desk.rules.messages import Outgoing
from bot.policies import SchoolTables
from bot.settings import ROOT

CARD = "application/vnd.microsoft.card.adaptive"
MAX_MESSAGE_BYTES = 28 * 1024  # https://learn.microsoft.com/microsoftteams/limits-specifications-teams#chat
DUE = date(2026, 9, 28)


@pytest.fixture(scope="module")
def agreement(tables: SchoolTables, policy: Policy) -> Agreement:
    """How the real school asks for its agreement."""
    agreement = campaign_settings(tables, policy.documents).agreement
    assert agreement
    return agreement


@pytest.fixture(scope="module")
def version(policy: Policy) -> Version:
    return frozen(policy.documents["AUP"])


def card_of(version: Version, agreement: Agreement, changes: tuple[Difference, ...] = ()) -> Outgoing:
    digest = version.digest
    campaign = Campaign(
        "AUP-2026-1", "AUP", version.label, digest, digest, EVERYBODY, date(2026, 9, 7), DUE, frozenset()
    )
    addressee = Addressee("0" * 32, DUE, changes, "Version 1 was replaced while your card was open.")
    return agreement_card(version, campaign, agreement, "the headteacher", addressee)


def message(outgoing: Outgoing) -> bytes:
    """The card as a message in Teams, with all that older clients need."""
    card = Cards(ROOT / "cards", with_fallback).fill(outgoing.card, {**outgoing.values, "is_demo": True})
    whole = {"type": "message", "summary": outgoing.text[:200], "attachments": [{"contentType": CARD, "content": card}]}
    return json.dumps(whole, ensure_ascii=False).encode()


def verbatim(part: Any) -> list[str]:
    """Every verbatim piece of a card, in reading order."""
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") == "TextRun" else []
        return own + [text for value in part.values() for text in verbatim(value)]
    return [text for item in part for text in verbatim(item)] if isinstance(part, list) else []


def test_the_whole_policy_is_in_the_card_in_order_and_word_for_word(policy: Policy, version, agreement):
    card = json.loads(message(card_of(version, agreement)))["attachments"][0]["content"]

    clauses = [clause.text for clause in policy.documents["AUP"].clauses if clause.id != agreement.clause]
    assert verbatim(card) == [*clauses, agreement.statement]


def test_it_fits_into_a_message_of_teams(version: Version, agreement: Agreement):
    assert len(message(card_of(version, agreement))) < MAX_MESSAGE_BYTES


def test_it_fits_also_when_a_whole_section_has_changed(version: Version, agreement: Agreement):
    longest = max(version.sections, key=lambda section: sum(len(passage.text) for passage in section[1]))[0]
    passages = tuple(
        replace(passage, text=f"{passage.text} Indeed.") if passage.heading == longest else passage
        for passage in version.passages
    )
    after = replace(version, passages=passages)
    changes = differences(version, after)

    assert len(changes) >= 9
    assert len(message(card_of(after, agreement, changes))) < MAX_MESSAGE_BYTES


def test_a_policy_without_a_clause_about_unions_has_no_line_about_their_guidance(version, agreement):
    without = replace(agreement, union_note="")

    assert "your union's" in message(card_of(version, agreement)).decode()
    assert "your union's" not in message(card_of(version, without)).decode()


def test_differences_are_listed_clause_by_clause(version: Version):
    first, second, *rest = version.passages
    passages = (first, replace(second, text="New words."), *rest[1:], replace(second, id="new"))

    changed, added, removed = differences(version, replace(version, passages=passages))

    assert (changed.change, added.change, removed.change) == (Change.CHANGED, Change.ADDED, Change.REMOVED)
    assert changed.now == "New words." and changed.before == second.text
    assert change_values(removed)["now"] == ""


def test_the_words_ask_for_work_time_and_point_to_the_union(version: Version, agreement: Agreement):
    outgoing = card_of(version, agreement)
    text = message(outgoing).decode()

    assert "please do it in work time" in text
    assert "SM-6.iii" in text
    for word in ("consent", "legally", "overdue"):
        assert word not in outgoing.text.lower().replace("consents", "")


def test_the_digest_is_the_texts_own(policy: Policy, version: Version):
    document = policy.documents["AUP"]

    assert frozen(replace(document, review_due=date(2030, 1, 1), short="Other")).digest == version.digest
    assert frozen(replace(document, version="2")).digest != version.digest
