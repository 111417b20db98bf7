"""What a path lies on."""

from pathlib import Path

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ceph", "glusterfs"})


def network_kind(path: Path, mounts: str) -> str:
    """The kind of network share a path lies on, or nothing; `mounts` is what Linux tells in /proc/mounts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, type, *_ = [*line.split(" "), "", ""]
        here = point.replace("\\040", " ")
        if path.is_relative_to(here or "/nowhere") and len(here) >= len(best):
            best, kind = here, type
    return kind if kind in NETWORK else ""


def mounts() -> str:
    """What Linux tells about its mounts; nothing elsewhere, so that nothing is refused there."""
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
