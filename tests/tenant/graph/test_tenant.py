"""Microsoft Graph over HTTP, with tokens that MSAL really fetched: what is repeated, what is not, what is refused."""

import asyncio
import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from bot.channels.rate_limit import RateLimiter
from bot.channels.teams.limits import LIMITS
from bot.errors import Busy, GraphBusy, GraphError, GraphUnsure, Unreachable
from bot.tenant.graph.client import MAX_PAGES
from bot.tenant.graph.tenant import NOTIFICATIONS_PER_SECOND, chain_id
from tests.standins.graph import Trouble, member
from tests.tenant.graph.conftest import Line

PAGE = "/groups/staff/transitiveMembers/microsoft.graph.user"
QUERY = {"$count": "true"}
EVENTUAL = {"ConsistencyLevel": "eventual"}


async def test_everybody_in_a_group_is_read_page_by_page_with_msals_token(line: Line):
    line.graph.groups["staff"] = [member(f"a{number}", f"Person {number}") for number in range(7)]
    line.graph.page = 3

    assert await line.names() == [f"Person {number}" for number in range(7)]
    assert len(line.graph.asked) == 3 and set(line.graph.tokens) == {"token-1"}
    assert line.entra.asked[0]["scope"].startswith("https://graph.microsoft.com/.default")


async def test_guests_switched_off_accounts_and_missing_names_are_read_as_such(line: Line):
    line.graph.groups["staff"] = [
        member("a1", "Guest", userType="Guest"),
        member("a2", "Other", userPrincipalName="x#EXT#@school.example"),
        member("a3", "Off", accountEnabled=False),
        {"id": "a4"},
    ]

    accounts = await line.tenant.members("staff")

    assert [account.id for account in accounts if account.is_guest] == ["a1", "a2"]
    assert [account.id for account in accounts if not account.is_enabled] == ["a3"]
    assert accounts[3].name == ""


async def test_a_page_on_another_host_is_never_asked_for(line: Line):
    line.graph.page, line.graph.elsewhere = 1, "https://evil.example"

    with pytest.raises(GraphError, match="another host"):
        await line.names()
    assert len(line.graph.asked) == 1


@pytest.mark.parametrize("link", ["/v1.0/groups?$skiptoken=2", "https://", "http://[::1", "?", "[1]"])
async def test_a_next_page_without_a_whole_address_is_an_error_of_graphs(line: Line, link: str):
    line.graph.next_link = link

    with pytest.raises(GraphError, match="no whole address"):
        await line.names()
    assert len(line.graph.asked) == 1


@pytest.mark.parametrize(("link", "asked"), [("{url}", 1), ("{after}", MAX_PAGES)])
async def test_pages_without_an_end_are_given_up(line: Line, link: str, asked: int):
    line.graph.next_link = link
    patient = replace(line, client=replace(line.client, time_limit=aiohttp.ClientTimeout(total=5)))

    with pytest.raises(GraphError, match="no end"):
        await patient.names()
    assert len(line.graph.asked) == asked


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [
        (Trouble(429, {"Retry-After": "7"}), [7.0]),
        (Trouble(503, {"Retry-After": "2"}), [2.0]),
        (Trouble(500), [pytest.approx(1.0, rel=0.3)]),
        (Trouble(502), [pytest.approx(1.0, rel=0.3)]),
        (Trouble(504), [pytest.approx(1.0, rel=0.3)]),
        (Trouble(how="slow"), [pytest.approx(1.0, rel=0.3)]),
        (Trouble(how="half"), [pytest.approx(1.0, rel=0.3)]),
    ],
)
async def test_reading_waits_and_tries_again(line: Line, trouble: Trouble, waits: list[float]):
    line.graph.next_answers.append(trouble)

    assert await line.names() == ["Anna Archer", "Ben Baker"]
    assert line.waited == waits


async def test_a_connection_cut_in_the_middle_is_made_again(line: Line):
    line.graph.next_answers.extend([Trouble(how="cut"), Trouble(how="cut")])

    assert await line.names() == ["Anna Archer", "Ben Baker"]


async def test_a_wait_given_as_a_date_is_counted_by_graphs_own_clock(line: Line):
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    dates = {"Date": format_datetime(long_ago, True), "Retry-After": format_datetime(long_ago + timedelta(0, 9), True)}
    line.graph.next_answers.append(Trouble(429, dates))

    assert await line.names() == ["Anna Archer", "Ben Baker"]
    assert line.waited == [9.0]


