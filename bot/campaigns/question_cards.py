"""The cards of a question to the headteacher, from the form to the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.campaigns.rules.campaign import Question
from bot.desk.rules.messages import Outgoing, card_beside
from bot.school.rules.calendar import written

READERS = (
    "{readers} will get it, with your name. If it is still open when somebody else acts for the headteacher, they can "
    "read it as well."
)
NOBODY = "There is nobody I could send this to. Please ask {headteacher} in person."
NOT_KEPT = "Its words are not kept here any more."
NOT_FOR_YOU = "Only the people it was sent to, and people who act for the headteacher, can see its words here."
MAX_LISTED = 8
ANSWERED = "{who} has marked your question as answered. If it is still open for you, please ask again."
ANSWER = "{who} has answered your question."
LOST = "{who} has answered your question here, but the words are not kept any more. Please ask {who} for the answer."


@dataclass(frozen=True, slots=True)
class SendForm:
    """What makes one form to send a question: its id, who will get the question, and for which campaign it is.

    `readers` names them in a sentence, `recipients` are their pseudonyms. A form is sent once, whatever its words.
    """

    id: str
    campaign: str
    readers: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """An open question as one person may see it: `name` is the asker's, `words` may be empty for the reason `missing`.

    Only readers `may_answer` here; others may say that it was answered in person.
    """

    question: Question
    name: str
    words: str
    missing: str = ""
    may_answer: bool = False


def first_form(campaign: str, head: str) -> Outgoing:
    """The way to ask: me first; nothing is sent yet."""
    values = {"fallback": "Your question", "campaign": campaign, "head": head, "is_first": True, "is_second": False}
    text = "Ask me first: I may have the clause at hand."
    return Outgoing("asking", {**values, **_no_form()}, text, is_beside=True)


def send_form(form: SendForm, head: str, *, words: str, answer: str, changed: str = "") -> Outgoing:
    """What the policy says, then the way to the headteacher: the very words that will be sent, and who gets them."""
    lines = [line for line in [changed, *answer.splitlines()] if line.strip()]
    is_possible = bool(form.recipients)
    readers = READERS.format(readers=form.readers) if is_possible else NOBODY.format(headteacher=head)
    values = {
        **_no_form(),
        "fallback": "Your question",
        "campaign": form.campaign,
        "head": head,
        "is_first": False,
        "is_second": True,
        "answer": [{"text": line} for line in lines],
        "readers": readers,
        "is_possible": is_possible,
        "send": f"Send to {form.readers if len(form.recipients) == 1 and len(form.readers) <= 40 else _all(form)}",
        "form": form.id,
        "recipients": " ".join(form.recipients),
        "question": words,
    }
    return Outgoing("asking", values, "\n\n".join([*lines, readers]))


def _all(form: SendForm) -> str:
    number = len(form.recipients)
    return {1: "one person", 2: "both"}.get(number, f"all {number}")


def _no_form() -> dict[str, object]:
    texts = dict.fromkeys(("readers", "send", "form", "recipients", "question"), "")
    return {**texts, "is_possible": False, "answer": []}


def question_card(view: QuestionView) -> Outgoing:
    """A question as it comes to its readers."""
    text = f"{view.name} asks about the policy: {view.words or view.missing}"
    return card_beside("asked", {"fallback": text, **_values(view)}, text)


def questions_card(views: Sequence[QuestionView], says: str = "") -> Outgoing:
    """Every open question, oldest first, each with its answer."""
    shown = views[:MAX_LISTED]
    hidden = len(views) - len(shown)
    number = "1 question is open." if len(views) == 1 else f"{len(views) or 'No'} questions are open."
    more = f"{hidden} more are listed once these are answered." if hidden else ""
    values = {
        "fallback": number,
        "says": says,
        "number": number,
        "questions": [_values(view) for view in shown],
        "more": more,
    }
    lines = [f"{view.name}, {written(view.question.on)}: {view.words or view.missing}" for view in shown]
    text = "\n".join(line for line in (says, number, *lines, more) if line)
    return Outgoing("questions", values, text)


def own_questions_card(views: Sequence[QuestionView], says: str) -> Outgoing:
    """Somebody's own open questions, each with a button to withdraw it."""
    shown = views[:MAX_LISTED]
    values = {"fallback": says, "says": says, "questions": [_values(view) for view in shown]}
    lines = [f"{written(view.question.on)}: {view.words or view.missing}" for view in shown]
    return Outgoing("own_questions", values, "\n".join([says, *lines]))


def _values(view: QuestionView) -> dict[str, object]:
    question = view.question
    return {
        "name": view.name,
        "when": written(question.on),
        "question": view.words,
        "missing": "" if view.words else view.missing or NOT_KEPT,
        "may_answer": view.may_answer,
        "answer_id": answer_id(question.number),
        "number": str(question.number),
        "campaign": question.campaign,
        "subject": question.subject,
    }


def answer_id(number: int) -> str:
    """The field with the answer to a question; every field of a card needs a name of its own."""
    return f"answer{number}"


def reply_card(who: str, question: str, answer: str, *, is_answered_here: bool) -> Outgoing:
    """What comes back to who had asked: their own words and the answer, or that there was one in person.

    An answer that was given here and whose words are not kept any more is never called one in person.
    """
    says = (ANSWER if answer else LOST if is_answered_here else ANSWERED).format(who=who)
    values = {"fallback": says, "says": says, "question": question, "answer": answer, "who": who}
    parts = [says, f"You asked: {question}" if question else "", f"The answer: {answer}" if answer else ""]
    return Outgoing("reply", values, "\n".join(part for part in parts if part))
