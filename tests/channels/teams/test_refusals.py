"""An error code of Teams decides what a refusal means; a status alone never says that somebody is gone."""

from typing import Any

import pytest

from bot.channels.teams.refusals import as_error, error_code
from bot.errors import Busy, ChannelError, Gone, InDoubt, Unreachable


def refusal(status: int, code: str = "") -> ChannelError:
    return as_error(status, {"error": {"code": code, "message": "for programmers"}} if code else {}, 7)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, "ConversationNotFound", Gone),
        (403, "BotNotInConversationRoster", Gone),
        (404, "BotNotInConversationRoster", Gone),
        (403, "ForbiddenOperationException", Gone),
        (403, "ConversationBlockedByUser", Unreachable),
        (403, "MessageWritesBlocked", Unreachable),
        (403, "NotEnoughPermissions", Unreachable),
        (403, "BotDisabledByAdmin", Busy),
        (401, "BotNotRegistered", Busy),
        (403, "InvalidBotApiHost", Busy),
        (412, "PreconditionFailed", Busy),
        (429, "Throttled", Busy),
        (401, "", Busy),
        (413, "MessageSizeTooBig", ChannelError),
        (403, "", Unreachable),
        (403, "NeverHeardOf", Unreachable),
        (404, "", Unreachable),
        (404, "NeverHeardOf", Unreachable),
        (400, "BadArgument", ChannelError),
        (302, "", ChannelError),
        (500, "ServiceError", InDoubt),
    ],
)
def test_each_code_has_its_meaning(status: int, code: str, error: type[ChannelError]) -> None:
    assert type(refusal(status, code)) is error


def test_capitals_make_no_difference_to_a_code() -> None:
    assert type(refusal(404, "conversationnotfound")) is Gone


def test_a_wait_is_as_long_as_teams_asks() -> None:
    error = refusal(429)
    assert isinstance(error, Busy) and error.seconds == 7


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"error": None},
        {"error": []},
        {"error": {"code": 7}},
        {"error": {"code": ["BotDisabledByAdmin"]}},
        {"error": {"code": "not a code, but a sentence"}},
        {"error": {"code": "x" * 100}},
        {"message": "{" * 20_000},
        {"message": '{"subCode": {"a": 1}}'},
        {"message": "[" * 9_000},
    ],
)
def test_a_body_without_a_code_is_no_code(body: dict[str, Any]) -> None:
    assert error_code(body) == ""


def test_a_code_on_its_own_and_a_subcode_are_found() -> None:
    assert error_code({"error": "BotNotInConversationRoster"}) == "BotNotInConversationRoster"
    assert error_code({"error": {"code": "Forbidden", "message": '{"subCode": "MessageWritesBlocked"}'}}) == (
        "MessageWritesBlocked"
    )
