"""How IT sets a language model up: what is refused, what proves who we are, and what the servers do with it."""

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.chooser.budget import FAILURES_BEFORE_REST, MAX_PER_DAY
from bot.chooser.counts import Counts, write_counts
from bot.chooser.open import SCOPE, open_chooser
from bot.chooser.prompt import read_prompt
from bot.cli.doctor_chooser import chooser_lines
from bot.cli.status import Status
from bot.config import read_config
from bot.credentials import Tokens
from bot.errors import PolicyFileError, SettingsError
from bot.evidence.rules.ledger import EventKind
from bot.run_local import open_local
from bot.settings import ROOT, ChooserSettings, Settings, read_settings
from tests.channels.pages.pages_school import NOW, understands_nothing
from tests.chooser.asking import OPTIONS
from tests.fakes import MONDAY
from tests.standins.chooser import MODEL, REGION, Mood, little_chooser
from tests.standins.microsoft import serving

AZURE = "https://our-school.openai.azure.com/openai/v1"


def chosen(**variables: str) -> ChooserSettings | None:
    return read_settings({f"STAFFROOM_CHOOSER{name}": value for name, value in variables.items()}).chooser


def test_off_is_the_usual():
    assert chosen() is None


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8080/v1", "http://localhost:11434/v1/", "http://[::1]:8000/v1", "https://127.0.0.1/v1"],
)
def test_a_model_on_this_machine_needs_no_key(address: str):
    settings = chosen(**{"": address, "_MODEL": "small"})

    assert settings == ChooserSettings(address.rstrip("/"), "small", None, is_identity=False)
    assert settings.is_loopback


