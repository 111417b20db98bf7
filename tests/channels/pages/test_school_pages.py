"""Who may open which page, what a press must bring, and that everything is the same as in chat."""

from io import BytesIO

import aiohttp
import pytest

from bot.channels.pages import school_pages
from bot.channels.pages.presses import MAX_FILE_BYTES, MAX_FORM_BYTES
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from tests.channels.pages.pages_school import NOW, PAGES, Answer, PagesSchool, button, later

ROLES = ("demo-head", "demo-deputy", "demo-office", "demo-it", "demo-chair", "demo-teacher")
OPEN_TO = {
    "today": (Permission.TODAY,),
    "campaigns": (Permission.SUMMARY, Permission.PREVIEW, Permission.PAPER),
    "people": (Permission.PEOPLE,),
    "policy": (Permission.POLICY,),
    "new_version": (Permission.RULINGS,),
    "add-policy": (Permission.ADD_POLICY,),
    "answers": (Permission.RULINGS,),
    "questions": (Permission.QUESTIONS, Permission.READ_SENT),
    "recordings": (Permission.OVERSEE,),
    "settings": (Permission.SETTINGS,),
    "evidence": (Permission.EXPORT,),
    "health": (Permission.HEALTH,),
}
SLY = '"><script>alert(1)</script>&'


def person(at: PagesSchool, account: str) -> Person:
    people = at.server.staffroom.books.context.roster.people()
    return next(person for person in people if person.account == account)


async def events(at: PagesSchool, kind: EventKind) -> int:
    return len(await at.server.staffroom.books.context.store.entries_of(kind))


async def published(at: PagesSchool) -> Answer:
    """The head's form that opens a campaign, once the text is published."""
    await at.sign_in("demo-head")
    form = await at.get("campaigns/publish_form")
    await at.press(form, "campaigns", "Publish")
    return await at.get("campaigns/campaign")


@pytest.mark.parametrize("account", ROLES)
async def test_a_page_opens_for_the_roles_of_the_permission_table_and_nobody_else(at: PagesSchool, account: str):
    await at.sign_in(account)
    for page in PAGES:
        answer = await at.get(page)
        is_allowed = any(may(person(at, account), permission, NOW.date()) for permission in OPEN_TO[page])
        assert answer.status == (200 if is_allowed else 403), page
        assert is_allowed or "Only " in answer.text


@pytest.mark.parametrize("account", ROLES)
async def test_the_links_on_a_page_are_those_that_somebody_may_follow(at: PagesSchool, account: str):
    home = await at.sign_in(account)
    for page in PAGES:
        is_allowed = any(may(person(at, account), permission, NOW.date()) for permission in OPEN_TO[page])
        if home.status == 200 and page != "add-policy":  # that one is reached from Policy
            assert (f'href="/school/{page}"' in home.text) is is_allowed, page


async def test_without_a_sign_in_there_is_no_page(at: PagesSchool):
    for path in (*PAGES, "campaigns/preview", "download/x"):
        answer = await at.get(path)
        assert answer.status == 401, path
        assert "headteacher" not in answer.text
    assert (await at.post("campaigns", {"press": button("hold")})).status == 401


async def test_nobody_signs_in_without_the_chats_own_token(at: PagesSchool):
    answer = await at.get("enter", token="another", account="demo-head")

    assert answer.status == 403
    assert (await at.get("today")).status == 401


async def test_a_session_ends_after_an_hour(at: PagesSchool):
    await at.sign_in("demo-head")
    later(at, minutes=59)
    assert (await at.get("today")).status == 200

    later(at, minutes=2)

    assert (await at.get("today")).status == 401


