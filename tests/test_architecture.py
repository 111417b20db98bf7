"""The picture in docs/architecture.md is the contract that import-linter holds, and names what is really there."""

import re
import tomllib

from bot.settings import ROOT

DOC = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def modules() -> set[str]:
    """Folders and modules directly in bot/."""
    paths = (ROOT / "bot").iterdir()
    return {path.stem for path in paths if path.suffix == ".py" or (path / "__init__.py").is_file()} - {"__init__"}


def test_the_arrows_that_are_drawn_are_the_arrows_that_are_held():
    (layers,) = [contract["layers"] for contract in CONTRACTS if contract["type"] == "layers"]
    drawn = DOC.split("## Arrows")[1].split("```")[1].strip().splitlines()

    assert drawn == layers


def test_every_module_is_in_the_picture_and_in_the_table():
    drawn = set(re.findall(r"\w+", DOC.split("## Arrows")[1].split("```")[1]))
    table = set(re.findall(r"`(\w+)(?:/|\.py)`", DOC.split("## Arrows")[0]))

    assert drawn == modules()
    assert modules() - {"__main__"} <= table


def test_every_path_that_is_named_exists():
    named = set(re.findall(r"`((?:bot/)?[a-z_]+(?:/[a-z_]+)*\.py)`", DOC))
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "bot").rglob("*.py")]

    assert named and [name for name in sorted(named) if not any(file.endswith(f"/{name}") for file in files)] == []


def test_every_door_of_a_library_is_a_module_that_is_there():
    importers = [name for contract in CONTRACTS for name in contract.get("allowed_importers", [])]

    assert importers
    for name in importers:
        path = ROOT / name.replace(".", "/")
        assert path.with_suffix(".py").is_file() or path.is_dir(), name
