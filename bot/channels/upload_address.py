"""Where the bytes of a file may go: a channel names an address, and only the channel's own hosts are believed."""

from collections.abc import Collection
from urllib.parse import urlsplit


def is_upload_address(address: str, scheme: str, hosts: Collection[str]) -> bool:
    """Whether an address has this scheme, and a host that ends with one of these.

    >>> is_upload_address("https://files.slack.com/x", "https", (".slack.com",))
    True
    >>> is_upload_address("https://slack.com.evil.example/x", "https", (".slack.com",))
    False
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == scheme and (parts.hostname or "").endswith(tuple(hosts))
