"""What Staffroom may do in a workspace, and why: each scope belongs to a method or an event that the code uses.

The scopes are those of https://docs.slack.dev/reference/methods and https://docs.slack.dev/reference/events (each page
lists its own), as collected in github.com/slack-ruby/slack-api-ref, docs.slack.dev/methods/*.json and events/*.json.
Where a method takes one of several, the least is named: that of direct messages.
"""

from collections.abc import Mapping

# By method; empty if it needs none.
METHOD_SCOPES: Mapping[str, str] = {
    "apps.connections.open": "",  # the app-level token of Socket Mode has connections:write, which is no bot's scope
    "auth.test": "",
    "bots.info": "users:read",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "im:history",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
    "files.getUploadURLExternal": "files:write",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "views.open": "",
    "views.publish": "",
    "views.push": "",
    "views.update": "",
}
# By event, as the manifest names it.
EVENT_SCOPES: Mapping[str, str] = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "user_change": "users:read",
}
# By what else needs one: https://docs.slack.dev/reference/scopes/commands and .../users.read.email
OTHER_SCOPES: Mapping[str, str] = {
    "/policy": "commands",
    "profile.email of users.info and user_change": "users:read.email",
}
# Only for a school whose staff list comes from user groups.
GROUPS_SCOPE = "usergroups:read"
# In the name of somebody who signs in to the pages; https://docs.slack.dev/authentication/sign-in-with-slack
USER_SCOPES: Mapping[str, str] = {
    "openid": "to know who signs in to the school pages; neither their name nor their address is asked for",
}
REASONS: Mapping[str, str] = {
    "app_mentions:read": "to answer somebody who mentions Staffroom in a channel; nothing else of a channel reaches it",
    "chat:write": "to answer, to remind, and to replace an agreement by its receipt",
    "commands": "for `/policy` with the words behind it",
    "files:write": "to hand an encrypted evidence pack to the headteacher, and to delete it after ten minutes",
    "im:history": "to read what staff write to Staffroom alone, and whether a message in doubt arrived",
    "im:write": "to open the direct messages with somebody who has not written yet",
    "usergroups:read": "only if the staff list comes from user groups: to read who is in them",
    "users:read": "to see that an account is a member's, not a guest's, a bot's or a closed one",
    "users:read.email": "to join an account to the line of the staff list with its confirmed address",
}


def needed_scopes(*, reads_groups: bool = False) -> frozenset[str]:
    """The bot scopes that the methods and events in use need, and no others; `reads_groups` if user groups are read."""
    every = {*METHOD_SCOPES.values(), *EVENT_SCOPES.values(), *OTHER_SCOPES.values()} - {""}
    return frozenset(every if reads_groups else every - {GROUPS_SCOPE})
