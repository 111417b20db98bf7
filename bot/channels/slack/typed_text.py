"""What somebody typed in Slack, without its markup.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

_MENTION = re.compile(r"<@[UW][A-Z0-9]{1,30}(\|[^<>]{0,100})?>")
_LINK = re.compile(r"<(?:mailto:|tel:)?([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>")


def text_of(text: str) -> str:
    """What somebody wrote, without mentions and without Slack's markup of links and characters.

    >>> text_of("<@U012AB3CD> may I use <https://example.org|this> &amp; that?")
    'may I use this & that?'
    """
    plain = _LINK.sub(lambda link: link[2] or link[1], _MENTION.sub(" ", text))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
