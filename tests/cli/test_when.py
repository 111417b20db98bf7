"""`python -m bot when`: what the notice form would read, tried by hand."""

import json

import pytest

from bot.cli.main import run_command


def test_it_prints_when_the_lesson_begins_its_name_and_whether_the_form_asks(capsys: pytest.CaptureFixture[str]):
    text = "@Staffroom, recording notice for White Rose 3.10 tomorrow 10am"

    assert run_command(["when", text, "--at", "2026-09-07T09:00", "--json"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed == {"starts": "2026-09-08T10:00:00", "name": "White Rose 3.10", "asks": False}


@pytest.mark.parametrize("text", ["Year 4 maths Tuesdays and Thursdays 10am", "Year 4 maths", "31 November 10am", "?!"])
def test_it_says_that_the_form_would_ask(text: str, capsys: pytest.CaptureFixture[str]):
    assert run_command(["when", text, "--at", "2026-09-07T09:00", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["asks"] is True


@pytest.mark.parametrize("at", ["2026-13-07T09:00", "soon", "2026-09-07", "9999-12-31T23:59+00:00", "0001-01-01T00:00"])
def test_a_wrong_moment_gets_one_sentence(at: str, capsys: pytest.CaptureFixture[str]):
    assert run_command(["when", "Year 4 maths tomorrow 10am", "--at", at, "--json"]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Please write --at as a day and an hour")
    assert len(printed.err.strip().splitlines()) == 1


def test_it_says_the_same_in_words(capsys: pytest.CaptureFixture[str]):
    assert run_command(["when", "Year 4 maths", "tomorrow", "10am", "--at", "2026-09-07T09:00"]) == 0

    assert "Begins: Tuesday 8 September 2026, 10:00" in capsys.readouterr().out
