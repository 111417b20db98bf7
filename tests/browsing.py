"""How tests drive Chromium: headless, talking to nobody but this machine; pictures go to one place."""

from playwright.async_api import Page, expect

from bot.settings import ROOT

PATIENCE = 60_000  # milliseconds a browser waits for what should come; a busy machine takes its time
PICTURES = ROOT / ".cache" / "pictures"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
expect.set_options(timeout=PATIENCE)


async def ask(page: Page, text: str) -> None:
    """Types a question into the web chat and waits for the reply."""
    before = await page.locator("article.bot").count()
    await page.get_by_label("Your question").fill(text)
    await page.keyboard.press("Enter")
    await page.locator("article.bot").nth(before).wait_for()
