"""Reads a school's document into a draft of clauses, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.errors import BadInput
from bot.import_policy.file_kinds import MAX_BYTES, TOO_LARGE, kind_of
from bot.import_policy.rules.clauses import Draft, DraftClause, Modality

READER = "bot.import_policy.reading_process"
ROOT = Path(__file__).parents[2]
MAX_SECONDS = 60
ONE_AT_A_TIME = "Another file is being read just now. Please try again in a minute. Nothing was changed."
TOO_SLOW = "This file takes more than a minute to read. Save the policy itself as a file of its own, as .docx."
UNREADABLE = "This file cannot be read. Open it in Word and save it again as .docx."
NO_CLAUSES = (
    "No clause was found in this file. Check that it is the policy itself, with its text, and save it as .docx."
)


def read_policy(file: Path) -> Draft:
    """The draft of a document; raises BadInput with one sentence that says what to do."""
    return read_content(read_file(file))


def read_content(content: bytes) -> Draft:
    """The draft of a document from its bytes; raises BadInput with one sentence that says what to do."""
    kind_of(content)  # the plain refusals need no process
    answer = _answer(content)
    if "draft" not in answer:
        raise BadInput(str(answer.get("error", UNREADABLE)))
    draft = draft_from(answer["draft"])
    if not draft.clauses:
        raise BadInput(NO_CLAUSES)
    return draft


def read_file(file: Path) -> bytes:
    """A file's content; raises BadInput if it cannot be read or is too large."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no such file"
        raise BadInput(f"{file.name or file} cannot be opened: {reason}.") from error
    if len(content) > MAX_BYTES:
        raise BadInput(TOO_LARGE)
    return content


def _answer(content: bytes) -> dict[str, Any]:
    command = [sys.executable, "-m", READER]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=MAX_SECONDS, cwd=ROOT, check=False,
            env={"PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"} | _windows_needs(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise BadInput(TOO_SLOW) from error
    except OSError as error:
        raise BadInput(UNREADABLE) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:  # it was ended by the system: out of memory or time
        raise BadInput(UNREADABLE) from error
    return answer if isinstance(answer, dict) else {}


def _windows_needs() -> dict[str, str]:
    """Without SystemRoot, Python does not start on Windows."""
    return {"SystemRoot": r"C:\Windows"} if sys.platform == "win32" else {}


def draft_from(entry: dict[str, Any]) -> Draft:
    """A draft from its JSON."""
    clauses = tuple(
        DraftClause(
            ref=clause["ref"], heading=clause["heading"], text=clause["text"], modality=Modality(clause["modality"]),
            binds=tuple(clause["binds"]), head=tuple(clause["head"]),
        )
        for clause in entry["clauses"]
    )  # fmt: skip
    return Draft(entry["title"], entry["facts"], clauses, tuple(entry["left_out"]), entry["source"])
