"""The process that reads a document: no network, no files of its own, little memory. Run by import_policy.py only.

The document comes in on standard input; the draft, or one sentence why there is none, goes out as JSON. A document is
other people's work and may be made to harm: what reads it can do nothing but answer.
"""

import json
import sys
from dataclasses import asdict
from typing import Any

MAX_MEMORY = 512 * 1024 * 1024
MAX_SECONDS = 60
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.truncate",
    "shutil.",
    "webbrowser.",
    "urllib.",
    "ftplib.",
    "http.",
    "smtplib.",
)
TOO_MUCH = "This file takes more memory to read than is allowed. Take out its pictures and save it again as .docx."
UNREADABLE = "This file cannot be read. Open it in Word and save it again as .docx."


def limit() -> None:
    """Limits memory and time, where the system can; forbids network, other programs and writing anywhere."""
    try:
        import resource
    except ImportError:  # Windows: the parent still ends this process when its time is up
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"Reading a document may not do this: {event}.")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("Reading a document may not write files.")


def read(content: bytes) -> dict[str, Any]:
    """What the parent is told: the draft, or `error`, a sentence for people."""
    # Imported under the limits, so that nothing these libraries do is outside of them.
    from bot.errors import StaffroomError
    from bot.import_policy.readers import blocks_of
    from bot.import_policy.rules.cut_clauses import cut

    try:
        return {"draft": asdict(cut(blocks_of(content)))}
    except StaffroomError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": TOO_MUCH}
    except RecursionError:
        return {"error": UNREADABLE}


def main() -> None:
    """Reads standard input, writes one line."""
    content = sys.stdin.buffer.read()
    limit()
    answer = json.dumps(read(content), ensure_ascii=True)
    sys.stdout.write(answer)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
