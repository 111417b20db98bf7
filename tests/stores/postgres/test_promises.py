"""The PostgreSQL store keeps every promise that the default store keeps: a real server, a real database."""

import pytest

from bot.stores.postgres.store import PostgresStore
from tests.stores.arrival_promises import ArrivalPromises
from tests.stores.evidence_promises import EvidencePromises
from tests.stores.outbox_promises import OutboxPromises
from tests.stores.people_promises import PeoplePromises
from tests.stores.promises import Promises


class TestPostgresStore(Promises, EvidencePromises, OutboxPromises, PeoplePromises, ArrivalPromises):
    @pytest.fixture
    def store(self, postgres_store: PostgresStore) -> PostgresStore:
        return postgres_store
