"""`python -m bot`, as a person or a machine calls it."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.ask.rules.tallies import SentQuestion
from bot.ask.understanding import Understanding
from bot.settings import PREFIX, ROOT
from bot.stores.sqlite.store import SqliteStore
from tests.cli.terminal import command, process
from tests.fakes import NINE
from tests.standins.microsoft import free_port

LINES = [
    b"can I use my phone at lunch?",
    b"",
    b"\xff\xfe not text",
    b"what about on the school wifi?",
    "手机".encode(),
    b"x" * 10_000,
    b"what's for lunch",
]
KEYS = {"question", "verdict", "situation", "in_short", "clauses", "options", "also", "draft", "confidence"}
KEYS |= {"hand_off", "command", "parameters"}


def test_a_question_is_answered_in_plain_words(understanding: Understanding):
    answer = command("ask", "can I use my phone at lunch?")

    assert answer.status == 0, answer.err
    assert answer.out.startswith("Only if: ")
    assert "Social media may be accessed during social time" in answer.out


@pytest.mark.long
def test_every_line_gets_a_json_object_in_order_without_regard_to_the_others(understanding: Understanding):
    outcome = process("ask", "--json", "-", stdin=b"\n".join(LINES))

    answers = [json.loads(line) for line in outcome.out.splitlines()]
    assert outcome.status == 0, outcome.err
    assert len(answers) == len(LINES)
    assert all(set(answer) == KEYS for answer in answers)
    assert [answer["question"] for answer in answers] == [line.decode("utf-8", errors="replace") for line in LINES]
    assert answers[0]["verdict"] == "yes_if"
    assert [answers[number]["verdict"] for number in (1, 2, 5, 6)] == ["not_covered"] * 4
    assert answers[1]["in_short"].startswith("I did not see a question")


@pytest.mark.parametrize("arguments", [("ask",), ("ask", "  "), ("ask", "\u200b")])
def test_no_question_gets_a_plain_sentence(understanding: Understanding, arguments: tuple[str, ...]):
    outcome = command(*arguments)

    assert outcome.status == 1 or outcome.out
    assert (outcome.err or outcome.out).strip().endswith((".", "?", '"'))


def test_the_real_mode_says_what_is_missing_and_refuses():
    outcome = process("run")

    assert outcome.status == 1
    assert "Staffroom cannot start for Teams yet. It lacks: STAFFROOM_APP_ID" in outcome.err
    assert "[handoff]" in outcome.err


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"STAFFROOM_SECRET": "x"}, "refuses to start with credentials set: unset STAFFROOM_SECRET"),
        ({"STAFFROOM_HOST": "0.0.0.0"}, "listens on this machine only"),
        ({"STAFFROOM_PORT": "lots"}, "STAFFROOM_PORT must be a number"),
        ({"STAFFROOM_SCHOOL": "nowhere"}, "nowhere/school.toml: this file cannot be read"),
    ],
)
def test_the_demo_refuses_what_would_be_unsafe_or_makes_no_sense(environment: dict[str, str], sentence: str):
    outcome = command("ask", "hello", **environment)

    assert outcome.status == 1
    assert sentence in outcome.err


@pytest.mark.long
def test_of_two_started_at_once_on_the_same_store_one_runs_and_the_other_says_why(tmp_path: Path):
    others = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--local"],
            cwd=ROOT,
            env={**others, "STAFFROOM_DATA": str(tmp_path), "STAFFROOM_PORT": str(free_port())},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    lines = [str(started.stdout.readline()) for started in both if started.stdout]
    for started in both:
        started.terminate()
        started.wait(20)
        assert started.stdout
        started.stdout.close()

    assert sorted("Staffroom (demo) is at" in line for line in lines) == [False, True]
    assert sum("already using" in line for line in lines) == 1


@pytest.mark.long
def test_a_port_in_use_gets_a_plain_sentence(understanding: Understanding, tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        outcome = process("run", "--local", STAFFROOM_PORT=port, STAFFROOM_DATA=str(tmp_path))

    assert outcome.status == 1
    assert "is in use; set STAFFROOM_PORT to another." in outcome.err


@pytest.mark.long
def test_chat_talks_until_the_end_and_takes_a_number_for_a_choice(understanding: Understanding, tmp_path: Path):
    outcome = process("chat", stdin=b"My own child is in Year 3.\n1\nhelp\n", STAFFROOM_DATA=str(tmp_path))

    assert outcome.status == 0, outcome.err
    assert "Which do you mean?" in outcome.out
    assert "No exemption" in outcome.out
    assert "Ask me what" in outcome.out


def test_the_approval_sheet_shows_every_ruling_with_its_clauses_and_digest():
    sheet = command("rulings", "sheet").out

    assert "[own-phone-break]" in sheet
    assert "AUP-professional.4.b: Social media may be accessed" in sheet
    assert "NEEDS THE OWNER'S DECISION" in sheet
    assert 'digest = "' in sheet


def copy_of_policies(to: Path) -> Path:
    for file in (ROOT / "policies").rglob("*.*"):
        target = to / file.relative_to(ROOT / "policies")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    return to


@pytest.mark.long
def test_check_knows_what_the_school_has_accepted_and_fails_on_the_rest(tmp_path: Path):
    copy = copy_of_policies(tmp_path / "policies")
    for file in (copy / "staffroom" / "questions").glob("[!t]*.toml"):
        file.unlink()
    overdue = "AUP: document: review_due: the review was due on 30 November 2021."
    accepted = command("check", STAFFROOM_POLICIES=str(copy))
    assert f"(known) {overdue}" in accepted.out.splitlines()

    school = copy / "slyne-with-hest" / "school.toml"
    school.write_text(school.read_text(encoding="utf-8").replace("[check]", "[unchecked]"), encoding="utf-8")
    refused = command("check", STAFFROOM_POLICIES=str(copy))

    assert refused.status == 1
    assert overdue in refused.out.splitlines()


def test_doctor_tells_what_is_there_and_what_is_missing(understanding: Understanding):
    report = command("doctor").out

    for part in ("sentence model", "learnt", "card renderer", "hand-off contacts", "review", "approval"):
        assert part in report


async def test_sent_questions_are_listed_beside_a_running_bot(tmp_path: Path):
    store = SqliteStore(tmp_path / "demo.db", "slyne-with-hest", demo=True)
    await store.keep_question(SentQuestion("may I vape?", NINE.date()))

    listed = await asyncio.to_thread(command, "questions", STAFFROOM_DATA=str(tmp_path))

    await store.close()
    assert "2021-09-06  may I vape?" in listed.out


@pytest.mark.long
def test_without_the_sentence_model_staffroom_says_so_and_works_with_words(tmp_path: Path):
    copy = copy_of_policies(tmp_path / "policies")
    for file in (copy / "staffroom" / "questions").glob("*.toml"):
        if not file.stem.startswith("online"):
            file.unlink()
    lacking = {
        "STAFFROOM_WEIGHTS": str(tmp_path),
        "STAFFROOM_POLICIES": str(copy),
        "STAFFROOM_CACHE": str(tmp_path / "cache"),
    }

    answer = process("ask", "how long are recorded lessons kept", **lacking)

    assert answer.status == 0, answer.err
    assert "Learning from the bank" in answer.err
    assert "AUP-professional.8" in answer.out
    assert "TO DO  sentence model" in command("doctor", **lacking).out


def test_what_is_learnt_is_not_learnt_again(understanding: Understanding):
    assert command("learn") == (0, "", "")


@pytest.mark.parametrize("arguments", [("backup",), ("restore",), ("print", "answers", "--out")])
def test_a_name_that_no_file_can_have_ends_in_a_sentence(arguments: tuple[str, ...], tmp_path: Path):
    outcome = command(*arguments, str(tmp_path / ("x" * 300)), STAFFROOM_DATA=str(tmp_path))

    assert outcome.status == 1
    assert outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err


def test_a_data_folder_that_cannot_be_used_ends_in_a_sentence(tmp_path: Path):
    outcome = command("store", "new", STAFFROOM_DATA=str(tmp_path / ("x" * 300)))

    assert outcome.status == 1
    assert "A file or folder could not be used: File name too long" in outcome.err


def test_a_name_that_the_store_needs_is_not_written_over(tmp_path: Path):
    assert command("store", "new", STAFFROOM_DATA=str(tmp_path)).status == 0

    outcome = command("print", "answers", "--out", str(tmp_path / "staffroom.db-wal"), STAFFROOM_DATA=str(tmp_path))

    assert outcome.status == 1
    assert "a store needs for itself" in outcome.err
    assert not (tmp_path / "staffroom.db-wal").exists()
