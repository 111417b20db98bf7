"""The page itself and the files it loads: our script and style, and Microsoft's card renderer."""

from pathlib import Path

from aiohttp import web

PAGE = Path(__file__).parent / "page"
RENDERER = PAGE / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js"
FILES = {
    "chat.js": PAGE / "chat.js",
    "chat.css": PAGE / "chat.css",
    "hostconfig.json": PAGE / "hostconfig.json",
    "adaptivecards.js": RENDERER,
}


def page_with(token: str) -> web.Response:
    """The page, carrying the token that its script shows with every request."""
    text = (PAGE / "index.html").read_text(encoding="utf-8")
    return web.Response(text=text.replace("{{token}}", token), content_type="text/html")


async def page_file(request: web.Request) -> web.StreamResponse:
    """One of the page's files, by its name in the address; raises HTTPNotFound for any other."""
    file = FILES.get(request.match_info["name"])
    if file is None or not file.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(file)
