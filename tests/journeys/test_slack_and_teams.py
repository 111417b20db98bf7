"""What a school lives through in a September, in Teams and in Slack from one table, and in both at the same time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

import pytest

from bot.ask.understanding import Understanding
from bot.evidence.erase import erase
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.settings import Settings
from tests.journeys.sides import Chat, Shown, Side, difference, user_id
from tests.journeys.two_channels import ASSISTANT, HEAD, IDS, STAFF, TEACHER, RealSchool, real_school


@dataclass(frozen=True)
class Says:
    text: str


@dataclass(frozen=True)
class Presses:
    """A button whose title begins so, on the newest card that has it, with its form filled in."""

    title: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PressesAgain:
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Waits:
    """Until then; what came meanwhile is seen."""

    until: str


class Where(Enum):
    """Where what comes is shown."""

    NEW = "in a message of its own"
    PLACE = "in the place of the card that was pressed"
    BESIDE = "beside the chat, which stays as it is"


Act: TypeAlias = Says | Presses | PressesAgain | Waits


@dataclass(frozen=True)
class Scene:
    """Who does what, where what must come is shown, and some of its words."""

    who: str
    act: Act
    where: Where
    words: tuple[str, ...]


TICK = {"agree": "true"}
OPENS = {"audience": "staff", "due": "2026-10-09"}
QUESTION = {"question": "May I bring my dog?"}
OUR_POLICY = "Our Acceptable Use Policy for 2026/27"
NEW, PLACE, BESIDE = Where.NEW, Where.PLACE, Where.BESIDE
SCENES = (
    Scene(HEAD, Says("hello"), NEW, ("Ask me anything",)),
    Scene(TEACHER, Says("hello"), NEW, ("Ask me anything",)),
    Scene(ASSISTANT, Says("hello"), NEW, ("Ask me anything",)),
    Scene(TEACHER, Says("can I use my phone at lunch?"), NEW, ("What the policy says", "during social time")),
    Scene(TEACHER, Says("photos"), NEW, ("Which do you mean?",)),
    Scene(TEACHER, Presses("Photos of pupils, own device"), PLACE, ("I read your question as", "AUP-")),
    Scene(TEACHER, Says("a child told me her dad hits her"), NEW, ("Tell the safeguarding lead now", "call 999")),
    Scene(TEACHER, Says("can I bring my dog to school"), NEW, ("This policy does not say", "Ask the site manager")),
    Scene(TEACHER, Presses("Send this question"), NEW, ("Who can read it", "deleted after 90 days")),
    Scene(TEACHER, Presses("Send", QUESTION), BESIDE, ("The school will see your question without your name",)),
    Scene(HEAD, Says("publish"), NEW, ("version September 2021",)),
    Scene(HEAD, Presses("Publish"), BESIDE, ("Published: Acceptable Use Policy",)),
    Scene(HEAD, Says("open campaign"), NEW, ("should have been reviewed by Tuesday 30 November 2021",)),
    Scene(HEAD, Presses("Open anyway", OPENS), NEW, ("3 people are asked: 3 are written to once Send",)),
    Scene(TEACHER, Waits("2026-09-07T13:00"), BESIDE, ()),  # nothing goes out before Send
    Scene(HEAD, Presses("Send"), BESIDE, ("All 3 people will get it during their working hours",)),
    Scene(TEACHER, Waits("2026-09-07T14:00"), NEW, (OUR_POLICY, "ten minutes")),
    Scene(TEACHER, Presses("Acknowledge", {"agree": ""}), BESIDE, ("tick",)),
    Scene(TEACHER, Presses("Acknowledge", TICK), PLACE, ("A teacher acknowledged", "Monday 7 September")),
    Scene(TEACHER, PressesAgain(TICK), BESIDE, ()),
    Scene(HEAD, Waits("2026-09-14T10:00"), NEW, ("1 of 3 have acknowledged (33%)",)),
    Scene(ASSISTANT, Waits("2026-09-21T13:00"), NEW, ("is waiting for you, by Friday 9 October 2026",)),
    Scene(ASSISTANT, Presses("Read it:"), PLACE, (OUR_POLICY,)),
    Scene(ASSISTANT, Presses("Acknowledge", TICK), PLACE, ("An assistant acknowledged", "Monday 21 September")),
    Scene(TEACHER, Waits("2026-09-30T13:00"), BESIDE, ()),  # who has acknowledged is not reminded
    Scene(TEACHER, Says("my record"), NEW, ("version September 2021: receipt",)),
    Scene(HEAD, Says("summary"), NEW, ("2 of 3 have acknowledged",)),
    Scene(HEAD, Says("export"), NEW, ("evidence-AUP-2026-1", "encrypted with the school's key")),
)


async def shown_after(at: RealSchool, side: Side, scene: Scene, left: Chat) -> Shown:
    """What came of a scene; `left` is the chat as that person left it."""
    match scene.act:
        case Says():
            return await side.says(scene.who, scene.act.text)
        case Presses():
            return await side.presses(scene.who, scene.act.title, scene.act.fields)
        case PressesAgain():
            return await side.presses_again(scene.who, scene.act.fields)
        case Waits():
            await at.to(scene.act.until)
            return difference(left, side.chat(scene.who))


def where_of(shown: Shown) -> Where:
    if shown.new:
        return NEW
    return PLACE if shown.replaced else BESIDE


async def play(at: RealSchool, side: Side) -> None:
    """Plays the table, and says which scene went another way."""
    left: dict[str, Chat] = {who: {} for who in IDS}
    for scene in SCENES:
        shown = await shown_after(at, side, scene, left[scene.who])
        missing = [words for words in scene.words if words not in shown.words]
        assert (where_of(shown), missing) == (scene.where, []), (side.channel, scene, shown)
        left[scene.who] = side.chat(scene.who)


@pytest.mark.parametrize("channel", ["teams", "slack"])
async def test_a_september_is_the_same_in_either_channel(
    settings: Settings, understanding: Understanding, channel: str
):
    async with real_school(settings, understanding, channel) as at:
        side: Side = at.teams if channel == "teams" else at.slack
        await play(at, side)

        assert [entry.event.facts["version"][:4] for entry in await at.entries(EventKind.ACKNOWLEDGE)] == ["16a8"] * 2
        sent = await at.messages(MessageKind.AGREEMENT, MessageKind.NUDGE)
        assert {message.state for message in sent} == {DeliveryState.SENT}
        assert {message.sent.channel for message in sent if message.sent} == {side.channel}
        await erased_is_gone(at, TEACHER, {side.channel: TEACHER if channel == "teams" else user_id(TEACHER)})


async def erased_is_gone(at: RealSchool, who: str, accounts: Mapping[str, str]) -> None:
    """Erases somebody who has left: no chat, no pin, no message and no name is kept of them."""
    store, person = at.context.store, at.person(who)
    pseudonym = await store.pseudonym_of(person.id)
    assert (await store.pins_of([person.id]))[person.id] == accounts
    for channel, account in accounts.items():
        assert await store.conversation_of(channel, account)
    lines = [line for line in STAFF.splitlines() if not line.startswith(person.id)]
    at.settings.staff_file.write_text("\n".join(lines) + "\n")
    await at.after(days=1)
    side: Side = at.slack if "slack" in accounts else at.teams
    await side.says(HEAD, "staff list")
    await side.presses(HEAD, "Confirm it", {})  # one of three people at once is much

    await erase(at.context, person.id, at.person(HEAD))

    assert (await store.pins_of([person.id])).get(person.id, {}) == {}
    assert [await store.conversation_of(channel, account) for channel, account in accounts.items()] == [None] * len(
        accounts
    )
    assert await store.known([pseudonym]) == {}
    assert [message for message in await at.messages() if pseudonym in (message.recipient, *message.people)] == []


async def release_campaign(side: Side) -> None:
    """Published, opened and released by the head on that channel; the cards go out with the next tick."""
    acts = [scene.act for scene in SCENES if scene.who == HEAD][1:6]
    for act in acts:
        if isinstance(act, Says):
            await side.says(HEAD, act.text)
        elif isinstance(act, Presses):
            await side.presses(HEAD, act.title, act.fields)


def copies(side: Side, who: str, words: str) -> int:
    """How many messages in somebody's chat hold these words now."""
    return sum(words in message for message in side.chat(who).values())


