"""The fake store keeps the promises it stands in for."""

import pytest

from tests.fakes import FakeStore
from tests.stores.evidence_promises import EvidencePromises
from tests.stores.promises import Promises


class TestFakeStore(Promises, EvidencePromises):
    @pytest.fixture
    def store(self) -> FakeStore:
        return FakeStore()
