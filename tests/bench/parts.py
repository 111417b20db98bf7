"""Parts of Staffroom that several benches are made of."""

from datetime import date

from bot import app
from bot.ask.ask import ask
from bot.ask.capability import Ask
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.safeguarding import HandOff
from bot.ask.understanding import Understanding
from bot.config import read_config
from bot.desk.desk import Desk
from bot.desk.routing import RoutingTable
from bot.errors import BadInput
from bot.settings import Settings
from bot.tenant.staff_file import FileRoster
from tests.fake_store import FakeStore

TODAY = date(2026, 9, 7)


def open_understanding(settings: Settings) -> Understanding:
    """Understands questions as a local Staffroom does."""
    return app.understanding_of(settings, read_config(settings, app.today(), demo=True), local=True)


def reply_to(text: str, understanding: Understanding) -> PolicyReply:
    """The reply to a message. One that cannot be read counts as asked back, with nothing offered."""
    try:
        return ask(text, understanding, TODAY)
    except BadInput:
        return PolicyReply(text, answers=(), offers=(), hand_off=HandOff.NONE, confidence=0.0)


def question_desk(settings: Settings, understanding: Understanding) -> Desk:
    """A desk that answers questions, over the demo's staff list and a store in memory."""
    store = FakeStore()
    ask = Ask(HeldUnderstanding(understanding), store, app.today, _no_drafts)
    return Desk(
        school=settings.school,
        roster=FileRoster(app.DEMO_STAFF, keeps=False),
        accounts=store,
        routes=RoutingTable(ask.commands()),
        answer=ask.answer,
        welcome=ask.welcome,
        today=app.today,
    )


async def _no_drafts() -> frozenset[str]:
    return frozenset()
