"""Every command of the real routing table is understood, however it is wrapped."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from bot.ask.policy_file import read_signs
from bot.ask.read_policy import clause_index
from bot.ask.rules.policy import Policy
from bot.ask.understanding import Understanding
from bot.desk.rules.messages import Incoming
from bot.desk.rules.typed_text import plain_words, typed_text
from bot.people.rules.person import Caller, Person, Proof, Role
from bot.settings import Settings
from tests.desk.test_typed_text import WRAPPINGS
from tests.fakes import SURE, FakeQuestionReader
from tests.journeys.school import School, school

TODAY = date(2026, 9, 7)
HEAD = Person("h1", "The head", "", "head", frozenset({Role.HEAD}))
ASKED = Incoming(Caller("", "", "", "", Proof.DEMO), "")


@pytest.fixture
async def at_school(settings: Settings, policy: Policy) -> AsyncIterator[School]:
    """A school that has learnt nothing."""
    signs, index = read_signs(settings.policies), clause_index(policy, settings.policies)
    understanding = Understanding(policy, FakeQuestionReader(), SURE, signs, trusts_drafts=True, index=index)
    async with school(settings, understanding) as at:
        yield at


def as_copied(word: str) -> str:
    """The word with capitals, spaces that do not break, or a hidden character in it."""
    return word.title().replace(" ", "\u00a0") if " " in word else f"{word[:1]}\u200b{word[1:].upper()}"


async def test_every_word_of_every_command_is_understood_in_every_wrapping(at_school: School):
    routes = at_school.staffroom.desk.routes
    words = [word for command in routes.commands for word in command.words if plain_words(word)]

    assert len(words) > 20
    for word in words:
        expected = routes.command_for(replace(ASKED, text=word), HEAD, TODAY)
        for wrapping in WRAPPINGS:
            for text in (word, word.upper(), as_copied(word)):
                wrapped = replace(ASKED, text=typed_text(wrapping.format(text)))
                assert routes.command_for(wrapped, HEAD, TODAY) is expected, wrapping.format(text)
