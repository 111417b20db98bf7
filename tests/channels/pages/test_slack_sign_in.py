"""Sign in with Slack: a school with Slack alone reaches every page, and no token but its own opens one."""

import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest_asyncio
from aiohttp import web

from bot.channels.pages import school_pages, sign_in_pages, slack_sign_in
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.person import Role
from bot.settings import Settings
from tests.channels.pages.pages_school import PAGES, Answer, button
from tests.channels.pages.slack_school import GUEST, HEAD, OFFICE, STRANGER, SlackSchool, slack_school, slack_settings
from tests.channels.pages.tab_school import HEAD as HEAD_IN_ENTRA
from tests.channels.pages.tab_school import Browser
from tests.standins.microsoft import APP_ID, TENANT, Key
from tests.standins.slack import busy, user
from tests.standins.slack_sign_in import CLIENT

TEAM_CLAIM, USER_CLAIM = slack_sign_in.TEAM_CLAIM, slack_sign_in.USER_CLAIM
NOT_OURS: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "2141029472.111"},
    "a list of audiences": {"aud": [CLIENT]},
    "another authorised party": {"azp": "2141029472.111"},
    "another issuer": {"iss": "https://slack.example"},
    "another workspace": {TEAM_CLAIM: "T0ELSE001"},
    "no workspace": {TEAM_CLAIM: None},
    "no account": {USER_CLAIM: None},
    "an account that is none": {USER_CLAIM: "head"},
    "an old token": {"exp": int(time.time()) - 301},
    "a token that never ends": {"exp": None},
    "a token of later": {"nbf": int(time.time()) + 4000},
    "the nonce of another sign-in": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "a nonce that is no text": {"nonce": 5},
}


@pytest_asyncio.fixture
async def at(settings: Settings) -> AsyncIterator[SlackSchool]:
    async with slack_school(slack_settings(settings)) as opened:
        yield opened


def is_refused(answer: Answer, status: int = 401) -> bool:
    return (answer.status, "Set-Cookie" in answer.headers) == (status, False)


async def export(head: Browser) -> dict[str, str]:
    """A press of "Make the evidence pack", with the token of a form of this session."""
    return {"csrf": (await head.get("campaigns/publish_form")).csrf, "press": button("export")}


class TestSigningIn:
    async def test_the_head_of_a_school_with_slack_alone_opens_every_page(self, at: SlackSchool):
        head = await at.opened()

        assert "You are The head." in (await head.get("today")).text
        assert [page for page in PAGES if (await head.get(page)).status != 200] == []

    async def test_the_start_page_leads_to_slack_and_nowhere_else(self, at: SlackSchool):
        page = await at.browser().get("start")

        assert f'<a href="{slack_sign_in.PATH}">Sign in with Slack</a>' in page.text
        assert "Microsoft" not in page.text and "Teams" not in page.text.partition("<h1>")[2]
        assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
        for path in ("sign-in/back", "sign-in/again", "tab/start.js"):
            assert (await at.browser().get(path)).status in {401, 404}, path

    async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(self, at: SlackSchool):
        answer = await at.came_back(at.browser())

        limits = {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]}
        assert limits == {"Path=/school/", "Max-Age=3600", "HttpOnly", "SameSite=Lax", "Secure"}

    async def test_slack_is_asked_for_nothing_but_who_it_is_and_no_token_is_kept(self, at: SlackSchool):
        await at.opened()

        (posted,) = at.sign_in.asked
        assert posted.keys() == {"grant_type", "client_id", "client_secret", "code", "redirect_uri"}
        calls = [call.method for call in at.sign_in.slack.calls]
        assert calls == ["users.info"] and not at.sign_in.slack.refused

    async def test_it_serves_once_in_ten_minutes_in_the_browser_where_it_began(self, at: SlackSchool):
        at.sign_in.user, browser = HEAD, at.browser()
        back = await at.at_slack(await browser.get("sign-in/slack"))

        assert (await at.browser().get(back)).status == 401
        assert (await browser.get(back)).status == 303
        assert (await browser.get(back)).status == 401  # the same state once more
        late = await at.at_slack(await browser.get("sign-in/slack"))
        at.later(minutes=10)
        assert (await browser.get(late)).status == 401

    async def test_the_answer_to_one_sign_in_does_not_end_another(self, at: SlackSchool):
        at.sign_in.user, mine, other = HEAD, at.browser(), at.browser()
        answer = await at.at_slack(await other.get("sign-in/slack"))
        await mine.get("sign-in/slack")

        assert is_refused(await mine.get(answer))
        assert at.sign_in.asked == []  # the code was not even shown to Slack

    async def test_what_was_changed_on_the_way_signs_nobody_in(self, at: SlackSchool):
        at.sign_in.user, browser = HEAD, at.browser()
        changes = (("state=", "state=x"), ("code=", "code=x"), ("code=", "error=denied&code="), ("&state=", "&x="))
        for old, new in (*changes, ("code=", "code=%0a"), ("code=", "x=")):
            back = await at.at_slack(await browser.get("sign-in/slack"))
            assert is_refused(await browser.get(back.replace(old, new))), new

    async def test_slack_refuses_and_one_sentence_says_so(self, at: SlackSchool):
        at.sign_in.refuses = "access_denied"

        answer = await at.came_back(at.browser())

        assert is_refused(answer) and slack_sign_in.NOT_CONFIRMED in answer.text


