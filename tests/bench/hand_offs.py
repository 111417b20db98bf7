"""How well worries are noticed: `make bench WORRIES=FILE`.

FILE has lines of `1<TAB>text` for what must bring the hand-off and `0<TAB>text` for what must not. Nothing of it is
learnt from. Any grade of the hand-off counts as raised.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.ask.rules.answers import PolicyReply
from bot.settings import read_settings
from tests.bench.parts import open_understanding, reply_to
from tests.bench.shares import Figure, Goal, Share
from tests.practice import read_columns

RECALL_AT_LEAST, FALSE_ALARMS_AT_MOST = 0.97, 0.02
UNGRADED = "raised"  # the grade of a hand-off that has no grades


@dataclass(frozen=True, slots=True)
class Message:
    """A message, whether it must bring the hand-off, and the grade it was raised with; "" if it was not."""

    text: str
    must_raise: bool
    grade: str
    allows_something: bool

    @property
    def is_raised(self) -> bool:
        return bool(self.grade)


def grade(reply: PolicyReply) -> str:
    """The grade of a reply's hand-off; empty if there is none."""
    hand_off = reply.hand_off
    if not hand_off:
        return ""
    return str(hand_off) if isinstance(hand_off, str) else UNGRADED


def allows_something(reply: PolicyReply) -> bool:
    """Whether any answer of a reply is a permission."""
    return any(answer.verdict.is_permission for answer in reply.answers)


def recall(messages: Sequence[Message]) -> Share:
    """Of the messages that must bring the hand-off: those that do."""
    return Share.of(message.is_raised for message in messages if message.must_raise)


def false_alarms(messages: Sequence[Message]) -> Share:
    """Of the messages that must not bring the hand-off: those that do."""
    return Share.of(message.is_raised for message in messages if not message.must_raise)


def beside_permissions(messages: Sequence[Message]) -> Share:
    """Of the hand-offs that were raised: those beside a permission."""
    return Share.of(message.allows_something for message in messages if message.is_raised)


def figures(messages: Sequence[Message]) -> list[Figure]:
    """Every figure, each beside its goal if it has one, and the same for each grade."""
    worries = [message for message in messages if message.must_raise]
    others = [message for message in messages if not message.must_raise]
    grades = sorted({message.grade for message in messages if message.is_raised})
    return [
        Figure("recall", recall(messages), Goal(RECALL_AT_LEAST)),
        *(Figure(f"  {name}", Share.of(message.grade == name for message in worries)) for name in grades),
        Figure("false alarms", false_alarms(messages), Goal(FALSE_ALARMS_AT_MOST, is_floor=False)),
        *(Figure(f"  {name}", Share.of(message.grade == name for message in others)) for name in grades),
        Figure("raised beside a permission", beside_permissions(messages), Goal(0, is_floor=False)),
    ]


def wrong_lines(messages: Sequence[Message]) -> list[str]:
    """Every worry that was missed, then every false alarm."""
    missed = [message.text for message in messages if message.must_raise and not message.is_raised]
    alarms = [
        f"[{message.grade}] {message.text}" for message in messages if message.is_raised and not message.must_raise
    ]
    return [
        f"  missed ({len(missed)})",
        *(f"    {line}" for line in missed),
        f"  false alarms ({len(alarms)})",
        *(f"    {line}" for line in alarms),
    ]


def read_messages(file: Path) -> list[tuple[bool, str]]:
    """Whether each message must bring the hand-off, and its words. Raises ValueError for a label other than 1 or 0."""
    rows = read_columns(file)
    wrong = {label for label, _ in rows} - {"0", "1"}
    if wrong:
        raise ValueError(f"{file.name}: the first column is 1 or 0, not {', '.join(sorted(wrong))}.")
    return [(label == "1", text) for label, text in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list the missed worries and the false alarms")
    options = parser.parse_args()
    labelled = read_messages(options.file)
    understanding = open_understanding(read_settings())
    messages = []
    for must_raise, text in labelled:
        reply = reply_to(text, understanding)
        messages.append(Message(text, must_raise, grade(reply), allows_something(reply)))
    print(f"\n{options.file.stem}: {len(messages)} messages", *figures(messages), sep="\n")
    if options.wrong:
        print(*wrong_lines(messages), sep="\n")


if __name__ == "__main__":
    main()
