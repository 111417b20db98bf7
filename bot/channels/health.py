"""Health pages, for the people and programs that keep Staffroom running. No personal data, no secrets."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

HealthChecks: TypeAlias = Mapping[str, Callable[[], Awaitable[bool]]]


def add_health(app: web.Application, checks: HealthChecks) -> None:
    """Adds /healthz (200 while the process answers) and /readyz (503 until every check passes)."""

    async def alive(request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(request: web.Request) -> web.Response:
        results = {name: await check() for name, check in checks.items()}
        is_ready = all(results.values())
        return web.json_response({"ready": is_ready, **results}, status=200 if is_ready else 503)

    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
