"""The pages in the real mode: nobody opens one without Entra's word, which lasts an hour and opens one browser."""

import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
import pytest_asyncio

from bot.channels.pages import sign_in_pages
from bot.channels.pages.sessions import MAX_SESSIONS_OF_ONE
from bot.config import read_config
from bot.errors import SettingsError
from bot.run_school import refuse_unless_complete
from bot.settings import PREFIX, Settings, read_settings
from tests.channels.pages.pages_school import NOW, PAGES, Answer, button
from tests.channels.pages.settings_school import form_of, school_file, shown
from tests.channels.pages.tab_school import (
    ADDRESS,
    HEAD,
    OFFICE,
    PUPIL,
    RESOURCE,
    Browser,
    TabSchool,
    real_settings,
    tab_school,
)
from tests.standins.microsoft import APP_ID, Key

OTHER = "0a1b2c3d-0000-4000-8000-00000000000f"
BAD = {
    "another audience": {"aud": "https://graph.microsoft.com"},
    "another application's address": {"aud": f"api://elsewhere.example/{APP_ID}"},
    "a list of audiences": {"aud": [APP_ID, RESOURCE]},
    "another tenant": {"tid": OTHER},
    "another issuer": {"iss": f"https://login.microsoftonline.com/{OTHER}/v2.0"},
    "an old token": {"exp": int(time.time()) - 301},
    "a token of later": {"nbf": int(time.time()) + 4000},
    "no scope": {"scp": None},
    "an application's own token": {"scp": None, "idtyp": "app", "roles": ["access_as_user"]},
    "another client": {"azp": OTHER},
    "no account": {"oid": None},
}

NOT_OURS: tuple[dict[str, Any], ...] = (
    {"tid": OTHER},
    {"aud": RESOURCE},
    {"iss": ADDRESS},
    {"oid": None},
    {"oid": "head"},
    {"nonce": "x"},
    {"nonce": None},
    {"exp": 1},
)


@pytest_asyncio.fixture
async def at(settings: Settings) -> AsyncIterator[TabSchool]:
    async with tab_school(real_settings(settings)) as opened:
        yield opened


async def came_back(at: TabSchool, browser: Browser, path: str = "sign-in", account: str = HEAD) -> Answer:
    """Signs somebody in at Microsoft, in a browser."""
    at.entra.account = account
    return await browser.get(await at.at_microsoft(await browser.get(path)))


def flags(answer: Answer) -> set[str]:
    return {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]}


class TestInTeams:
    async def test_a_token_of_teams_opens_the_pages_for_an_hour(self, at: TabSchool):
        browser = await at.opened(aud=RESOURCE)

        page = await browser.get("today")
        assert (page.status, "You are The head." in page.text) == (200, True)
        at.later(minutes=59)
        assert (await browser.get("today")).status == 200
        at.later(minutes=2)
        over = await browser.get("today")
        assert (over.status, f'href="{sign_in_pages.START}"' in over.text) == (401, True)

    async def test_the_cookie_is_out_of_reach_for_scripts_other_sites_and_other_frames(self, at: TabSchool):
        answer = await at.browser().sign_in(at.token())

        assert flags(answer) == {"Path=/school/", "Max-Age=3600", "HttpOnly", "SameSite=None", "Secure", "Partitioned"}

    async def test_no_other_token_opens_them(self, at: TabSchool):
        for why, claims in BAD.items():
            answer = await at.browser().sign_in(at.token(**claims))
            assert (answer.status, "Set-Cookie" in answer.headers) == (401, False), why

    async def test_a_token_that_entra_did_not_sign_opens_nothing(self, at: TabSchool):
        head, body, signature = at.token().split(".")
        unsigned = urlsafe_b64encode(b'{"alg":"none","kid":"e1"}').rstrip(b"=").decode()
        at.entra.keys["mine"] = Key("mine", None)
        mine = at.token(key="mine", headers={"kid": "e1"})
        del at.entra.keys["mine"]
        shared = jwt.encode({"aud": APP_ID}, "e1" * 20, "HS256", headers={"kid": "e1"})

        forged = (f"{unsigned}.{body}.", f"{unsigned}.{body}.{signature}", f"{head}.{body}.{signature[::-1]}")
        for token in (*forged, mine, shared, at.token(headers={"kid": "e2"}), "", "x.y.z"):
            assert (await at.browser().sign_in(token)).status == 401

    async def test_a_token_that_another_site_shows_opens_nothing(self, at: TabSchool):
        for origin in ("https://elsewhere.example", "null", ""):
            answer = await at.browser().sign_in(at.token(), Origin=origin)
            assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)

    async def test_a_pupil_of_the_school_gets_no_session(self, at: TabSchool):
        token = at.token(PUPIL, name="The head", preferred_username="head@example.sch.uk")

        answer = await at.browser().sign_in(token)

        assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
        assert "staff list" in answer.text

    async def test_only_teams_may_frame_the_pages_and_nothing_else_of_the_server(self, at: TabSchool):
        frames = "frame-ancestors https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft"
        browser = await at.opened()

        for path in ("start", "today", "file/pages.css", "nothing"):
            assert (await browser.get(path)).headers["Content-Security-Policy"].endswith(frames), path
        async with at.http.get(f"{at.address}/healthz") as response:
            assert "Content-Security-Policy" not in response.headers

    async def test_the_start_page_loads_our_scripts_or_says_that_they_are_missing(self, at: TabSchool):
        page = await at.browser().get("start")

        script = await at.browser().get("tab/start.js")
        assert (script.status, "getAuthToken" in script.text) == (200, True)
        is_installed = sign_in_pages.FILES["teams.js"].is_file()
        assert ("tab/teams.js" in page.text) is is_installed
        assert (await at.browser().get("tab/teams.js")).status == (200 if is_installed else 404)
        assert "Sign in in your browser" in page.text
        assert is_installed or "is not installed here" in page.text
        assert (await at.browser().get("tab/package.json")).status == 404

    async def test_whoever_signs_in_again_and_again_ends_only_their_own_sessions(self, at: TabSchool):
        office, first = await at.opened(OFFICE), await at.opened()

        for _ in range(MAX_SESSIONS_OF_ONE):
            await at.opened()

        assert ((await office.get("today")).status, (await first.get("today")).status) == (200, 401)


