"""How tests drive Chromium: headless, talking to nobody but this machine; pictures go to one place."""

from playwright.async_api import Page

from bot.settings import ROOT

PICTURES = ROOT / ".cache" / "pictures"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]


async def ask(page: Page, text: str) -> None:
    """Types a question into the web chat and waits for the reply."""
    before = await page.locator("article.bot").count()
    await page.get_by_label("Your question").fill(text)
    await page.keyboard.press("Enter")
    await page.locator("article.bot").nth(before).wait_for()
