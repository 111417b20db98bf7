"""A little Entra: hands out tokens over TLS of its own, the way MSAL wants to be handed them."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web


@dataclass
class LittleEntra:
    bundle: Path
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    fails: bool = False
    lasts: int = 3600
    gate: asyncio.Event | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._about)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_get("/identity/token", self._managed)
        return app

    async def _about(self, request: web.Request) -> web.Response:
        base = f"{self.address}/{request.match_info['tenant']}"
        return web.json_response(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "issuer": f"{base}/v2.0",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append(dict(await request.post()))
        if self.gate:
            await self.gate.wait()
        if self.fails:
            return web.json_response({"error": "invalid_client", "error_description": "AADSTS7000215"}, status=401)
        token = {"token_type": "Bearer", "expires_in": self.lasts, "access_token": f"token-{len(self.asked)}"}
        return web.json_response(token)

    async def _managed(self, request: web.Request) -> web.Response:
        self.asked.append({**request.query, "header": request.headers.get("X-IDENTITY-HEADER")})
        token = {"access_token": f"managed-{len(self.asked)}", "expires_on": "4102444800", "token_type": "Bearer"}
        return web.json_response({**token, "resource": request.query["resource"]})


@asynccontextmanager
async def little_entra(folder: Path) -> AsyncIterator[LittleEntra]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    entra = LittleEntra(folder / "ca.pem")
    runner = web.AppRunner(entra.app(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        entra.address = f"https://127.0.0.1:{runner.addresses[0][1]}"
        yield entra
    finally:
        await runner.cleanup()
