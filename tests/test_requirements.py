"""What is installed is locked: every package by the hashes of its files, and nothing names a host."""

import ast
import json
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

from deploy.audit import node_outcome, python_outcome
from deploy.licences import NODE_LISTS, licence_of, remark
from deploy.lock import LOCKS, PYPI, Lock, Pin, hashes_of, index_address, read_pins, written

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = PROJECT / "deploy" / "requirements"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(PROJECT.glob("requirements*.txt")), ids=lambda path: path.name)
class TestARequirementsFile:
    def test_has_a_hash_for_every_package(self, file: Path):
        requirements = [line for line in text_of(file).replace("\\\n", " ").splitlines() if "==" in line]

        assert requirements
        for line in requirements:
            assert re.fullmatch(r"[a-z0-9-]+==\S+( ; .+?)?( +--hash=sha256:[0-9a-f]{64})+", line), line[:60]

    def test_names_no_host_and_no_local_path(self, file: Path):
        assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-f|^-i|/opt|\.whl", text_of(file))

    def test_is_written_by_make_lock(self, file: Path):
        assert file.name in {lock.target for lock in LOCKS}
        assert text_of(file).startswith("# Written by `make lock`")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.source)
def test_what_is_named_is_what_is_locked(lock: Lock):
    named = {(pin.name, pin.version, pin.marker) for pin in read_pins(text_of(SOURCES / lock.source))}
    locked = {(pin.name, pin.version, pin.marker) for pin in read_pins(text_of(PROJECT / lock.target))}

    assert named
    assert named <= locked


def test_no_package_is_locked_at_two_versions_in_what_is_installed_together():
    versions: dict[str, str] = {}
    for extra in ("", "-postgres", "-dev", "-model", "-train"):
        for pin in read_pins(text_of(PROJECT / f"requirements{extra}.txt")):
            assert versions.setdefault(pin.name, pin.version) == pin.version, pin.name


def outside_imports(folder: Path) -> set[str]:
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(text_of(file))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"bot"}


def test_what_staffroom_imports_is_named_directly():
    sources = ("run.in", "postgres.in", "model.in", "train.in")
    named = {pin.name for source in sources for pin in read_pins(text_of(SOURCES / source))}
    packages = metadata.packages_distributions()

    for module in outside_imports(PROJECT / "bot"):
        providers = {re.sub(r"[-_.]+", "-", name).lower() for name in packages.get(module, [module])}
        assert providers & named, f"bot imports {module}; name its package in deploy/requirements/run.in"


def test_every_locked_package_is_in_the_list_of_licences():
    page = text_of(PROJECT / "docs" / "licences.md")

    for lock in LOCKS:
        for pin in read_pins(text_of(PROJECT / lock.target)):
            version = pin.version.split("+")[0]
            assert f"| {pin.name} | {version} |" in page, "run `make licences`"
    for _, folder in NODE_LISTS:
        for path, entry in json.loads(text_of(PROJECT / folder / "package-lock.json"))["packages"].items():
            name = path.rsplit("node_modules/", 1)[-1]
            assert not name or f"| {name} | {entry['version']} |" in page, "run `make licences`"


def test_a_locked_file_reads_back_as_what_was_written():
    lock = Lock("train.in", "requirements-train.txt", with_dependencies=False)
    pins = [
        Pin("triton", "3.7.1", frozenset({"ab", "cd"}), 'sys_platform == "linux"'),
        Pin("torch", "2.13.0+cpu", frozenset({"ef"})),
    ]

    text = written(lock, pins)

    assert "# Install with --no-deps." in text
    assert read_pins(text) == sorted(pins, key=lambda pin: pin.name)


def test_extras_comments_and_other_lines_do_not_disturb_the_pins():
    text = "# a==1\n-r run.in\nPyJWT[crypto]==2.15.1  # why\n\nonly-a-name\n"

    assert read_pins(text) == [Pin("pyjwt", "2.15.1")]


def test_the_hashes_of_one_version_are_those_of_all_its_wheels_and_archives():
    files = [
        {"filename": "one_name-1.0-py3-none-any.whl", "hashes": {"sha256": "a"}},
        {"filename": "one-name-1.0.tar.gz", "hashes": {"sha256": "b"}},
        {"filename": "one_name-1.0.1-py3-none-any.whl", "hashes": {"sha256": "c"}},
        {"filename": "one_name-1.0.win32.exe", "hashes": {"sha256": "d"}},
    ]

    assert hashes_of(files, "1.0") == {"a", "b"}


@pytest.mark.parametrize(
    ("pip_config", "address"),
    [
        ("", PYPI),
        ("global.extra-index-url='https://b.example/simple'", PYPI),
        ("global.index-url='https://a.example/simple'", "https://a.example/simple"),
        (":env:.index-url='https://e.example/s/'\nglobal.index-url='https://a.example/simple'", "https://e.example/s"),
    ],
)
def test_the_index_asked_is_the_one_pip_is_configured_with(pip_config: str, address: str):
    assert index_address(pip_config) == address


@pytest.mark.parametrize(
    ("expression", "field", "classifiers", "licence"),
    [
        ("Apache-2.0 AND MIT", None, [], "Apache-2.0 AND MIT"),
        (None, "Copyright\nlong text", ["License :: OSI Approved :: BSD License"], "BSD License"),
        (None, "MIT", ["License :: OSI Approved"], "MIT"),
        (None, None, [], "not stated"),
    ],
)
def test_a_licence_is_read_where_the_package_states_it(expression, field, classifiers, licence):
    assert licence_of(expression, field, classifiers) == licence


def test_licences_with_conditions_are_marked():
    assert remark("LGPL-3.0-or-later") == "**copyleft**"
    assert remark("Mozilla Public License 2.0 (MPL 2.0)") == "**copyleft**"
    assert remark("NVIDIA Proprietary Software") == "**proprietary**"
    assert remark("BSD-3-Clause") == ""


@pytest.mark.parametrize(
    ("printed", "says", "has_findings"),
    [
        ("", "could not be reached", False),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', "knows none of these packages", False),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', "no known faults in 1 packages", False),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "?"}]}',
            "1 not checked",
            False,
        ),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}', "a 1: PYSEC-1", True),
    ],
)
def test_the_audit_of_python_packages_says_what_was_checked(printed: str, says: str, has_findings: bool):
    outcome = python_outcome(printed)

    assert says in outcome.says
    assert outcome.has_findings == has_findings


@pytest.mark.parametrize(
    ("printed", "says", "has_findings"),
    [
        ("", "could not be reached", False),
        ('{"message": "405 Method Not Allowed", "statusCode": 405}', "could not be reached", False),
        ('{"vulnerabilities": {}}', "no known faults", False),
        ('{"vulnerabilities": {"a": {"severity": "high"}}}', "a: high", True),
    ],
)
def test_the_audit_of_node_packages_says_what_was_checked(printed: str, says: str, has_findings: bool):
    outcome = node_outcome(printed)

    assert says in outcome.says
    assert outcome.has_findings == has_findings
