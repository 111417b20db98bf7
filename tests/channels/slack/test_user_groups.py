"""Who is in the workspace and its user groups: everybody or an error, and of everybody whether they can be staff."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.channels.rate_limit import ChannelLimits, RateLimiter
from bot.channels.slack.connector import SlackConnector
from bot.channels.slack.user_groups import ELSEWHERE, MAX_PAGES, NO_END, SlackUserGroups
from bot.channels.slack.web_api import NO_LIST, SlackApi
from bot.errors import Busy, ChannelError
from bot.roster.rules.directory import Account
from tests.standins.slack import BROKEN_BEFORE_TAKING, TEAM, TOKEN, LittleSlack, Trouble, busy, little_slack, user

STAFF = "S0STAFF01"
ANNA, BEN = "U0ANNA001", "U0BEN0001"
FAST = ChannelLimits("Slack", per_second=1_000, in_conversation=((1_000, 1.0),))


def named(id: str, name: str, email: str = "", **more: Any) -> dict[str, Any]:
    profile = {"email": email or f"{name.lower()}@school.example", "real_name": name, "title": more.pop("title", "")}
    return user(id, **{"profile": profile, **more})


class Groups:
    """The user groups of a little Slack, with waits that end at once."""

    def __init__(self, slack: LittleSlack, http: aiohttp.ClientSession) -> None:
        self.slack = slack
        self.waited: list[float] = []
        connector = SlackConnector(lambda: http, TOKEN, f"{slack.address}/api/", self.pause, RateLimiter(FAST))
        self.groups = SlackUserGroups(SlackApi(connector), TEAM, lambda: {"school.example"})

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)

    async def members(self, group: str = STAFF) -> dict[str, Account]:
        return {account.id: account for account in (await self.groups.members_of([group]))[group]}


@pytest_asyncio.fixture
async def at() -> AsyncIterator[Groups]:
    async with little_slack() as slack, aiohttp.ClientSession() as http:
        slack.users |= {ANNA: named(ANNA, "Anna"), BEN: named(BEN, "Ben", title="Teacher")}
        slack.groups[STAFF] = [ANNA, BEN]
        yield Groups(slack, http)
        assert not slack.refused


async def test_a_member_has_a_name_a_job_and_a_confirmed_address(at: Groups):
    members = await at.members()

    assert members[ANNA] == Account(ANNA, "Anna", "anna@school.example", "anna@school.example")
    assert (members[BEN].job, list(members)) == ("Teacher", [ANNA, BEN])


async def test_everybody_is_read_over_all_pages_once_for_all_groups(at: Groups):
    at.slack.users |= {f"U0N{number:06}": named(f"U0N{number:06}", f"N{number}") for number in range(450)}

    members = await at.groups.members_of(["members", STAFF])

    assert {group: len(accounts) for group, accounts in members.items()} == {"members": 452, STAFF: 2}
    assert (at.slack.count("users.list"), at.slack.count("usergroups.users.list")) == (3, 1)


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ({"deleted": True}, "has a closed account in Slack"),
        ({"is_restricted": True}, "is a guest in Slack"),
        ({"is_ultra_restricted": True}, "is a guest in Slack"),
        ({"is_stranger": True}, ELSEWHERE),
        ({"team_id": "T0ELSE001"}, ELSEWHERE),
        ({"is_invited_user": True}, "was invited to Slack and has not come yet"),
        ({"is_restricted": "no"}, "is a guest in Slack"),
    ],
)
async def test_an_account_that_can_be_nobodys_here_says_why(at: Groups, flags: dict[str, Any], why: str):
    at.slack.users[ANNA] = named(ANNA, "Anna", **flags)

    assert (await at.members())[ANNA].why_not == why


async def test_bots_are_nobody_and_somebody_unknown_is_elsewhere(at: Groups):
    at.slack.users |= {"U0BOT0009": named("U0BOT0009", "Bot", is_bot=True), "USLACKBOT": named("USLACKBOT", "Slackbot")}
    at.slack.groups[STAFF] = ["U0BOT0009", "USLACKBOT", "U0ELSEWHE"]

    assert {id: account.why_not for id, account in (await at.members()).items()} == {"U0ELSEWHE": ELSEWHERE}
    assert (await at.members("members")).keys() == {ANNA, BEN}


@pytest.mark.parametrize("more", [{"is_email_confirmed": False}, {"email": "anna@private.example"}, {"email": "x"}])
async def test_an_address_that_would_join_nobody_is_not_taken(at: Groups, more: dict[str, Any]):
    at.slack.users[ANNA] = named(ANNA, "Anna", **more)

    anna = (await at.members())[ANNA]
    assert (anna.email, anna.sign_in, anna.why_not) == ("", "", "")


async def test_closed_accounts_are_not_counted_among_everybody(at: Groups):
    at.slack.users[BEN] = named(BEN, "Ben", deleted=True)

    assert (await at.members("members")).keys() == {ANNA}


BROKEN: dict[str, bytes] = {
    "no list": b'{"ok": true}',
    "nobody at all": b'{"ok": true, "members": []}',
    "a list of names": b'{"ok": true, "members": ["Anna"]}',
    "somebody without an id": b'{"ok": true, "members": [{"id": null, "deleted": false}]}',
    "an id of another kind": b'{"ok": true, "members": [{"id": "anna"}]}',
    "no JSON": b"<html>",
    "a cursor that is no text": b'{"ok": true, "members": [{"id": "U0A"}], "response_metadata": {"next_cursor": 5}}',
    "metadata of another shape": b'{"ok": true, "members": [{"id": "U0A"}], "response_metadata": [1]}',
    "a cursor without end": b'{"ok": true, "members": [{"id": "U0A"}], "response_metadata": {"next_cursor": "%s"}}'
    % (b"x" * 501),
}


@pytest.mark.parametrize("why", BROKEN)
async def test_an_answer_that_is_broken_anywhere_is_an_error_and_no_half_list(at: Groups, why: str):
    at.slack.troubles["users.list"].extend(Trouble(body=BROKEN[why]) for _ in range(3))

    with pytest.raises(ChannelError):
        await at.members()


@pytest.mark.parametrize("users", [b'"U0A"', b"[5]", b'["anna"]', b"null"])
async def test_a_group_of_another_shape_is_an_error(at: Groups, users: bytes):
    at.slack.troubles["usergroups.users.list"].append(Trouble(body=b'{"ok": true, "users": %s}' % users))

    with pytest.raises(ChannelError, match=NO_LIST):
        await at.members()


async def test_a_list_without_an_end_is_given_up(at: Groups):
    again = b'{"ok": true, "members": [{"id": "U0A"}], "response_metadata": {"next_cursor": "page:0"}}'
    at.slack.troubles["users.list"].extend(Trouble(body=again) for _ in range(2))
    with pytest.raises(ChannelError, match=NO_END):
        await at.members()

    at.slack.page, at.slack.users = 1, {f"U0N{n:06}": named(f"U0N{n:06}", "N") for n in range(MAX_PAGES + 1)}
    with pytest.raises(ChannelError, match=NO_END):
        await at.members()
    assert at.slack.count("users.list") == 2 + MAX_PAGES


async def test_slack_asks_to_wait_and_the_list_is_read_after_that(at: Groups):
    at.slack.troubles["users.list"].extend([busy(3), busy(4)])

    assert (await at.members()).keys() == {ANNA, BEN}
    assert at.waited == [3, 4]


@pytest.mark.parametrize("trouble", [busy(600), BROKEN_BEFORE_TAKING])
async def test_a_long_wait_and_a_broken_connection_are_errors_for_another_time(at: Groups, trouble: Trouble):
    at.slack.troubles["usergroups.users.list"].append(trouble)

    with pytest.raises(Busy):
        await at.members()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"has_groups": False}, "The workspace's plan of Slack has no user groups"),
        ({"groups": {}}, "no user group with that id, or it is switched off"),
        ({"is_revoked": True}, "token_revoked"),
    ],
)
async def test_what_it_can_act_on_is_said(at: Groups, change: dict[str, Any], says: str):
    for attribute, value in change.items():
        setattr(at.slack, attribute, value)

    with pytest.raises(ChannelError, match=says):
        await at.members()
