"""Addresses of stores: today's, and those that existing set-ups have."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.stores.open import open_store
from tests.stores.promises import QUESTION


async def test_addresses_of_release_0_5_go_on_working(tmp_path: Path):
    before = open_store(f"tiny:{tmp_path}/school.db", "school", demo=True)
    await before.keep_question(QUESTION)
    await before.close()

    after = open_store(f"sqlite:{tmp_path}/school.db", "school", demo=True, writes=False)
    assert await after.questions() == (QUESTION,)
    await after.close()


@pytest.mark.parametrize("url", ["postgres://host/school", "sqlite:", "data/school.db", ""])
def test_a_kind_we_do_not_have_is_said(url: str):
    with pytest.raises(SettingsError, match="A store looks like sqlite:"):
        open_store(url, "school", demo=True)
