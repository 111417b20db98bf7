"""Links to join a Teams meeting, and links that look like them."""

from urllib.parse import quote

import pytest

from bot.tenant.graph.join_links import thread_of

THREAD = "19:meeting_NTA1@thread.v2"
CHANNEL = "19:Maths-4_x@thread.tacv2"


def join(thread: str, after: str = "/0", host: str = "teams.microsoft.com") -> str:
    context = quote('{"Tid":"t","Oid":"A1"}')
    return f"https://{host}/l/meetup-join/{quote(thread, safe='')}{after}?context={context}"


@pytest.mark.parametrize(
    ("url", "thread"),
    [
        (join(THREAD), THREAD),
        (join(CHANNEL, "/1611234567890"), CHANNEL),
        (join(CHANNEL, ""), CHANNEL),
        (join(THREAD, host="teams.cloud.microsoft"), THREAD),
        (join(THREAD).replace("%3A", "%3a"), THREAD),
        (f'https://teams.microsoft.com/l/meetup-join/{THREAD}/0?context={{"Oid":"B2"}}', THREAD),
        (join(THREAD).partition("?")[0], THREAD),
        (join(THREAD, host="teams.microsoft.com.evil.example"), ""),
        (join(THREAD).replace("https", "http"), ""),
        (join("19:../../x@thread.v2"), ""),
        (join("19:one@unq.gbl.spaces"), ""),
        ("https://teams.microsoft.com/meet/25512345?p=abc", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_a_link_to_join_says_which_conversation_and_any_other_link_says_nothing(url: str, thread: str):
    assert thread_of(url) == thread
