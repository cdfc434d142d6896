"""The API as an application to be mounted."""

from __future__ import annotations

import json

from aiohttp import web

from gateway.api.answering import answered_or_problem, handler_of, set_headers
from gateway.api.context import CONTEXT, ApiContext
from gateway.api.describe import DESCRIPTION, description
from gateway.api.operations import OPERATIONS


def api_app(context: ApiContext) -> web.Application:
    """To be mounted at ``surroundings.PREFIX``."""
    app = web.Application(middlewares=[answered_or_problem])
    app[CONTEXT] = context
    app.on_response_prepare.append(set_headers)
    for operation in OPERATIONS:
        app.router.add_route(operation.method, operation.path, handler_of(operation))
    app.router.add_get(DESCRIPTION, _describe, allow_head=False)
    return app


async def _describe(_request: web.Request) -> web.Response:
    """Open to whoever reaches the port: it tells what there is, and nothing that is in it."""
    return web.json_response(body=_DESCRIPTION)


_DESCRIPTION = json.dumps(description(), ensure_ascii=False).encode()
