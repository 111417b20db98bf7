"""An account is linked to a row of the staff list once, on the channel's own word."""

from dataclasses import dataclass, replace

import pytest

from bot.errors import StoreError
from bot.people.link_account import identify, link_account, recheck_account
from bot.people.rules.person import Caller, Member, Person, Stranger
from tests.fake_store import FakeStore
from tests.fakes import FakeRoster, caller

PERSON = Person("v1", "A volunteer", "v@school.example", "", frozenset())
ROSTER = FakeRoster((PERSON,))


def member(account: str) -> Member:
    return Member(account, "", PERSON.email, is_guest=False)


async def link(store: FakeStore, account: str) -> bool:
    return await link_account(caller(account), member(account), "school", ROSTER, store)


async def who(caller: Caller, store: FakeStore) -> Person | Stranger:
    return await identify(caller, "school", ROSTER, store)


async def test_a_linked_account_is_known_from_then_on():
    store = FakeStore()
    assert await who(caller("first"), store) == Stranger()

    assert await link(store, "first")
    assert await who(caller("first"), store) == PERSON


async def test_linking_again_is_safe_and_a_second_account_of_that_channel_is_not_linked():
    store = FakeStore()
    await link(store, "first")

    assert await link(store, "first")
    assert not await link(store, "second")
    assert await who(caller("second"), store) == Stranger()


async def test_the_same_account_name_on_another_channel_is_somebody_else():
    store = FakeStore()
    await link(store, "first")

    assert await who(replace(caller("first"), channel="elsewhere"), store) == Stranger()


async def test_a_person_may_have_an_account_on_each_channel():
    store = FakeStore()
    await link(store, "first")
    elsewhere = replace(caller("second"), channel="elsewhere")

    assert await link_account(elsewhere, member("second"), "school", ROSTER, store)
    assert await store.pins_of(["v1"]) == {"v1": {"test": "first", "elsewhere": "second"}}


async def test_somebody_who_is_not_on_the_list_is_not_linked():
    unknown = Member("first", "", "unknown@school.example", is_guest=False)

    assert not await link_account(caller("first"), unknown, "school", ROSTER, FakeStore())


async def test_an_account_whose_address_changes_is_taken_back_and_can_never_be_anybody_elses():
    store, colleague = FakeStore(), Person("v2", "A colleague", "c@school.example", "", frozenset())
    roster = FakeRoster((PERSON, colleague))
    await link(store, "first")

    assert not await recheck_account(caller("first"), member("first"), "school", roster, store)
    assert await who(caller("first"), store) == PERSON

    theirs = Member("first", "", colleague.email, is_guest=False)
    assert await recheck_account(caller("first"), theirs, "school", roster, store)
    assert await who(caller("first"), store) == Stranger()
    assert not await recheck_account(caller("first"), theirs, "school", roster, store)
    assert not await link_account(caller("first"), theirs, "school", roster, store)
    assert await link(store, "first")  # the address is back


@dataclass
class FullAccounts:
    """Accounts on a full disk."""

    async def pin(self, channel: str, account: str, person: str) -> None:
        raise StoreError("This could not be saved.")

    async def unpin(self, channel: str, account: str) -> None:
        raise StoreError("This could not be saved.")

    async def person_of(self, channel: str, account: str) -> str:
        return ""

    async def pins_of(self, people: object) -> dict[str, dict[str, str]]:
        return {}


async def test_an_account_that_could_not_be_kept_is_an_error():
    with pytest.raises(StoreError, match="could not be saved"):
        await link_account(caller("first"), member("first"), "school", ROSTER, FullAccounts())
