"""Whether Staffroom is alive, and whether it is ready: for whoever keeps it running. No personal data, no secrets."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web


def add_health(app: web.Application, checks: Mapping[str, Callable[[], Awaitable[bool]]]) -> None:
    """Adds /healthz (200 while the process answers) and /readyz (503 until every check is well)."""

    async def alive(request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(request: web.Request) -> web.Response:
        found = {name: await check() for name, check in checks.items()}
        return web.json_response({"ready": all(found.values()), **found}, status=200 if all(found.values()) else 503)

    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
