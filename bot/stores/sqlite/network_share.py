"""Whether a path is on a network share, where SQLite's locks cannot be trusted."""

from pathlib import Path

NETWORK_TYPES = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ceph", "glusterfs"})


def network_kind(path: Path, mounts: str) -> str:
    """The kind of network share a path is on; empty for a local disk. `mounts` is what Linux says in /proc/mounts."""
    longest, type_there = "", ""
    for line in mounts.splitlines():
        _, point, type, *_ = [*line.split(" "), "", ""]
        folder = point.replace("\\040", " ")
        if path.is_relative_to(folder or "/nowhere") and len(folder) >= len(longest):
            longest, type_there = folder, type
    return type_there if type_there in NETWORK_TYPES else ""


def mounts() -> str:
    """What Linux says about its mounts; empty on other systems, so that nothing is refused there."""
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
