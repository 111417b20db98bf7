"""Slack as people use it, where what they write and press goes over a connection that Staffroom opened."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from tests.journeys.sides import SlackSide, idle
from tests.standins.slack_socket import SocketSlack


@dataclass
class SocketSide(SlackSide):
    slack: SocketSlack

    async def delivers(self, request: dict[str, Any]) -> tuple[int, Any]:
        """What an envelope with the same in it is answered with, once everything it brought is done."""
        await self.slack.until(lambda: self.slack.connections)
        kind, payload = _in_envelope(request["data"])
        answer = await self.slack.deliver(kind, payload)
        await idle()
        return 200, answer


def _in_envelope(body: bytes) -> tuple[str, Any]:
    """The kind of envelope for a request's body, and what is in it."""
    if body.startswith(b"{"):
        return "events_api", json.loads(body)
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return ("interactive", json.loads(fields["payload"])) if "payload" in fields else ("slash_commands", fields)
