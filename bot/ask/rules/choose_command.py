"""Decides whether a line asks the bot to do something, rather than what a policy says."""

from dataclasses import replace

from bot.ask.rules.choose_situation import Reading, Thresholds
from bot.ask.rules.permission_questions import asks_what_is_allowed

NONE = ""  # no command


def command_meant(reading: Reading, thresholds: Thresholds) -> str:
    """The command that a line is; empty if it is a question, or not certain enough to be a command."""
    return _likeliest(reading) if command_share(reading) >= thresholds.command else NONE


def command_offered(reading: Reading, thresholds: Thresholds) -> str:
    """The command to offer as a button: likelier than every situation, and half as likely as one that is certain."""
    share = command_share(reading)
    likeliest_situation = max((share for _, share in reading.ranked), default=0.0)
    return _likeliest(reading) if share >= thresholds.command / 2 and share > likeliest_situation else NONE


def command_share(reading: Reading) -> float:
    """How likely a line is a command, whichever it is."""
    return sum(share for _, share in reading.commands)


def meant_as(text: str, reading: Reading, *, takes_commands: bool) -> Reading:
    """The reading of a text, without commands if it asks what is allowed or if commands are not taken."""
    return as_question(reading) if asks_what_is_allowed(text) or not takes_commands else reading


def as_question(reading: Reading) -> Reading:
    """The reading of a line that is certainly no command: the situations' shares alone add up to 1.

    >>> as_question(Reading((("photos", 0.3), ("lunch", 0.1)), commands=(("notice", 0.6),))).ranked
    (('photos', 0.75), ('lunch', 0.25))
    """
    total = sum(share for _, share in reading.ranked)
    if not reading.commands or not total:
        return replace(reading, commands=())
    ranked = tuple((id, round(share / total, 6)) for id, share in reading.ranked)
    return replace(reading, ranked=ranked, commands=())


def _likeliest(reading: Reading) -> str:
    return max(reading.commands, key=lambda pair: pair[1])[0]
