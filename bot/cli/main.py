"""`python -m bot`: everything that can be done from a terminal. Prints; nothing below does."""

import argparse
import asyncio
import errno
import json
import logging
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from bot import VERSION, app, manifest, policies, servers
from bot.ask import training
from bot.ask.answer_card import as_json, refused_json, show
from bot.ask.ask import Understanding, ask
from bot.ask.rules.rulings import digest
from bot.channels.terminal.chat import chat, demo_caller
from bot.cli import commands, doctor
from bot.credentials import open_tokens
from bot.errors import BadInput, StaffroomError
from bot.log import set_up
from bot.outbox.send import Progress
from bot.settings import Settings, read_settings

BAR = 30
FEW = 10  # messages; for fewer a bar would only flicker
DEMO_ACCOUNT = "demo-teacher"


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns 0 when all is well, 1 when there is something to mend or say."""
    set_up()
    _speak_plainly()
    given = parser().parse_args(arguments)
    try:
        settings = read_settings()
        return int(given.command(settings, given))
    except StaffroomError as seen:
        print(seen, file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except KeyboardInterrupt:
        print()
    return 1


def _speak_plainly() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def parser() -> argparse.ArgumentParser:
    """All commands; a parsed one has `command`, called with the settings and itself."""
    staffroom = argparse.ArgumentParser(
        prog="python -m bot", description="Staffroom answers staff from the school's policy."
    )
    known = staffroom.add_subparsers(required=True, metavar="command")

    def command(name: str, what: str, does: object) -> argparse.ArgumentParser:
        made = known.add_parser(name, help=what, description=what)
        made.set_defaults(command=does)
        return made

    command("run", "start Staffroom", _run).add_argument(
        "--local", action="store_true", help="the demo web chat on this machine"
    )
    asked = command("ask", "answer one question, or one a line from standard input with --json -", _ask)
    asked.add_argument("question", nargs="*")
    asked.add_argument("--json", action="store_true", help="one JSON object a question")
    command("chat", "the same desk in this terminal", _chat)
    command("check", "look for mistakes in the policy folder", _check)
    learnt = command("learn", "learn from the bank of questions, unless that is done", _learn)
    learnt.add_argument("--anew", action="store_true", help="learn again all the same")
    command("doctor", "what is installed and what is missing", _doctor)
    command("manifest", "build the Teams app package", _manifest).add_argument("--out", help="the zip to write")
    rulings = command("rulings", "the sheet on which the school approves its rulings", _rulings)
    rulings.add_argument("what", choices=["sheet"])
    commands.add(command)
    return staffroom


def _run(settings: Settings, given: argparse.Namespace) -> int:
    set_up(logging.WARNING if given.local else logging.INFO)
    asyncio.run(_serve(settings, local=given.local))
    return 0


async def _serve(settings: Settings, *, local: bool) -> None:
    clock, online = app.DemoClock(), servers.Online()
    tokens = None if local else open_tokens(app.identity(settings))
    tenant = app.tenant_of(settings, online, tokens) if tokens else None
    lessons = app.lessons_of(settings, online, tokens) if tokens else None
    time = clock if local else app.now
    async with app.open_work(settings, local=local, clock=time, tenant=tenant, lessons=lessons) as work:
        for last in (await work.records.store.entries())[-1:]:
            clock.move_to(last.event.at)  # a demo whose clock was moved goes on from there
        if local:
            made = await servers.web_app(settings, work, clock, _show)
        else:
            bring = tenant.bring if tenant and work.records.policy.sources.installs else None
            made = servers.teams_app(settings, work, tokens=tokens, tell=_show, online=online, bring=bring)
        await _listen(made, settings, local=local)


async def _listen(made: web.Application, settings: Settings, *, local: bool) -> None:
    """Serves until somebody wishes it to stop."""
    # Nothing is inflated: a small request must not become a large one before anybody has looked at it.
    runner = web.AppRunner(made, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as seen:
        await runner.cleanup()
        if seen.errno != errno.EADDRINUSE:
            raise StaffroomError(f"Staffroom cannot listen on {settings.host}; look at STAFFROOM_HOST.") from seen
        raise StaffroomError(f"Port {settings.port} is in use; set STAFFROOM_PORT to another.") from seen
    stop = asyncio.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wish, stop.set)
    for line in _warnings(settings):
        print(line, file=sys.stderr)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}/"
    if local:
        print(f"Staffroom (demo) is at {address}  Press Ctrl+C to stop.", flush=True)
    else:
        print(f"Staffroom answers Teams at {address}api/messages  Press Ctrl+C to stop.", flush=True)
    await stop.wait()
    await runner.cleanup()


def _show(progress: Progress) -> None:
    """A bar for whoever sits at the terminal while messages go out."""
    if not sys.stderr.isatty() or progress.of < FEW:
        return
    filled = progress.done * BAR // progress.of
    end = "\n" if progress.is_over else "\r"
    bar = f"[{'#' * filled}{'.' * (BAR - filled)}]"
    print(f"Sending  {bar} {progress.done} of {progress.of}", end=end, file=sys.stderr, flush=True)


def _warnings(settings: Settings) -> Iterator[str]:
    for one in doctor.parts_installed(settings):
        if not one.is_well:
            yield f"Note: {one.what}: {one.says}"


def _ask(settings: Settings, given: argparse.Namespace) -> int:
    words = " ".join(given.question)
    if given.json and words == "-":
        return _ask_lines(settings)
    if not words.strip():
        raise BadInput('Please write the question after it: python -m bot ask "can I use my phone at lunch?"')
    app.refuse_unless_local(settings)
    mind = app.open_mind(settings, local=True)
    if given.json:
        print(_object(words, mind))
        return 0
    print(show(ask(words, mind, app.today()), mind.policy, is_private=True).text)
    return 0


def _ask_lines(settings: Settings) -> int:
    app.refuse_unless_local(settings)
    mind = app.open_mind(settings, local=True)
    for raw in sys.stdin.buffer:
        line = raw.rstrip(b"\r\n")
        try:
            print(_object(line.decode("utf-8"), mind), flush=True)
        except UnicodeDecodeError:
            shown = line.decode("utf-8", errors="replace")
            print(json.dumps(refused_json(shown, "This line is not UTF-8 text, so I could not read it.")), flush=True)
    return 0


def _object(question: str, mind: Understanding) -> str:
    try:
        made = as_json(ask(question, mind, app.today()), question)
    except StaffroomError as seen:
        made = refused_json(question, str(seen))
    return json.dumps(made)


def _chat(settings: Settings, given: argparse.Namespace) -> int:
    asyncio.run(_talk(settings))
    return 0


async def _talk(settings: Settings) -> None:
    quiet = replace(settings, data=settings.data / "terminal")
    async with app.open_work(quiet, local=True) as work:
        desk = work.desk
        print(f"DEMO. {desk.welcome().text} Ctrl+D to leave.\n")

        def hear() -> str | None:
            try:
                return input("> ")
            except EOFError:
                return None

        caller = demo_caller(settings.school, DEMO_ACCOUNT)
        await chat(desk, caller, hear, lambda text: print(f"\n{text}\n"), app.now)


def _check(settings: Settings, given: argparse.Namespace) -> int:
    found, known, spent = app.findings(settings)
    for one in found:
        print(one)
    for place in spent:
        print(f"school.toml: check: accepted: {place!r} fits nothing any more.")
    for one in known:
        print(f"(known) {one}")
    wrong = len(found) + len(spent)
    print(f"{wrong} to mend, {len(known)} known and accepted by the school.")
    return 1 if wrong else 0


def _learn(settings: Settings, given: argparse.Namespace) -> int:
    if not given.anew and training.has_learnt(settings):
        return 0
    shown = -1

    def tell(share: float) -> None:
        nonlocal shown
        percent = int(share * 100)
        if percent != shown and (sys.stderr.isatty() or percent % 25 == 0):
            shown = percent
            done = int(share * BAR)
            end = "\r" if sys.stderr.isatty() and percent < 100 else "\n"
            print(
                f"Learning from the bank  [{'#' * done}{'.' * (BAR - done)}] {percent:3d}%",
                end=end,
                file=sys.stderr,
                flush=True,
            )

    training.learn(settings, tell)
    return 0


def _doctor(settings: Settings, given: argparse.Namespace) -> int:
    lines = asyncio.run(doctor.doctor(settings))
    for one in lines:
        print(f"{'well ' if one.is_well else 'TO DO'}  {one.what:18}  {one.says}")
        if one.remedy and not one.is_well:
            print(f"{'':27}what to do: {one.remedy}")
    return 1 if any(one.is_needed and not one.is_well for one in lines) else 0


def _manifest(settings: Settings, given: argparse.Namespace) -> int:
    name = policies.read_policy(settings.policies, settings.school).name
    values = manifest.Package(settings.app_id, VERSION, name, settings.website, settings.privacy, settings.terms)
    made = manifest.build(settings.manifest, values)
    file = Path(given.out) if given.out else settings.data / "staffroom.zip"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made)
    except OSError as seen:
        raise StaffroomError(f"{file.name} could not be written: {seen.strerror}.") from seen
    print(f"{file}: the Teams app package, version {VERSION}. docs/install-teams.md says where to upload it.")
    return 0


def _rulings(settings: Settings, given: argparse.Namespace) -> int:
    policy = policies.read_policy(settings.policies, settings.school)
    print(f"{policy.name}: rulings to approve. Copy the three lines under a ruling in rulings.toml to approve it.")
    for id, ruling in policy.rulings.items():
        print(f"\n[{id}]  {policy.situations[id].asks}")
        print(f"  {ruling.verdict}, shown as {ruling.shown_headline!r}: {ruling.says}")
        for label, words in (
            ("only if", ruling.conditions),
            ("silent on", (ruling.silent_on,)),
            ("pointer", (ruling.pointer,)),
        ):
            print("".join(f"    {label}: {one}\n" for one in words if one), end="")
        for ref in ruling.clauses:
            print(f"    {ref}: {policy.clause(ref).text}")
        if ruling.needs_owner:
            print(f"  NEEDS THE OWNER'S DECISION: {ruling.needs_owner}")
        print(f'  approved_by = "..."\n  approved_on = {app.today()}\n  digest = "{digest(ruling, policy.clauses)}"')
    return 0
