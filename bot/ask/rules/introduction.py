"""What the bot says of itself, made from the policy held: which documents it knows, and who sees what is asked."""

from collections.abc import Sequence

from bot.ask.rules.policy import Policy

MONITORING = "monitoring"  # the situation whose ruling says that the school watches its systems
UNREAD = "I do not keep your questions. The chat itself is kept like any other, and the school may monitor its systems"


def documents_known(policy: Policy) -> str:
    """The documents as a sentence names them; "policies" if there are more than three."""
    names = [_in_a_sentence(document.short) for document in policy.documents.values()]
    return _listed([f"the {name}" for name in names]) if len(names) <= 3 else "the policies"


def documents_say(policy: Policy) -> str:
    """The documents and their verb: "the phones policy of Hilltop says"."""
    verb = "says" if len(policy.documents) == 1 else "say"
    return f"{documents_known(policy)} of {policy.name} {verb}"


def _in_a_sentence(short: str) -> str:
    """A title inside a sentence: one in sentence case begins with a small letter.

    >>> _in_a_sentence("Social media policy"), _in_a_sentence("Acceptable Use Policy"), _in_a_sentence("ICT policy")
    ('social media policy', 'Acceptable Use Policy', 'ICT policy')
    """
    first, *others = short.removeprefix("The ").removeprefix("the ").split(" ")
    is_sentence_case = first[1:].islower() and all(word.islower() for word in others if word.isalpha())
    return " ".join([first.lower() if is_sentence_case and others else first, *others])


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def who_sees_this(policy: Policy) -> str:
    """Whether questions are seen by anybody, with the clause on monitoring if the school has one."""
    ruling = policy.rulings.get(MONITORING)
    clause = ruling.governing[0] if ruling and ruling.governing and not ruling.is_proposed else ""
    return f"{UNREAD} ({clause})." if clause else f"{UNREAD}."
