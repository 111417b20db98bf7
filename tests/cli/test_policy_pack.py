"""A policy prepared on one machine goes live on another as one file: unchanged, checked, whole or not at all."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from bot.cli.main import run_command
from bot.import_policy.school_pack import DIGESTS
from bot.settings import ROOT

SCHOOL = "larkmead-infants"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Where the policy is prepared."""
    home = tmp_path / "here"
    shutil.copytree(ROOT / "policies" / "examples" / SCHOOL, home / SCHOOL)
    (home / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    (home / SCHOOL / "drafts").mkdir()
    (home / SCHOOL / "drafts" / "next-year.json").write_text("{}")
    return home


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """Where it goes live: nothing but what every school shares."""
    home = tmp_path / "there"
    home.mkdir()
    (home / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    return home


@pytest.fixture
def pack(here: Path, tmp_path: Path) -> Path:
    file = tmp_path / "larkmead.zip"
    assert run(here, "pack", "--school", SCHOOL, "--out", file) == 0
    return file


def run(policies: Path, *arguments: object) -> int:
    return run_command(["policy", *map(str, arguments)], {"STAFFROOM_POLICIES": str(policies)})


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*") if file.is_file()}


def repacked(pack: Path, change: dict[str, bytes], digests: dict[str, str] | None = None) -> Path:
    """The same pack with other files in it."""
    with zipfile.ZipFile(pack) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if digests:
        about = json.loads(files[DIGESTS])
        files[DIGESTS] = json.dumps({**about, **digests}).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {**files, **change}.items():
            archive.writestr(name, content)
    pack.write_bytes(target.getvalue())
    return pack


def test_a_packed_policy_arrives_unchanged_and_without_its_drafts(
    pack: Path, here: Path, there: Path, capsys: pytest.CaptureFixture[str]
):
    assert run(there, "place", pack) == 0

    assert contents(there / SCHOOL) == contents(here / SCHOOL)
    assert not (there / SCHOOL / "drafts").exists()
    digests = {line.split("Digest: ")[1] for line in capsys.readouterr().out.splitlines() if "Digest: " in line}
    assert len(digests) == 1
    assert run(there, "place", pack) == 0  # the same once more is no change
    assert sorted(file.name for file in there.iterdir()) == [SCHOOL, "staffroom"]


def test_the_same_folder_is_packed_to_the_same_bytes(pack: Path, here: Path, tmp_path: Path):
    assert run(here, "pack", "--school", SCHOOL, "--out", tmp_path / "again.zip") == 0

    assert (tmp_path / "again.zip").read_bytes() == pack.read_bytes()


@pytest.mark.parametrize(
    ("change", "digests", "says"),
    [
        ({"rulings.toml": b""}, None, "rulings.toml is not what was packed"),
        ({"more.toml": b"x = 1"}, None, "more.toml is not what was packed"),
        ({"../evil.toml": b"x = 1"}, None, "no packed policy"),
        ({"/evil.toml": b"x = 1"}, None, "no packed policy"),
        ({"run.py": b"print()"}, None, "no packed policy"),
        ({}, {"school": "../elsewhere"}, "no packed policy"),
        ({}, {"school": "staffroom"}, "no packed policy"),
        ({}, {"format": 2}, "no packed policy"),
        ({DIGESTS: b"[" * 100_000}, None, "no packed policy"),
    ],
)
def test_what_was_altered_is_refused_and_changes_nothing(
    pack: Path,
    there: Path,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, bytes],
    digests: dict[str, str] | None,
    says: str,
):
    assert run(there, "place", repacked(pack, change, digests)) != 0

    assert says in "".join(capsys.readouterr())
    assert [file.name for file in there.iterdir()] == ["staffroom"]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_another_file_is_refused_with_one_sentence(
    tmp_path: Path, there: Path, capsys: pytest.CaptureFixture[str], content: bytes
):
    file = tmp_path / "other.zip"
    file.write_bytes(content)

    assert run(there, "place", file) != 0

    assert "no packed policy" in "".join(capsys.readouterr())


def test_a_policy_that_staffroom_cannot_start_with_is_not_packed(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (here / SCHOOL / "rulings.toml").write_text('[own-phone-break]\nverdict = "perhaps"\n')

    assert run(here, "pack", "--school", SCHOOL, "--out", tmp_path / "broken.zip") != 0

    assert not (tmp_path / "broken.zip").exists()
    assert "own-phone-break" in "".join(capsys.readouterr())


def test_a_folder_that_differs_is_replaced_only_when_asked_and_is_kept(
    pack: Path, there: Path, capsys: pytest.CaptureFixture[str]
):
    assert run(there, "place", pack) == 0
    changed = there / SCHOOL / "rulings.toml"
    packed = changed.read_bytes()
    changed.write_bytes(b"# ours\n" + packed)

    assert run(there, "place", pack) != 0
    assert changed.read_bytes() == b"# ours\n" + packed
    assert "--replace" in "".join(capsys.readouterr())

    assert run(there, "place", pack, "--replace") == 0
    assert changed.read_bytes() == packed
    assert (there / f".{SCHOOL}-before-1" / "rulings.toml").read_bytes() == b"# ours\n" + packed
