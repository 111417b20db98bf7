"""Writes requirements*.txt, with the hashes of every file, from deploy/requirements/*.in: `make lock`.

pip decides which versions go together; the index that pip is configured with says which files belong to a version.
Versions locked before stay, unless a `.in` file names another one or `--fresh` is given.
"""

import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = PROJECT / "deploy" / "requirements"
PYPI = "https://pypi.org/simple"
SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
INDEX_SECONDS = 60
INDEX_REQUESTS = 8


@dataclass(frozen=True, slots=True)
class Pin:
    """One package at one version; `marker` says on which systems."""

    name: str
    version: str
    hashes: frozenset[str] = frozenset()
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """One requirements file. `base` is the file whose packages are not repeated."""

    source: str
    target: str
    with_dependencies: bool = True
    base: str = ""


LOCKS = (
    Lock("run.in", "requirements.txt"),
    Lock("postgres.in", "requirements-postgres.txt", base="requirements.txt"),
    Lock("dev.in", "requirements-dev.txt", base="requirements.txt"),
    Lock("node.in", "requirements-node.txt"),
    Lock("audit.in", "requirements-audit.txt"),
    Lock("model.in", "requirements-model.txt", with_dependencies=False),
    Lock("train.in", "requirements-train.txt", with_dependencies=False),
    Lock("train-cpu.in", "requirements-train-cpu.txt", with_dependencies=False),
)


def read_pins(text: str) -> list[Pin]:
    """The pins of a `.in` or `.txt` file, in its order, names as PyPI compares them.

    >>> read_pins('et_xmlfile==2.0.0; sys_platform == "linux"  # why')
    [Pin(name='et-xmlfile', version='2.0.0', hashes=frozenset(), marker='sys_platform == "linux"')]
    """
    pins = []
    for line in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=sha256:", line.split("#")[0].strip())
        pin = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)(?:\s*;\s*(.+))?", requirement)
        if pin:
            pins.append(Pin(canonicalize_name(pin[1]), pin[2], frozenset(hashes), pin[3] or ""))
    return pins


def index_address(pip_config: str) -> str:
    """The index that pip asks, from what `pip config list` prints; PyPI if none is set.

    >>> index_address("global.index-url='https://a.example/simple/'")
    'https://a.example/simple'
    """
    settings: dict[str, str] = dict(re.findall(r"^(\S+)\.index-url='(.*)'$", pip_config, re.MULTILINE))
    for scope in (":env:", "install", "global"):
        if scope in settings:
            return settings[scope].rstrip("/")
    return PYPI


def version_of(filename: str) -> Version | None:
    """The version a wheel or source archive holds, or None if it is another kind of file."""
    parse: Callable[[str], tuple[Any, ...]] = parse_sdist_filename
    if filename.endswith(".whl"):
        parse = parse_wheel_filename
    try:
        return Version(str(parse(filename)[1]))
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def hashes_of(files: Iterable[dict[str, Any]], version: str) -> frozenset[str]:
    """The SHA-256 of each file of `version` in the index's list, for every system and Python."""
    wanted = Version(version)
    return frozenset(file["hashes"]["sha256"] for file in files if version_of(file["filename"]) == wanted)


def written(lock: Lock, pins: Iterable[Pin]) -> str:
    """The text of a requirements file: sorted, every hash, no host."""
    lines = [f"# Written by `make lock` from deploy/requirements/{lock.source}; change that file instead."]
    if not lock.with_dependencies:
        lines.append("# Install with --no-deps.")
    if lock.base:
        lines.append(f"-r {lock.base}")
    for pin in sorted(pins, key=lambda pin: pin.name):
        hashes = [f"    --hash=sha256:{digest}" for digest in sorted(pin.hashes)]
        marker = f" ; {pin.marker}" if pin.marker else ""
        lines.append(" \\\n".join([f"{pin.name}=={pin.version}{marker}", *hashes]))
    return "\n".join(lines) + "\n"


def pip(*arguments: str) -> str:
    """What pip prints."""
    command = [sys.executable, "-m", "pip", *arguments]
    finished = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return str(finished.stdout)


def resolved(source: Path, locked: Iterable[Pin]) -> list[Pin]:
    """What pip would install for `source`, keeping the versions in `locked`."""
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in locked), encoding="utf-8")
        report = Path(folder) / "report.json"
        dry_run = ("install", "--dry-run", "-qq", "--ignore-installed", "--report", str(report))
        pip(*dry_run, "--constraint", str(constraints), "--requirement", str(source))
        packages = [entry["metadata"] for entry in json.loads(report.read_text(encoding="utf-8"))["install"]]
    return [Pin(canonicalize_name(package["name"]), package["version"]) for package in packages]


def with_hashes(pin: Pin, index: str) -> Pin:
    """The pin with the hashes of the index, unless it has hashes already."""
    if pin.hashes:
        return pin
    request = urllib.request.Request(f"{index}/{pin.name}/", headers={"Accept": SIMPLE_JSON})
    with urllib.request.urlopen(request, timeout=INDEX_SECONDS) as response:
        if response.headers.get_content_type() != SIMPLE_JSON:
            raise SystemExit(f"{index} does not list files as JSON (PEP 691); set PIP_INDEX_URL to one that does.")
        hashes = hashes_of(json.load(response)["files"], pin.version)
    if not hashes:
        raise SystemExit(f"{index} has no file of {pin.name} {pin.version}.")
    return replace(pin, hashes=hashes)


def pins_for(lock: Lock, fresh: bool) -> list[Pin]:
    """The pins of one requirements file, without hashes of the index yet."""
    source = SOURCES / lock.source
    named = read_pins(source.read_text(encoding="utf-8"))
    if not lock.with_dependencies:
        return named
    base = read_pins((PROJECT / lock.base).read_text(encoding="utf-8")) if lock.base else []
    target = PROJECT / lock.target
    before = read_pins(target.read_text(encoding="utf-8")) if target.exists() and not fresh else []
    chosen = {pin.name for pin in (*named, *base)}
    kept = [pin for pin in before if pin.name not in chosen]
    already = {pin.name for pin in base}
    return [pin for pin in resolved(source, [*base, *kept]) if pin.name not in already]


def main(arguments: list[str]) -> None:
    """Writes each requirements file."""
    index = index_address(pip("config", "list"))
    for lock in LOCKS:
        pins = pins_for(lock, fresh="--fresh" in arguments)
        with ThreadPoolExecutor(INDEX_REQUESTS) as requests:
            pins = list(requests.map(lambda pin: with_hashes(pin, index), pins))
        (PROJECT / lock.target).write_text(written(lock, pins), encoding="utf-8")
        print(f"{lock.target}: {len(pins)} packages")


if __name__ == "__main__":
    main(sys.argv[1:])
