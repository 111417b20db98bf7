"""How the local server answers: safety headers on everything, and a plain sentence for every error."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from bot.errors import BadInput, NotAllowed, StaffroomError

LOG = logging.getLogger("staffroom.web")
SORRY = "Something went wrong on my side. Please try again."
SENTENCES = {404: "There is nothing here.", 405: "That is not how to ask here.", 413: "That is too large."}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refused(status: int, sentence: str) -> web.Response:
    """An error as JSON, with its sentence."""
    return web.json_response({"error": sentence}, status=status, headers=HEADERS)


@web.middleware
async def in_plain_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The handler's response with the safety headers, or a sentence in place of an error."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = refused(error.status, SENTENCES.get(error.status, error.reason))
    except BadInput as error:
        response = refused(400, str(error))
    except NotAllowed as error:
        response = refused(403, str(error))
    except StaffroomError as error:
        response = refused(500, str(error))
    except Exception as error:  # noqa: BLE001 - whatever it was, people get a sentence
        LOG.error("page_failed error=%s", type(error).__name__)  # noqa: TRY400 - a traceback may hold people's words
        response = refused(500, SORRY)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)  # the school pages have a policy of their own
    return response
