"""Which buttons an answer has: few, none twice, and never one that leads back to what is already shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.quotes import Quote
from bot.ask.rules.rulings import Situation

MAX_BUTTONS = 3  # on a card, feedback apart: more than that nobody reads on a phone
MAX_LABEL_CHARS = 40  # what a button holds in two lines at 360 pixels


@dataclass(frozen=True, slots=True)
class CardButtons:
    """The buttons of a card in their order: `others_meant`, `see_also`, and one that opens the `further_clauses`.

    `has_room_for_clauses` is False if the others are as many as there may be; a quiet line opens the clauses then.
    """

    others_meant: tuple[Situation, ...]
    see_also: tuple[Situation, ...]
    further_clauses: tuple[Quote, ...]

    @property
    def has_room_for_clauses(self) -> bool:
        """Whether the further clauses can have a button of their own."""
        return len(self.others_meant) + len(self.see_also) < MAX_BUTTONS


def card_buttons(reply: PolicyReply) -> CardButtons:
    """The buttons beside a reply's answers, or the choices of a reply without any."""
    answered = [answer.situation for answer in reply.answers]
    others_meant = _new((offer.situation for offer in reply.offers), answered)[:MAX_BUTTONS]
    clauses = _further_clauses(reply)
    room = max(MAX_BUTTONS - len(others_meant) - bool(clauses), 0)
    related = (situation for answer in reply.answers for situation in answer.see_also)
    return CardButtons(others_meant, _new(related, [*answered, *others_meant])[:room], clauses)


def _new(situations: Iterable[Situation], shown: Iterable[Situation]) -> tuple[Situation, ...]:
    """The situations that are not shown yet, each once. Two with the same label are the same to a reader."""
    ids, labels = set(), set()
    for situation in shown:
        ids.add(situation.id)
        labels.add(situation.label.casefold())
    new = []
    for situation in situations:
        if situation.id not in ids and situation.label.casefold() not in labels:
            new.append(situation)
        ids.add(situation.id)
        labels.add(situation.label.casefold())
    return tuple(new)


def _further_clauses(reply: PolicyReply) -> tuple[Quote, ...]:
    """The clauses of all answers, without those that govern one of them: these are quoted in full."""
    governing = {answer.quotes[0].id for answer in reply.answers if answer.quotes}
    further = {quote.id: quote for answer in reply.answers for quote in answer.quotes[1:]}
    return tuple(quote for id, quote in further.items() if id not in governing)
