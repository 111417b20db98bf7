"""A school with a tenant: the roster from its groups, the bot brought to people, cards and toasts, over real HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import DIRECTORY_FILE
from bot.ask.understanding import Understanding
from bot.channels.rate_limit import RateLimiter
from bot.channels.services import HttpSession
from bot.channels.teams.proactive import TRY_AGAIN_AFTER
from bot.config import read_config
from bot.credentials import Identity, open_tokens
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.run_teams import tenant_of
from bot.settings import Settings
from bot.tenant.group_roster import GroupRoster
from bot.tenant.staff_file import FileRoster
from tests.journeys.tenant import GROUPS, NINE, STAFF, Tenant, joined, people, policies_with
from tests.standins.graph import Trouble, member
from tests.standins.microsoft import APP_ID, TENANT


@pytest.fixture
async def tenant(settings: Settings, tmp_path: Path, understanding: Understanding) -> AsyncIterator[Tenant]:
    async with joined(settings, tmp_path, understanding) as tenant:
        yield tenant


async def taken_over(tenant: Tenant) -> None:
    card = await tenant.says("i1", "sync")
    await tenant.says("i1", verb="take_over", digest=str(card.values["digest"]))


async def test_a_first_sync_waits_for_the_it_lead_and_names_who_is_left_out(tenant: Tenant):
    card = await tenant.says("i1", "sync")

    assert "Nothing was changed yet. 9 people would come at once." in card.text
    assert "Left out: A Guest, who is a guest of the tenant" in card.text
    assert "Left out: Meeting Room, who is excluded in school.toml" in card.text
    assert not tenant.roster.directory.entries

    reply = await tenant.says("i1", verb="take_over", digest=str(card.values["digest"]))

    assert "The staff list has 9 people from the groups." in reply.text
    kept = {person.id: person for person in tenant.roster.people()}
    assert (kept["t1"].name, kept["t1"].account, sorted(kept["t1"].days)) == ("Anna Archer", "a1", [0, 1])
    assert kept["vo1"].account == "" and "b3" in kept and "room" not in kept
    assert {item.value for item in kept["h1"].roles} == {"head"}


async def test_small_changes_are_taken_over_at_night_large_ones_wait_and_are_told(tenant: Tenant):
    await taken_over(tenant)
    tenant.graph.groups["staff"] = people(7)
    tenant.clock.at += timedelta(days=1)
    await tenant.tick()
    assert "b6" in {person.id for person in tenant.roster.people()}

    tenant.graph.groups["staff"] = people(2)
    tenant.clock.at += timedelta(days=1)
    await tenant.tick()
    assert "b6" in {person.id for person in tenant.roster.people()}
    *_, slot = [message for message in await tenant.messages() if message.kind is MessageKind.SYNC]
    assert slot.state is DeliveryState.SENT
    assert "5 people would go at once" in str(tenant.microsoft.messages()[-1])


@pytest.mark.parametrize(
    ("strange", "why"),
    [
        ([member("p1", "Penny Pupil")], "1 of them look like pupils"),
        ([member("s1", "Sam", jobTitle="Student")], "1 of them look like pupils"),
        ([{"id": "x1"}], "1 have no name, so a permission is missing"),
    ],
)
async def test_pupils_and_people_without_names_change_nothing(tenant: Tenant, strange: list[dict[str, Any]], why: str):
    await taken_over(tenant)
    tenant.graph.groups["staff"] = [*people(6), *strange]

    assert why in (await tenant.says("i1", "sync")).text
    assert len(tenant.roster.directory.entries) == 9


async def test_whoever_is_put_into_the_head_group_is_head_only_after_the_it_leads_word(tenant: Tenant):
    await taken_over(tenant)
    tenant.graph.groups["heads"] += [member("b0", "Person 0")]
    tenant.clock.at += timedelta(days=1)
    await tenant.tick()

    reply = str(tenant.microsoft.messages()[-1])
    assert "New role: Person 0, headteacher" in reply and "the IT lead confirms it" in reply
    card = await tenant.says("h1", "sync")
    digest = str(card.values["digest"])
    assert "New role: Person 0, headteacher" in card.text
    refused = await tenant.says("h1", verb="take_over", digest=digest)
    assert refused.text == "Only the IT lead can confirm a change of the staff list. Nothing was changed."
    assert {item.value for item in tenant.person("b0").roles} == {"staff"}

    tenant.graph.groups["heads"][-1] = member("b1", "Person 1")
    again = await tenant.says("i1", verb="take_over", digest=digest)  # another change by now: as many, another person
    assert "Nothing was changed yet" in again.text and "New role: Person 1, headteacher" in again.text
    second = await tenant.says("i1", verb="take_over", digest=str(again.values["digest"]))
    assert "New role: Person 1, headteacher." in second.text
    assert {item.value for item in tenant.person("b1").roles} == {"staff", "head"}


async def test_a_role_that_ends_does_so_overnight_and_is_shown_to_whoever_asks(tenant: Tenant):
    tenant.graph.groups["heads"] += [member("b0", "Person 0")]
    await taken_over(tenant)
    tenant.graph.groups["heads"].pop()

    reply = await tenant.says("h1", "sync")

    assert "Role ends: Person 0, headteacher." in reply.text
    assert {item.value for item in tenant.person("b0").roles} == {"staff"}


async def test_where_the_staff_list_has_no_it_lead_the_head_confirms(tenant: Tenant):
    tenant.staff_file.write_text(STAFF.replace("it1,i1,The IT lead,,staff it", "hd1,h1,The head,,staff head"))
    waiting = await tenant.says("i1", "staff list")  # a list that makes somebody the head waits for the IT lead
    await tenant.says("i1", verb="confirm_staff_list", name=str(waiting.values["buttons"][0]["name"]))
    tenant.clock.at += timedelta(days=1)
    await tenant.tick()

    slots = await tenant.messages()
    (slot,) = [
        message for message in slots if message.kind is MessageKind.SYNC and message.on == tenant.clock.at.date()
    ]
    card = await tenant.says("h1", "sync")
    assert slot.state is DeliveryState.SENT and "the headteacher confirms it" in str(card.values["what"])
    reply = await tenant.says("h1", verb="take_over", digest=str(card.values["digest"]))
    assert "The staff list has 9 people" in reply.text


async def test_where_graph_fails_the_last_roster_stays_in_force_and_a_sentence_says_why(tenant: Tenant):
    await taken_over(tenant)
    tenant.graph.next_answers.append(Trouble(403))

    reply = await tenant.says("i1", "sync")

    assert "The groups could not be read, so nothing was changed. Graph refused (403 Trouble)." in reply.text
    assert len(tenant.roster.directory.entries) == 9
    again = GroupRoster(FileRoster(tenant.staff_file), tenant.staff_file.parent / DIRECTORY_FILE)
    assert again.people() == tenant.roster.people()


async def test_the_bot_is_brought_to_people_then_the_card_and_a_toast_beside_it(tenant: Tenant):
    await taken_over(tenant)
    tenant.graph.blocked = {"b2"}
    await tenant.says("h1", verb="publish", weight="material")
    preview = await tenant.says("h1", verb="open", audience="staff", due="2026-09-28", anyway="true")
    await tenant.says("h1", verb="release", campaign="AUP-2026-1", digest=str(preview.values["digest"]))
    await tenant.tick()

    cards = [message for message in tenant.microsoft.messages() if "Our Acceptable Use Policy" in message["summary"]]
    assert len(cards) == sum(tenant.graph.installed.values()) == len(tenant.graph.toasts) == 8 - 1
    assert "cannot be reached here" in (await tenant.says("h1", "preview")).text
    (failed,) = [message for message in await tenant.messages() if message.state is DeliveryState.FAILED]
    assert "a Teams administrator allows it" in failed.why

    tenant.graph.blocked = set()
    await tenant.tick()
    assert tenant.graph.installed["b2"] == 0  # not every minute
    tenant.clock.at += TRY_AGAIN_AFTER  # five in the morning
    await tenant.tick()
    await tenant.tick()
    assert tenant.graph.installed["b2"] == 0
    tenant.clock.at = NINE + timedelta(days=1)
    await tenant.tick()
    await tenant.tick()
    assert tenant.graph.installed["b2"] == 1


async def test_whoever_joins_and_leaves_the_groups_joins_and_leaves_the_campaign(tenant: Tenant):
    await taken_over(tenant)
    await tenant.says("h1", verb="publish", weight="material")
    await tenant.says("h1", verb="open", audience="staff", due="2026-09-28", anyway="true")
    tenant.graph.groups["staff"] = [*people(6)[:-1], member("n1", "New Person")]
    tenant.clock.at += timedelta(days=1)
    await tenant.tick()

    kinds = [entry.event.kind.value for entry in await tenant.context.store.entries()]
    assert kinds.count("join") == 1 and kinds.count("leave") == 2  # from the campaign, and from the school


def test_toasts_keep_below_the_five_a_second_that_graph_takes(settings: Settings, tmp_path: Path):
    ready = replace(settings, policies=policies_with(tmp_path / "policies", GROUPS))

    config = read_config(ready, NINE.date())
    graph = tenant_of(ready, config, HttpSession(), open_tokens(Identity(APP_ID, TENANT, secret="s"), NINE)).graph

    assert graph and isinstance(graph.rate_limit, RateLimiter) and graph.rate_limit.limits.per_second == 4
