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
from dataclasses import replace

import bm25s
import numpy as np

from bot import app
from bot.ask import training
from bot.ask.answer_card import answer_card
from bot.ask.ask import ask
from bot.ask.policy_file import read_bank
from bot.ask.rules.words import words
from bot.desk.rules.messages import Incoming
from bot.settings import ROOT, read_settings
from tests.bench.parts import open_understanding, question_desk
from tests.fakes import caller

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


def show_memory() -> None:
    """Prints how much memory is used here, and by a Staffroom without the other searches."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'resident memory with BM25, FTS5 and the bank':46} {most:8.0f} MB")
    alone = (
        "import resource; from bot.cli.main import main; main(['ask', 'lunch']);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", alone], cwd=ROOT, capture_output=True, text=True, check=True)
    print(f"{'resident memory of Staffroom alone':46} {done.stdout.split()[-1]:>8} MB")


def show_starts() -> None:
    """Prints how long it takes to start, once with what was learnt and once without."""
    print(f"{'start to first answer, cached':46} {start(['ask', 'can I use my phone at lunch?']):8.2f} s")
    print(f"{'start cold: learning from the whole bank':46} {start(['learn', '--again']):8.2f} s")


def main() -> None:
    settings = read_settings()
    understanding = open_understanding(settings)
    given, examples = training.training_data(settings), read_bank(settings.policies)
    questions = [example.text for example in examples[:: len(examples) // ROUNDS]][:ROUNDS]
    clauses = understanding.policy.clauses
    texts = [clause.text for clause in clauses.values()] + [example.text for example in examples]
    left, right = np.ones((20, 384), np.float32), np.ones((384, 1536), np.float32)

    print(f"{len(questions)} questions, {len(examples)} examples, {len(clauses)} clauses")
    base = timed("this machine: a product of 20x384 and 384x1536", lambda _: left @ right, questions)
    timed("BM25 (bm25s) over clauses and bank", best_match(texts), questions, base)
    timed("SQLite FTS5 over clauses and bank", full_text(texts), questions, base)
    words_alone = training.recogniser_of(replace(given, weights=None), training.load_learnt(given.file))
    timed("Staffroom: reading without the sentence model", lambda text: words_alone.read([text]), questions, base)
    timed("Staffroom: reading", lambda text: understanding.reader.read([text]), questions, base)
    timed("Staffroom: question to ruling", lambda text: ask(text, understanding, app.today()), questions, base)
    timed(
        "Staffroom: question to filled card's values",
        lambda text: answer_card(ask(text, understanding, app.today()), understanding.policy, is_private=True),
        questions,
        base,
    )

    desk = question_desk(settings, understanding)
    teacher = caller("demo-teacher", settings.school)
    with asyncio.Runner() as runner:

        def reply(text: str) -> object:
            return runner.run(desk(Incoming(teacher, "t", text=text)))

        timed("Staffroom: the whole desk", reply, questions, base)
    with ThreadPoolExecutor(2) as pool:
        began = time.perf_counter()
        list(pool.map(lambda text: ask(text, understanding, app.today()), questions))
        print(f"{'questions a second, two at a time':46} {len(questions) / (time.perf_counter() - began):8.0f}")
    show_memory()
    show_starts()


if __name__ == "__main__":
    main()
