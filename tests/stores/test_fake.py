"""The fake store keeps the promises of the real one."""

import pytest

from tests.fake_store import FakeStore
from tests.stores.arrival_promises import ArrivalPromises
from tests.stores.evidence_promises import EvidencePromises
from tests.stores.outbox_promises import OutboxPromises
from tests.stores.people_promises import PeoplePromises
from tests.stores.promises import Promises


class TestFakeStore(Promises, EvidencePromises, OutboxPromises, PeoplePromises, ArrivalPromises):
    @pytest.fixture
    def store(self) -> FakeStore:
        return FakeStore()
