"""Style sheets, the script and the mark: read once at start, given out of memory, and asked for anew by their digest.

No request opens a file, and no file that lies beside them can be asked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import ETag, web

STATIC: Final = Path(__file__).parent / "static"

_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    content_type: str
    etag: ETag

    @classmethod
    def read(cls, path: Path) -> _Asset:
        content = path.read_bytes()
        return cls(content, _TYPES[path.suffix], ETag(hashlib.sha256(content).hexdigest()))


_ASSETS: Final = web.AppKey("assets", dict[str, _Asset])


def add_routes(app: web.Application) -> None:
    """``/static/NAME``. Blocking: reads them all."""
    app[_ASSETS] = {path.name: _Asset.read(path) for path in STATIC.iterdir()}
    app.router.add_get("/static/{name}", _give)


async def _give(request: web.Request) -> web.Response:
    """RFC 9110 §13.1.2: a browser that has this very one gets no more than that it is still this one."""
    asset = request.config_dict[_ASSETS].get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    is_known = any(known.value in {asset.etag.value, "*"} for known in request.if_none_match or ())
    response = (
        web.Response(status=304)
        if is_known
        else web.Response(body=asset.content, content_type=asset.content_type, charset="utf-8")
    )
    response.etag = asset.etag
    response.headers["Cache-Control"] = "no-cache"
    return response
