"""Turns talk with the bot itself into a small card: no verdict, no clause, nothing to press."""

from collections.abc import Sequence
from dataclasses import replace

from bot.ask.passage_card import note_with_phone_links
from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.contact_replies import whom_to_ask, with_phone_links
from bot.ask.rules.introduction import documents_known, who_sees_this
from bot.ask.rules.languages import line_for
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Situation
from bot.ask.rules.worries import HandOffWords
from bot.desk.rules.messages import Outgoing

GREETING = "greeting"
NEXT = "I am sorry that this was not what you asked. Did you mean one of these?"
NONE_LEFT = "I am sorry that this was not what you asked. I have no better guess."
IF_NOT = "If not, please ask {whom}."
ASK_A_PERSON = "Please ask {whom}."
WELCOME = "Hello. I know {documents}, and quote {them} word for word."


def welcome_card(policy: Policy) -> Outgoing:
    """What somebody sees first, and in reply to a greeting."""
    known, them = documents_known(policy), "it" if len(policy.documents) == 1 else "them"
    values = {"documents": f"{known} of {policy.name}", "them": them, "seen": who_sees_this(policy)}
    return Outgoing("welcome", values, WELCOME.format(documents=known, them=them))


def next_card(situations: Sequence[Situation], policy: Policy) -> Outgoing:
    """The card for somebody whose question was not answered: what else it may have meant, then the person to ask."""
    whom = whom_to_ask(policy.contacts)
    if not situations:
        return replace(note_with_phone_links(f"{NONE_LEFT} {ASK_A_PERSON.format(whom=whom)}"), is_beside=True)
    ask_a_person = IF_NOT.format(whom=whom)
    options = [{"label": situation.label, "situation": situation.id} for situation in situations]
    listed = [f"  {number}. {situation.label}" for number, situation in enumerate(situations, 1)]
    text = "\n".join([NEXT, *listed, ask_a_person])
    values = {"title": NEXT, "options": options, "ask_a_person": with_phone_links(ask_a_person), "fallback": text}
    return Outgoing("next", values, text, is_beside=True)


def chat_card(reply: PolicyReply, policy: Policy, worry: HandOffWords) -> Outgoing:
    """The card for a greeting, for thanks and other talk, with the hand-off above it or the quiet line below it."""
    if not reply.note and reply.answers[0].situation.id == GREETING and not worry.any:
        return welcome_card(policy)
    language = line_for(reply.language, policy.contacts) if reply.language else ""
    talk = [f"{answer.says} {answer.pointer}".strip() for answer in reply.answers]
    texts = [worry.lead, reply.note, *talk, language, worry.quiet]
    return note_with_phone_links("\n\n".join(text for text in texts if text))
