"""The methods of Slack's Web API that a little Slack knows, with their arguments.

Taken from the "args" of docs.slack.dev/methods/*.json in github.com/slack-ruby/slack-api-ref.
"""

from collections.abc import Mapping

AS_WRITTEN = "parse link_names"
# By method: the arguments it must have, and those it may have besides (of each only what Staffroom may ever send).
METHODS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    name: (frozenset(required.split()), frozenset(optional.split()))
    for name, required, optional in (
        ("apps.connections.open", "", ""),
        ("auth.test", "", ""),
        ("bots.info", "bot", ""),
        ("chat.delete", "channel ts", ""),
        ("chat.postEphemeral", "channel user", f"text blocks thread_ts {AS_WRITTEN}"),
        (
            "chat.postMessage",
            "channel",
            "text blocks thread_ts metadata unfurl_links unfurl_media mrkdwn parse link_names",
        ),
        ("chat.update", "channel ts", f"text blocks metadata {AS_WRITTEN}"),
        ("conversations.history", "channel", "cursor include_all_metadata inclusive latest limit oldest"),
        ("conversations.open", "", "users channel return_im"),
        ("files.completeUploadExternal", "files", "channel_id initial_comment thread_ts"),
        ("files.delete", "file", ""),
        ("files.getUploadURLExternal", "filename length", "alt_txt"),
        ("usergroups.users.list", "usergroup", "include_disabled"),
        ("users.info", "user", "include_locale"),
        ("users.list", "", "cursor limit"),
        ("views.open", "view", "trigger_id"),
        ("views.publish", "view user_id", "hash"),
        ("views.push", "view", "trigger_id"),
        ("views.update", "view", "view_id hash"),
    )
}
AS_JSON = frozenset({"blocks", "metadata", "view", "files"})
