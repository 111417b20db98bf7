"""A dishonest school, or a clever pupil: verify.py of the release finds every forged pack and refuses no honest one."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from bot.evidence import verify
from tests.evidence import dishonest_files, dishonest_ledger, dishonest_lines, dishonest_names
from tests.evidence.dishonest_school import KINDS, Forged, NotPossible, forged
from tests.evidence.honest_school import HonestPack, honest_packs, loot

FORGERS = (dishonest_files, dishonest_ledger, dishonest_lines, dishonest_names)  # each adds its kinds to KINDS
IS_SOAK = bool(os.environ.get("STAFFROOM_SOAK"))
FORGERIES = 2_000
SEEDS = -(-FORGERIES // len(KINDS)) if IS_SOAK else 2
SEEDS_OF_KNOWN = 12  # enough to meet each known fault
SCHOOLS = 10 if IS_SOAK else 3  # that forgers find their packs in
HONEST_SCHOOLS = 100 if IS_SOAK else 15
LIMIT = "Not shown: that nobody wrote the whole ledger again."
MISLEADING = {*map(chr, (*range(10), *range(11, 32), *range(0x7F, 0xA0), 0x200B, 0xFEFF, *range(0x2028, 0x202F)))}

BY_THE_SEAL_ALONE = "Without a head, only the seal says what is in it, and a whole ledger written again has a seal too."
NOT_FOUND_WITHOUT_HEAD = dict.fromkeys(
    (
        "another_statement_and_sealed_again",
        "another_text_to_read_and_sealed_again",
        "other_sheets_and_sealed_again",
        "broken_sheets_and_sealed_again",
    ),
    BY_THE_SEAL_ALONE,
)


def kinds(not_found: Mapping[str, str]) -> list[object]:
    return [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=not_found[name])) if name in not_found else name
        for name in sorted(KINDS)
    ]


def is_known(name: str) -> bool:
    return name in NOT_FOUND_WITHOUT_HEAD


@cache
def forgery(name: str, seed: int) -> tuple[Forged, str]:
    """A forged pack, and the head of the true export; of the first school where this kind and seed can be."""
    for school in range(SCHOOLS):
        pack = loot((seed + school) % SCHOOLS).pack
        try:
            return forged(name, seed, pack), pack.head
        except NotPossible:
            continue
    return forgery(name, seed + 1_000)


def forgeries(name: str, folder: Path) -> Iterator[tuple[int, Path, str]]:
    """Seeds with the folder of the forged pack, and the head of the true export."""
    for seed in range(max(SEEDS, SEEDS_OF_KNOWN if is_known(name) else 0)):
        draft, head = forgery(name, seed)
        pack_folder = folder / str(seed) / "pack"
        pack_folder.mkdir(parents=True)
        draft.write(pack_folder)
        yield seed, pack_folder, head


def put(pack: HonestPack, folder: Path) -> Path:
    folder.mkdir()
    for name, content in pack.files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("name", kinds({}))
def test_the_head_of_the_export_finds_every_forgery(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for seed, folder, head in forgeries(name, tmp_path):
        code = verify.main(["--head", head], folder)

        printed = capsys.readouterr().out
        assert code == 1, f"{name}, seed {seed}, which makes it false that {KINDS[name].claim}: {printed}"
        assert printed.startswith("NOT WHOLE: "), f"{name}, seed {seed}: {printed}"
        assert not MISLEADING & {*printed}, f"{name}, seed {seed}: {printed!r}"


@pytest.mark.parametrize("name", kinds(NOT_FOUND_WITHOUT_HEAD))
def test_without_a_head_a_forgery_is_found_or_it_is_said_what_is_not_shown(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for seed, folder, _ in forgeries(name, tmp_path):
        code = verify.main([], folder)

        printed = capsys.readouterr().out
        is_found = code == 1 and printed.startswith("NOT WHOLE: ")
        is_limit_said = KINDS[name].is_rebuilt and code in (0, 2) and LIMIT in printed
        assert is_found or is_limit_said, f"{name}, seed {seed}: exit code {code}, {printed}"
        assert not MISLEADING & {*printed}, f"{name}, seed {seed}: {printed!r}"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("name", ["a_name_that_speaks_for_the_program", "a_name_that_looks_the_same", "another_salt"])
def test_the_program_of_the_release_finds_it_on_any_screen(name: str, encoding: str, tmp_path: Path):
    _, folder, head = next(forgeries(name, tmp_path))
    command = [sys.executable, verify.__file__, "--head", head, str(folder)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}

    process = subprocess.run(command, capture_output=True, timeout=60, env=environment, check=False)

    assert process.returncode == 1
    assert process.stdout.startswith(b"NOT WHOLE: ")
    assert process.stderr == b""


@pytest.mark.parametrize("seed", range(HONEST_SCHOOLS))
def test_no_honest_pack_is_refused(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for number, pack in enumerate(honest_packs(seed)):
        folder = put(pack, tmp_path / str(number))

        assert verify.main(["--head", pack.head], folder) == 0, f"pack {number}: {capsys.readouterr().out}"
        assert verify.main([], folder) == 0, f"pack {number}: {capsys.readouterr().out}"


def test_there_are_as_many_kinds_and_forgeries_as_promised():
    assert len(KINDS) >= 30

    made = {(name, seed, tuple(forgery(name, seed)[0].files.items())) for name in KINDS for seed in range(SEEDS)}

    assert len(made) >= (FORGERIES if IS_SOAK else 2 * len(KINDS))