async def test_who_signs_out_has_no_session_any_more_and_no_cookie(at: PagesSchool):
    home = await at.sign_in("demo-head")
    cookie = next(iter(at.http.cookie_jar))
    key, value = cookie.key, cookie.value

    answer = await at.post("sign-out", {"csrf": home.csrf})

    assert answer.status == 200 and "You are signed out" in answer.text
    assert f"{key}=; Path=/school/; Max-Age=0; HttpOnly; SameSite=Strict" == answer.headers["Set-Cookie"]
    at.http.cookie_jar.update_cookies({key: value})  # as somebody who copied it before would send it
    assert (await at.get("today")).status == 401
    assert (await at.post("sign-out", {"csrf": home.csrf})).status == 401


async def test_nobody_else_can_sign_somebody_out(at: PagesSchool):
    home = await at.sign_in("demo-head")

    for csrf, origin in (("another", at.address), (home.csrf, "https://elsewhere.example")):
        assert (await at.post("sign-out", {"csrf": csrf}, Origin=origin)).status == 403
    assert (await at.get("sign-out")).status == 404

    assert (await at.get("today")).status == 200


async def test_signing_out_in_one_browser_leaves_the_others_alone(at: PagesSchool):
    await at.sign_in("demo-head")
    other = {cookie.key: cookie.value for cookie in at.http.cookie_jar}
    home = await at.sign_in("demo-head")

    await at.post("sign-out", {"csrf": home.csrf})
    at.http.cookie_jar.update_cookies(other)

    assert (await at.get("today")).status == 200


async def test_a_pupil_who_has_a_session_sees_nothing(at: PagesSchool):
    answer = await at.sign_in("a-pupil")

    assert answer.status == 403
    assert "staff list" in answer.text