@pytest.mark.parametrize("retry_after", ["1e9", "9" * 30, "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_nobody_is_put_off_for_more_than_an_hour(line: Line, retry_after: str):
    dates = {"Date": "Mon, 07 Sep 2026 08:00:00 GMT", "Retry-After": retry_after}
    line.graph.next_answers.append(Trouble(429, dates))

    with pytest.raises(GraphBusy) as error:
        await line.names()

    assert error.value.seconds == 3600.0


@pytest.mark.parametrize(
    "retry_after", ["inf", "nan", "1e400", "Fri, 99 Foo 99999 99:99:99 GMT", "99999999999999 Jan 1", ","]
)
async def test_a_wait_that_is_no_number_and_no_date_is_the_usual_one(line: Line, retry_after: str):
    line.graph.next_answers.append(Trouble(429, {"Retry-After": retry_after}))

    assert await line.names() == ["Anna Archer", "Ben Baker"]
    assert line.waited == [pytest.approx(1.0, rel=0.3)]


async def test_a_long_wait_and_endless_trouble_are_the_callers(line: Line):
    line.graph.next_answers.append(Trouble(429, {"Retry-After": "600"}))
    with pytest.raises(GraphBusy) as error:
        await line.names()
    assert (error.value.seconds, line.waited) == (600.0, [])

    line.graph.next_answers.extend([Trouble(503)] * 5)
    with pytest.raises(GraphBusy):
        await line.names()
    assert len(line.waited) == 4


async def test_a_refused_token_is_renewed_once_with_the_claims_asked_for(line: Line):
    claims = json.dumps({"access_token": {"nbf": {"essential": True, "value": "1"}}})
    challenge = f'Bearer error="insufficient_claims", claims="{base64.b64encode(claims.encode()).decode()}"'
    line.graph.next_answers.append(Trouble(401, {"WWW-Authenticate": challenge}))

    assert await line.names() == ["Anna Archer", "Ben Baker"]
    assert line.graph.tokens == ["token-1", "token-2"]
    assert json.loads(line.entra.asked[1]["claims"])["access_token"]["nbf"]["value"] == "1"


async def test_without_claims_msals_own_memory_is_emptied_first_and_twice_is_an_error(line: Line):
    line.graph.next_answers.append(Trouble(401))
    assert await line.names() == ["Anna Archer", "Ben Baker"]
    assert line.graph.tokens == ["token-1", "token-2"]

    line.graph.next_answers.extend([Trouble(401), Trouble(401)])
    with pytest.raises(GraphError, match=r"refused \(401 Trouble\)"):
        await line.names()


async def test_a_page_that_is_too_old_makes_reading_begin_again(line: Line):
    line.graph.page = 1
    await line.names()
    line.graph.next_answers.append(Trouble(410))

    assert await line.names() == ["Anna Archer", "Ben Baker"]


async def test_html_in_the_place_of_json_is_an_error_not_an_empty_school(line: Line):
    line.graph.next_answers.append(Trouble(how="html"))

    with pytest.raises(GraphError, match="no JSON"):
        await line.names()


async def test_where_entra_gives_no_token_graph_is_busy(line: Line):
    line.entra.fails = True

    with pytest.raises(GraphBusy, match="invalid_client"):
        await line.names()


async def test_where_entra_renews_no_token_graph_is_busy(line: Line):
    await line.names()
    line.entra.fails = True
    line.graph.next_answers.append(Trouble(401))

    with pytest.raises(GraphBusy, match="invalid_client"):
        await line.names()


async def test_the_app_is_installed_for_a_person_once_and_already_there_is_success(line: Line):
    first = await line.tenant.install("a1")
    again = await line.tenant.install("a1")

    assert first == again and first.id == "19:a1@unq.gbl.spaces"
    assert (first.account, first.service) == ("a1", f"{line.graph.address}/teams/")
    assert line.graph.installed == {"a1": 1}


async def test_a_lost_answer_to_an_installation_is_asked_again_which_does_no_harm(line: Line):
    line.graph.next_answers.append(Trouble(504))

    assert (await line.tenant.install("a1")).id
    assert line.graph.installed == {"a1": 1}


async def test_a_block_and_an_unknown_user_are_permanent_and_say_what_to_do(line: Line):
    line.graph.blocked, line.graph.unknown = {"a1"}, {"a2"}

    with pytest.raises(Unreachable, match="a Teams administrator allows it"):
        await line.tenant.install("a1")
    with pytest.raises(Unreachable, match="not in the school's catalogue"):
        await line.tenant.install("a2")
    line.graph.next_answers.append(Trouble(429, {"Retry-After": "90"}))
    with pytest.raises(Busy) as error:
        await line.tenant.install("a3")
    assert error.value.seconds == 90


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            Trouble(403, code="Forbidden", said="Failed to get license information for the user."),
            "no licence for Teams",
        ),
        (Trouble(403, code="Forbidden", said="User Login. Teams is disabled for your tenant."), "no licence for Teams"),
        (Trouble(400, code="BadRequest", said="The operation is not supported for guest users."), "or is a guest"),
        (Trouble(403, code="Forbidden"), r"refused to install Staffroom for them \(403 Forbidden\)"),
        (Trouble(400, code="BadRequest"), r"refused to install Staffroom for them \(400 BadRequest\)"),
    ],
)
async def test_a_refusal_that_is_about_one_person_is_not_tried_every_hour(line: Line, answer: Trouble, why: str):
    line.graph.next_answers.append(answer)

    with pytest.raises(Unreachable, match=why):
        await line.tenant.install("a1")


