"""The commands `ask`, `chat`, `learn` and `train`: questions from a terminal, and learning."""

import argparse
import asyncio
import json
import sys
from dataclasses import replace

from bot import app
from bot.ask import training
from bot.ask.answer_card import answer_card, as_json, refused_json
from bot.ask.ask import ask
from bot.ask.command_card import command_as_text
from bot.ask.rules.answers import PolicyReply
from bot.ask.understanding import Understanding
from bot.channels.terminal.chat import chat, demo_caller
from bot.cli.command import AddCommand
from bot.config import read_config
from bot.errors import BadInput, SettingsError, StaffroomError
from bot.run_local import refuse_unless_local
from bot.settings import Settings

BAR_WIDTH = 30
DEMO_ACCOUNT = "demo-teacher"
NO_QUESTION = 'Please write the question after it: python -m bot ask "can I use my phone at lunch?"'
NO_TRAINING = "Training needs more than running: {error}. Please use `make train`, which installs it."
NOT_UTF8 = "This line is not UTF-8 text, so I could not read it."


def add_commands(add: AddCommand) -> None:
    """Adds these commands to the others."""
    ask_parser = add("ask", "answer one question, or each line of standard input with --json -", _ask)
    ask_parser.add_argument("question", nargs="*")
    ask_parser.add_argument("--json", action="store_true", help="print one JSON object for each question")
    add("chat", "chat with Staffroom in this terminal", _chat)
    learn_parser = add("learn", "learn from the bank of questions, unless that is done already", _learn)
    train_parser = add("train", "teach the sentence encoder the bank (what `make train` calls)", _train)
    train_parser.add_argument("--worries", action="store_true", help="only learn worries.tsv again")
    learn_parser.add_argument("--again", "--anew", action="store_true", dest="again", help="learn again even so")


def _understanding(settings: Settings) -> Understanding:
    refuse_unless_local(settings)
    return app.understanding_of(settings, read_config(settings, app.today(), demo=True), local=True)


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    question = " ".join(options.question)
    if options.json and question == "-":
        return _ask_lines(settings)
    if not question.strip():
        raise BadInput(NO_QUESTION)
    understanding = _understanding(settings)
    if options.json:
        print(_as_json_line(question, understanding))
        return 0
    print(_as_text(ask(question, understanding, app.today()), understanding))
    return 0


def _as_text(reply: PolicyReply, understanding: Understanding) -> str:
    """A reply as plain text. A command is only named: nothing is carried out here."""
    outgoing = answer_card(reply, understanding.policy, is_private=True)
    command = command_as_text(reply.command, understanding.policy) if reply.command else ""
    quiet_line = outgoing.quiet_line.text if outgoing.quiet_line else ""
    return "\n\n".join(filter(None, [outgoing.text, command, quiet_line]))


def _ask_lines(settings: Settings) -> int:
    understanding = _understanding(settings)
    for line_with_end in sys.stdin.buffer:
        line = line_with_end.rstrip(b"\r\n")
        try:
            print(_as_json_line(line.decode("utf-8"), understanding), flush=True)
        except UnicodeDecodeError:
            readable = line.decode("utf-8", errors="replace")
            print(json.dumps(refused_json(readable, NOT_UTF8)), flush=True)
    return 0


def _as_json_line(question: str, understanding: Understanding) -> str:
    try:
        reply = as_json(ask(question, understanding, app.today()), question, understanding.policy)
    except StaffroomError as error:
        reply = refused_json(question, str(error))
    return json.dumps(reply)


def _chat(settings: Settings, options: argparse.Namespace) -> int:
    asyncio.run(_talk(settings))
    return 0


async def _is_nobody(*_: object) -> bool:
    return False


async def _talk(settings: Settings) -> None:
    refuse_unless_local(settings)
    own_settings = replace(settings, data=settings.data / "terminal")
    async with app.open_books(own_settings, local=True) as books:
        understanding = app.understanding_of(own_settings, books.config, local=True)
        desk = app.Staffroom(own_settings, books, understanding, app.Channels([], _is_nobody)).desk
        print(f"DEMO. {desk.welcome().text} Ctrl+D to leave.\n")

        def read_line() -> str | None:
            try:
                return input("> ")
            except EOFError:
                return None

        caller = demo_caller(settings.school, DEMO_ACCOUNT)
        await chat(desk, caller, read_line, lambda text: print(f"\n{text}\n"), app.now)


def _learn(settings: Settings, options: argparse.Namespace) -> int:
    if not options.again and training.has_learnt(settings):
        return 0
    shown_percent = -1

    def show_share(share: float) -> None:
        nonlocal shown_percent
        percent = int(share * 100)
        if percent != shown_percent and (sys.stderr.isatty() or percent % 25 == 0):
            shown_percent = percent
            _print_bar(share, percent)

    training.learn(settings, show_share)
    return 0


def _train(settings: Settings, options: argparse.Namespace) -> int:
    trainings = [training.train_worries] if options.worries else [training.train_encoder, training.train_worries]
    try:
        files = [train(settings, lambda line: print(line, flush=True)) for train in trainings]
    except ImportError as error:
        raise SettingsError(NO_TRAINING.format(error=error)) from error
    print(f"Written: {', '.join(map(str, files))}. Staffroom reads with it when it next starts.")
    return 0


def _print_bar(share: float, percent: int) -> None:
    filled = int(share * BAR_WIDTH)
    end = "\r" if sys.stderr.isatty() and percent < 100 else "\n"
    bar = f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}]"
    print(f"Learning from the bank  {bar} {percent:3d}%", end=end, file=sys.stderr, flush=True)
