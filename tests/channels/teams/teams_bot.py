"""The real desk on fakes, behind the real Teams channel on a real port."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from bot.cards import Cards
from bot.channels.teams.activity import Activity
from bot.channels.teams.bot import Teams
from bot.channels.teams.cards import with_fallback
from bot.channels.teams.token_check import read_request
from bot.desk.desk import Desk
from bot.evidence.records import Records
from bot.people.rules.person import Person, Role
from bot.settings import ROOT
from tests.fakes import FakeStore
from tests.standins.microsoft import LittleMicrosoft

CARDS = Cards(ROOT / "cards", with_fallback)


NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")


PHONES = Ruling("phones", Verdict.NO, "Not in lessons.", clauses=("P-1",))


WIDE = Situation("wide", "phones or photos", "Phones or photos", "", offers=("phones", "lunch"))


NEWCOMER = Person("t2", "A newcomer", "new@school.example", "", frozenset({Role.STAFF}))
NEW = {"from": {"id": "29:new", "name": "Anybody", "aadObjectId": "new-account"}}  # who signs in as the newcomer does


class OpenDoor:
    """Lets in everything that has the shape of an activity."""

    async def admit(self, request: web.Request) -> Activity:
        return await read_request(request)


async def token(scope: str) -> str:
    return f"token for {scope}"


@dataclass
class Bot:
    """The real desk on fakes, behind the real channel on a real port."""

    microsoft: LittleMicrosoft
    http: aiohttp.ClientSession
    store: FakeStore
    records: Records
    desk: Desk
    chat: Teams
    address: str = ""
    now: datetime = NINE

    @property
    def service(self) -> str:
        return self.microsoft.service

    async def hears(self, body: dict[str, Any]) -> tuple[int, Any]:
        """The HTTP answer; what the bot says goes to the connector."""
        async with self.http.post(f"{self.address}/api/messages", json=body) as answer:
            told = await answer.text()
            return answer.status, await answer.json() if told else None

    async def says_to(self, body: dict[str, Any]) -> str:
        """The words of the one message an activity brings."""
        before = len(self.microsoft.messages())
        assert (await self.hears(body))[0] == 200
        new = self.microsoft.messages()[before:]
        assert len(new) == 1
        return str(new[0]["summary"])


def card_of(message: dict[str, Any]) -> dict[str, Any]:
    return dict(message["attachments"][0]["content"])
