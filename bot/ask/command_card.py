"""A command in the reply to a line: the request that the desk carries out, its words, and the button that offers it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.ask.passage_card import note_with_phone_links
from bot.ask.rules.contact_replies import with_phone_links
from bot.ask.rules.policy import Policy
from bot.ask.rules.worries import HandOffWords
from bot.desk.rules.messages import CommandRequest, Outgoing, QuietLine
from bot.desk.rules.requests import GO_ON, carried


def command_request(request: CommandRequest, worry: HandOffWords) -> Outgoing:
    """What the desk gets for a recognised command: the request, led by the hand-off if the line may report a worry.

    A worry that is only possible is one quiet line below what the command shows.
    """
    leads = note_with_phone_links(worry.lead)
    quiet_line = QuietLine(worry.quiet, with_phone_links(worry.quiet)) if worry.quiet else None
    return replace(leads, request=request, quiet_line=quiet_line)


def command_as_text(request: CommandRequest, policy: Policy) -> str:
    """What was understood, in one sentence.

    The parameters follow as they were said: "You want me to leave somebody alone for a while (person: Mrs Khan)."
    """
    said = ", ".join(f"{key}: {words}" for key, words in request.parameters.items())
    asks = policy.commands.get(request.name, request.name)
    return f"You want me to {asks} ({said})." if said else f"You want me to {asks}."


def command_button(request: CommandRequest, policy: Policy) -> Mapping[str, str]:
    """The button that goes on with a command, if that is what was meant; it carries what was said of it."""
    return {"verb": GO_ON, "label": command_label(request.name, policy), **carried(request)}


def command_option(request: CommandRequest, policy: Policy) -> Mapping[str, Any]:
    """The same choice for machines."""
    label = command_label(request.name, policy)
    return {"command": request.name, "label": label, "parameters": dict(request.parameters)}


def command_label(name: str, policy: Policy) -> str:
    """What is on that button: "Show who has not signed yet"."""
    asks = policy.commands[name]
    return asks[:1].upper() + asks[1:]
