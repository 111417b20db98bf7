"""Microsoft's signing keys: fetched no more often than needed, and an outage of theirs is nobody's fault here."""

import asyncio

import jwt

from bot.channels.teams import signing_keys
from tests.channels.teams.entrance import Entrance
from tests.standins.microsoft import APP_ID, Key


async def test_new_keys_refuse_nobody_even_while_forged_key_ids_pour_in(entrance: Entrance):
    microsoft = entrance.microsoft
    assert (await entrance.knock())[0] == 200
    forger = Key("forged")
    forged = jwt.encode({"aud": APP_ID}, forger.private, "RS256", headers={"kid": "forged"})
    assert (await entrance.knock(token=forged))[0] == 401

    microsoft.keys = {"k2": Key("k2")}
    statuses = await asyncio.gather(
        *(entrance.knock(token=forged) for _ in range(5)),
        *(entrance.knock(token=microsoft.token("k2")) for _ in range(5)),
    )

    assert [status for status, _ in statuses] == [401] * 5 + [200] * 5
    assert microsoft.keys_fetched <= 4


async def test_only_missing_keys_are_microsofts_fault_and_known_ones_outlive_an_outage(entrance: Entrance):
    entrance.microsoft.keys_fail = True
    status, sentence = await entrance.knock()
    assert (status, sentence) == (503, "Microsoft's keys cannot be fetched just now. Please try again.")

    entrance.microsoft.keys_fail = False
    entrance.clock.at += signing_keys.COOL_DOWN
    assert (await entrance.knock())[0] == 200

    entrance.microsoft.keys_fail = True
    entrance.clock.at += signing_keys.FRESH + 1
    assert (await entrance.knock())[0] == 200
    entrance.clock.at += signing_keys.USABLE
    assert (await entrance.knock())[0] == 503


async def test_whoever_finds_the_keys_just_fetched_fetches_them_no_second_time(entrance: Entrance):
    held = entrance.keys

    await asyncio.gather(held.keep_fresh(), held.keep_fresh(), held.keep_fresh())

    assert entrance.microsoft.keys_fetched == 1
    assert not entrance.clock.paused

    entrance.clock.at += signing_keys.FRESH + 1
    await held.keep_fresh()
    assert entrance.microsoft.keys_fetched == 2
