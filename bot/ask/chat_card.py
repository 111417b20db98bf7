"""Turns talk with the bot itself into a small card: no verdict, no clause, nothing to press."""

from bot.ask.passage_card import note_with_phone_links
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.languages import line_for
from bot.ask.rules.policy import Policy
from bot.desk.rules.messages import Outgoing

GREETING = "greeting"
WELCOME = "Hello. I know the social media policy and the Acceptable Use Policy, and quote them word for word."


def welcome_card(policy: Policy) -> Outgoing:
    """What somebody sees first, and in reply to a greeting."""
    return Outgoing("welcome", {"school": policy.name}, WELCOME)


def chat_card(reply: PolicyReply, policy: Policy, hand_off: str) -> Outgoing:
    """The card for a greeting, for thanks and other talk, below the hand-off if there is one."""
    if reply.answers[0].situation.id == GREETING and not hand_off:
        return welcome_card(policy)
    language = line_for(reply.language, policy.contacts) if reply.language else ""
    said = [f"{answer.says} {answer.pointer}".strip() for answer in reply.answers]
    return note_with_phone_links("\n\n".join(text for text in (hand_off, *said, language) if text))
