"""What Graph refuses is understood by its codes, whatever words and status come with them."""

from typing import Any

import pytest

from bot.errors import Busy, GraphBusy, GraphError, Unreachable
from bot.recordings.rules.recording import FileState
from bot.tenant.graph.refusals import Refusal, reason_given, refusal_of
from tests.standins.graph import Trouble
from tests.tenant.graph.conftest import FILE, THREAD, Line


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (GraphError("", 403, "Forbidden", "In andrer Sprache.", ("AccessDenied",)), Refusal.BLOCKED),
        (GraphError("", 403, "Forbidden", "App is blocked by app permission policy."), Refusal.BLOCKED),
        (GraphError("", 403, "accessDenied", "The licence says no to guests."), Refusal.NOT_ALLOWED),
        (GraphError("", 403, "Authorization_RequestDenied", "license"), Refusal.NOT_GRANTED),
        (GraphError("", 404, "itemNotFound"), Refusal.GONE),
        (GraphError("", 403, "itemNotFound"), Refusal.GONE),
        (GraphError("", 404, "resourceNotFound"), Refusal.NOT_FOUND),
        (GraphError("", 404, "generalException"), Refusal.UNKNOWN),
        (GraphError("", 403, "UnknownError"), Refusal.UNKNOWN),
        (GraphError("", 403, "invalidRequest", "", ("badArgument", "activityLimitReached")), Refusal.BUSY),
        (GraphError("", 403), Refusal.NOT_ALLOWED),
        (GraphError("", 418, "teapot"), Refusal.UNKNOWN),
        (GraphBusy("", 5.0), Refusal.BUSY),
    ],
)
def test_the_most_specific_code_decides_and_the_status_only_without_one(error: GraphError, refusal: Refusal):
    assert refusal_of(error) is refusal


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, ("", "", ())),
        ({"error": "Forbidden"}, ("", "", ())),
        ({"error": {"code": 7, "message": ["x"], "innerError": "x"}}, ("", "", ())),
        ({"error": {"code": "a [link](https://evil.example)", "message": "m"}}, ("", "m", ())),
        ({"error": {"code": "A", "innererror": {"code": "B", "innerError": {"code": "C"}}}}, ("A", "", ("B", "C"))),
    ],
)
def test_what_is_no_code_is_none(body: dict[str, Any], reason: tuple[str, str, tuple[str, ...]]):
    assert reason_given(body) == reason


def test_codes_that_are_nested_without_end_are_read_to_a_depth():
    inner: dict[str, Any] = {"code": "A"}
    inner["innerError"] = inner

    assert len(reason_given({"error": inner})[2]) == 5


async def test_a_missing_permission_keeps_nobody_out_of_a_chat_for_good(line: Line):
    line.graph.next_answers.append(Trouble(403, code="Authorization_RequestDenied"))

    with pytest.raises(Busy, match=r"ReadWriteSelfForChat\.All") as error:
        await line.lessons.join_chat(THREAD)
    assert error.value.seconds == 3600


async def test_an_outage_that_looks_like_a_refusal_is_tried_again(line: Line):
    line.graph.next_answers.extend([Trouble(403, code="UnknownError"), Trouble(403, code="UnknownError")])

    with pytest.raises(Busy):
        await line.lessons.join_chat(THREAD)
    with pytest.raises(GraphError):  # not knowing is never "forbidden"
        await line.lessons.look(FILE)


async def test_a_file_is_forbidden_by_its_code(line: Line):
    line.graph.next_answers.append(Trouble(403, code="accessDenied"))

    assert await line.lessons.look(FILE) is FileState.FORBIDDEN


async def test_words_decide_nothing_where_a_code_does(line: Line):
    denied = Trouble(403, code="Authorization_RequestDenied", said="No license for guests: Teams is disabled.")
    line.graph.next_answers.append(denied)

    with pytest.raises(Busy, match="an administrator grants it"):
        await line.tenant.install("a1")
    line.graph.next_answers.append(Trouble(403, code="Conflict", said="A guest of honour has a driving licence."))
    with pytest.raises(Unreachable, match="403 Conflict"):
        await line.tenant.install("a1")
