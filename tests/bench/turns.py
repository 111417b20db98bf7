"""Turns a second, and how long one takes, side by side in one run: `make bench`."""

import asyncio
import itertools
import math
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import aiohttp

from bot.desk.rules.messages import Incoming
from bot.settings import read_settings
from tests.bench.parts import open_understanding, question_desk
from tests.fakes import caller
from tests.standins.activities import pressed, said

SECONDS = 3.0
WARM_UP = 1.0
AT_ONCE = (1, 8, 32)
QUESTIONS = (
    "can i use my phone at lunch",
    "can I put a class photo on twitter",
    "a parent has sent me a friend request",
    "may i install an app on the school laptop",
    "who pays if i break the laptop",
    "what is for dinner",
    "can i write my password down",
)
WHO = {"from": {"id": "29:t", "aadObjectId": "demo-teacher"}}


class Figures(NamedTuple):
    """What one closed loop measured: requests a second, and milliseconds."""

    rate: float
    p50: float
    p99: float


@contextmanager
def started(name: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "tests.bench.servers", name, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            raise SystemExit(f"The server {name} did not start.")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        process.wait(20)


async def load(port: int, bodies: Iterator[dict[str, Any]], at_once: int, seconds: float = SECONDS) -> Figures:
    took: list[float] = []
    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as http:

        async def ask() -> None:
            while (now := time.perf_counter()) < began + WARM_UP + seconds:
                async with http.post(f"http://127.0.0.1:{port}/api/messages", json=next(bodies)) as answer:
                    await answer.read()
                    if answer.status >= 300:
                        raise SystemExit(f"answered {answer.status}")
                if now > began + WARM_UP:
                    took.append((time.perf_counter() - now) * 1000)

        await asyncio.gather(*(ask() for _ in range(at_once)))
    if len(took) < 2:  # nothing was asked and answered after warming up: the server, or the machine, is too slow
        return Figures(0.0, math.nan, math.nan)
    return Figures(len(took) / seconds, statistics.median(took), statistics.quantiles(took, n=100)[98])


def messages(service: str, **more: Any) -> Iterator[dict[str, Any]]:
    for text in itertools.cycle(QUESTIONS):
        yield said(service, text, **WHO, **more)


def presses(service: str, verb: str, **data: str) -> Iterator[dict[str, Any]]:
    while True:
        yield pressed(service, verb, data, replyToId=None, **WHO)


def show(name: str, figures: Figures, at_once: int) -> Figures:
    rate, p50, p99 = figures
    print(f"{name:44} {at_once:3d} at a time {rate:7.0f} a second   p50 {p50:7.2f} ms   p99 {p99:7.2f} ms", flush=True)
    return figures


def desk_alone() -> float:
    """The median of the desk itself for the same questions, in milliseconds."""
    settings = read_settings({})
    desk = question_desk(settings, open_understanding(settings))
    who = caller("demo-teacher", settings.school)
    took = []
    with asyncio.Runner() as runner:
        for number, text in enumerate(QUESTIONS * 30):
            start = time.perf_counter()
            runner.run(desk(Incoming(who, "t", text=text)))
            if number > len(QUESTIONS):
                took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


async def presses_and_questions(port: int, service: str) -> tuple[Figures, Figures]:
    """Presses 32 at a time, alone and while one person's questions are being read."""
    alone = await load(port, presses(service, "help"), 32)
    pressing, _ = await asyncio.gather(
        load(port, presses(service, "help"), 32), load(port, messages(service, deliveryMode="expectReplies"), 1)
    )
    return alone, pressing


def main() -> None:
    print(f"load generator, servers and connector share {os.cpu_count()} cores; {SECONDS:.0f} s each")
    measured: dict[tuple[str, int], Figures] = {}
    with ExitStack() as stack:
        service = f"http://127.0.0.1:{stack.enter_context(started('stub'))}/teams/"
        kinds: dict[str, tuple[str, Callable[[], Iterator[dict[str, Any]]]]] = {
            "bare aiohttp JSON echo": ("bare", lambda: messages(service)),
            "stock SDK echo, normal reply": ("stock", lambda: messages(service)),
            "contained SDK echo, normal reply": ("contained", lambda: messages(service)),
            "contained SDK echo, expectReplies": ("contained", lambda: messages(service, deliveryMode="expectReplies")),
            "contained SDK echo, invoke": ("contained", lambda: presses(service, "help")),
            "Staffroom's channel, full card, normal reply": ("instant", lambda: messages(service)),
            "Staffroom's channel, expectReplies": ("instant", lambda: messages(service, deliveryMode="expectReplies")),
            "Staffroom, question, normal reply": ("staffroom", lambda: messages(service)),
            "Staffroom, question, expectReplies": (
                "staffroom",
                lambda: messages(service, deliveryMode="expectReplies"),
            ),
            "Staffroom, card press (help)": ("staffroom", lambda: presses(service, "help")),
            "Staffroom, card press (answer shown)": (
                "staffroom",
                lambda: presses(service, "look", situation="own-phone-break"),
            ),
        }
        for name, (server, bodies) in kinds.items():
            with started(server) as port:
                for at_once in AT_ONCE:
                    measured[name, at_once] = show(name, asyncio.run(load(port, bodies(), at_once)), at_once)
        with started("staffroom") as port:
            alone, pressing = asyncio.run(presses_and_questions(port, service))
    desk = desk_alone()
    normal, echo = measured["Staffroom, question, normal reply", 1], measured["contained SDK echo, normal reply", 1]
    channel = measured["Staffroom's channel, full card, normal reply", 8]
    stock = measured["stock SDK echo, normal reply", 8]
    press, invoke = measured["Staffroom, card press (help)", 8], measured["contained SDK echo, invoke", 8]
    contained = measured["contained SDK echo, normal reply", 8]
    print(f"the desk alone, same questions: p50 {desk:.2f} ms")
    added = (normal.p50 - echo.p50) / desk
    print(f"what Staffroom adds to a turn over the contained echo: {added:.2f} x its desk (goal 1.3)")
    print(f"its channel with the desk's time off: {channel.rate / contained.rate:.2f} x the contained echo (goal 1)")
    print(f"                                      {channel.rate / stock.rate:.2f} x the stock one (goal 4)")
    print(
        f"a press that asks nothing of the recogniser: {press.rate / invoke.rate:.2f} x the contained invoke (goal 0.8)"
    )
    print(f"presses 32 at a time: p99 {alone.p99:.1f} ms alone, {pressing.p99:.1f} ms while questions are read "
          f"(p50 {alone.p50:.1f} and {pressing.p50:.1f})")  # fmt: skip


if __name__ == "__main__":
    main()
