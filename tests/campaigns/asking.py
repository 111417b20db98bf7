"""A school in which questions to the headteacher are open, and what people do with them."""

from bot.desk.rules.messages import Outgoing
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.conversations import SentMessage
from bot.people.rules.person import Person, Role
from tests.campaigns.campaign_school import ANNA, EVERYBODY, HEAD, CampaignSchool
from tests.fakes import MONDAY, days

WHY, WHEN = "Why must I lock my screen?", "When is it due?"
DEPUTY = Person("de", "Dana", "", "dana", frozenset({Role.DEPUTY}), delegate_until=MONDAY + days(30))


async def school_that_asks() -> CampaignSchool:
    """A school with a deputy, whose campaign is open and released."""
    school = CampaignSchool(people=(*EVERYBODY, DEPUTY))
    await school.open()
    await school.release()
    return school


async def ask(school: CampaignSchool, person: Person = ANNA, question: str = WHY) -> Outgoing:
    values = (await school.press(person, "ask_first", question=question)).values
    form = {name: values[name] for name in ("campaign", "form", "recipients", "question")}
    return await school.press(person, "ask_head", **form)


async def questions_to(school: CampaignSchool, person: Person) -> list[Message]:
    pseudonym = await school.pseudonym(person)
    return [m for m in await school.messages(MessageKind.QUESTION) if m.recipient == pseudonym]


async def deliver(school: CampaignSchool) -> None:
    """Every message of a question arrives."""
    for number, message in enumerate(await school.messages(MessageKind.QUESTION)):
        sent = SentMessage("teams", f"chat of {message.recipient}", str(number))
        await school.store.move(message, message.arrived(sent, school.clock()))


async def listed(school: CampaignSchool, person: Person = HEAD) -> list[dict[str, str]]:
    return list((await school.write(person, "questions")).values["questions"])


async def press_answer(school: CampaignSchool, person: Person, item: dict[str, str], answer: str) -> Outgoing:
    data = {name: item[name] for name in ("number", "campaign", "subject")} | {"listed": "true"}
    return await school.press(person, "answer_question", **data, **{item["answer_id"]: answer})
