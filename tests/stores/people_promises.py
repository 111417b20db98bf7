"""What every store promises of people, their accounts and their chats; each store's own tests run these on it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import AccountTaken, StoreError
from bot.evidence.ports import Store
from bot.people.rules.conversations import ConversationKind, SharedFile
from tests.stores.examples import ANNA, BEN, MONDAY, class_channel, days, erased, own_chat


class PeoplePromises:
    async def test_somebody_keeps_their_pseudonym_when_their_details_change(self, store: Store):
        first = await store.enrol([ANNA, BEN])
        again = await store.enrol([replace(ANNA, name="A married teacher")])

        known = await store.everybody_known()
        assert again == {"t1": first["t1"]}
        assert len(set(first.values())) == 2
        assert known[first["t1"]].name == "A married teacher"
        assert known[first["t2"]].email == "t2@school.example"

    async def test_of_two_enrolments_at_once_both_give_the_same_pseudonym(self, store: Store):
        first, second = await asyncio.gather(store.enrol([ANNA]), store.enrol([ANNA]))

        assert first == second

    async def test_people_are_found_by_pseudonym_and_pseudonyms_by_person(self, store: Store):
        pseudonyms = await store.enrol([ANNA, BEN])

        known = await store.known([pseudonyms["t1"], "nobody"])
        assert {pseudonym: person.id for pseudonym, person in known.items()} == {pseudonyms["t1"]: "t1"}
        assert await store.pseudonym_of("t2") == pseudonyms["t2"]
        assert await store.pseudonym_of("t3") == ""

    async def test_everybody_known_is_the_same_dictionary_until_somebody_changes(self, store: Store):
        await store.enrol([ANNA])
        before = await store.everybody_known()

        await store.enrol([ANNA])
        assert await store.everybody_known() is before

        pseudonym = (await store.enrol([BEN]))["t2"]
        after = await store.everybody_known()
        assert after is not before and pseudonym in after and pseudonym not in before

        await store.erase(pseudonym, erased(pseudonym))
        assert set(await store.everybody_known()) == set(before)

    async def test_an_account_is_pinned_to_one_person_and_a_person_to_one_account_in_each_channel(self, store: Store):
        await store.pin("msteams", "account-1", "t1")
        for account, person in (("account-1", "t2"), ("account-2", "t1"), ("account-1", "t1")):
            with pytest.raises(StoreError, match="nothing was changed"):
                await store.pin("msteams", account, person)

        assert await store.person_of("msteams", "account-1") == "t1"
        assert await store.person_of("msteams", "account-2") == ""
        assert await store.pins_of(["t1", "t2"]) == {"t1": {"msteams": "account-1"}}

    async def test_the_same_account_of_two_channels_may_belong_to_two_people(self, store: Store):
        await store.pin("msteams", "account/1", "t1")
        await store.pin("slack", "account/1", "t2")
        await store.pin("slack", "account/2", "t1")

        assert await store.person_of("msteams", "account/1") == "t1"
        assert await store.person_of("slack", "account/1") == "t2"
        assert await store.pins_of(["t1"]) == {"t1": {"msteams": "account/1", "slack": "account/2"}}
        assert await store.pins_of([]) == {}

    async def test_an_account_that_was_taken_from_somebody_is_theirs_again_or_nobodys(self, store: Store):
        await store.pin("slack", "U1", "t1")
        await store.keep_conversation(own_chat("U1", "D1", "slack"))
        await store.keep_conversation(own_chat("U1", "a:1", "msteams"))

        await store.unpin("slack", "U1")
        await store.unpin("slack", "U1")
        await store.unpin("slack", "never pinned")

        assert await store.person_of("slack", "U1") == "" and await store.pins_of(["t1"]) == {}
        assert await store.conversation("slack", "D1") is None and await store.conversation("msteams", "a:1")
        with pytest.raises(AccountTaken):
            await store.pin("slack", "U1", "t2")
        await store.pin("slack", "U2", "t1")  # the person may have another account meanwhile
        await store.unpin("slack", "U2")
        await store.pin("slack", "U1", "t1")
        assert await store.pins_of(["t1"]) == {"t1": {"slack": "U1"}}

    async def test_of_two_pins_at_once_one_is_kept(self, store: Store):
        pins = (store.pin("msteams", "account-1", "t1"), store.pin("msteams", "account-2", "t1"))
        outcomes = await asyncio.gather(*pins, return_exceptions=True)

        assert sorted(type(outcome) for outcome in outcomes if outcome is not None) == [AccountTaken]
        assert len((await store.pins_of(["t1"]))["t1"]) == 1

    async def test_a_conversation_is_kept_once_renewed_and_forgotten(self, store: Store):
        chat = own_chat("account-1", "a:1/2")
        moved = replace(chat, service="https://elsewhere/", written_on=MONDAY)
        await store.keep_conversation(chat)
        await store.keep_conversation(moved)
        assert await store.conversation("msteams", "a:1/2") == moved
        assert await store.conversation_of("msteams", "account-1") == moved

        await store.forget_conversation("msteams", "a:1/2")
        await store.forget_conversation("msteams", "a:1/2")
        assert await store.conversation("msteams", "a:1/2") is None
        assert await store.conversation_of("msteams", "account-1") is None

    async def test_a_conversation_belongs_to_its_channel_and_without_one_the_first_that_knows_it_is_meant(
        self, store: Store
    ):
        for channel in ("web", "msteams"):
            await store.keep_conversation(class_channel("class", channel=channel))

        assert await store.conversation("web", "class") == class_channel("class", channel="web")
        assert await store.conversation("slack", "class") is None
        assert await store.conversation("", "class") == class_channel("class", channel="msteams")
        await store.forget_conversation("msteams", "class")
        assert await store.conversation("", "class") == class_channel("class", channel="web")
        assert await store.conversation("", "another") is None

    async def test_of_somebodys_own_chats_on_a_channel_the_last_that_was_kept_counts(self, store: Store):
        first, second = own_chat("account-1", "a:1"), own_chat("account-1", "a:2")
        await store.keep_conversation(first)
        await store.keep_conversation(second)
        await store.keep_conversation(own_chat("account-1", "w:1", "web"))
        await store.keep_conversation(own_chat("account-2", "a:3"))
        assert await store.conversation_of("msteams", "account-1") == second
        assert await store.conversation_of("slack", "account-1") is None
        assert await store.conversation_of("", "account-1") == own_chat("account-1", "w:1", "web")

        written_again = replace(first, written_on=MONDAY + days(1))
        await store.keep_conversation(written_again)
        assert await store.conversation_of("msteams", "account-1") == written_again

    async def test_shared_conversations_are_all_but_own_chats(self, store: Store):
        meeting = replace(class_channel("meeting", team=""), kind=ConversationKind.MEETING)
        for conversation in (own_chat("account-1"), class_channel("class"), meeting):
            await store.keep_conversation(conversation)

        assert set(await store.shared_conversations()) == {class_channel("class"), meeting}

    async def test_a_team_is_forgotten_with_all_its_channels_on_that_channel_only(self, store: Store):
        kept = (class_channel("other", team="another"), class_channel("class", channel="slack"))
        for conversation in (class_channel("class"), class_channel("second"), *kept):
            await store.keep_conversation(conversation)

        await store.forget_team("msteams", "team")
        await store.forget_team("msteams", "team")

        assert set(await store.shared_conversations()) == set(kept)

    async def test_files_to_be_removed_come_in_the_order_in_which_they_are_due(self, store: Store):
        later = SharedFile("F1", datetime(2021, 9, 6, 9, 10, tzinfo=UTC))
        earlier = SharedFile("F2", later.remove_at - timedelta(minutes=1))
        await store.keep_shared_file(later)
        await store.keep_shared_file(earlier)
        assert await store.shared_files() == (earlier, later)

        await store.forget_shared_file("F2")
        await store.forget_shared_file("F2")
        assert await store.shared_files() == (later,)

    async def test_an_account_in_slack_that_left_a_row_leaves_what_is_known_too(self, store: Store):
        pseudonym = (await store.enrol([replace(ANNA, slack="U0ANNA")]))["t1"]
        assert (await store.known([pseudonym]))[pseudonym].slack == "U0ANNA"

        await store.enrol([ANNA])
        everybody = await store.everybody_known()

        assert everybody[pseudonym].slack == ""
        await store.enrol([ANNA])
        assert await store.everybody_known() is everybody
