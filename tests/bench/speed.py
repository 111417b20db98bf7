"""Speed and memory in one run, as ratios to the machine's own measures: `make bench`."""

import asyncio
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import bm25s
import numpy as np

from bot import app
from bot.ask import training
from bot.ask.answer_card import show
from bot.ask.ask import ask
from bot.ask.classifier import Classifier
from bot.ask.rules.words import Lexicon, words
from bot.desk.desk import Desk
from bot.desk.rules.messages import Incoming
from bot.settings import ROOT, read_settings
from bot.tenant.staff_file import FileRoster
from tests.fakes import FakeStore, caller

ROUNDS = 300


def timed(name: str, act: Callable[[str], object], questions: list[str], base: float | None = None) -> float:
    for question in questions[:20]:
        act(question)
    took = []
    for question in questions:
        start = time.perf_counter()
        act(question)
        took.append((time.perf_counter() - start) * 1000)
    p50, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
    ratio = f"   {p50 / base:8.1f} x the matrix product" if base else ""
    print(f"{name:46} p50 {p50:8.3f} ms   p99 {p99:8.3f} ms{ratio}")
    return p50


def full_text(texts: list[str]) -> Callable[[str], object]:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.execute("CREATE VIRTUAL TABLE bank USING fts5(text)")
    db.executemany("INSERT INTO bank VALUES (?)", [(text,) for text in texts])

    def look(question: str) -> object:
        match = " OR ".join(f'"{word}"' for word in words(question)) or '""'
        return db.execute("SELECT rowid FROM bank WHERE bank MATCH ? ORDER BY rank LIMIT 3", (match,)).fetchall()

    return look


def best_match(texts: list[str]) -> Callable[[str], object]:
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    return lambda question: index.retrieve(bm25s.tokenize(question, show_progress=False), k=3, show_progress=False)


def start(arguments: list[str], **environment: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def main() -> None:
    settings = read_settings()
    mind = app.open_mind(settings, local=True)
    given = training.lessons(settings)
    questions = [example.text for example in given.examples[:: len(given.examples) // ROUNDS]][:ROUNDS]
    texts = [clause.text for clause in mind.policy.clauses.values()] + [example.text for example in given.examples]
    left, right = np.ones((20, 384), np.float32), np.ones((384, 1536), np.float32)

    print(f"{len(questions)} questions, {len(given.examples)} examples, {len(mind.policy.clauses)} clauses")
    base = timed("this machine: a product of 20x384 and 384x1536", lambda _: left @ right, questions)
    timed("BM25 (bm25s) over clauses and bank", best_match(texts), questions, base)
    timed("SQLite FTS5 over clauses and bank", full_text(texts), questions, base)
    wordless = Classifier(
        mind.recogniser._learnt, Lexicon.of(given.phrases), lambda texts: np.zeros((len(texts), 384), np.float32)
    )  # type: ignore[attr-defined]
    timed("Staffroom: reading without the sentence model", lambda one: wordless.read([one]), questions, base)
    timed("Staffroom: reading", lambda one: mind.recogniser.read([one]), questions, base)
    timed("Staffroom: question to ruling", lambda one: ask(one, mind, app.today()), questions, base)
    timed(
        "Staffroom: question to filled card's values",
        lambda one: show(ask(one, mind, app.today()), mind.policy, is_private=True),
        questions,
        base,
    )

    desk = Desk(mind, FileRoster(app.DEMO_ROSTER), FakeStore(), app.today)
    who = caller("demo-teacher", settings.school)
    with asyncio.Runner() as runner:
        timed("Staffroom: the whole desk", lambda one: runner.run(desk(Incoming(who, "t", text=one))), questions, base)
    with ThreadPoolExecutor(2) as pool:
        began = time.perf_counter()
        list(pool.map(lambda one: ask(one, mind, app.today()), questions))
        print(f"{'questions a second, two at a time':46} {len(questions) / (time.perf_counter() - began):8.0f}")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'resident memory with BM25, FTS5 and the bank':46} {most:8.0f} MB")
    alone = (
        "import resource; from bot.cli.main import main; main(['ask', 'lunch']);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", alone], cwd=ROOT, capture_output=True, text=True, check=True)
    print(f"{'resident memory of Staffroom alone':46} {done.stdout.split()[-1]:>8} MB")
    print(f"{'start to first answer, cached':46} {start(['ask', 'can I use my phone at lunch?']):8.2f} s")
    print(f"{'start cold: learning from the whole bank':46} {start(['learn', '--anew']):8.2f} s")


if __name__ == "__main__":
    main()
