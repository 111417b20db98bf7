"""The address of a PostgreSQL database, as the settings give it: postgresql://LOGIN@HOST/DATABASE."""

from urllib.parse import parse_qsl, urlsplit

from bot.errors import SettingsError

SCHEMES = frozenset({"postgresql", "postgres"})
NOT_IN_ADDRESS = (
    "STAFFROOM_STORE must not hold a password: settings are shown and logged. Put it into a password file "
    "(PGPASSFILE) or into PGPASSWORD."
)
UNREADABLE = "STAFFROOM_STORE must look like postgresql://LOGIN@HOST/DATABASE."


def checked_address(url: str) -> str:
    """The address to connect to; raises SettingsError if it cannot be read or holds a password.

    Whoever does not say how the connection is protected gets `sslmode=verify-full`; a Unix socket needs none.

    >>> checked_address("postgresql://staffroom@db.example/schools")
    'postgresql://staffroom@db.example/schools?sslmode=verify-full'
    """
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        password = parts.password
    except ValueError as error:
        raise SettingsError(UNREADABLE) from error
    if parts.scheme not in SCHEMES or not parts.path.strip("/"):
        raise SettingsError(UNREADABLE)
    if password is not None or options.keys() & {"password", "sslpassword"}:
        raise SettingsError(NOT_IN_ADDRESS)
    if "sslmode" in options:
        return url
    return f"{url}{'&' if parts.query else '?'}sslmode=verify-full"
