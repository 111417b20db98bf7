"""README's commands run as they are written, block after block, and none ends in an error."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app
from bot.ask.understanding import Understanding
from bot.demo.clock import DemoClock
from bot.school.rules.calendar import monday_of, spoken
from bot.settings import PREFIX, ROOT, Settings
from tests.cli.terminal import command
from tests.journeys.school import school

PYTHON = ".venv/bin/python"
BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[str]:
    """README's blocks of commands."""
    texts = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return [text for text in texts if f"{PYTHON} -m bot" in text]


BESIDE, STOPPED, WITH_A_CAMPAIGN = blocks()


def run_as_written(block: str, folder: Path, data: Path) -> None:
    """Runs a block in a shell, line by line, in a folder of its own."""
    others = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    cache = os.environ.get(f"{PREFIX}CACHE", str(ROOT / ".cache"))
    own = {f"{PREFIX}DATA": str(data), f"{PREFIX}CACHE": cache, "PYTHONPATH": str(ROOT)}
    for line in block.splitlines():
        finished = subprocess.run(
            ["/bin/bash", "-c", line.replace(PYTHON, sys.executable)],
            cwd=folder,
            env={**others, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
        )
        assert finished.returncode == 0, (line, finished.stdout[-500:], finished.stderr[-500:])


@pytest.mark.long
def test_a_newcomer_follows_readme_before_anything_was_started(tmp_path: Path):
    run_as_written(BESIDE + STOPPED, tmp_path, tmp_path / "data")

    assert (tmp_path / "copy.db").is_file() and (tmp_path / "answers.html").is_file()


@pytest.mark.long
async def test_a_newcomer_follows_readme_beside_a_running_demo_and_once_it_is_stopped(
    settings: Settings, understanding: Understanding, tmp_path: Path
):
    async with school(settings, understanding) as at:
        await at.presses("demo-head", "publish", weight="material")
        await at.presses("demo-head", "open", audience="staff", due="2026-09-28", anyway="true")
        run_as_written(BESIDE, tmp_path, settings.data)
    run_as_written(WITH_A_CAMPAIGN, tmp_path, settings.data)

    assert (tmp_path / "sheets.html").is_file() and (tmp_path / "evidence.zip").is_file()


@pytest.fixture
async def ahead(settings: Settings, understanding: Understanding) -> timedelta:
    """How far the clock of a demo was moved on its page; the demo is stopped."""
    clock = DemoClock(app.now, seconds_a_day=0)
    async with school(settings, understanding, clock) as at:
        await at.presses("demo-head", "publish", weight="material")
        for _ in range(2):
            await at.asks("/demo/clock", {"to": "week"})
        return clock.ahead


def test_the_command_line_sees_the_time_that_the_demos_page_shows(settings: Settings, ahead: timedelta):
    lessons = command("lessons", STAFFROOM_DATA=str(settings.data))

    assert ahead > timedelta(days=13)
    assert f"week of {spoken(monday_of((app.now() + ahead).date()))}" in lessons.out


async def test_a_demo_goes_on_from_where_its_clock_was(
    settings: Settings, understanding: Understanding, ahead: timedelta
):
    async with school(settings, understanding, DemoClock(app.now)) as at:
        assert at.context.now() >= app.now() + ahead - timedelta(minutes=1)


def test_a_backup_in_the_demo_is_of_the_demo_and_goes_back_there(tmp_path: Path):
    data, copy = str(tmp_path / "data"), str(tmp_path / "copy.db")
    assert command("summary", STAFFROOM_DATA=data).out == "There is no campaign just now.\n"

    made = command("backup", copy, STAFFROOM_DATA=data)
    restored = command("restore", copy, STAFFROOM_DATA=data)

    assert (made.status, restored.status) == (0, 0)
    assert "the demo's store" in made.out
    assert not (tmp_path / "data" / "staffroom.db").exists()
