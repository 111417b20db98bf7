"""Questions to the headteacher: which messages hold their words, for how long, and how a question ended."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from bot.campaigns.rules.campaign import ClosedQuestion, Ending, Question
from bot.campaigns.rules.projection import CampaignProjection
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.school.rules.calendar import london, written

WORDS_KEPT_FOR = timedelta(days=90)
ENDINGS = {
    Ending.ANSWERED: "{by} answered it here on {at}.",
    Ending.IN_PERSON: "{by} marked it as answered on {at}.",
    Ending.WITHDRAWN: "It was withdrawn on {at}.",
}


def question_of(message: Message, projection: CampaignProjection) -> Question | None:
    """The open question a message is about; None once it is closed.

    Messages of releases up to 0.6.0 know their question's day only: of several it is the first.
    """
    if message.subject.number:
        return projection.questions.get(message.subject.number)
    asker = next(iter(message.people), "")
    return next((question for question in projection.questions_of(asker) if question.on == message.on), None)


def messages_about(
    question: Question, messages: Iterable[Message], projection: CampaignProjection
) -> tuple[Message, ...]:
    """The messages that brought an open question to its readers."""
    return tuple(
        message
        for message in messages
        if message.kind is MessageKind.QUESTION and question_of(message, projection) == question
    )


def words_of(about: Iterable[Message]) -> str:
    """What a question says, from the messages about it; empty if that is not kept, or is not certain."""
    words = {message.words for message in about if message.words}
    return words.pop() if len(words) == 1 else ""


def ending_of(closed: ClosedQuestion, asker: str, by: str) -> str:
    """How a question came to its end, as a sentence."""
    ending = ENDINGS[closed.ending].format(by=by or "Somebody", at=london(closed.at))
    return f"The question {asker or 'somebody'} asked on {written(closed.question.on)} is not open any more. {ending}"


def messages_with_needless_words(
    messages: Iterable[Message], projection: CampaignProjection, today: date
) -> Iterator[Message]:
    """Messages whose words are not needed any more: the question is closed, or they are older than they are kept."""
    for message in messages:
        has_words = bool(message.words or message.in_reply_to)
        is_over = message.kind is MessageKind.QUESTION and question_of(message, projection) is None
        is_old = message.on < today - WORDS_KEPT_FOR
        if has_words and message.state is not DeliveryState.SENDING and (is_over or is_old):
            yield message