@pytest.fixture
async def both(settings: Settings, understanding: Understanding) -> AsyncIterator[RealSchool]:
    """A school with both channels: the teacher and the assistant wrote in Teams first, and in Slack a day later."""
    async with real_school(settings, understanding, "teams and slack") as at:
        for who in (TEACHER, ASSISTANT):
            await at.teams.says(who, "hello")
        await at.after(days=1)
        for who in IDS:
            await at.slack.says(who, "hello")
        await release_campaign(at.slack)
        await at.server.tick()
        yield at


async def test_a_person_with_both_has_one_copy_where_they_wrote_last_and_the_receipt_takes_its_place(both: RealSchool):
    assert (copies(both.slack, TEACHER, OUR_POLICY), copies(both.teams, TEACHER, OUR_POLICY)) == (1, 0)
    in_teams = both.teams.chat(TEACHER)

    shown = await both.slack.presses(TEACHER, "Acknowledge", TICK)

    assert "A teacher acknowledged" in shown.words and where_of(shown) is PLACE
    assert (copies(both.slack, TEACHER, OUR_POLICY), both.teams.chat(TEACHER)) == (0, in_teams)
    assert "A teacher acknowledged" in (await both.teams.says(TEACHER, "agreement")).words
    assert len(await both.entries(EventKind.ACKNOWLEDGE)) == 1


async def test_somebody_who_writes_in_the_other_channel_gets_the_reminder_there_once(both: RealSchool):
    await both.after(days=1)
    await both.teams.says(ASSISTANT, "hello")
    await both.to("2026-09-30T17:00")

    sent = [message for message in await both.messages(MessageKind.NUDGE) if message.sent]
    of_assistant = await both.context.store.pseudonym_of("a1")
    channels = [message.sent.channel for message in sent if message.sent and message.recipient == of_assistant]
    assert channels == ["msteams"] * len(channels) and channels
    assert copies(both.teams, ASSISTANT, "is waiting for you") == len(channels)
    assert copies(both.slack, ASSISTANT, "is waiting for you") == 0


async def test_pressed_in_both_at_the_same_time_it_is_one_record_and_both_show_the_receipt(both: RealSchool):
    await both.teams.says(TEACHER, "agreement")

    shown = await asyncio.gather(
        both.slack.presses(TEACHER, "Acknowledge", TICK), both.teams.presses(TEACHER, "Acknowledge", TICK)
    )

    assert all("A teacher acknowledged" in each.words for each in shown)
    assert len(await both.entries(EventKind.ACKNOWLEDGE)) == 1


async def test_erased_somebody_is_gone_from_both(both: RealSchool):
    await both.slack.presses(TEACHER, "Acknowledge", TICK)

    await erased_is_gone(both, TEACHER, {"msteams": TEACHER, "slack": user_id(TEACHER)})
