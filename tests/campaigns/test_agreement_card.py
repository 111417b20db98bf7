"""The agreement card of the real policy: whole, in order, word for word, and small enough for Teams."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot import app
from bot.ask.rules.policy import Policy
from bot.campaigns.cards import Addressed, agreement, change_shown
from bot.campaigns.publish import publish
from bot.campaigns.rules.campaign import EVERYBODY, Campaign
from bot.campaigns.rules.versions import Change, Difference, Version, differences, frozen
from bot.cards import Cards
from bot.channels.teams.bot import CARD
from bot.channels.teams.cards import with_fallback
from bot.desk.rules.messages import Outgoing
from bot.errors import BadInput
from bot.evidence.records import Records
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import Calendar
from bot.settings import ROOT, Settings
from tests.fakes import FakeRoster, FakeStore

LIMIT = 28 * 1024  # bytes of a message: https://learn.microsoft.com/microsoftteams/limits-specifications-teams#chat
DUE = date(2026, 9, 28)
HEAD = Person("he", "The headteacher", "", "head", frozenset({Role.HEAD}))


def made(school: Policy, changed: tuple[Difference, ...] = (), version: Version | None = None) -> Outgoing:
    assert school.agreement
    text = version or frozen(school.documents["AUP"])
    campaign = Campaign(
        "AUP-2026-1", "AUP", text.label, text.digest, text.digest, EVERYBODY, date(2026, 9, 7), DUE, frozenset()
    )
    to = Addressed("0" * 32, DUE, changed, "Version 1 was replaced while your card was open.")
    return agreement(text, campaign, school.agreement, "the headteacher", to)


def message(outgoing: Outgoing) -> bytes:
    card = Cards(ROOT / "cards", with_fallback).fill(outgoing.card, {**outgoing.values, "is_demo": True})
    whole = {"type": "message", "summary": outgoing.text[:200], "attachments": [{"contentType": CARD, "content": card}]}
    return json.dumps(whole, ensure_ascii=False).encode()


def runs(part: Any) -> list[str]:
    """Every verbatim piece of a card, in reading order."""
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") == "TextRun" else []
        return own + [one for value in part.values() for one in runs(value)]
    return [one for value in part for one in runs(value)] if isinstance(part, list) else []


def test_the_whole_policy_stands_in_the_card_in_order_and_word_for_word(school: Policy):
    assert school.agreement
    card = json.loads(message(made(school)))["attachments"][0]["content"]

    clauses = [one.text for one in school.documents["AUP"].clauses if one.id != school.agreement.clause]
    assert runs(card) == [*clauses, school.agreement.statement]


def test_it_fits_into_a_message_of_teams(school: Policy):
    assert len(message(made(school))) < LIMIT


def test_it_fits_also_when_a_whole_section_has_changed(school: Policy):
    before = frozen(school.documents["AUP"])
    longest = max(before.sections, key=lambda section: sum(len(one.text) for one in section[1]))[0]
    after = replace(
        before,
        passages=tuple(
            replace(one, text=f"{one.text} Indeed.") if one.heading == longest else one for one in before.passages
        ),
    )
    changed = differences(before, after)

    assert len(changed) >= 9
    assert len(message(made(school, changed, after))) < LIMIT


async def test_a_text_that_fits_into_no_message_is_not_published(school: Policy, settings: Settings):
    records = Records(school, FakeRoster((HEAD,)), FakeStore(), Calendar(), app.now, str, lambda outgoing: False)

    with pytest.raises(BadInput, match="too long for one message"):
        await publish(records, HEAD, None)
    assert await records.store.entries() == ()


def test_differences_are_told_clause_by_clause(school: Policy):
    before = frozen(school.documents["AUP"])
    first, second, *rest = before.passages
    after = replace(before, passages=(first, replace(second, text="New words."), *rest[1:], replace(second, id="new")))

    found = differences(before, after)

    assert [one.change for one in found] == [Change.CHANGED, Change.ADDED, Change.REMOVED]
    assert found[0].now == "New words." and found[0].before == second.text
    assert change_shown(found[2])["has_now"] is False


def test_the_words_ask_for_work_time_and_point_to_the_union(school: Policy):
    text = message(made(school)).decode()

    assert "please do it in work time" in text
    assert "SM-6.iii" in text
    for word in ("consent", "legally", "overdue"):
        assert word not in made(school).text.lower().replace("consents", "")


def test_the_digest_is_the_texts_own(school: Policy):
    one = frozen(school.documents["AUP"])

    assert one.digest == frozen(replace(school.documents["AUP"], approved="later")).digest
    assert one.digest != frozen(replace(school.documents["AUP"], version="2")).digest
