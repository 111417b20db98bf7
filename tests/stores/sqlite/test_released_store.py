"""A store of release 0.5.0 is brought up to date: everything is found, nothing is sent twice, and the old one is kept.

released/ holds a real one: demo.db was made by the released program, evidence.zip is a pack it exported then,
expected.json what it saw in the store, and buttons.json the buttons of the cards it had sent.
"""

import gzip
import json
import logging
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.evidence import verify as verify_pack
from bot.evidence.rules.ledger import EventKind, Head, verify
from bot.outbox.rules.message import NO_SUBJECT, DeliveryState, Lease, Message, MessageKind, Subject
from bot.people.rules.conversations import Address, SentMessage
from bot.stores.sqlite.backup import back_up, restore
from bot.stores.sqlite.migrations import MIGRATIONS, bring_up_to_date
from bot.stores.sqlite.store import SqliteStore
from tests.stores.examples import NINE

RELEASED = Path(__file__).with_name("released")
SCHOOL = "slyne-with-hest"
DIGEST = "16a886be2558"
HEAD, DEPUTY = "56b959a5407150b6b0b41e1c4880aa73", "1d8de597db32ed0a0a81db6b9d522125"
TEACHER, SITE = "eb102244b84cbc8289f99740b37c63a7", "16636958f00b0c451bcbc863ab2fe8e0"
PHONICS, MATHS = "7bcf6cfe439cfc56", "fe0dcb6a34f723eb"
KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from bot.stores.sqlite.migrations import MIGRATIONS, bring_up_to_date

def stop_in_the_middle(db):
    MIGRATIONS[2](db)
    os.kill(os.getpid(), signal.SIGKILL)