MISSING = (
    "Missing role permissions on the request. API requires one of 'TeamsAppInstallation.ReadWriteSelfForUser.All'."
)


@pytest.mark.parametrize(
    ("answers", "why", "seconds"),
    [
        ([Trouble(500)] * 5, r"refused \(500 Trouble\)", 3600),
        ([Trouble(504)] * 5, r"refused \(504 Trouble\)", 3600),
        ([Trouble(how="cut")] * 5, "Graph did not answer", 3600),
        ([Trouble(401)] * 2, r"refused \(401 Trouble\)", 3600),
        ([Trouble(403, code="Authorization_RequestDenied")], "TeamsAppInstallation.ReadWriteSelfForUser.All", 3600),
        ([Trouble(403, code="Forbidden", said=MISSING)], "TeamsAppInstallation.ReadWriteSelfForUser.All", 3600),
        ([Trouble(how="")] * 5, "asks us to wait", 16),
    ],
)
async def test_what_is_no_fault_of_the_person_is_worth_trying_later(
    line: Line, answers: list[Trouble], why: str, seconds: float
):
    line.graph.next_answers.extend(answers)

    with pytest.raises(Busy, match=why) as error:
        await line.tenant.install("a1")
    assert error.value.seconds == pytest.approx(seconds, rel=0.3)
    assert not line.graph.next_answers


async def test_an_installation_that_is_not_shown_yet_is_worth_trying_soon(line: Line):
    line.graph.hidden = {"a1"}
    with pytest.raises(Busy, match="does not show the installation yet") as error:
        await line.tenant.install("a1")
    assert error.value.seconds == 300

    line.graph.hidden = set()
    assert (await line.tenant.install("a1")).id
    assert line.graph.installed == {"a1": 1}


async def test_only_the_installation_itself_says_that_somebody_is_unknown(line: Line):
    line.graph.next_answers.extend([Trouble(409), Trouble(404)])

    with pytest.raises(Busy, match=r"refused \(404 Trouble\)"):
        await line.tenant.install("a1")


async def test_a_notification_replaces_the_one_before_on_the_same_topic(line: Line):
    await line.tenant.install("a1")
    await line.tenant.notify("a1", "AUP-2026-1", "A reminder, no more: something is waiting for you to read.")
    await line.tenant.notify("a1", "AUP-2026-1", "Again")

    (_, first), (_, second) = line.graph.toasts
    assert first["chainId"] == second["chainId"] == chain_id("AUP-2026-1/a1")
    assert first["activityType"] == "systemDefault"
    assert first["topic"]["value"].endswith("/users/a1/teamwork/installedApps/inst-a1")


async def test_notifications_come_four_a_second_however_many_there_are(line: Line):
    at = [0.0]

    async def sleep(seconds: float) -> None:
        at[0] += seconds

    accounts = [f"a{number}" for number in range(9)]
    line.graph.chats |= {account: f"19:{account}@unq.gbl.spaces" for account in accounts}
    limits = replace(LIMITS, per_second=NOTIFICATIONS_PER_SECOND)
    tenant = replace(line.tenant, rate_limit=RateLimiter(limits, clock=lambda: at[0], sleep=sleep))

    await asyncio.gather(*(tenant.notify(account, "AUP-2026-1", "A reminder, no more.") for account in accounts))

    assert len(line.graph.toasts) == 9
    assert at[0] == pytest.approx(2.0)


async def test_a_post_whose_answer_is_lost_and_which_may_not_be_repeated_is_unsure(line: Line):
    for trouble in (Trouble(500), Trouble(502), Trouble(how="cut")):
        line.graph.next_answers.append(trouble)
        with pytest.raises(GraphUnsure):
            await line.client.post("/users/a1/teamwork/sendActivityNotification", {"topic": {}, "activityType": "x"})
    assert line.graph.toasts == []


async def test_names_and_addresses_from_graph_are_clean_and_accounts_without_an_id_are_nobody(line: Line):
    line.graph.groups["staff"] = [
        member("A1", "Anna\x0b \u202eArcher\n", mail="mailto:anna@school.example"),
        member("a2", "Ben", mail="Ben@School.example"),
        member("\u212a3", "Kelvin"),
    ]

    anna, ben = await line.tenant.members("staff")

    assert (anna.id, anna.name, anna.email) == ("a1", "Anna\ufffd Archer", "")
    assert ben.email == "ben@school.example"
