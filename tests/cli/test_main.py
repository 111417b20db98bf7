"""`python -m bot`, as a person or a machine calls it, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
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


def bot(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("STAFFROOM_") or name == "STAFFROOM_CACHE"
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env={**kept, **environment},
        timeout=300,
    )


def test_one_question_is_answered_in_plain_words(mind):
    done = bot("ask", "can I use my phone at lunch?")

    assert done.returncode == 0, done.stderr
    said = done.stdout.decode()
    assert said.startswith("Only if: ")
    assert "Social media may be accessed during social time" in said


def test_every_line_gets_one_object_in_order_each_standing_alone(mind):
    done = bot("ask", "--json", "-", given=b"\n".join(LINES))

    made = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0, done.stderr
    assert len(made) == len(LINES)
    assert all(set(one) == KEYS for one in made)
    assert [one["question"] for one in made] == [line.decode("utf-8", errors="replace") for line in LINES]
    assert made[0]["verdict"] == "yes_if"
    assert [made[place]["verdict"] for place in (1, 2, 5, 6)] == ["not_covered"] * 4
    assert made[1]["in_short"].startswith("I did not see a question")


@pytest.mark.parametrize("arguments", [("ask",), ("ask", "  "), ("ask", "\u200b")])
def test_no_question_gets_a_plain_sentence(mind, arguments):
    done = bot(*arguments)

    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert done.stderr.decode().strip().endswith((".", "?", '"'))


def test_the_real_mode_says_what_is_missing_and_refuses():
    done = bot("run")

    assert done.returncode == 1
    assert b"Staffroom cannot start for Teams yet. It lacks: STAFFROOM_APP_ID" in done.stderr
    assert b"[handoff]" in done.stderr


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"STAFFROOM_SECRET": "x"}, "refuses to start with credentials set: unset STAFFROOM_SECRET"),
        ({"STAFFROOM_HOST": "0.0.0.0"}, "listens on this machine only"),
        ({"STAFFROOM_PORT": "lots"}, "STAFFROOM_PORT must be a number"),
        ({"STAFFROOM_SCHOOL": "nowhere"}, "nowhere/school.toml: this file cannot be read"),
    ],
)
def test_local_mode_refuses_what_would_be_unsafe_or_makes_no_sense(environment, sentence):
    done = bot("run", "--local", **environment)

    assert done.returncode == 1
    assert sentence in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_of_two_started_at_once_on_one_store_one_runs_and_the_other_says_why(tmp_path: Path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STAFFROOM_")}
    command = [sys.executable, "-m", "bot", "run", "--local"]
    both = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**kept, "STAFFROOM_DATA": str(tmp_path), "STAFFROOM_PORT": str(free_port())},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    said = [str(one.stdout.readline()) for one in both if one.stdout]
    for one in both:
        one.terminate()
        one.wait(20)
        assert one.stdout
        one.stdout.close()

    assert sorted("Staffroom (demo) is at" in line for line in said) == [False, True]
    assert sum("already using" in line for line in said) == 1


def test_a_port_in_use_gets_a_plain_sentence(mind, tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = bot("run", "--local", STAFFROOM_PORT=str(taken.getsockname()[1]), STAFFROOM_DATA=str(tmp_path))

    assert done.returncode == 1
    assert b"is in use; set STAFFROOM_PORT to another." in done.stderr


def test_chat_talks_until_the_end_and_takes_a_number_for_a_choice(mind, tmp_path):
    done = bot("chat", given=b"My own child is in Year 3.\n1\nhelp\n", STAFFROOM_DATA=str(tmp_path))

    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert "Which do you mean?" in said
    assert "No exemption" in said
    assert "Ask me what" in said


def test_the_approval_sheet_shows_every_ruling_with_its_clauses_and_digest():
    said = bot("rulings", "sheet").stdout.decode()

    assert "[own-phone-break]" in said
    assert "AUP-professional.4.b: Social media may be accessed" in said
    assert "NEEDS THE OWNER'S DECISION" in said
    assert 'digest = "' in said


def copy_of_policies(to: Path) -> Path:
    for file in (ROOT / "policies").rglob("*.*"):
        target = to / file.relative_to(ROOT / "policies")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    return to


def test_check_knows_what_the_school_has_accepted_and_fails_on_the_rest(tmp_path):
    copy = copy_of_policies(tmp_path / "policies")
    for file in (copy / "staffroom" / "questions").glob("[!t]*.toml"):
        file.unlink()
    found = "AUP: document: review_due: the review was due on 30 November 2021."
    known = bot("check", STAFFROOM_POLICIES=str(copy))
    assert f"(known) {found}" in known.stdout.decode().splitlines()

    school = copy / "slyne-with-hest" / "school.toml"
    school.write_text(school.read_text(encoding="utf-8").replace("[check]", "[unchecked]"), encoding="utf-8")
    bad = bot("check", STAFFROOM_POLICIES=str(copy))

    assert bad.returncode == 1
    assert found in bad.stdout.decode().splitlines()


def test_doctor_tells_what_is_there_and_what_is_missing(mind):
    said = bot("doctor").stdout.decode()

    for what in ("sentence model", "learnt", "card renderer", "hand-off contacts", "review", "approval"):
        assert what in said


def test_sent_questions_are_listed_beside_a_running_bot(tmp_path: Path):
    import asyncio

    from bot.ask.rules.tallies import SentQuestion
    from bot.stores.sqlite.store import TinyStore
    from tests.fakes import MONDAY

    async def listed() -> str:
        store = TinyStore(tmp_path / "demo.db", "slyne-with-hest", demo=True)
        await store.keep_question(SentQuestion("may I vape?", MONDAY))
        done = await asyncio.to_thread(bot, "questions", STAFFROOM_DATA=str(tmp_path))
        await store.close()
        return done.stdout.decode()

    assert "2021-09-06  may I vape?" in asyncio.run(listed())


def test_without_the_sentence_model_staffroom_says_so_and_works_with_words(tmp_path):
    copy = copy_of_policies(tmp_path / "policies")
    for file in (copy / "staffroom" / "questions").glob("*.toml"):
        if not file.stem.startswith("online"):
            file.unlink()
    lacking = {
        "STAFFROOM_WEIGHTS": str(tmp_path),
        "STAFFROOM_POLICIES": str(copy),
        "STAFFROOM_CACHE": str(tmp_path / "cache"),
    }

    done = bot("ask", "how long are recorded lessons kept", **lacking)

    assert done.returncode == 0, done.stderr.decode()
    assert "Learning from the bank" in done.stderr.decode()
    assert "AUP-professional.8" in done.stdout.decode()
    assert "TO DO  sentence model" in bot("doctor", **lacking).stdout.decode()


def test_what_is_learnt_is_not_learnt_again(mind):
    done = bot("learn")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