async def test_every_answer_has_the_strict_headers(at: PagesSchool):
    for answer in (await at.get("today"), await at.sign_in("demo-head"), await at.get("file/pages.css")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "form-action 'self'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
async def test_a_form_of_another_site_changes_nothing(at: PagesSchool, origin: str):
    form = await published(at)
    fields = {"csrf": form.csrf, "press": form.button("Open anyway"), "many:audience": "staff", "in:due": "2026-10-01"}

    answer = await at.post("campaigns", fields, Origin=origin)

    assert answer.status == 403
    assert await events(at, EventKind.OPEN) == 0


@pytest.mark.parametrize("csrf", ["", "another"])
async def test_a_form_without_the_sessions_token_changes_nothing(at: PagesSchool, csrf: str):
    form = await published(at)
    fields = {"csrf": csrf, "press": form.button("Open anyway"), "many:audience": "staff", "in:due": "2026-10-01"}

    answer = await at.post("campaigns", fields)

    assert answer.status == 403
    assert await events(at, EventKind.OPEN) == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_refused(at: PagesSchool, method: str):
    await at.sign_in("demo-head")
    async with at.http.request(method, f"{at.address}/school/campaigns") as response:
        assert response.status == 405


async def test_a_form_that_is_too_large_or_of_another_kind_is_refused(at: PagesSchool):
    await at.sign_in("demo-head")
    large = {"csrf": "x" * (MAX_FORM_BYTES + 1)}
    assert (await at.post("campaigns", large)).status == 413
    assert (await at.post("campaigns", b"{}", **{"Content-Type": "application/json"})).status == 400
    for press in ("", "[]", '{"verb": 1}', "{" * 500, '{"verb": "hold", "data": [], "takes_fields": true}'):
        assert (await at.post("campaigns", {"csrf": "x", "press": press})).status == 400, press
    many = [("in:x", "y")] * 1000
    assert (await at.post("campaigns", many)).status == 400


async def test_only_commands_with_a_permission_may_be_pressed(at: PagesSchool):
    page = await published(at)
    for verb in ("acknowledge", "send", "record", "no_such_verb", ""):
        answer = await at.post("campaigns", {"csrf": page.csrf, "press": button(verb)})
        assert answer.status == 403, verb


async def test_a_press_that_a_role_may_not_make_is_refused_as_in_chat(at: PagesSchool):
    await published(at)
    await at.sign_in("demo-office")
    page = await at.get("people")

    answer = await at.post("campaigns", {"csrf": page.csrf, "press": button("open", anyway="true")})

    assert "Only the headteacher" in answer.text
    assert await events(at, EventKind.OPEN) == 0


async def test_too_many_presses_in_a_minute_have_to_wait(at: PagesSchool):
    page = await published(at)
    statuses = [
        (await at.post("campaigns", {"csrf": page.csrf, "press": button("hold")})).status
        for _ in range(school_pages.MAX_PRESSES)
    ]

    assert statuses[-1] == 429


async def test_a_head_opens_and_sends_a_campaign_from_the_pages(at: PagesSchool):
    form = await published(at)
    fields = {"in:due": "2026-10-01", "needs:audience": "Who is asked"}

    refused = await at.press(form, "campaigns", "Open anyway", opener="campaign", **fields, **{"many:audience": ""})
    assert "Please choose at least one of “Who is asked”" in refused.text
    assert 'value="2026-10-01"' in refused.text

    preview = await at.press(refused, "campaigns", "Open anyway", **fields, **{"many:audience": "staff"})
    sent = await at.press(preview, "campaigns", "Send")
    assert "will get it during their working hours" in sent.text
    assert (await events(at, EventKind.OPEN), await events(at, EventKind.RELEASE)) == (1, 1)
    assert "Who is left" in (await at.get("campaigns")).text


async def test_what_was_filled_in_comes_back_escaped(at: PagesSchool):
    form = await published(at)
    fields = {"in:due": SLY, "many:audience": "staff", "opener": "campaign"}

    answer = await at.press(form, "campaigns", "Open anyway", **fields)

    assert "Please choose a day" in answer.text
    assert "<script" not in answer.text and "&lt;script" in answer.text


async def test_an_evidence_pack_needs_a_fresh_sign_in_and_belongs_to_one_session(at: PagesSchool):
    form = await published(at)
    fields = {"in:due": "2026-10-01", "many:audience": "staff"}
    await at.press(form, "campaigns", "Open anyway", **fields)
    later(at, minutes=6)
    offer = await at.get("evidence/request_export")
    refused = await at.press(offer, "evidence", "Make the evidence pack")
    assert refused.status == 401
    assert "within the last five minutes" in refused.text
    assert await events(at, EventKind.EXPORT_PREPARED) == 0

    await at.sign_in("demo-head")
    made = await at.press(await at.get("evidence/request_export"), "evidence", "Make the evidence pack")
    link = made.text.split('href="/school/download/')[1].split('"')[0]
    async with at.http.get(f"{at.address}/school/download/{link}") as response:
        assert (await response.read()).startswith(b"PK")
        assert "attachment" in response.headers["Content-Disposition"]

    await at.sign_in("demo-it")
    assert (await at.get(f"download/{link}")).status == 404


def upload(csrf: str, verb: str, content: bytes, name: str = "list.csv") -> aiohttp.FormData:
    form = aiohttp.FormData({"csrf": csrf, "press": button(verb)})
    form.add_field("file", BytesIO(content), filename=name, content_type="text/csv")
    return form


async def test_a_staff_list_is_checked_with_every_problem(at: PagesSchool):
    await at.sign_in("demo-office")
    page = await at.get("people")

    good = await at.post(
        "people", upload(page.csrf, "check_staff_list", b"id,name,email,roles\na1,Anna,anna@school.example,staff\n")
    )
    bad = await at.post(
        "people", upload(page.csrf, "bring_staff_list", f"id,name,email,roles\na1,{SLY},x,wizard\n".encode())
    )
    none = await at.post("people", upload(page.csrf, "bring_staff_list", b"%PDF-1.7"))

    assert "Staffroom would take this list of 1 people" in good.text
    assert "Nothing was changed" in bad.text and "<script" not in bad.text
    assert "Nothing was changed" in none.text


async def test_a_file_that_is_too_large_is_refused(at: PagesSchool):
    await at.sign_in("demo-office")
    page = await at.get("people")

    answer = await at.post("people", upload(page.csrf, "check_staff_list", b"x" * (MAX_FILE_BYTES + 1)))

    assert answer.status == 413