class TestTokens:
    async def test_an_id_token_that_is_not_of_this_sign_in_signs_nobody_in(self, at: SlackSchool):
        for why, claims in NOT_OURS.items():
            at.sign_in.says = claims
            assert is_refused(await at.came_back(at.browser())), why

    async def test_a_token_that_slack_did_not_sign_signs_nobody_in(self, at: SlackSchool):
        at.sign_in.user = HEAD
        browser = at.browser()
        for forge in (self.unsigned, self.without_signature, self.shared_secret, self.of_another_key):
            back = await at.at_slack(await browser.get("sign-in/slack"))
            (asked,) = at.sign_in.codes.values()
            at.sign_in.token = forge(at, asked["nonce"])
            assert is_refused(await browser.get(back)), forge.__name__
        at.sign_in.token = ""
        assert (await at.came_back(browser)).status == 303  # the same people, with a good one

    @staticmethod
    def unsigned(at: SlackSchool, nonce: str) -> str:
        head = urlsafe_b64encode(b'{"alg":"none","kid":"s1"}').rstrip(b"=").decode()
        return f"{head}.{at.sign_in.signed(nonce=nonce).split('.')[1]}."

    @staticmethod
    def without_signature(at: SlackSchool, nonce: str) -> str:
        head, body, signature = at.sign_in.signed(nonce=nonce).split(".")
        return f"{head}.{body}.{signature[::-1]}"

    @staticmethod
    def shared_secret(at: SlackSchool, nonce: str) -> str:
        claims = jwt.decode(at.sign_in.signed(nonce=nonce), options={"verify_signature": False})
        return jwt.encode(claims, "s1" * 20, "HS256", headers={"kid": "s1"})

    @staticmethod
    def of_another_key(at: SlackSchool, nonce: str) -> str:
        ours, at.sign_in.keys = at.sign_in.keys, {"s1": Key("s1", None)}
        token = at.sign_in.signed(nonce=nonce)
        at.sign_in.keys = ours
        return token

    async def test_whatever_slack_answers_to_a_code_there_is_a_sentence_and_no_session(self, at: SlackSchool):
        answers = {
            web.json_response({"ok": False, "error": "invalid_code"}): 401,
            web.json_response({"ok": True}): 401,
            web.json_response({"ok": True, "id_token": 5}): 401,
            web.json_response({"ok": True, "id_token": "x.y.z"}): 401,
            web.json_response([]): 401,
            web.Response(text="<html>"): 401,
            web.Response(status=302, headers={"Location": "https://elsewhere.example"}): 401,
            web.json_response({"ok": True, "id_token": "x" * 70_000}): 401,
            web.Response(status=500): 500,
            web.Response(status=429, headers={"Retry-After": "30"}): 500,
        }
        for response, status in answers.items():
            at.sign_in.answers = [response]
            assert is_refused(await at.came_back(at.browser()), status), response

    async def test_without_slacks_keys_nobody_is_signed_in_and_it_is_not_their_fault(self, at: SlackSchool):
        at.sign_in.keys_fail = True

        answer = await at.came_back(at.browser())

        assert is_refused(answer, 500) and "sign-in cannot be reached just now" in answer.text


@dataclass
class Outsider:
    account: str
    flags: dict[str, Any]


class TestWhoMay:
    async def test_an_account_that_the_staff_list_names_signs_in_with_whatever_address(self, at: SlackSchool):
        office = await at.opened(OFFICE)

        assert "You are The office." in (await office.get("today")).text

    async def test_a_member_who_is_not_on_the_list_gets_no_session(self, at: SlackSchool):
        answer = await at.came_back(at.browser(), STRANGER)

        assert is_refused(answer, 403) and school_pages.ONLY_STAFF.partition(".")[0] in answer.text

    async def test_guests_bots_and_closed_accounts_get_none_even_if_the_list_names_them(self, at: SlackSchool):
        flags = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted", "is_invited_user")
        outsiders = [Outsider(OFFICE, {flag: True}) for flag in flags]
        outsiders += [Outsider(OFFICE, {"team_id": "T0ELSE001"}), Outsider(OFFICE, {"is_bot": "no"})]
        outsiders += [Outsider(HEAD, {"is_email_confirmed": False}), Outsider(GUEST, {"is_restricted": True})]
        for outsider in outsiders:
            at.sign_in.slack.users[outsider.account] = user(outsider.account, "head@school.example", **outsider.flags)
            assert is_refused(await at.came_back(at.browser(), outsider.account), 403), outsider

    async def test_an_account_whose_address_changed_unseen_is_nobodys_at_the_next_sign_in(self, at: SlackSchool):
        await at.opened()
        at.sign_in.slack.users[HEAD] = user(HEAD, "elsewhere@school.example")

        assert is_refused(await at.came_back(at.browser()), 403)

    async def test_an_account_that_slack_does_not_know_gets_none(self, at: SlackSchool):
        del at.sign_in.slack.users[OFFICE]

        assert is_refused(await at.came_back(at.browser(), OFFICE), 403)

    async def test_if_slack_cannot_be_asked_who_it_is_nobody_is_signed_in(self, at: SlackSchool):
        at.sign_in.slack.troubles["users.info"].append(busy(60))

        answer = await at.came_back(at.browser())

        assert is_refused(answer, 500) and "I cannot look you up in Slack just now" in answer.text

    async def test_somebody_who_is_taken_off_the_list_sees_nothing_from_then_on(self, at: SlackSchool):
        office = await at.opened(OFFICE)
        text = at.settings.staff_file.read_text()
        at.settings.staff_file.write_text(text.replace(f"o1,The office,,,{OFFICE},staff office it\n", ""))
        assert at.server
        await at.server.tick()

        assert (await office.get("people")).status == 403


