"""A section of rulings.toml taken out of the text, every comment but its own left as it is."""

import re
import tomllib
from collections.abc import Sequence

_HEADER = re.compile(r"\s*\[")


def without_section(text: str, situation: str) -> str:
    """The text without the section of a situation and its [[...also]]. Comments above a section belong to it and stay.

    >>> without_section('[a]\\nx = 1\\n\\n# of b\\n[b]\\nx = 2\\n', "a")
    '# of b\\n[b]\\nx = 2\\n'
    """
    return _without(text, situation, "[")


def without_parts(text: str, situation: str) -> str:
    """The text without the [[...also]] of a situation."""
    return _without(text, situation, "[[")


def _without(text: str, situation: str, opening: str) -> str:
    lines = text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if line.lstrip().startswith(opening)]
    owned = {number for number in heads if _owner(lines[number]) == situation}
    kept: list[str] = []
    number = 0
    while number < len(lines):
        if number in owned:
            number = _end(lines, number)
        else:
            kept.append(lines[number])
            number += 1
    return "".join(kept)


def _owner(line: str) -> str:
    """The situation that a section's head names; empty for any other line."""
    if not _HEADER.match(line):
        return ""
    try:
        return next(iter(tomllib.loads(line)), "")
    except tomllib.TOMLDecodeError:
        return ""


def _end(lines: Sequence[str], begin: int) -> int:
    """Where the section ends: after its last line with a value, and the blank lines below it."""
    following = (number for number in range(begin + 1, len(lines)) if _owner(lines[number]))
    end = next(following, len(lines))
    while end > begin + 1 and lines[end - 1].strip()[:1] in {"", "#"}:
        end -= 1
    while end < len(lines) and not lines[end].strip():
        end += 1
    return end