class TestASession:
    async def test_without_a_sign_in_there_is_no_page(self, at: TabSchool):
        for path in (*PAGES, "campaigns/preview", "download/x"):
            assert (await at.browser().get(path)).status == 401, path
        assert (await at.browser().post("campaigns", {"press": button("hold")})).status == 401

    async def test_two_people_do_not_share_one(self, at: TabSchool):
        head, office = await at.opened(HEAD), await at.opened(OFFICE)

        form = await head.get("campaigns/publish_form")
        press = {"csrf": form.csrf, "press": form.button("Publish")}
        assert (await office.post("campaigns", press)).status == 403
        assert "You are The office." in (await office.get("today")).text
        assert (await head.post("campaigns", press)).status == 200

    async def test_a_form_of_another_site_changes_nothing(self, at: TabSchool):
        head = await at.opened()
        form = await head.get("campaigns/publish_form")
        press = {"csrf": form.csrf, "press": form.button("Publish")}

        for origin in ("https://elsewhere.example", "http://staffroom.example.sch.uk", "null"):
            assert (await head.post("campaigns", press, Origin=origin)).status == 403
        assert (await head.post("campaigns", {**press, "csrf": "x"})).status == 403

    async def test_signing_out_ends_it_and_takes_the_cookie_away_as_it_was_set(self, at: TabSchool):
        browser, other = await at.opened(), await at.opened()
        csrf = (await browser.get("people")).csrf
        cookies = dict(browser.cookies)

        answer = await browser.post("sign-out", {"csrf": csrf})

        assert answer.status == 200 and "You may still be signed in to Microsoft" in answer.text
        assert 'href="/school/start"' in answer.text
        limits = "Path=/school/; Max-Age=0; HttpOnly; SameSite=None; Secure; Partitioned"
        assert answer.headers["Set-Cookie"] == f"{sign_in_pages.SESSION_COOKIE}=; {limits}"
        browser.cookies = cookies
        assert (await browser.get("today")).status == 401 and (await other.get("today")).status == 200

    async def test_a_contact_without_which_staffroom_would_not_start_cannot_be_emptied(self, at: TabSchool):
        browser = await at.opened(OFFICE)
        page = await browser.get("settings")
        before = school_file(at.settings).read_text(encoding="utf-8")
        fields = {f"in:{name}": text for name, text in shown(page, "handoff").items()}
        sent = {"csrf": page.csrf, "press": form_of(page, "handoff").button("Save contacts"), **fields}

        answer = await browser.post("settings", {**sent, "in:headteacher": "Dr Example", "in:phone": " "})

        says = "“How to reach the safeguarding lead” must be filled in: without it Staffroom does not start."
        assert says in form_of(answer, "handoff").text and shown(answer, "handoff")["headteacher"] == "Dr Example"
        assert school_file(at.settings).read_text(encoding="utf-8") == before

    async def test_somebody_who_leaves_the_staff_list_sees_nothing_from_then_on(self, at: TabSchool):
        office = await at.opened(OFFICE)
        assert (await office.get("people")).status == 200

        await at.lists(HEAD)

        assert (await office.get("people")).status == 403

    async def test_an_evidence_pack_needs_a_sign_in_that_is_fresh_by_entras_word(self, at: TabSchool):
        for proved in (None, int(NOW.timestamp()) - 301, int(NOW.timestamp()) + 60):
            head = await at.opened(auth_time=proved)
            answer = await head.post("evidence", await export(head))
            assert answer.status == 401
            assert f'href="{sign_in_pages.AGAIN}" target="_blank"' in answer.text

        head = await at.opened(auth_time=int(NOW.timestamp()) - 60)
        assert (await head.post("evidence", await export(head))).status == 200