def test_azure_is_asked_with_the_bots_own_identity():
    settings = chosen(**{"": AZURE, "_MODEL": "gpt-4.1-mini", "_IDENTITY": "yes"})

    assert settings and settings.is_identity and not settings.is_loopback


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"_MODEL": "small"}, "STAFFROOM_CHOOSER is missing"),
        ({"_KEY": "/key"}, "STAFFROOM_CHOOSER is missing"),
        ({"_IDENTITY": "yes"}, "STAFFROOM_CHOOSER is missing"),
        ({"": "http://127.0.0.1:1/v1"}, "STAFFROOM_CHOOSER_MODEL"),
        ({"": "http://127.0.0.1:1/v1", "_MODEL": "two words"}, "STAFFROOM_CHOOSER_MODEL"),
        ({"": AZURE, "_MODEL": "m"}, "STAFFROOM_CHOOSER_IDENTITY=yes, or STAFFROOM_CHOOSER_KEY"),
        ({"": AZURE, "_MODEL": "m", "_KEY": "/key", "_IDENTITY": "yes"}, "both set"),
        ({"": AZURE, "_MODEL": "m", "_IDENTITY": "perhaps"}, "yes or no"),
        ({"": "http://models.example.com/v1", "_MODEL": "m", "_KEY": "/key"}, "https://"),
        ({"": "http://127.0.0.1.example.com/v1", "_MODEL": "m"}, "https://"),
        ({"": "http://10.0.0.5/v1", "_MODEL": "m", "_KEY": "/key"}, "https://"),
        ({"": "ftp://127.0.0.1/v1", "_MODEL": "m"}, "https://"),
        ({"": "https://user:word@example.com/v1", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://example.com/v1?", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://example.com/v1#", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://example.com:0/v1", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://example.com/v1/../x", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://example.com/v1/%2e%2e", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": f"https://example.com/{'k' * 65}", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": f"https://{'a.' * 130}com/v1", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://other.example\\.openai.azure.com/v1", "_MODEL": "m", "_IDENTITY": "yes"}, "must be such as"),
        ({"": "https://other.example%2f.openai.azure.com/v1", "_MODEL": "m", "_IDENTITY": "yes"}, "must be such as"),
        ({"": "https://other.example;.openai.azure.com/v1", "_MODEL": "m", "_IDENTITY": "yes"}, "must be such as"),
        ({"": "https://other.example@x.openai.azure.com/v1", "_MODEL": "m", "_IDENTITY": "yes"}, "must be such as"),
        ({"": "https://.openai.azure.com/v1", "_MODEL": "m", "_IDENTITY": "yes"}, "must be such as"),
        ({"": "https://x.openai.azure.com.example.com/v1", "_MODEL": "m", "_IDENTITY": "yes"}, "Azure only"),
        ({"": "https://x.openai.azure.com./v1", "_MODEL": "m", "_IDENTITY": "yes"}, "must be such as"),
        ({"": "https://ope\u017f.example.com/v1", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://example.com/v1?key=1", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://example.com:port/v1", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "https://exa mple.com/v1", "_MODEL": "m", "_KEY": "/key"}, "must be such as"),
        ({"": "our model", "_MODEL": "m"}, "must be such as"),
        # A token of the bot's own identity is never sent to anybody but Azure.
        ({"": "https://openai.azure.com.example.com/v1", "_MODEL": "m", "_IDENTITY": "yes"}, "for Azure only"),
        ({"": "https://api.example.com/v1", "_MODEL": "m", "_IDENTITY": "yes"}, "for Azure only"),
    ],
)
def test_what_is_incomplete_or_not_safe_is_refused_in_one_sentence(variables: dict[str, str], says: str):
    with pytest.raises(SettingsError, match="STAFFROOM_CHOOSER") as refused:
        chosen(**variables)

    assert says in str(refused.value) and "user:word" not in str(refused.value)


def with_chooser(settings: Settings, address: str, key: Path | None = None, *, is_identity: bool = False) -> Settings:
    settings.data.mkdir(exist_ok=True)
    return replace(settings, chooser=ChooserSettings(address, MODEL, key, is_identity))


@pytest.mark.parametrize("content", [b"", b"two words", b"two\nlines", b"\xff", b"k" * 5_000])
def test_a_key_that_is_no_key_is_refused_when_it_starts(settings: Settings, tmp_path: Path, content: bytes):
    file = tmp_path / "key"
    file.write_bytes(content)

    with pytest.raises(SettingsError, match="STAFFROOM_CHOOSER_KEY"):
        open_chooser(with_chooser(settings, AZURE, file), None, lambda: MONDAY)


def test_a_key_that_is_not_there_is_refused_without_naming_its_folder(settings: Settings, tmp_path: Path):
    with pytest.raises(SettingsError, match="one line, the key: key") as refused:
        open_chooser(with_chooser(settings, AZURE, tmp_path / "key"), None, lambda: MONDAY)

    assert str(tmp_path) not in str(refused.value)


async def test_a_key_that_was_changed_counts_at_once(settings: Settings, tmp_path: Path):
    file = tmp_path / "key"
    file.write_text("first\n")
    async with little_chooser() as little:
        chooser = open_chooser(with_chooser(settings, little.address, file), None, lambda: MONDAY)
        assert chooser
        chooser.start()
        await chooser.pick("x", OPTIONS, "t1")
        file.write_text("second\n")
        await chooser.pick("x", OPTIONS, "t1")
        await chooser.close()

        assert little.keys == ["Bearer first", "Bearer second"]


async def test_the_identitys_token_is_asked_for_azures_models(settings: Settings):
    scopes: list[str] = []

    def fetch(scope: str, claims: str | None) -> dict[str, Any]:
        scopes.append(scope)
        return {"access_token": "token", "expires_in": 3600}

    async with little_chooser() as little:
        chooser = open_chooser(with_chooser(settings, little.address, is_identity=True), Tokens(fetch), lambda: MONDAY)
        assert chooser
        chooser.start()
        await chooser.pick("x", OPTIONS, "t1")
        await chooser.close()

        assert scopes == [SCOPE] and little.keys == ["Bearer token"]


def test_without_an_identity_of_its_own_the_bot_says_so(settings: Settings):
    with pytest.raises(SettingsError, match="STAFFROOM_CHOOSER_IDENTITY"):
        open_chooser(with_chooser(settings, AZURE, is_identity=True), None, lambda: MONDAY)


async def test_todays_requests_still_count_after_a_restart(settings: Settings):
    settings = with_chooser(settings, "http://127.0.0.1:1/v1")
    write_counts(settings.data, Counts(MONDAY.isoformat(), MAX_PER_DAY, "a pick from the list"))

    chooser = open_chooser(settings, None, lambda: MONDAY)

    assert chooser and not chooser.budget.take("t1")


async def test_the_demo_asks_it_once_its_headteacher_has_acknowledged_it(settings: Settings):
    async with AsyncExitStack() as stack:
        little = await stack.enter_async_context(little_chooser())
        asked = with_chooser(settings, little.address)
        opened = open_local(asked, clock=lambda: NOW, understanding=understands_nothing(settings))
        local = await stack.enter_async_context(opened)
        await stack.enter_async_context(serving(local.server))
        consent = local.staffroom.chooser
        assert await consent.pick("x", OPTIONS, "t1") is None and little.sent == []

        endpoint, context = consent.endpoint, consent.context
        assert endpoint
        await context.write(
            EventKind.CHOOSER_ACKNOWLEDGED, "once", facts={"address": endpoint.address, "model": endpoint.model}
        )

        for _ in range(FAILURES_BEFORE_REST):  # on a busy machine two seconds may be over before it is sent
            await consent.pick("x", OPTIONS, "t1")

        assert little.sent


async def lines(settings: Settings) -> dict[str, Status]:
    config = read_config(settings, NOW.date(), demo=True)
    return {line.name: line for line in await chooser_lines(settings, config, None)}


async def test_doctor_says_nothing_of_a_model_that_is_not_set_up(settings: Settings):
    assert await lines(settings) == {}


async def test_doctor_says_whether_it_is_reached_where_it_is_and_whether_it_may_be_asked(settings: Settings):
    async with little_chooser() as little:
        found = await lines(with_chooser(settings, little.address))

    reached = found["language model"]
    assert reached.is_well and reached.says == (
        f"{little.address}: a pick from the list; model {MODEL}, region {REGION}"
    )
    assert not found["language model allowed"].is_well
    assert found["language model today"].says.startswith("asked 0 of at most 500 times; no answer yet")


async def test_doctor_shows_an_endpoint_that_misbehaves_and_the_last_answer(settings: Settings):
    async with little_chooser() as little:
        little.mood, little.region = Mood.HTML, ""
        asked = with_chooser(settings, little.address)
        write_counts(asked.data, Counts("2021-09-06", 7, "no answer in time", MODEL, REGION))

        found = await lines(asked)

    assert not found["language model"].is_well
    assert "not a chat completion; model not named, region not named" in found["language model"].says
    assert "last answer on 2021-09-06: no answer in time; model little-model, region UK South" in (
        found["language model today"].says
    )


def test_the_prompt_is_one_readable_file_with_a_version():
    prompt = read_prompt(ROOT / "policies")

    assert prompt.version >= 1 and "{situations}" in prompt.instructions


@pytest.mark.parametrize(
    "text",
    [
        "",
        'version = 0\ninstructions = "{situations}"\nquestion = "{question}"',
        'version = 1\ninstructions = "x"\nquestion = "{question}"',
        'version = 1\ninstructions = "{situations}"\nquestion = "{question} {question}"',
        'version = 1\ninstructions = "{situations}"',
    ],
)
def test_a_broken_prompt_is_refused_by_name(tmp_path: Path, text: str):
    (tmp_path / "staffroom").mkdir()
    (tmp_path / "staffroom" / "chooser.toml").write_text(text)

    with pytest.raises(PolicyFileError, match=r"chooser\.toml"):
        read_prompt(tmp_path)
