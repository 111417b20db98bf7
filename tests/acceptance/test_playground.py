"""The running bot in Microsoft's own Agents Playground, in a real browser, offline."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Locator, Page, TimeoutError, async_playwright, expect

from bot.ask.understanding import Understanding
from bot.desk.desk import STRANGER
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.settings import ROOT
from bot.stores.sqlite.store import SqliteStore
from tests.browsing import FLAGS, PATIENCE, PICTURES
from tests.conftest import lacking
from tests.standins.microsoft import free_port

HERE = Path(__file__).parent
PLAYGROUND = HERE / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
NODE = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Running(NamedTuple):
    """The bot's data, its own page, and where two people's Playgrounds are."""

    data: Path
    page: str
    teacher: str
    pupil: str


@contextmanager
def started(command: list[str], ready: str, folder: Path, **environment: str) -> Iterator[None]:
    """A process that has said it is ready; ended with all its children."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        reply = []
        for line in process.stdout:
            reply.append(line)
            if ready in line:
                break
        else:
            pytest.fail(f"{command[:3]} ended: {''.join(reply)}")
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.stdout.close()
        process.wait(20)


@contextmanager
def playground(folder: Path, bot: str, who: str) -> Iterator[str]:
    folder.mkdir()
    config = (HERE / "playground.yml").read_text().replace("demo-teacher", who)
    (folder / ".m365agentsplayground.yml").write_text(config)
    port = str(free_port())
    assert NODE is not None
    command = [NODE, str(PLAYGROUND), "-e", bot, "-c", "msteams", "-p", port, "--disable-telemetry"]
    with started(command, "Listening", folder, NODE_OPTIONS=f"--require {HERE / 'loopback.cjs'}"):
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="module")
def running(understanding: Understanding, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if NODE is None or not PLAYGROUND.is_file():
        lacking("Node, which runs Microsoft's Agents Playground")
    folder, port = tmp_path_factory.mktemp("acceptance"), str(free_port())
    bot = [sys.executable, "-m", "bot", "run", "--local"]
    address = f"http://127.0.0.1:{port}/api/messages"
    with (
        started(bot, "Staffroom (demo) is at", ROOT, STAFFROOM_PORT=port, STAFFROOM_DATA=str(folder / "data")),
        playground(folder / "teacher", address, "demo-teacher") as teacher,
        playground(folder / "pupil", address, "a-pupil-of-ours") as pupil,
    ):
        yield Running(folder / "data", f"http://127.0.0.1:{port}/", teacher, pupil)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[BrowserContext]:
    """One context for all, so that the Playground's scripts are fetched and compiled once."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield await opened.new_context(viewport={"width": 1280, "height": 900})
        await opened.close()


async def visit(browser: BrowserContext, address: str) -> Page:
    page = await browser.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(address)
    return page


@pytest_asyncio.fixture(loop_scope="module")
async def page(running: Running, browser: BrowserContext) -> AsyncIterator[Page]:
    """The Playground as a teacher sees it, with Staffroom installed."""
    page = await visit(browser, running.teacher)
    await greeted(page)
    yield page
    await page.close()


async def greeted(page: Page) -> None:
    """Waits for the welcome. The Playground loses what reaches it before its page listens: then it is loaded again."""
    welcome = cards(page).get_by_text("I do not keep your questions").first
    try:
        await welcome.wait_for(timeout=PATIENCE / 4)
    except TimeoutError:
        await page.reload()
        await welcome.wait_for()


def cards(page: Page) -> Locator:
    return page.locator(".ac-adaptiveCard")


async def say(page: Page, text: str, *, mention: bool = False, button: str = "Send Message") -> None:
    boxes = page.get_by_role("textbox")  # a channel has one more under each post
    await (boxes.first if button == "Post" else boxes.last).click()
    if mention:
        await page.keyboard.type("@Staff")
        await page.get_by_role("menuitem", name="Staffroom").click()
    await page.keyboard.type(text)
    await page.get_by_role("button", name=button).click()


async def mock(page: Page, activity: str) -> None:
    await page.get_by_text("Mock an Activity").click()
    await page.get_by_text(activity, exact=True).click()
    await page.get_by_role("button", name="Send activity").click()


async def chat_of(running: Running, account: str) -> Conversation | None:
    """Somebody's own chat with the bot, as the store has it."""
    store = SqliteStore(running.data / "demo.db", "slyne-with-hest", demo=True, writes=False)
    try:
        return await store.conversation_of("msteams", account)
    finally:
        await store.close()


async def test_installing_greets_and_a_question_is_answered_with_the_clause(page: Page, running: Running):
    await say(page, "can i use my phone at lunch?")
    answer = cards(page).filter(has_text="Only if")
    await answer.get_by_text("Social media may be accessed during social time (e.g. during lunch)").wait_for()

    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / "playground.png")
    assert await answer.get_by_text("version September 2021; review was due November 2021").first.is_visible()
    await answer.get_by_role("button", name="Show 4 more clauses").click()
    chat = await chat_of(running, "demo-teacher")
    assert chat and chat.kind is ConversationKind.PERSONAL


async def test_a_wide_question_offers_choices_and_a_press_puts_the_answer_in_their_place(page: Page):
    await say(page, "photos")
    choice = cards(page).last.get_by_role("button", name="Photos of pupils, own device")
    await choice.wait_for()
    before = await cards(page).count()

    await choice.click()
    await cards(page).get_by_text("Not on your own equipment").wait_for()

    assert await cards(page).count() == before
    assert await choice.count() == 0


