"""Answers Slack at once, and does the work behind: Slack waits for three seconds and then sends the same again.

Each message, press, command and form is answered once, however often it is delivered; but for forms, which Slack does
not send again, also after a restart.
https://docs.slack.dev/apis/events-api#retries
"""

import asyncio
import json
import logging
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.channels.memory import Once, Seen, finish
from bot.channels.request_body import Refused
from bot.channels.services import CLOSING_TIME_LIMIT
from bot.channels.slack.account_events import HomeOpened, ProfileChanged
from bot.channels.slack.payload import (
    ButtonPress,
    ChatOpened,
    Content,
    SlashCommand,
    Submission,
    UrlVerification,
    WrittenMessage,
)
from bot.channels.slack.turn import HomeHandlers, SlackHandlers
from bot.desk.arrivals import Arrivals, ArrivalState
from bot.errors import StoreError

LOG = logging.getLogger("staffroom.slack")
MAX_UNDER_WAY = 200  # things being answered at the same time; a school has a hundred people
LOOP_PASSES = 4  # of the event loop, in which a request is read, checked and acknowledged
TOO_MUCH = "Too much arrives at once. Please try again."


@dataclass(slots=True)
class OneByOne:
    """Lets one piece of work begin at a time, with room for requests to be acknowledged before the next.

    Understanding a question keeps the event loop busy. If thirty people ask at once, and all were begun at once, the
    next request would be acknowledged after all of them.
    """

    _begins: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn(self) -> None:
        """Returns when the next piece of work may begin."""
        async with self._begins:
            for _ in range(LOOP_PASSES):
                await asyncio.sleep(0)


@dataclass(slots=True)
class Acknowledger:
    """Acknowledges what the request check admitted, and hands it to the bot and to the App Home."""

    bot: SlackHandlers
    home: HomeHandlers
    arrivals: Arrivals
    _seen: Seen = field(default_factory=Seen)
    _submissions: Once[dict[str, Any]] = field(default_factory=Once)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _questions: OneByOne = field(default_factory=OneByOne)
    _presses: OneByOne = field(
        default_factory=OneByOne
    )  # a form has to open within three seconds: no question is before

    async def respond(self, content: Content) -> web.Response:
        """The response to a request; raises Refused."""
        answer = await self.take(content)
        return web.Response() if answer is None else web.json_response(answer)

    async def take(self, content: Content) -> Mapping[str, Any] | None:
        """Begins what has to be done; the answer to Slack, None for a mere acknowledgement. Raises Refused.

        Only the answer to a form has to wait for what becomes of it.
        """
        match content:
            case UrlVerification():
                return {"challenge": content.challenge}
            case Submission():
                return await self._submit(content)
            case WrittenMessage():
                self._begin(content.key, self.bot.on_message(content))
            case ButtonPress(is_on_home=True):
                self._begin(content.key, self.home.on_home_press(content))
            case ButtonPress():
                self._begin(content.key, self.bot.on_press(content))
            case SlashCommand():
                self._begin(content.key, self.bot.on_command(content))
            case ChatOpened():
                self._begin(content.key, self.bot.on_opened(content))
            case HomeOpened():
                self._begin(content.key, self.home.on_home_opened(content))
            case ProfileChanged():
                self._begin(content.key, self.home.on_profile_changed(content))
        return None

    async def close(self) -> None:
        """Waits for what is being answered, at most a few seconds."""
        await self._submissions.close(CLOSING_TIME_LIMIT)
        await finish(tuple(self._tasks), CLOSING_TIME_LIMIT)

    def _begin(self, key: tuple[str, ...], work: Coroutine[Any, Any, None]) -> None:
        """Begins the work unless it was begun before. Raises Refused if there is too much of it: Slack sends again."""
        if len(self._tasks) >= MAX_UNDER_WAY:
            work.close()
            raise Refused(429, TOO_MUCH, wait=1)
        if not self._seen.is_new(key):
            work.close()
            LOG.info("delivered_again kind=%s", key[0])
            return
        turn = self._presses.turn() if key[0] == "press" else self._questions.turn()
        task = asyncio.create_task(_logged(key[0], turn, self._work_once(key, work)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_once(self, key: tuple[str, ...], work: Coroutine[Any, Any, None]) -> None:
        """Does the work unless another replica does it, or it was done before, also before a restart.

        Slack was answered already. If the store cannot be asked, something is answered twice rather than never.
        """
        name, state = json.dumps(key), ArrivalState.NEW
        with suppress(StoreError):
            state = await self.arrivals.begin_arrival(name)
        if state is not ArrivalState.NEW:
            work.close()
            LOG.info("delivered_again kind=%s", key[0])
            return
        is_done = False
        try:
            await work
            is_done = True
        finally:
            with suppress(StoreError):
                await self.arrivals.end_arrival(name, is_done=is_done)

    async def _submit(self, submission: Submission) -> dict[str, Any]:
        """What becomes of a form. Sent off twice with the same in it, it is acted on once, unless it was refused."""
        filled_in = json.dumps(submission.view.get("state"), sort_keys=True)
        key = (submission.id, submission.user, filled_in)
        try:
            return await self._submissions(key, lambda: self._accepted(submission))
        except _NotAccepted as error:
            return error.response

    async def _accepted(self, submission: Submission) -> dict[str, Any]:
        await self._presses.turn()
        handle = self.home.on_question if self.home.asks(submission) else self.bot.on_submission
        response = dict(await handle(submission))
        if response.get("response_action") == "errors":
            raise _NotAccepted(response)
        return response


class _NotAccepted(Exception):
    """A form that has to be corrected."""

    def __init__(self, response: dict[str, Any]) -> None:
        super().__init__("not accepted")
        self.response = response


async def _logged(kind: str, turn: Coroutine[Any, Any, None], work: Coroutine[Any, Any, None]) -> None:
    """Does it when its turn comes; whatever goes wrong, one line without anybody's words is in the log."""
    try:
        await turn
        await work
    except Exception as error:  # noqa: BLE001 - the request was answered long ago
        LOG.error("turn_failed kind=%s error=%s", kind, type(error).__name__)  # noqa: TRY400