async def export(head: Browser) -> dict[str, str]:
    """A press of "Make the evidence pack", with the token of a form of this session."""
    return {"csrf": (await head.get("campaigns/publish_form")).csrf, "press": button("export")}


class TestInABrowser:
    async def test_somebody_signs_in_at_microsoft_and_comes_back(self, at: TabSchool):
        browser = at.browser()

        answer = await came_back(at, browser)

        assert (answer.status, answer.headers["Location"]) == (303, "/school/today")
        assert "Partitioned" in flags(answer)
        assert "You are The head." in (await browser.get("today")).text

    async def test_entra_is_asked_for_a_code_with_pkce_and_for_no_token_that_lasts(self, at: TabSchool):
        begun = await at.browser().get("sign-in")

        await at.at_microsoft(begun)
        (asked,) = at.entra.codes.values()
        assert flags(begun) == {"Path=/school/sign-in", "Max-Age=600", "HttpOnly", "Secure", "SameSite=Lax"}
        assert set(asked["scope"].split()) == {"openid", "profile"}
        assert "prompt" not in asked

    async def test_it_serves_once_in_ten_minutes_in_the_browser_where_it_began(self, at: TabSchool):
        at.entra.account, browser = HEAD, at.browser()
        back = await at.at_microsoft(await browser.get("sign-in"))

        assert (await at.browser().get(back)).status == 401
        assert (await browser.get(back)).status == 303
        assert (await browser.get(back)).status == 401
        late = await at.at_microsoft(await browser.get("sign-in"))
        at.later(minutes=10)
        assert (await browser.get(late)).status == 401

    async def test_what_was_changed_on_the_way_signs_nobody_in(self, at: TabSchool):
        at.entra.account, browser = HEAD, at.browser()
        for old, new in (("state=", "state=x"), ("code=", "code=x"), ("code=", "error=denied&x="), ("&state=", "&x=")):
            back = await at.at_microsoft(await browser.get("sign-in"))
            answer = await browser.get(back.replace(old, new))
            assert (answer.status, "Set-Cookie" in answer.headers) == (401, False), new

    async def test_an_id_token_that_is_not_ours_signs_nobody_in(self, at: TabSchool):
        for claims in NOT_OURS:
            at.entra.says = claims
            answer = await came_back(at, at.browser())
            assert (answer.status, "Set-Cookie" in answer.headers) == (401, False), claims

    async def test_somebody_who_is_not_on_the_list_gets_no_session(self, at: TabSchool):
        answer = await came_back(at, at.browser(), account=PUPIL)

        assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)

    async def test_microsoft_refuses_and_one_sentence_says_so(self, at: TabSchool):
        at.entra.refuses = "access_denied"

        assert (await came_back(at, at.browser())).status == 401

    async def test_a_fresh_sign_in_asks_for_the_password_and_allows_an_evidence_pack(self, at: TabSchool):
        at.entra.account, browser = HEAD, at.browser()
        at.entra.says = {"auth_time": int(NOW.timestamp()) - 5}
        back = await at.at_microsoft(await browser.get("sign-in/again"))
        assert [asked["prompt"] for asked in at.entra.codes.values()] == ["login"]

        assert (await browser.get(back)).status == 303
        assert (await browser.post("evidence", await export(browser))).status == 200

    async def test_a_fresh_sign_in_whose_time_entra_does_not_say_is_none(self, at: TabSchool):
        answer = await came_back(at, at.browser(), "sign-in/again")

        assert (answer.status, "Set-Cookie" in answer.headers) == (401, False)
        assert "did not say when you signed in" in answer.text


async def test_without_an_address_no_page_is_served(settings: Settings):
    async with tab_school(real_settings(settings, ADDRESS="")) as at:
        for path in ("start", "today", "sign-in", "sign-in/back", "tab/start.js", "file/pages.css"):
            assert (await at.browser().get(path)).status == 404, path
        assert (await at.browser().sign_in(at.token())).status == 404


@pytest.mark.parametrize("text", ["http://x.example", "x.example", "https://x.example/pages", "https://x", "https://"])
def test_an_address_that_browsers_would_not_send_as_an_origin_is_refused(text: str):
    with pytest.raises(SettingsError, match="STAFFROOM_ADDRESS must be such as https://"):
        read_settings({PREFIX + "ADDRESS": text})


def test_an_address_is_kept_as_browsers_send_it():
    assert read_settings({PREFIX + "ADDRESS": "https://Staffroom.example:443/"}).address == "https://staffroom.example"


def test_a_managed_identity_cannot_sign_people_in(settings: Settings):
    managed = real_settings(settings, SECRET="", MANAGED_IDENTITY="yes")

    with pytest.raises(SettingsError, match="an app registration"):
        refuse_unless_complete(managed, read_config(managed, NOW.date()))