class TestASession:
    async def test_an_evidence_pack_needs_a_new_authorisation_within_five_minutes(self, at: SlackSchool):
        head = await at.opened()
        assert (await head.post("evidence", await export(head))).status == 200

        at.later(minutes=5, seconds=1)
        answer = await head.post("evidence", await export(head))
        assert answer.status == 401
        assert 'href="/school/sign-in/slack/again" target="_blank"' in answer.text

        assert (await at.came_back(head, path="sign-in/slack/again")).status == 303
        assert (await head.post("evidence", await export(head))).status == 200

    async def test_what_was_begun_long_before_slack_answered_is_not_fresh(self, at: SlackSchool):
        at.sign_in.user, head = HEAD, at.browser()
        back = await at.at_slack(await head.get("sign-in/slack/again"))
        at.later(minutes=6)

        assert (await head.get(back)).status == 303
        assert (await head.post("evidence", await export(head))).status == 401

    async def test_signing_out_names_slack(self, at: SlackSchool):
        head = await at.opened()

        answer = await head.post("sign-out", {"csrf": (await head.get("people")).csrf})

        assert answer.status == 200 and "You may still be signed in to Slack here" in answer.text
        limits = "Path=/school/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
        assert answer.headers["Set-Cookie"] == f"{sign_in_pages.SESSION_COOKIE}=; {limits}"
        assert (await head.get("today")).status == 401


class TestBesideTeams:
    @pytest_asyncio.fixture
    async def both(self, settings: Settings) -> AsyncIterator[SlackSchool]:
        ready = slack_settings(settings, APP_ID=APP_ID, TENANT_ID=TENANT, SECRET="s")
        text = ready.staff_file.read_text().replace("head@school.example,,", f"head@school.example,{HEAD_IN_ENTRA},")
        ready.staff_file.write_text(text)
        async with slack_school(ready) as opened:
            yield opened

    async def test_the_start_page_offers_both_and_only_teams_may_frame_it(self, both: SlackSchool):
        page = await both.browser().get("start")

        links = [f'<a href="/school/sign-in{path}" target="_blank" rel="noopener">' for path in ("", "/slack")]
        assert f"{links[0]}Sign in with Microsoft</a>" in page.text
        assert f"{links[1]}Sign in with Slack</a>" in page.text
        assert "frame-ancestors https://teams.microsoft.com" in page.headers["Content-Security-Policy"]

    async def test_one_person_is_one_person_whichever_way_they_come(self, both: SlackSchool):
        assert both.teams and both.server
        by_slack, by_teams = await both.opened(HEAD), await both.teams.opened(HEAD_IN_ENTRA)
        form = await by_slack.get("campaigns/publish_form")
        await by_slack.post("campaigns", {"csrf": form.csrf, "press": form.button("Publish")})

        for browser in (by_slack, by_teams):
            assert "You are The head." in (await browser.get("today")).text
        context = both.server.staffroom.books.context
        known = await context.store.enrol(context.with_role(Role.HEAD))
        (published,) = await context.store.entries_of(EventKind.PUBLISH)
        assert [published.event.actor] == list(known.values())

    async def test_a_fresh_sign_in_is_asked_for_where_the_session_came_from(self, both: SlackSchool):
        assert both.teams
        by_slack, by_teams = await both.opened(HEAD), await both.teams.opened(HEAD_IN_ENTRA)
        both.later(minutes=6)

        for browser, path in ((by_slack, "/school/sign-in/slack/again"), (by_teams, "/school/sign-in/again")):
            answer = await browser.post("evidence", await export(browser))
            assert answer.status == 401 and f'href="{path}" target="_blank"' in answer.text

    async def test_what_began_at_slack_does_not_come_back_from_microsoft(self, both: SlackSchool):
        both.sign_in.user, browser = HEAD, both.browser()
        back = await both.at_slack(await browser.get("sign-in/slack"))

        assert is_refused(await browser.get(back.replace("sign-in/slack/back", "sign-in/back")))
