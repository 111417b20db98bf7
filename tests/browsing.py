"""How tests start Chromium: headless, and talking to nobody but this machine; pictures go to one place."""

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
