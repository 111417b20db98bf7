"""The bot as Teams meets it: activities in over HTTP, messages out to a little Bot Connector."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.cards import Cards
from bot.channels.door import guarded, read_request
from bot.channels.envelope import Activity, words_said
from bot.channels.teams import NO_CHAT, NOT_NOW, PRIVATELY, Teams, with_fallback
from bot.channels.teams_adapter import SORRY, TeamsAdapter
from bot.channels.teams_connector import Connector
from bot.errors import StoreError, TokenUnavailable, Unreachable
from bot.flows.ask import Mind
from bot.flows.desk import NOTED, STRANGER, Desk
from bot.rules.harm import Signs
from bot.rules.people import Person, Proof, Role
from bot.rules.places import Kind, Place
from bot.rules.questions import Count, Happened, week_of
from bot.rules.rulings import Ruling, Situation
from bot.rules.talk import Incoming, Outgoing
from bot.rules.verdicts import Verdict
from bot.settings import ROOT
from tests.fakes import MONDAY, SURE, TEACHER, FakeRecogniser, FakeRoster, FakeStore, policy
from tests.standins.activities import BOT, activity, in_group, pressed, said
from tests.standins.microsoft import TENANT, LittleMicrosoft, little_microsoft, serving

CARDS = Cards(ROOT / "cards", with_fallback)
NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")
PHONES = Ruling("phones", Verdict.NO, "Not in lessons.", clauses=("P-1",))
WIDE = Situation("wide", "phones or photos", "Phones or photos", "", offers=("phones", "lunch"))
NEWCOMER = Person("t2", "A newcomer", "new@school.example", "", frozenset({Role.STAFF}))


class OpenDoor:
    """Lets in everything that has the shape of an activity."""

    async def admit(self, request: web.Request) -> Activity:
        return await read_request(request)


async def token(scope: str) -> str:
    return f"token for {scope}"


@dataclass
class Bot:
    """The real desk on fakes, behind the real channel on a real port."""

    microsoft: LittleMicrosoft
    http: aiohttp.ClientSession
    store: FakeStore
    desk: Desk
    chat: Teams
    address: str = ""
    now: datetime = NINE

    @property
    def service(self) -> str:
        return self.microsoft.service

    async def hears(self, body: dict[str, Any]) -> tuple[int, Any]:
        """The HTTP answer; what the bot says goes to the connector."""
        async with self.http.post(f"{self.address}/api/messages", json=body) as answer:
            told = await answer.text()
            return answer.status, await answer.json() if told else None

    async def says_to(self, body: dict[str, Any]) -> str:
        """The words of the one message an activity brings."""
        before = len(self.microsoft.messages())
        assert (await self.hears(body))[0] == 200
        new = self.microsoft.messages()[before:]
        assert len(new) == 1
        return str(new[0]["summary"])


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    school = policy(PHONES, wide=(WIDE,))
    read = FakeRecogniser({"can i use my phone": {"phones": 1.0}, "phones or photos": {"wide": 1.0}})
    mind = Mind(school, read, SURE, Signs.of((), (), {}, ()), trusts_drafts=True)
    store = FakeStore()
    async with little_microsoft() as microsoft, aiohttp.ClientSession() as http:
        desk = Desk(mind, FakeRoster((TEACHER, NEWCOMER)), store, lambda: MONDAY)
        chat = Teams(desk, CARDS.fill, store, Connector(lambda: http, token), "school", Proof.TOKEN, lambda: made.now)
        made = Bot(microsoft, http, store, desk, chat)
        adapter = TeamsAdapter(chat.connector, chat)

        app = web.Application()
        app.router.add_post("/api/messages", guarded(OpenDoor(), adapter.respond))
        async with serving(app) as made.address:
            yield made
            await chat.close()


def card_of(message: dict[str, Any]) -> dict[str, Any]:
    return dict(message["attachments"][0]["content"])


async def test_a_question_gets_one_answer_with_its_card_in_its_own_chat(bot: Bot):
    assert (await bot.says_to(said(bot.service, "can i use my phone"))).startswith("No: Not in lessons.")

    sent = bot.microsoft.taken[-1]
    assert sent.path == "/teams/v3/conversations/a:chat/activities/" + sent.body["replyToId"]
    assert sent.token == "token for https://api.botframework.com/.default"
    assert card_of(sent.body)["id"] == "answer"
    assert "Clause 1 says so." in str(card_of(sent.body))
    assert "DEMO" not in str(card_of(sent.body))


async def test_the_same_message_delivered_again_is_answered_once(bot: Bot):
    body = said(bot.service, "can i use my phone")

    statuses = [status for status, _ in await asyncio.gather(*(bot.hears(body) for _ in range(4)))]

    assert statuses == [200] * 4
    assert len(bot.microsoft.messages()) == 1
    assert bot.store.counted[Count(week_of(MONDAY), "phones", Happened.ASKED)] == 1


async def test_a_press_delivered_again_is_answered_the_same(bot: Bot):
    body = pressed(bot.service, "helped", {"situation": "phones"})

    first, again = await bot.hears(body), await bot.hears(body)

    assert first == again
    assert bot.store.counted[Count(week_of(MONDAY), "phones", Happened.HELPED)] == 1


async def test_replies_can_be_asked_for_in_the_answer_itself(bot: Bot):
    status, told = await bot.hears(said(bot.service, "can i use my phone", deliveryMode="expectReplies"))

    assert status == 200
    assert [card_of(one)["id"] for one in told["activities"]] == ["answer"]
    assert bot.microsoft.messages() == []


async def test_a_mention_and_markup_are_not_part_of_the_question(bot: Bot):
    text = "<at>Staffroom</at>  can i use&nbsp;my <at>phone</at>\n"

    assert (await bot.says_to(said(bot.service, text, **in_group()))).startswith("No: Not in lessons.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<at>Staffroom</at> hello", "hello"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("tell <at>A colleague</at> that", "tell A colleague that"),
        ("", ""),
        (None, ""),
    ],
)
def test_words_are_what_was_written(text: str | None, words: str):
    assert words_said(activity("s", text=text, **in_group())) == words


async def test_a_button_puts_the_answer_in_the_place_of_its_card(bot: Bot):
    await bot.hears(said(bot.service, "phones or photos"))
    chosen = card_of(bot.microsoft.messages()[-1])
    assert chosen["id"] == "choose"

    status, told = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}, replyToId="m7"))
    await bot.chat.close()

    assert (status, told["statusCode"], told["type"]) == (200, 200, "application/vnd.microsoft.card.adaptive")
    assert told["value"]["id"] == "answer"
    put = bot.microsoft.taken[-1]
    assert (put.method, put.path.rsplit("/", 1)[1], card_of(put.body)["id"]) == ("PUT", "m7", "answer")


async def test_thanks_for_a_thumb_do_not_take_the_answer_away(bot: Bot):
    _, told = await bot.hears(pressed(bot.service, "helped", {"situation": "phones"}))

    assert told == {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": NOTED}
    assert bot.microsoft.taken == []


@pytest.mark.parametrize(
    "value",
    [None, {}, "x", [], {"action": None}, {"action": {"type": "Action.Submit", "verb": "look"}},
     {"action": {"type": "Action.Execute"}}, {"action": {"type": "Action.Execute", "verb": 7}},
     {"action": {"type": "Action.Execute", "verb": "look", "data": [1]}}],
)  # fmt: skip
async def test_a_press_of_the_wrong_shape_gets_a_card_error(bot: Bot, value: Any):
    body = pressed(bot.service, "look") | {"value": value}
    status, told = await bot.hears(body)

    assert (status, told["statusCode"], told["type"]) == (200, 400, "application/vnd.microsoft.error")
    assert told["value"]["message"] == "That button could not be read."


async def test_a_button_of_an_older_version_says_so(bot: Bot):
    for verb, data in (("gone", {}), ("look", {"situation": "gone"}), ("look", {"situation": {"a": 1}})):
        _, told = await bot.hears(pressed(bot.service, verb, data))
        assert "older version" in told["value"]


async def test_other_invokes_are_not_ours(bot: Bot):
    assert (await bot.hears(activity(bot.service, "invoke", name="task/fetch")))[0] == 501


async def test_a_client_without_action_execute_sends_the_fallback_and_is_served_the_same(bot: Bot):
    await bot.hears(said(bot.service, "phones or photos"))
    fallback = next(one["fallback"] for one in _actions(card_of(bot.microsoft.messages()[-1])))
    assert fallback["type"] == "Action.Submit"

    words = await bot.says_to(activity(bot.service, value=fallback["data"]))
    assert words.startswith("No: Not in lessons.")


def _actions(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for one in part for found in _actions(one)]
    if not isinstance(part, dict):
        return []
    mine = [part] if part.get("type") == "Action.Execute" else []
    return mine + [found for value in part.values() for found in _actions(value)]


def test_every_execute_on_every_card_has_a_fallback():
    for name in CARDS.names():
        sample = json.loads((ROOT / "cards" / "samples" / f"{name}.json").read_text(encoding="utf-8"))
        card = CARDS.fill(name, {"is_demo": False, **sample})
        assert all(one["fallback"]["data"] == {**one.get("data", {}), "verb": one["verb"]} for one in _actions(card))


async def test_what_a_card_says_about_its_presser_is_not_believed(bot: Bot):
    data = {"situation": "phones", "account": "teacher", "from": "teacher"}
    _, told = await bot.hears(pressed(bot.service, "helped", data, **{"from": {"id": "29:x", "aadObjectId": "x"}}))

    assert told["value"] == STRANGER
    assert not bot.store.counted


@pytest.mark.parametrize(
    "who",
    [{"id": "29:p", "aadObjectId": "a-pupil"}, {"id": "29:p"}, {"id": "29:p", "name": "A teacher"},
     {"id": "29:p", "aadObjectId": ""}],
)  # fmt: skip
async def test_strangers_get_one_kind_sentence_and_nothing_is_kept_of_them(bot: Bot, who: dict[str, str]):
    for body in (
        said(bot.service, "can i use my phone"),
        said(bot.service, "my record"),
        activity(bot.service, "installationUpdate", action="add"),
    ):
        assert await bot.says_to({**body, "from": who}) == STRANGER

    assert (bot.store.known, bot.store.pinned, sum(bot.store.counted.values())) == ({}, {}, 0)


def member(**more: Any) -> dict[str, Any]:
    return {"id": "29:new", "aadObjectId": "new-account", "tenantId": TENANT, "userRole": "user",
            "userPrincipalName": "New@School.example", **more}  # fmt: skip


NEW = {"from": {"id": "29:new", "name": "Anybody", "aadObjectId": "new-account"}}


async def test_an_account_is_joined_once_by_its_verified_sign_in_name_and_then_pinned(bot: Bot):
    bot.microsoft.members["29:new"] = member()

    assert (await bot.says_to(said(bot.service, "can i use my phone", **NEW))).startswith("No:")
    assert bot.store.pinned == {"new-account": "t2"}
    bot.microsoft.members["29:new"] = member(userPrincipalName="married@school.example")
    assert (await bot.says_to(said(bot.service, "can i use my phone", **NEW))).startswith("No:")
    assert sum(one.method == "GET" for one in bot.microsoft.taken) == 1


@pytest.mark.parametrize(
    "told",
    [
        member(userRole="guest"),
        member(userPrincipalName="new_school.example#EXT#@other.example"),
        member(tenantId="another"),
        member(aadObjectId="somebody-else"),
        member(userPrincipalName="", email="new@school.example"),
        member(userPrincipalName="other@school.example", name="A newcomer"),
    ],
)
async def test_guests_other_tenants_and_look_alikes_join_nobody(bot: Bot, told: dict[str, Any]):
    bot.microsoft.members["29:new"] = told

    assert await bot.says_to(said(bot.service, "hello", **NEW)) == STRANGER
    assert await bot.says_to(said(bot.service, "hello", **NEW)) == STRANGER
    assert bot.store.pinned == {}
    assert sum(one.method == "GET" for one in bot.microsoft.taken) == 1


async def test_a_pinned_row_takes_no_second_account(bot: Bot):
    bot.store.pinned["first-account"] = "t2"
    bot.microsoft.members["29:new"] = member()

    assert await bot.says_to(said(bot.service, "hello", **NEW)) == STRANGER
    assert bot.store.pinned == {"first-account": "t2"}


async def test_installing_greets_staff_once_and_keeps_where_to_write(bot: Bot):
    words = await bot.says_to(activity(bot.service, "installationUpdate", action="add"))
    await bot.hears(activity(bot.service, "conversationUpdate", membersAdded=[{"id": BOT}]))
    await bot.hears(activity(bot.service, "installationUpdate", action="add-upgrade"))

    assert words.startswith("Hello.")
    assert len(bot.microsoft.messages()) == 1
    place = Place("msteams", "a:chat", Kind.PERSONAL, bot.service, TENANT, "teacher", "29:teacher")
    assert await bot.store.places() == (place,)


async def test_a_team_is_left_in_peace_when_the_bot_is_added(bot: Bot):
    await bot.hears(activity(bot.service, "installationUpdate", action="add", **in_group("channel")))
    await bot.hears(activity(bot.service, "conversationUpdate", membersAdded=[{"id": "29:pupil"}]))

    assert bot.microsoft.messages() == []
    assert [(one.kind, one.account, one.user) for one in await bot.store.places()] == [(Kind.TEAM, "", "")]


async def test_whoever_removes_the_bot_cannot_be_reached(bot: Bot):
    await bot.hears(said(bot.service, "hello"))
    assert await bot.chat.tell("teacher", bot.desk.welcome()) == f"m{len(bot.microsoft.taken)}"

    await bot.hears(activity(bot.service, "installationUpdate", action="remove"))

    with pytest.raises(Unreachable):
        await bot.chat.tell("teacher", bot.desk.welcome())
    assert await bot.store.places() == ()


async def test_a_group_never_sees_what_is_for_one_person(bot: Bot):
    assert await bot.says_to(said(bot.service, "my record", **in_group())) == NO_CHAT

    await bot.hears(said(bot.service, "hello"))
    before = len(bot.microsoft.taken)
    assert (await bot.hears(said(bot.service, "<at>Staffroom</at> my record", **in_group())))[0] == 200
    private, public = bot.microsoft.taken[before:]

    assert "a:chat" in private.path
    assert TEACHER.name in str(private.body)
    assert public.body["summary"] == PRIVATELY
    assert TEACHER.name not in str(public.body)


async def test_greetings_and_help_work_everywhere(bot: Bot):
    for more in ({}, in_group(), in_group("channel")):
        assert (await bot.says_to(said(bot.service, "Good morning!", **more))).startswith("Hello.")
        assert (await bot.says_to(said(bot.service, "Help", **more))).startswith("Ask me")
    assert "staff list says" in str(await bot.says_to(said(bot.service, "my record")))


async def test_a_follow_up_builds_on_the_answer_before_for_ten_minutes(bot: Bot):
    heard: list[Incoming] = []

    class Listening(Desk):
        async def __call__(self, incoming: Incoming) -> Outgoing:
            heard.append(incoming)
            return await super().__call__(incoming)

    bot.chat.desk = Listening(bot.desk.mind, bot.desk.roster, bot.store, lambda: MONDAY)
    for minutes, text in ((0, "can i use my phone"), (9, "and at break"), (20, "and at break")):
        bot.now = NINE + timedelta(minutes=minutes)
        await bot.hears(said(bot.service, text))

    assert [one.last for one in heard] == ["", "phones", ""]


async def test_an_edited_question_changes_its_answer_and_says_nothing_new(bot: Bot):
    question = said(bot.service, "what is for dinner")
    await bot.hears(question)
    first = len(bot.microsoft.taken)

    edited = said(bot.service, "can i use my phone", id=question["id"], type="messageUpdate")
    await bot.hears(edited)
    await bot.hears(activity(bot.service, "messageDelete", id=question["id"]))

    put = bot.microsoft.taken[first:]
    assert [(one.method, one.path.rsplit("/", 1)[1]) for one in put] == [("PUT", f"m{first}")]
    assert card_of(put[0].body)["id"] == "answer"


async def test_an_edit_of_a_message_nobody_remembers_is_answered(bot: Bot):
    assert (await bot.says_to(said(bot.service, "can i use my phone", type="messageUpdate"))).startswith("No:")


async def test_a_thumb_under_an_answer_counts_like_its_button(bot: Bot):
    await bot.hears(said(bot.service, "can i use my phone"))
    for kind in ("like", "angry", "surprised"):
        under = {"reactionsAdded": [{"type": kind}], "replyToId": "m1"}
        await bot.hears(activity(bot.service, "messageReaction", **under))
    await bot.hears(activity(bot.service, "messageReaction", reactionsAdded=[{"type": "like"}], replyToId="m99"))
    await bot.hears(activity(bot.service, "messageReaction", reactionsRemoved=[{"type": "like"}], replyToId="m1"))

    counted = {count.what: times for count, times in bot.store.counted.items()}
    assert counted == {Happened.ASKED: 1, Happened.HELPED: 1, Happened.DID_NOT_HELP: 1}
    assert len(bot.microsoft.messages()) == 1


async def test_a_long_wait_shows_that_somebody_is_typing(bot: Bot):
    gate = asyncio.Event()

    class Slow(Desk):
        async def __call__(self, incoming: Incoming) -> Outgoing:
            await gate.wait()
            return await super().__call__(incoming)

    bot.chat.desk, bot.chat.patience = Slow(bot.desk.mind, bot.desk.roster, bot.store, lambda: MONDAY), 0.0
    asking = asyncio.ensure_future(bot.hears(said(bot.service, "can i use my phone")))
    while not bot.microsoft.taken and not asking.done():
        await asyncio.wait({asking}, timeout=0.01)
    gate.set()
    await asking

    assert [one.body["type"] for one in bot.microsoft.taken] == ["typing", "message"]


async def test_what_cannot_be_kept_is_said_and_a_fault_of_ours_is_owned(bot: Bot, caplog: pytest.LogCaptureFixture):
    failures: list[Exception] = []

    class Failing(Desk):
        async def __call__(self, incoming: Incoming) -> Outgoing:
            raise failures[-1]

    bot.chat.desk = Failing(bot.desk.mind, bot.desk.roster, bot.store, lambda: MONDAY)
    for failure, sentence in ((StoreError("It is full."), "It is full."), (ValueError("x"), SORRY)):
        failures.append(failure)
        assert (await bot.hears(said(bot.service, "a secret question")))[0] == 200
        assert bot.microsoft.taken[-1].body["text"] == sentence
        status, told = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}))
        assert (status, told["statusCode"], told["value"]["message"]) == (200, 500, sentence)
    assert "secret" not in caplog.text
    assert "teacher" not in caplog.text


async def test_an_answer_teams_may_not_have_taken_is_said_again_when_asked_again(
    bot: Bot, caplog: pytest.LogCaptureFixture
):
    bot.microsoft.next_answers.append((502, {}))
    body = said(bot.service, "can i use my phone")

    assert (await bot.hears(body))[0] == 429
    assert len(bot.microsoft.taken) == 1
    assert "turn_failed type=message error=InDoubt" in caplog.text
    assert (await bot.hears(body))[0] == 200
    assert len(bot.microsoft.taken) == 2


async def test_other_activities_are_taken_quietly(bot: Bot):
    for type in ("typing", "event", "endOfConversation", "trace", "handoff", "x" * 200, "контакт"):
        assert (await bot.hears(activity(bot.service, type)))[0] == 200
    assert bot.microsoft.taken == []


async def test_somebody_without_an_account_on_the_roster_is_not_joined_by_name(bot: Bot):
    bot.desk = replace(bot.desk, roster=FakeRoster((replace(TEACHER, account=""),)))
    bot.chat.desk = bot.desk
    who = {"from": {"id": "29:teacher", "name": TEACHER.name, "aadObjectId": "imposter"}}

    assert await bot.says_to(said(bot.service, "hello", **who)) == STRANGER


async def test_without_a_token_the_bot_says_nothing_and_stays_up(bot: Bot, caplog: pytest.LogCaptureFixture):
    async def none(scope: str) -> str:
        raise TokenUnavailable("Microsoft gave no token (invalid_client).")

    body = said(bot.service, "can i use my phone")
    bot.chat.connector.token, usual = none, bot.chat.connector.token
    assert (await bot.hears(body))[0] == 429
    assert (await bot.hears(said(bot.service, "hello", **NEW)))[0] == 200
    assert bot.microsoft.taken == []
    assert "error=Busy" in caplog.text

    bot.chat.connector.token = usual
    assert (await bot.hears(body))[0] == 200
    assert len(bot.microsoft.messages()) == 1


async def test_a_removed_team_takes_all_its_channels_with_it(bot: Bot):
    def here(channel: str, team: str) -> dict[str, Any]:
        where = {"id": channel, "conversationType": "channel", "tenantId": TENANT}
        return {"conversation": where, "channelData": {"tenant": {"id": TENANT}, "team": {"id": team}}}

    for channel, team in (("19:a;messageid=1", "team-1"), ("19:b", "team-1"), ("19:c", "team-2")):
        await bot.hears(said(bot.service, "hello", **here(channel, team)))
    assert {one.conversation for one in await bot.store.places()} == {"19:a", "19:b", "19:c"}

    await bot.hears(activity(bot.service, "installationUpdate", action="remove", **here("19:a", "team-1")))

    assert [one.conversation for one in await bot.store.places()] == ["19:c"]


async def test_ids_are_the_same_in_small_and_capital_letters(bot: Bot):
    loud = {"from": {"id": "29:t", "aadObjectId": "TEACHER"}}

    assert (await bot.says_to(said(bot.service, "can i use my phone", **loud))).startswith("No:")


async def test_five_first_messages_at_once_are_one_look_up(bot: Bot):
    bot.microsoft.members["29:new"] = member()
    bodies = [said(bot.service, "can i use my phone", **NEW) for _ in range(5)]

    await asyncio.gather(*(bot.hears(body) for body in bodies))

    assert sum(one.method == "GET" for one in bot.microsoft.taken) == 1
    assert {one["summary"].partition(":")[0] for one in bot.microsoft.messages()} == {"No"}


async def test_staff_who_cannot_be_looked_up_are_not_taken_for_pupils(bot: Bot):
    bot.microsoft.members["29:new"] = member()
    bot.microsoft.next_answers.extend([(503, {"Retry-After": "0"})] * 3)

    await bot.hears(said(bot.service, "can i use my phone", **NEW))
    assert bot.microsoft.taken[-1].body["text"] == NOT_NOW
    assert (await bot.says_to(said(bot.service, "can i use my phone", **NEW))).startswith("No:")


async def test_an_account_of_no_known_kind_is_taken_for_a_guest(bot: Bot):
    bot.microsoft.members["29:new"] = {key: value for key, value in member().items() if key != "userRole"}

    assert await bot.says_to(said(bot.service, "hello", **NEW)) == STRANGER


async def test_a_thumb_does_not_end_the_conversation(bot: Bot):
    await bot.hears(said(bot.service, "can i use my phone"))
    await bot.hears(pressed(bot.service, "helped", {"situation": "phones"}))

    assert bot.chat._situations.last(("teacher", "a:chat"), NINE) == "phones"


async def test_a_deleted_channel_is_forgotten_and_its_team_is_not(bot: Bot):
    def here(id: str, **more: Any) -> dict[str, Any]:
        where = {"id": id, "conversationType": "channel", "tenantId": TENANT}
        return {"conversation": where, "channelData": {"tenant": {"id": TENANT}, "team": {"id": "19:a"}, **more}}

    for channel in ("19:a", "19:b"):
        await bot.hears(said(bot.service, "hello", **here(channel)))
    deleted = here("19:a", eventType="channelDeleted", channel={"id": "19:b"})
    await bot.hears(activity(bot.service, "conversationUpdate", **deleted))
    assert [one.conversation for one in await bot.store.places()] == ["19:a"]

    await bot.hears(activity(bot.service, "conversationUpdate", **here("19:a", eventType="teamDeleted")))
    assert await bot.store.places() == ()


async def test_a_chat_that_no_longer_takes_messages_is_forgotten(bot: Bot):
    await bot.hears(said(bot.service, "hello"))
    bot.microsoft.next_answers.append((403, {}))

    with pytest.raises(Unreachable):
        await bot.chat.tell("teacher", bot.desk.welcome())
    assert await bot.store.places() == ()


async def test_a_full_disk_costs_nobody_a_hand_off(bot: Bot, caplog: pytest.LogCaptureFixture):
    class Full(FakeStore):
        async def count(self, *counts: Count) -> None:
            raise StoreError("This could not be saved.")

        async def keep_place(self, place: Place) -> None:
            raise StoreError("This could not be saved.")

    full = Full()
    bot.chat.desk, bot.chat.places = replace(bot.desk, store=full), full

    assert (await bot.says_to(said(bot.service, "can i use my phone"))).startswith("No:")
    assert {"count_failed", "place_not_kept"} <= {record.message for record in caplog.records}
