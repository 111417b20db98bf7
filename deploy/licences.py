"""Writes docs/licences.md: every package that is locked, with the licence it states: `make licences`.

A package that is not installed here (torch, an audit tool) is looked up at the index's project page, which describes
its latest release; the list says so.
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from deploy.lock import PROJECT, PYPI, read_pins

PROJECT_PAGE = PYPI.removesuffix("/simple") + "/pypi/{name}/json"
INDEX_SECONDS = 20
LONGEST_LICENCE_NAME = 60
COPYLEFT = ("GPL", "MPL", "EPL", "Mozilla", "General Public")
PROPRIETARY = ("NVIDIA", "Proprietary", "SEE LICENSE")
LISTS = (
    ("What Staffroom runs on", "requirements.txt"),
    ("PostgreSQL, an extra", "requirements-postgres.txt"),
    ("The sentence model", "requirements-model.txt"),
    ("Tests and checks", "requirements-dev.txt"),
    ("Node.js and npm, on a machine without them", "requirements-node.txt"),
    ("Training, optional", "requirements-train.txt"),
    ("The audit, in an environment of its own", "requirements-audit.txt"),
)
NODE_LISTS = (
    ("The local web chat's page", "bot/channels/web/page"),
    ("The school pages' tab in Teams", "bot/channels/pages/tab"),
    ("Microsoft's schema for the app package", "manifest"),
    ("Microsoft's Agents Playground, for tests", "tests/acceptance"),
    ("What Slack shows, drawn for tests", "bot/channels/slack/page"),
)


@dataclass(frozen=True, slots=True)
class Licence:
    """What one package says of its licence; `source` says where it says so."""

    package: str
    version: str
    licence: str
    source: str


def licence_of(expression: str | None, field: str | None, classifiers: list[str]) -> str:
    """The licence by its SPDX expression, else by its classifiers, else by its own words if these are short.

    >>> licence_of(None, "Dual License", ["License :: OSI Approved :: BSD License"])
    'BSD License'
    """
    names = [text.split(" :: ")[-1] for text in classifiers if text.startswith("License :: ")]
    named = ", ".join(name for name in names if name != "OSI Approved")
    short = field if field and "\n" not in field and len(field) <= LONGEST_LICENCE_NAME else ""
    return expression or named or short or "not stated"


def remark(licence: str) -> str:
    """The word that marks a licence with conditions beyond naming the authors, or nothing."""
    if any(word in licence for word in PROPRIETARY):
        return "**proprietary**"
    if licence == "not stated":
        return "**not stated**"
    return "**copyleft**" if any(word in licence for word in COPYLEFT) else ""


def installed_licence(name: str, version: str) -> Licence:
    """What the installed package says. Raises PackageNotFoundError if it is not installed."""
    fields = metadata.metadata(name)
    classifiers = fields.get_all("Classifier") or []
    expression, field = (next(iter(fields.get_all(key) or []), None) for key in ("License-Expression", "License"))
    licence = licence_of(expression, field, classifiers)
    return Licence(name, version, licence, "package")


def listed_licence(name: str, version: str) -> Licence:
    """What the project's page at PyPI says."""
    try:
        with urllib.request.urlopen(PROJECT_PAGE.format(name=name), timeout=INDEX_SECONDS) as response:
            fields = json.load(response)["info"]
    except (urllib.error.URLError, TimeoutError):
        return Licence(name, version, "not known here", "not installed, and PyPI did not answer")
    licence = licence_of(fields.get("license_expression"), fields.get("license"), fields.get("classifiers") or [])
    return Licence(name, version, licence, "PyPI, latest release")


def python_licences(requirements: str) -> list[Licence]:
    """The licences of what one requirements file locks."""
    licences = []
    for pin in read_pins((PROJECT / requirements).read_text(encoding="utf-8")):
        try:
            licences.append(installed_licence(pin.name, pin.version))
        except metadata.PackageNotFoundError:
            licences.append(listed_licence(pin.name, pin.version))
    return licences


def node_licences(package_lock: dict[str, Any]) -> list[Licence]:
    """The licences of what one package-lock.json lists, which npm copied from the packages."""
    packages = {path: entry for path, entry in package_lock["packages"].items() if path}
    return [
        Licence(
            path.rsplit("node_modules/", 1)[-1], entry["version"], entry.get("license", "not stated"), "package-lock"
        )
        for path, entry in sorted(packages.items())
    ]


def table(title: str, licences: list[Licence]) -> str:
    """One section of the page."""
    rows = [
        f"| {row.package} | {row.version} | {row.licence} | {remark(row.licence)} | {row.source} |" for row in licences
    ]
    return "\n".join(
        [f"## {title}", "", "| package | version | licence | | stated by |", "|---|---|---|---|---|", *rows]
    )


INTRODUCTION = """# Licences

Staffroom itself is under the MIT licence (`LICENSE`). This page lists every package that is locked and the licence it
states. `make licences` writes it. It is a list, not legal advice.

Most licences here ask only that the authors stay named. Three kinds are marked:

- **copyleft** (LGPL, GPL, MPL, EPL): whoever passes the package on must offer its source under the same licence, with
  any change made to it. LGPL and MPL leave Staffroom's own code alone: it uses these packages unchanged, as separate
  packages that can be replaced. A school that only runs Staffroom passes nothing on. Whoever hands out a container
  image with these packages in it does, and must keep their licence texts and say where their source is.
- **proprietary**: under the maker's own terms, to be read before use. Nothing that a running Staffroom needs is.
- **not stated**: the package's own fields say nothing; its files have to be read. NVIDIA's are under NVIDIA's terms."""


def main() -> None:
    """Writes the page."""
    sections = [INTRODUCTION]
    sections += [table(title, python_licences(requirements)) for title, requirements in LISTS]
    for title, folder in NODE_LISTS:
        package_lock = json.loads((PROJECT / folder / "package-lock.json").read_text(encoding="utf-8"))
        sections.append(table(title, node_licences(package_lock)))
    (PROJECT / "docs" / "licences.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    print("docs/licences.md")


if __name__ == "__main__":
    main()
