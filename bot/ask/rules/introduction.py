"""What the bot says of itself, made from the policy held: which documents it knows, and who sees what is asked."""

from collections.abc import Sequence

from bot.ask.rules.policy import Policy
from bot.school.rules.documents import repeats

MONITORING = "monitoring"  # the situation whose ruling says that the school watches its systems
KINDS = frozenset(  # of documents, as their titles say
    (
        "policy",
        "policies",
        "agreement",
        "agreements",
        "code",
        "codes",
        "guidance",
        "guide",
        "guidelines",
        "handbook",
        "procedure",
        "procedures",
        "protocol",
        "protocols",
        "rules",
        "statement",
        "charter",
        "plan",
        "framework",
        "conduct",
        "aup",
        "strategy",
    )
)
UNREAD = "I do not keep your questions. The chat itself is kept like any other, and the school may monitor its systems"


def documents_known(policy: Policy) -> str:
    """The documents as a sentence names them; "policies" if there are more than three."""
    names = [_named(document.short) for document in policy.documents.values()]
    return _listed(names) if len(names) <= 3 else "the policies"


def _named(short: str) -> str:
    """A document in a sentence; a title that does not say what it is the title of is quoted.

    >>> _named("Acceptable Use Policy"), _named("Social media, WhatsApp and AI")
    ('the Acceptable Use Policy', 'the policy “Social media, WhatsApp and AI”')
    """
    is_kind = any(word.strip(",.:()").lower() in KINDS for word in short.split())
    return f"the {_in_a_sentence(short)}" if is_kind else f"the policy “{short}”"


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
    id = ruling.governing[0] if ruling and ruling.governing and not ruling.is_proposed else ""
    clause = policy.clauses.get(id)
    source = clause.ref if clause and repeats(clause.ref, id) else id
    return f"{UNREAD} ({source})." if source else f"{UNREAD}."
