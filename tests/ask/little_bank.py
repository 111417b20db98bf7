"""A little bank and a lexicon, to learn from in a moment."""

from bot.ask.rules.bank import Example
from bot.ask.rules.words import Lexicon

PHRASES = {"social": ("insta", "tiktok"), "meal": ("lunch", "dinner", "sandwich")}
LEXICON = Lexicon.of(PHRASES)
BANK = tuple(
    Example(f"{start} {what}", situation, "w")
    for situation, whats in {
        "social": ("insta at lunch", "tiktok at break", "my facebook feed", "look at insta"),
        "menu": ("for lunch today", "the dinner menu", "a sandwich please", "fish on friday"),
        "wifi": ("the wifi password", "wifi on my phone", "school internet code", "the network key"),
    }.items()
    for what in whats
    for start in ("can i have", "is it ok", "what about", "tell me")
)