path = Path(sys.argv[1])
bring_up_to_date(sqlite3.connect(path, isolation_level=None), path, {1: MIGRATIONS[1], 2: stop_in_the_middle})
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of 0.5.0 as it lies in a data folder."""
    path = tmp_path / "data" / "demo.db"
    path.parent.mkdir()
    path.write_bytes(gzip.decompress((RELEASED / "demo.db.gz").read_bytes()))
    path.chmod(0o600)
    return path


@pytest.fixture
def expected() -> Any:
    return json.loads((RELEASED / "expected.json").read_text(encoding="utf-8"))


def rows_of(path: Path) -> dict[str, dict[str, Any]]:
    """Every document of a file by table and key."""
    tables: dict[str, dict[str, Any]] = {}
    with closing(sqlite3.connect(path)) as db:
        for tab, key, body in db.execute("SELECT tab, id, body FROM document"):
            tables.setdefault(tab, {})[key] = json.loads(body)
    return tables


class TestAStoreOfRelease050:
    async def test_is_copied_before_it_is_changed_and_opening_says_where(
        self, path: Path, caplog: pytest.LogCaptureFixture
    ):
        before = rows_of(path)

        with caplog.at_level(logging.WARNING, "staffroom.store"):
            store = SqliteStore(path, SCHOOL, demo=True)
        await store.close()

        copy = path.with_name("demo.before-3.db")
        assert store.copy_before_migration == copy
        assert f"store_migrated from=1 to=3 copy={copy}" in caplog.text
        assert copy.stat().st_mode & 0o777 == 0o600
        assert rows_of(copy) == before
        assert {file.name for file in path.parent.iterdir()} == {
            "demo.db",
            "demo.db.lock",
            "demo.db.witness",
            copy.name,
        }

    async def test_has_the_same_ledger_whole(self, path: Path, expected: Any):
        store = SqliteStore(path, SCHOOL, demo=True)
        entries = await store.entries()
        last = await store.head()
        await store.close()

        assert str(verify(entries, Head.read(expected["head"]))) == expected["head"] == str(last)
        assert len(entries) == expected["entries"]
        receipts = {
            (entry.event.campaign, entry.event.subject, entry.number)
            for entry in entries
            if entry.event.kind in {EventKind.ACKNOWLEDGE, EventKind.PAPER}
        }
        assert {(campaign, person, number) for campaign, person, number, *_ in expected["receipts"]} < receipts

    async def test_keeps_its_idempotency_keys(self, path: Path):
        store = SqliteStore(path, SCHOOL, demo=True)
        first = (await store.entries(3, 4))[0]

        again = await store.append(first.event, f"acknowledge/AUP-2026-1.{DIGEST}/{TEACHER}/0")

        assert again == first
        await store.close()

    async def test_has_every_message_as_far_as_it_had_come(self, path: Path, expected: Any):
        store = SqliteStore(path, SCHOOL, demo=True)
        messages = await store.messages(*MessageKind)
        await store.close()

        assert sorted(
            (
                message.kind.value,
                message.address.conversation if message.address else message.recipient,
                message.on.isoformat(),
                message.state.value,
                message.words,
                message.sent.id if message.sent else "",
                message.tries,
                message.is_unreachable,
            )
            for message in messages
        ) == sorted(
            (sort, recipient, on, state, words, id, tries, is_unreached)
            for sort, _, recipient, on, state, words, _, id, tries, is_unreached in expected["messages"]
        )
        assert {message.sent.channel for message in messages if message.sent} == {""}

    async def test_knows_what_each_message_was_about(self, path: Path):
        store = SqliteStore(path, SCHOOL, demo=True)
        campaign = Subject(campaign="AUP-2026-1", text=DIGEST)

        assert {m.campaigns for m in await store.messages(MessageKind.NUDGE)} == {(campaign,)}
        assert {m.subject for m in await store.messages(MessageKind.AGREEMENT)} == {campaign}
        assert {m.put_off_until for m in await store.messages(MessageKind.AGREEMENT)} == {None, date(2026, 9, 21)}
        (doubt,) = await store.messages(MessageKind.STILL_OPEN)
        assert (doubt.people, doubt.tries, doubt.why[:9]) == ((TEACHER,), 1, "Teams did")
        assert {m.subject.name for m in await store.messages(MessageKind.SUMMARY)} == {"", "closed"}
        assert {len(m.people) for m in await store.messages(MessageKind.QUESTION)} == {1}
        changes = await store.messages(MessageKind.NOTICE, MessageKind.EDIT, recording=PHONICS)
        assert [str(m.wording and m.wording.day) for m in changes] == ["2026-09-09", "2026-09-08"]
        (edit,) = await store.messages(MessageKind.EDIT, recording=PHONICS)
        assert edit.replaces == SentMessage("", "class-reception", "169b39b057fd8081")
        await store.close()

    async def test_has_the_same_people_pins_conversations_counts_and_questions(self, path: Path, expected: Any):
        store = SqliteStore(path, SCHOOL, demo=True)

        known = await store.everybody_known()
        assert {pseudonym: person.id for pseudonym, person in known.items()} == expected["known"]
        for account, person in expected["pins"].items():
            assert await store.pins_of([person]) == {
                person: dict.fromkeys(("msteams", "terminal", "web"), account)  # the channels a demo has
            }
        for channel, id, _, account, team, group, name in expected["places"]:
            conversation = await store.conversation(channel, id)
            assert conversation and (conversation.account, conversation.team) == (account, team)
            assert (conversation.group, conversation.name) == (group, name)
        assert len(await store.shared_conversations()) == 3
        own = await store.conversation_of("msteams", "pinned-account")
        assert own and own.service == "https://smba.trafficmanager.net/uk/"
        assert len(await store.tallies()) == expected["tallies"]
        assert [question.text for question in await store.questions()] == expected["sent_questions"]
        assert "29:teacher" not in json.dumps(rows_of(path))  # nothing reads the channel's own id of a person
        await store.close()

    async def test_sends_nothing_twice_because_a_plan_finds_what_was_kept(self, path: Path):
        store = SqliteStore(path, SCHOOL, demo=True)
        campaign, class_4 = Subject(campaign="AUP-2026-1", text=DIGEST), Address("", conversation="class-year-4")
        planned_again = [
            Message(MessageKind.AGREEMENT, campaign, SITE, date(2026, 9, 7)),
            Message(MessageKind.NUDGE, NO_SUBJECT, SITE, date(2026, 9, 17), campaigns=(campaign,)),
            Message(MessageKind.SUMMARY, Subject(campaign="AUP-2026-1"), HEAD, date(2026, 9, 14)),
            Message(MessageKind.SUMMARY, Subject(campaign="AUP-2026-1", name="closed"), HEAD, date(2026, 9, 28)),
            Message(MessageKind.JOINED, campaign, HEAD, date(2026, 9, 10)),
            Message(MessageKind.STILL_OPEN, campaign, HEAD, date(2026, 10, 1)),
            Message(MessageKind.REPLY, Subject(number=12), TEACHER, date(2026, 10, 2)),
            Message(MessageKind.NOTICE, Subject(recording=MATHS), "", date(2026, 9, 8), address=class_4),
            Message(MessageKind.WAS_RECORDED, Subject(recording="33c5e4905e8d81da"), TEACHER, date(2026, 10, 1)),
            Message(MessageKind.IS_GONE, Subject(recording=PHONICS), TEACHER, date(2026, 10, 1)),
            Message(MessageKind.MEND, Subject(recording=MATHS, number=1), TEACHER, date(2026, 10, 2)),
            Message(MessageKind.FOUND_LESSON, Subject(name="0123456789abcdef"), TEACHER, date(2026, 10, 2)),
            Message(MessageKind.EXPIRY, Subject(name="expiry"), "952e9e4bf2c8d398a4cb1a2723f7a408", date(2026, 9, 7)),
        ]

        assert await store.keep_messages(*planned_again) == 0
        await store.close()

    async def test_keeps_what_was_being_sent_until_its_lease_runs_out(self, path: Path):
        now = datetime.fromisoformat("2026-10-02T10:05:00+01:00")
        store = SqliteStore(path, SCHOOL, demo=True)

        (sending,) = [m for m in await store.open_messages(now) if m.state is DeliveryState.SENDING]
        assert sending.lease == Lease("0.5.0", datetime.fromisoformat("2026-10-02T10:10:00+01:00"))
        assert sending.kind is MessageKind.SUMMARY and not sending.is_stuck(now)
        assert await store.move(sending, sending.arrived(SentMessage("web", "c", "m"), now))
        await store.close()

    async def test_is_brought_up_to_date_once(self, path: Path):
        await SqliteStore(path, SCHOOL, demo=True).close()
        before = rows_of(path)

        again = SqliteStore(path, SCHOOL, demo=True)
        await again.close()

        assert again.copy_before_migration is None
        assert rows_of(path) == before | {"writer": rows_of(path)["writer"]}
        assert len(list(path.parent.glob("*.before-*"))) == 1

    async def test_gets_its_witness_once_and_is_refused_without_it_afterwards(self, path: Path, expected: Any):
        await SqliteStore(path, SCHOOL, demo=True).close()
        witness = path.with_name("demo.db.witness")

        assert json.loads(witness.read_text()) == {SCHOOL: expected["head"]}
        witness.unlink()
        with pytest.raises(StoreError, match=r"demo.db.witness is missing"):
            SqliteStore(path, SCHOOL, demo=True)

    async def test_of_form_2_gets_its_witness_too(self, path: Path, expected: Any):
        with closing(sqlite3.connect(path, isolation_level=None)) as db:  # what release 0.6.0 made of it
            bring_up_to_date(db, path, {1: MIGRATIONS[1], 2: MIGRATIONS[2]}, keeps_copy=False)

        await SqliteStore(path, SCHOOL, demo=True).close()

        assert json.loads(path.with_name("demo.db.witness").read_text()) == {SCHOOL: expected["head"]}

    @pytest.mark.parametrize("form", [0, 2])
    def test_whose_form_was_changed_by_hand_is_refused(self, path: Path, form: int):
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(f"PRAGMA user_version = {form}")

        with pytest.raises(StoreError, match="says in two places which form it has"):
            SqliteStore(path, SCHOOL, demo=True)

    def test_is_not_changed_by_who_only_reads(self, path: Path):
        before = path.read_bytes()

        with pytest.raises(StoreError, match="start this one once"):
            SqliteStore(path, SCHOOL, demo=True, writes=False)
        assert path.read_bytes() == before

    def test_is_left_as_it_was_by_a_stop_in_the_middle(self, path: Path):
        before = rows_of(path)

        stopped = subprocess.run([sys.executable, "-c", KILLED, str(path)], capture_output=True, check=False)
        assert stopped.returncode == -signal.SIGKILL, stopped.stderr

        assert rows_of(path) == before
        assert rows_of(path.with_name("demo.before-2.db")) == before

    async def test_is_brought_up_to_date_after_such_a_stop_with_a_copy_of_its_own(self, path: Path):
        subprocess.run([sys.executable, "-c", KILLED, str(path)], capture_output=True, check=False)

        store = SqliteStore(path, SCHOOL, demo=True)
        assert store.copy_before_migration == path.with_name("demo.before-3.db")
        assert len(await store.messages(*MessageKind)) == 94
        await store.close()

    def test_with_a_row_that_cannot_be_read_is_left_as_it_was(self, path: Path):
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            before = rows_of(path)

            def fails(db: sqlite3.Connection) -> None:
                MIGRATIONS[2](db)
                raise KeyError("sort")

            with pytest.raises(StoreError, match="left as it is"):
                bring_up_to_date(db, path, {1: MIGRATIONS[1], 2: fails})
        assert rows_of(path) == before
        assert not list(path.parent.glob("*.before-*"))  # a copy for every try would fill the disk

    def test_that_is_damaged_is_refused_and_left_as_it_was(self, path: Path):
        content = path.read_bytes()
        damaged = content.replace(b"The headteacher", b"The HeadTeacher")
        path.write_bytes(damaged)

        with pytest.raises(StoreError, match="This store is damaged"):
            SqliteStore(path, SCHOOL, demo=True)
        assert path.read_bytes()[100:] == damaged[100:]
        assert not list(path.parent.glob("*.before-*"))

    async def test_can_be_restored_and_is_brought_up_to_date_then(self, path: Path, tmp_path: Path, expected: Any):
        back_up(path, tmp_path / "copy.db")

        assert (await restore(tmp_path / "copy.db", path, SCHOOL, NINE, demo=True)).lost == 0

        store = SqliteStore(path, SCHOOL, demo=True)
        *steps, noted = await store.entries(expected["entries"])
        assert [step.event.kind for step in steps] == [EventKind.CLOCK_WENT_BACK]  # NINE is long before that ledger
        assert noted.event.facts == {"before": expected["head"]}
        assert len(await store.messages(*MessageKind)) == 94
        await store.close()
        assert not list(path.parent.glob("*.before-3*")) and not list(path.parent.glob("*.coming*"))


class TestItsEvidencePack:
    @pytest.fixture
    def pack(self, tmp_path: Path) -> Path:
        with zipfile.ZipFile(RELEASED / "evidence.zip") as file:
            file.extractall(tmp_path / "pack")
        return tmp_path / "pack"

    def test_still_verifies_by_itself(self, pack: Path):
        command = [sys.executable, str(pack / "verify.py")]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)

        assert checked.returncode == 0, checked.stdout
        assert "The ledger is whole: 4" in checked.stdout

    def test_is_an_old_pack_for_what_packs_are_checked_by_today(self, pack: Path, capsys: pytest.CaptureFixture[str]):
        assert verify_pack.main([], pack) == 2
        report = capsys.readouterr().out
        assert "The ledger is whole" in report
        assert "This is an old pack: its files are not bound to the ledger" in report

    async def test_has_a_head_that_the_store_still_knows(self, pack: Path, path: Path):
        head = Head.read((pack / "head.txt").read_text(encoding="utf-8"))
        store = SqliteStore(path, SCHOOL, demo=True)

        assert verify(await store.entries(), head)
        await store.close()
