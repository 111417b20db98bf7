"""A text is asked before it is published whether people can read it in every channel the school uses."""

from dataclasses import replace
from typing import Any

from bot.channels.card_limits import card_limits
from bot.desk.rules.messages import Outgoing
from bot.settings import SLACK_CREDENTIALS, TEAMS_CREDENTIALS, Settings
from tests.channels.slack.samples import values

CLAUSE = "I will lock my laptop when I leave the room. "


def agreement(sections: int, clauses: int) -> Outgoing:
    clause_values = [{"text": CLAUSE * 5}] * clauses
    parts = [{"id": f"s{number}", "title": f"Part {number}", "clauses": clause_values} for number in range(sections)]
    return Outgoing("agreement", {**values("agreement"), "sections": parts}, "The agreement.")


def limits_of(settings: Settings, *credentials: str) -> Any:
    return card_limits(replace(settings, credentials=credentials), is_demo=False)


def test_a_school_with_slack_alone_may_publish_what_teams_could_not_show(settings: Settings):
    card = agreement(sections=8, clauses=14)  # 26,000 characters

    assert limits_of(settings, *SLACK_CREDENTIALS).too_small_for(card) == ()
    assert limits_of(settings, *TEAMS_CREDENTIALS).too_small_for(card) == ("Teams",)
    assert limits_of(settings, *TEAMS_CREDENTIALS, *SLACK_CREDENTIALS).too_small_for(card) == ("Teams",)
    assert limits_of(settings).too_small_for(card) == ("Teams",)


def test_what_slack_offers_in_parts_can_be_read_there_and_does_not_fit_into_one_message(settings: Settings):
    card, limits = agreement(sections=8, clauses=6), limits_of(settings, *TEAMS_CREDENTIALS, *SLACK_CREDENTIALS)

    assert limits.too_small_for(card) == ()
    assert not limits.fits(card) and limits_of(settings, *TEAMS_CREDENTIALS).fits(card)


def test_a_card_that_slack_cannot_offer_even_in_parts_is_refused_with_its_name(settings: Settings):
    card = Outgoing("note", {"text": "Please read this. " * 40_000}, "Long.")

    assert "Slack" in limits_of(settings, *SLACK_CREDENTIALS).too_small_for(card)


def test_the_fingerprint_is_of_the_card_as_the_persons_channel_showed_it(settings: Settings):
    card, limits = agreement(sections=1, clauses=1), limits_of(settings, *TEAMS_CREDENTIALS, *SLACK_CREDENTIALS)

    assert limits.fingerprint(card, "slack") != limits.fingerprint(card, "msteams")
    assert limits.fingerprint(card, "web") == limits.fingerprint(card, "msteams")
