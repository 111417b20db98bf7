"""Asks PyPI and npm about known faults in every locked package: `make audit`.

Exit code 1 if there is a finding. A service that does not answer is named, and is no finding. A package the service
does not know was not checked; an audit in which nothing was checked is never called clean.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.licences import NODE_LISTS
from deploy.lock import LOCKS, PROJECT

AUDIT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known about the packages of one file."""

    says: str
    has_findings: bool = False


def python_outcome(printed: str) -> Outcome:
    """Reads what `pip-audit --format json` prints; it prints no JSON if its service cannot be reached."""
    try:
        packages = json.loads(printed)["dependencies"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return Outcome("not checked: the service could not be reached")
    checked = [package for package in packages if "vulns" in package]
    findings = [f"{p['name']} {p['version']}: {fault['id']}" for p in checked for fault in p["vulns"]]
    unknown = len(packages) - len(checked)
    if findings:
        return Outcome("; ".join(findings), has_findings=True)
    if not checked:
        return Outcome("not checked: the service knows none of these packages")
    return Outcome(f"no known faults in {len(checked)} packages" + (f"; {unknown} not checked" if unknown else ""))


def node_outcome(printed: str) -> Outcome:
    """Reads what `npm audit --json` prints."""
    try:
        report = json.loads(printed)
        faulty = report["vulnerabilities"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return Outcome("not checked: the service could not be reached")
    if faulty:
        findings = [f"{name}: {fault['severity']}" for name, fault in sorted(faulty.items())]
        return Outcome("; ".join(findings), has_findings=True)
    return Outcome("no known faults")


def printed_by(command: list[str], folder: Path) -> str:
    """What a command prints, whatever its exit code; nothing if it is missing or takes too long."""
    try:
        finished = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=AUDIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return finished.stdout


def main(pip_audit: str) -> int:
    """Prints one line for each file; 1 if there is a finding."""
    outcomes = []
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    for lock in LOCKS:
        command = [str(Path(pip_audit).absolute()), *options, "--requirement", lock.target]
        outcomes.append((lock.target, python_outcome(printed_by(command, PROJECT))))
    for _, folder in NODE_LISTS:
        command = ["npm", "audit", "--json", "--package-lock-only"]
        outcomes.append((f"{folder}/package-lock.json", node_outcome(printed_by(command, PROJECT / folder))))
    for file, outcome in outcomes:
        print(f"{file}: {outcome.says}")
    return int(any(outcome.has_findings for _, outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
