"""The fake store keeps the promises it stands in for."""

import pytest

from tests.fakes import FakeStore
from tests.stores.promises import Promises


class TestFakeStore(Promises):
    @pytest.fixture
    def store(self) -> FakeStore:
        return FakeStore()
