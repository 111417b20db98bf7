"""Somebody who means harm in a school on Slack: replays, forged values, other people's cards, other workspaces."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.ask.understanding import Understanding
from bot.channels.slack.signature_check import MAX_AGE
from bot.desk.desk import STRANGER
from bot.evidence.rules.ledger import EventKind
from bot.settings import Settings
from tests.journeys.sides import user_id
from tests.journeys.test_slack_and_teams import TICK, release_campaign
from tests.journeys.two_channels import ASSISTANT, IDS, TEACHER, RealSchool, real_school
from tests.standins import slack

CONNECT = "U0CONNECT"


@pytest.fixture
async def at(settings: Settings, understanding: Understanding) -> AsyncIterator[RealSchool]:
    """A school on Slack with a campaign whose cards are out."""
    async with real_school(settings, understanding, "slack") as opened:
        for who in IDS:
            await opened.slack.says(who, "hello")
        await release_campaign(opened.slack)
        await opened.server.tick()
        yield opened


async def form_of(at: RealSchool, who: str) -> dict[str, Any]:
    """The open acknowledgement of somebody, as it is sent off with its tick."""
    await at.slack.delivers(at.slack.interaction(at.slack.press(who, "Acknowledge")))
    view = at.slack.slack.views[-1]
    tick = {"type": "checkboxes", "selected_options": [{"value": "true"}]}
    return slack.submitted(view, {"agree": {"agree toggle": tick}}, user_id(who), "V0FORM001")


async def test_a_request_that_was_seen_is_not_taken_later_nor_with_another_time_stamp(at: RealSchool):
    request = at.slack.interaction(await form_of(at, TEACHER))
    stamp = int(request["headers"]["X-Slack-Request-Timestamp"])
    at.clock.at += timedelta(seconds=MAX_AGE + 1)

    assert (await at.slack.delivers(request))[0] == 401
    for shifted in (stamp + MAX_AGE, stamp - 1, f"0{stamp}", f"+{stamp}", f"{stamp} "):
        again = {**request, "headers": {**request["headers"], "X-Slack-Request-Timestamp": str(shifted)}}
        assert (await at.slack.delivers(again))[0] == 401, shifted
    assert await at.entries(EventKind.ACKNOWLEDGE) == ()


@pytest.mark.parametrize("more", [{"team": {"id": "T0ANOTHER"}}, {"api_app_id": "A0ANOTHER"}, {"team": None}])
async def test_what_slack_signed_for_another_team_or_app_changes_nothing(at: RealSchool, more: dict[str, Any]):
    form = {**await form_of(at, TEACHER), **more}

    status, _ = await at.slack.delivers(at.slack.interaction(form))

    assert status in {400, 403} and await at.entries(EventKind.ACKNOWLEDGE) == ()


async def test_a_form_for_somebody_else_records_nothing_and_leaves_their_card_alone(at: RealSchool):
    theirs = await form_of(at, TEACHER)
    before = at.slack.chat(TEACHER)

    status, _ = await at.slack.delivers(at.slack.interaction({**theirs, "user": {"id": user_id(ASSISTANT)}}))

    assert status == 200 and at.slack.chat(TEACHER) == before
    assert await at.entries(EventKind.ACKNOWLEDGE) == ()


async def test_a_receipt_never_takes_the_place_of_another_persons_card(at: RealSchool):
    own = await form_of(at, ASSISTANT)
    chat, card = at.slack.slack.chat_of(user_id(TEACHER)), next(reversed(at.slack.chat(TEACHER)))
    metadata = json.loads(own["view"]["private_metadata"])
    metadata["shown_in"] = {"conversation": chat, "message": card, "thread": ""}
    view = {**own["view"], "private_metadata": json.dumps(metadata)}
    before = at.slack.chat(TEACHER)

    await at.slack.delivers(at.slack.interaction({**own, "view": view}))

    assert at.slack.chat(TEACHER) == before
    assert "An assistant acknowledged" in list(at.slack.chat(ASSISTANT).values())[-1]


@pytest.mark.parametrize("verb", ["release", "hold", "publish", "extend", "close", "export", "erase", "paper"])
async def test_a_forged_verb_does_nothing_that_its_person_may_not_do(at: RealSchool, verb: str):
    entries = await at.context.store.head()
    action = {"action_id": verb, "value": json.dumps({"campaign": "AUP-2026-1", "weight": "material"})}
    chat, card = at.slack.slack.chat_of(user_id(TEACHER)), next(reversed(at.slack.chat(TEACHER)))
    press = slack.pressed(action, user_id(TEACHER), chat, card, trigger="9.9.z")

    await at.slack.delivers(at.slack.interaction(press))
    form = slack.submitted({"callback_id": verb, "private_metadata": '{"data":{},"shown_in":{}}'}, {}, user_id(TEACHER))
    await at.slack.delivers(at.slack.interaction(form))

    assert await at.context.store.head() == entries and at.slack.slack.shared == []


async def test_a_forged_version_is_not_acknowledged(at: RealSchool):
    own = await form_of(at, TEACHER)
    metadata = json.loads(own["view"]["private_metadata"])
    metadata["data"]["version"] = "0" * 64
    view = {**own["view"], "private_metadata": json.dumps(metadata)}

    await at.slack.delivers(at.slack.interaction({**own, "view": view}))

    assert await at.entries(EventKind.ACKNOWLEDGE) == ()


@pytest.mark.parametrize("more", [{"team_id": "T0ANOTHER"}, {"is_stranger": True}, {"is_restricted": True}])
async def test_a_slack_connect_user_with_a_teachers_address_is_a_stranger(at: RealSchool, more: dict[str, Any]):
    at.slack.slack.users[CONNECT] = slack.user(CONNECT, "teacher@school.example", **more)
    request = slack.as_form(slack.command("my record", CONNECT), at.clock.at.timestamp())

    await at.slack.delivers(request)

    shown = [
        *at.slack.slack.texts(at.slack.slack.chat_of(CONNECT)),
        *(m["text"] for m in at.slack.slack.ephemeral[-1:]),
    ]
    assert STRANGER in shown
    assert await at.context.store.person_of("slack", CONNECT) == ""


async def test_a_message_that_is_called_direct_but_is_in_a_channel_is_not_answered_there(at: RealSchool):
    message = {**slack.direct("my record", user_id(TEACHER)), "channel": "C0STAFF01"}

    assert await at.slack.delivers(at.slack.signed(slack.event(message))) == (200, None)

    assert at.slack.slack.texts("C0STAFF01") == []


async def test_a_form_that_is_sent_off_three_times_is_one_record(at: RealSchool):
    own = await form_of(at, TEACHER)
    for _ in range(2):
        await at.slack.delivers(at.slack.interaction(own))
    await at.slack.delivers(at.slack.submission(TEACHER, TICK))

    assert len(await at.entries(EventKind.ACKNOWLEDGE)) == 1
