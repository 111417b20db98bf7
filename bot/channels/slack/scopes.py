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
    "users.info": "users:read",
    "views.open": "",
    "views.publish": "",
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
REASONS: Mapping[str, str] = {
    "app_mentions:read": "to answer somebody who mentions Staffroom in a channel; nothing else of a channel reaches it",
    "chat:write": "to answer, to remind, and to replace an agreement by its receipt",
    "commands": "for `/policy` with the words behind it",
    "files:write": "to hand an encrypted evidence pack to the headteacher, and to delete it after ten minutes",
    "im:history": "to read what staff write to Staffroom alone, and whether a message in doubt arrived",
    "im:write": "to open the direct messages with somebody who has not written yet",
    "users:read": "to see that an account is a member's, not a guest's, a bot's or a closed one",
    "users:read.email": "to join an account to the line of the staff list with its confirmed address",
}


def needed_scopes() -> frozenset[str]:
    """The scopes that the methods and events in use need, and no others."""
    return frozenset({*METHOD_SCOPES.values(), *EVENT_SCOPES.values(), *OTHER_SCOPES.values()} - {""})
