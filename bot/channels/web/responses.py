"""How the local server answers: safety headers on everything."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

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
async def with_safety_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The handler's response with the safety headers, unless it has its own."""
    response = await handler(request)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)  # the school pages have a policy of their own
    return response
