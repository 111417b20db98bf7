"""A line to a little Microsoft Graph, with tokens that MSAL really fetched."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import requests

from bot.credentials import Identity, open_tokens
from bot.recordings.rules.recording import RecordingFile
from bot.tenant.graph.client import GraphClient
from bot.tenant.graph.lessons import GraphLessons
from bot.tenant.graph.tenant import GraphTenant
from tests.standins.entra import LittleEntra, little_entra
from tests.standins.graph import APP, LittleGraph, little_graph, member
from tests.standins.graph_lessons import event, join_url, message, recording, told

TEN = datetime(2026, 9, 7, 9, tzinfo=UTC)  # ten o'clock in London
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
SINCE, UNTIL = TEN - HOUR, TEN + timedelta(days=1)
THREAD, CHANNEL = "19:meeting_NTA1@thread.v2", "19:Maths4@thread.tacv2"
LINK = "https://school.sharepoint.example/:v:/g/personal/a/Ecké?web=1"
FILE = RecordingFile("d1", "f1", "https://school.example/f1")


@dataclass
class Line:
    """A tenant, the little Graph and Entra behind it, and how long was waited."""

    graph: LittleGraph
    entra: LittleEntra
    client: GraphClient
    waited: list[float]

    @property
    def tenant(self) -> GraphTenant:
        return GraphTenant(self.client, "tenant", APP, f"{self.graph.address}/teams/")

    @property
    def lessons(self) -> GraphLessons:
        return GraphLessons(self.client, "tenant", APP, f"{self.graph.address}/teams/")

    async def names(self) -> list[str]:
        return [account.name for account in await self.tenant.members("staff")]


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    async with (
        little_graph() as graph,
        little_entra(tmp_path) as entra,
        aiohttp.ClientSession(trust_env=False) as http,
    ):
        with requests.Session() as session:
            session.verify, session.trust_env = str(entra.bundle), False
            tokens = open_tokens(Identity("app", "tenant", secret="s"), TEN, authority=entra.address, session=session)
            graph.groups["staff"] = [member("A1", "Anna Archer"), member("b2", "Ben Baker")]
            waited: list[float] = []

            async def pause(seconds: float) -> None:
                waited.append(seconds)

            time_limit = aiohttp.ClientTimeout(total=1)
            client = GraphClient(lambda: http, tokens, graph.base, pause=pause, time_limit=time_limit)
            yield Line(graph, entra, client, waited)


@pytest.fixture
def taught(line: Line) -> Line:
    """A line to a school in which one lesson was taught and recorded."""
    there = line.graph.lessons
    there.calendars["a1"] = [event("u1", "Year 4 maths", TEN, TEN + HOUR, join_url(THREAD, "A1"))]
    there.joined[THREAD] = 0
    there.recordings["a1"] = [recording("a1", THREAD, TEN)]
    there.messages[THREAD] = [told("m1", TEN, LINK)]
    there.messages[f"team/{CHANNEL}"] = [message("m1", TEN, replies=[told("m2", TEN, LINK)])]
    there.folders[f"team/{CHANNEL}"] = {"id": "root", "name": "Maths", "parentReference": {"driveId": "d1"}}
    there.put("d1", "notes", "root", name="Recordings", file={"mimeType": "text/plain"})
    there.put("d1", "shelf", "root", name="Recordings", folder={"childCount": 1})
    there.put("d1", "f1", "shelf", name="A.mp4", file={"mimeType": "video/mp4"}, createdDateTime="2026-09-07T09:00:00Z")
    there.shares[LINK] = "d1/f1"
    return line
