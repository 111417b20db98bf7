"""Errors of a server's edge as JSON with one plain sentence, never with a traceback or a part of the request."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.errors import BadInput, NotAllowed, StaffroomError

LOG = logging.getLogger("staffroom.server")
SENTENCES = {
    400: "That was not a request this server can read.",
    404: "There is nothing here.",
    405: "That is not how to ask here.",
    413: "That is too large.",
    417: "This server does not do what was expected of it.",
}
SORRY = "Something went wrong on my side. Please try again."


def plain_error(status: int) -> web.Response:
    """The response, after which the connection is closed: what is left of a bad request is not worth reading."""
    usual = "That request was refused." if status < 500 else SORRY
    response = web.json_response({"error": SENTENCES.get(status, usual)}, status=status)
    response.force_close()
    return response


@web.middleware
async def with_plain_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """The handler's response, or a plain error in place of whatever it raised: our own errors say what they are."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return plain_error(error.status)
    except BadInput as error:
        return web.json_response({"error": str(error)}, status=400)
    except NotAllowed as error:
        return web.json_response({"error": str(error)}, status=403)
    except StaffroomError as error:
        return web.json_response({"error": str(error)}, status=500)
    except Exception as error:  # noqa: BLE001 - whatever it was, a sentence goes back
        LOG.error("request_failed error=%s", type(error).__name__)  # noqa: TRY400 - a traceback may hold people's words
        return plain_error(500)