async def test_a_worry_is_handed_to_a_person_first(page: Page):
    await say(page, "a child in my class told me an adult has been hurting her")

    heading = cards(page).get_by_text("Please tell a person first")
    await heading.wait_for()
    assert await cards(page).get_by_text("Telling me is not reporting").is_visible()


async def test_a_thumb_leaves_the_answer_where_it_is(page: Page):
    await say(page, "can i write my password down")
    answer = cards(page).filter(has_text="I read your question as")
    await answer.get_by_role("button", name="Did this help?").click()
    await answer.get_by_role("button", name="That helped").click()

    await page.get_by_text("Thank you, that helps.").first.wait_for()
    assert await answer.count() == 1


async def test_a_group_chat_is_answered_when_the_bot_is_mentioned(page: Page):
    await page.get_by_text("Group Chat", exact=True).last.click()
    await say(page, " can i use my phone at lunch?", mention=True)
    await cards(page).get_by_text("Only if").first.wait_for()

    await say(page, " my record", mention=True)
    await cards(page).get_by_text("Sent to you privately.").wait_for()
    assert await cards(page).get_by_text("staff list says").count() == 0


async def test_a_channel_is_answered_when_the_bot_is_mentioned(page: Page):
    await page.get_by_text("General").first.click()
    await say(page, " can i use my phone at lunch?", mention=True, button="Post")

    await cards(page).get_by_text("Only if").first.wait_for()


async def test_a_notice_goes_up_in_a_channel_where_nobody_is_answered_from_then_on(page: Page, running: Running):
    await say(page, "hello")  # the teacher's own chat is there to write to
    await cards(page).get_by_text("I do not keep your questions").nth(1).wait_for()
    await page.get_by_text("General").first.click()
    await say(page, " recording notice for Year 4 maths tomorrow 10am", mention=True, button="Post")
    await cards(page).get_by_text("Sent to you privately.").wait_for()

    await page.get_by_text("Personal Chat", exact=True).last.click()
    preview = cards(page).filter(has_text="What the children read:").last
    await preview.get_by_text("Everyone in this class can watch it here").wait_for()
    await page.screenshot(path=PICTURES / "playground-notice-preview.png")
    await expect(preview.get_by_role("combobox", name="Where it is posted")).to_have_value("My Team")
    await preview.get_by_role("button", name="Post", exact=True).click()
    await cards(page).get_by_text("It goes up in").wait_for()

    await page.get_by_text("General").first.click()
    notice = cards(page).filter(has_text="About this lesson")
    await notice.get_by_text("for a period of 21 days.").wait_for()
    await page.screenshot(path=PICTURES / "playground-notice.png")
    said_here = await cards(page).count()
    await say(page, " can i use my phone at lunch?", mention=True, button="Post")
    await page.get_by_text("Personal Chat", exact=True).last.click()
    await cards(page).filter(has_text="Only if").last.wait_for()
    await page.get_by_text("General").first.click()
    assert await cards(page).count() == said_here


async def test_a_pupil_gets_one_kind_sentence(running: Running, browser: BrowserContext):
    page = await visit(browser, running.pupil)
    await cards(page).get_by_text(STRANGER).first.wait_for()
    await say(page, "can i use my phone at lunch?")
    await cards(page).get_by_text(STRANGER).nth(1).wait_for()

    assert await cards(page).get_by_text("Only if").count() == 0


async def head_presses(running: Running, verb: str, **inputs: str) -> None:
    """The headteacher, on the local page beside the Playground."""
    async with aiohttp.ClientSession(trust_env=False) as http:
        async with http.get(running.page) as answer:
            token = (await answer.text()).split('name="staffroom-token" content="')[1].split('"')[0]
        reply = {"account": "demo-head", "verb": verb, "inputs": inputs}
        async with http.post(f"{running.page}say", json=reply, headers={"X-Staffroom-Token": token}) as answer:
            assert answer.status == 200, await answer.text()


async def test_the_agreement_is_read_acknowledged_once_and_stays_a_receipt(page: Page, running: Running):
    await head_presses(running, "publish", weight="material")
    await head_presses(running, "open", audience="staff", anyway="true")
    agreement = cards(page).filter(has_text="Our Acceptable Use Policy")
    await say(page, "agreement")
    await say(page, "my agreement")
    await agreement.nth(1).wait_for()
    before = await cards(page).count()

    last = agreement.last
    await last.get_by_role("button", name="Read: For my professional and personal safety").click()
    await last.get_by_text("I will not disclose my username or password").wait_for()
    await page.screenshot(path=PICTURES / "playground-agreement.png")
    await last.get_by_role("checkbox").click()
    await last.get_by_role("button", name="Acknowledge").click()
    receipt = cards(page).filter(has_text="Thank you: acknowledged")
    await receipt.first.wait_for()
    await page.screenshot(path=PICTURES / "playground-receipt.png")
    assert await cards(page).count() == before  # the receipt stands where the card was

    other = agreement.first
    await other.get_by_role("checkbox").click()
    await other.get_by_role("button", name="Acknowledge").click()
    await receipt.nth(1).wait_for()
    first, second = [await receipt.nth(number).inner_text() for number in range(2)]
    assert first == second
    assert await agreement.count() == 0


async def test_whoever_uninstalls_is_forgotten_as_a_place_to_write_to(page: Page, running: Running):
    await say(page, "hello")
    await cards(page).get_by_text("I do not keep your questions").nth(1).wait_for()
    assert await chat_of(running, "demo-teacher")

    log = page.get_by_text("installationUpdate 200")
    before = await log.count()

    await mock(page, "Uninstall application")
    await log.nth(before).wait_for()

    assert await chat_of(running, "demo-teacher") is None
