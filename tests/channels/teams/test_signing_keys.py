"""Microsoft's signing keys: fetched no more often than needed, and an outage of theirs is nobody's fault here."""

import asyncio

import jwt

from bot.channels import signing_keys
from tests.channels.teams.checked_server import CheckedServer
from tests.standins.microsoft import APP_ID, Key


async def test_new_keys_refuse_nobody_even_while_forged_key_ids_pour_in(server: CheckedServer):
    microsoft = server.microsoft
    assert (await server.ask())[0] == 200
    forger = Key("forged")
    forged = jwt.encode({"aud": APP_ID}, forger.private, "RS256", headers={"kid": "forged"})
    assert (await server.ask(token=forged))[0] == 401

    microsoft.keys = {"k2": Key("k2")}
    statuses = await asyncio.gather(
        *(server.ask(token=forged) for _ in range(5)),
        *(server.ask(token=microsoft.token("k2")) for _ in range(5)),
    )

    assert [status for status, _ in statuses] == [401] * 5 + [200] * 5
    assert microsoft.keys_fetched <= 4


async def test_only_missing_keys_are_microsofts_fault_and_known_ones_outlive_an_outage(server: CheckedServer):
    server.microsoft.keys_fail = True
    status, sentence = await server.ask()
    assert (status, sentence) == (503, "Microsoft's keys cannot be fetched just now. Please try again.")

    server.microsoft.keys_fail = False
    server.clock.at += signing_keys.COOL_DOWN
    assert (await server.ask())[0] == 200

    server.microsoft.keys_fail = True
    server.clock.at += signing_keys.FRESH_FOR + 1
    assert (await server.ask())[0] == 200
    server.clock.at += signing_keys.USABLE_FOR
    assert (await server.ask())[0] == 503


async def test_keys_that_were_just_fetched_are_not_fetched_a_second_time(server: CheckedServer):
    keys = server.keys

    await asyncio.gather(keys.keep_fresh(), keys.keep_fresh(), keys.keep_fresh())

    assert server.microsoft.keys_fetched == 1
    assert not server.clock.pauses

    server.clock.at += signing_keys.FRESH_FOR + 1
    await keys.keep_fresh()
    assert server.microsoft.keys_fetched == 2
