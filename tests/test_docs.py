"""What our documentation names is there, and what is there is named: files, commands, settings, permissions."""

import argparse
import json
import re
from pathlib import Path

import pytest

from bot.cli.main import parser
from bot.roster.rules.directory import Sources
from bot.settings import PREFIX, ROOT, read_settings
from bot.tenant.graph.permissions import uses_of_graph

PAGES = [ROOT / "README.md", ROOT / "policies" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
IN_BACKTICKS = re.compile(r"`([\w./-]+)`")
FOLDERS = ("bot/", "tests/", "cards/", "docs/")
ENDINGS = (".py", ".toml", ".json", ".md")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
MADE_WHEN_IT_RUNS = {
    "chooser.json",
    "directory.json",
    "directory-slack.json",
    "settings-before.json",
    "staff-accepted.json",
}  # in the data folder
# What the pages in docs/develop/ have their reader make.
EXAMPLES = re.compile(r"cards/(samples/)?contacts\.json|(bot|tests)/(channels/hello|stores/memory)/.*")


COMMAND = re.compile(r"python -m bot ([a-z]+)")
SETTING = re.compile(rf"{PREFIX}[A-Z_]+")
PERMISSION = re.compile(r"`([A-Z][A-Za-z]+\.(?:Read|Send|Selected|ReadWrite|ReadBasic)[A-Za-z]*(?:\.[A-Z][A-Za-z]+)*)`")
# Of the Makefile, for tests.
MAKES_OF_SETTINGS = {"STAFFROOM_GRAPH", "STAFFROOM_SLACK", "STAFFROOM_SOAK", "STAFFROOM_SKIP_NOTHING"}
NOT_OURS = {"User.Read"}  # Entra's own, which a school may remove


class Asked(dict[str, str]):
    """An environment without variables that remembers which were looked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.names.add(name)
        return default


def commands_of_the_program() -> set[str]:
    (commands,) = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return set(commands.choices)


def settings_of_the_program() -> set[str]:
    asked = Asked()
    read_settings(asked)
    return asked.names


def text_of(*pages: Path) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def all_pages() -> list[Path]:
    return [*PAGES, ROOT / "deploy" / "README.md"]


def test_every_command_that_is_named_exists_and_readme_names_every_command():
    named = set(COMMAND.findall(text_of(*all_pages())))

    assert named - commands_of_the_program() == set()
    assert commands_of_the_program() - set(COMMAND.findall(text_of(ROOT / "README.md"))) == set()


def test_every_setting_that_is_named_exists_and_the_guide_lists_every_setting():
    named = set(SETTING.findall(text_of(*all_pages()))) - {PREFIX}
    rows = set(re.findall(rf"^\| `({PREFIX}[A-Z_]+)`", text_of(ROOT / "docs" / "install-teams.md"), re.MULTILINE))

    assert named - settings_of_the_program() - MAKES_OF_SETTINGS == set()
    assert rows == settings_of_the_program()


def test_every_permission_that_is_named_is_used_and_every_use_names_its_least_permission():
    groups = [group for use in uses_of_graph(Sources()) for group in use.needs]
    named = set(PERMISSION.findall(text_of(*all_pages())))

    assert named - {permission for group in groups for permission in group} - NOT_OURS == set()
    assert {group[0] for group in groups} - named == set()


def test_the_app_package_asks_for_no_permission_as_the_guide_says():
    manifest = json.loads(text_of(ROOT / "manifest" / "manifest.json"))

    assert "permissions" not in manifest.get("authorization", {})
    assert "| Teams resource-specific permissions (in the package) | **none** |" in text_of(
        ROOT / "docs" / "install-teams.md"
    )


def test_every_page_says_the_same_about_class_teams():
    """Staffroom is added there for notices of recorded lessons, once the team is known as a class."""
    for name in ("install-teams.md", "dpia-template.md", "recordings.md"):
        text = " ".join(text_of(ROOT / "docs" / name).split())
        assert "under `classes`" in text and "posts notices" in text and "in their own chat" in text, name
        assert not re.search(r"(do not add it to|keeps? it out of) class teams", text), name


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
