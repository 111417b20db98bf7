"""Every file and every page that our documentation names is there."""

import re
from pathlib import Path

import pytest

from bot.settings import ROOT

PAGES = [ROOT / "README.md", ROOT / "policies" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
IN_BACKTICKS = re.compile(r"`([\w./-]+)`")
FOLDERS = ("bot/", "tests/", "cards/", "docs/")
ENDINGS = (".py", ".toml", ".json", ".md")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
MADE_WHEN_IT_RUNS = {"directory.json", "staff-accepted.json"}  # in the data folder
# What the pages in docs/develop/ have their reader make.
EXAMPLES = re.compile(r"cards/(samples/)?contacts\.json|(bot|tests)/(channels/hello|stores/memory)/.*")


def repository_files() -> list[str]:
    """Every file of the repository, as a path from its root."""
    folders = [ROOT / name for name in ("bot", "cards", "deploy", "docs", "manifest", "policies", "tests")]
    files = [file for folder in folders for file in folder.rglob("*") if "node_modules" not in file.parts]
    return ["/" + file.relative_to(ROOT).as_posix() for file in (*files, *ROOT.glob("*.*"))]


FILES = repository_files()


def is_path(text: str) -> bool:
    return text.startswith(FOLDERS) or text.endswith(ENDINGS)


def exists(name: str) -> bool:
    """Whether a file or folder has this path; a file may be named without the folders it is in."""
    return (ROOT / name).exists() or any(file.endswith("/" + name) for file in FILES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
class TestPage:
    def test_every_path_that_is_named_exists(self, page: Path):
        named = {text for text in IN_BACKTICKS.findall(page.read_text(encoding="utf-8")) if is_path(text)}
        expected = {text for text in named - MADE_WHEN_IT_RUNS if not EXAMPLES.fullmatch(text)}

        assert [name for name in sorted(expected) if not exists(name)] == []

    def test_every_page_that_is_linked_exists(self, page: Path):
        links = LINK.findall(page.read_text(encoding="utf-8"))

        assert [link for link in links if not (page.parent / link).exists()] == []
