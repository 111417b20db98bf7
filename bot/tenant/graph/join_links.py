"""Links to join a Teams meeting: which conversation the meeting has."""

import re
from urllib.parse import unquote, urlsplit

TEAMS_HOSTS = frozenset({"teams.microsoft.com", "teams.cloud.microsoft"})
_PATH = re.compile(r"/l/meetup-join/(19:[\w.-]+@thread\.(?:v2|tacv2))(?:/.*)?")


def thread_of(join_url: str) -> str:
    """The id of the conversation in a link to join a Teams meeting; empty for anything else.

    https://learn.microsoft.com/graph/api/resources/onlinemeetinginfo

    >>> begin = "https://teams.microsoft.com/l/meetup-join/"
    >>> thread_of(begin + "19%3ameeting_NTA1%40thread.v2/0?context=%7b%22Tid%22%3a%22t%22%2c%22Oid%22%3a%22A1%22%7d")
    '19:meeting_NTA1@thread.v2'
    >>> thread_of(begin + "19%3aMaths%40thread.tacv2/1611234567890?context=%7b%22Oid%22%3a%22A1%22%7d")
    '19:Maths@thread.tacv2'
    >>> thread_of("https://teams.microsoft.com/meet/25512345?p=abc"), thread_of("https://zoom.example/j/1")
    ('', '')
    """
    try:
        link = urlsplit(join_url)
    except ValueError:
        return ""
    match = _PATH.fullmatch(unquote(link.path))
    is_teams = link.scheme == "https" and link.hostname in TEAMS_HOSTS
    return match[1] if is_teams and match else ""
