"""Around every operation: who asks, may they, is it said right, was it asked before; and how the answer goes out."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any, Final, cast

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel

from gateway.api.context import CONTEXT, ApiContext
from gateway.api.files import File, sent
from gateway.api.language import accepted, localized
from gateway.api.models import InvalidField, ProblemDetails, dumped
from gateway.api.once import begun, request_of
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import MEDIA_TYPE, URN, WORDS, ProblemType, RequestRefusal
from gateway.api.reading import read_body, read_path, read_query
from gateway.domain.people.access import authorise
from gateway.lists.models import PageOf
from gateway.ports.people.tokens import ApiToken, EndRequest
from gateway.ports.request_pools import Area, PoolCause, Shed
from gateway.ports.store import Unavailable
from gateway.process.log import reason_of
from gateway.reading.context import SLOT
from gateway.service.authorise import AttemptedAct, authorise_attempt
from gateway.service.people.bearer_tokens import AuthenticationFailed, known_by

log = structlog.get_logger()

REQUEST_ID: Final = web.RequestKey("request_id", str)
TOKEN: Final = web.RequestKey("token", ApiToken)
OPERATION: Final = web.RequestKey("operation", str)
_OURS: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_JSON: Final = "application/json"

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language, Authorization",
}
"""On every answer: nobody keeps it, no browser makes a page of it."""


_SHED: Final[Mapping[PoolCause, ProblemType]] = {
    PoolCause.FULL: ProblemType.BUSY,
    PoolCause.DISPLACED: ProblemType.BUSY,
    PoolCause.DEADLINE: ProblemType.TOO_SLOW,
    PoolCause.SIZE: ProblemType.TOO_LONG,
}


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Before the first byte of any answer."""
    response.headers.update(HEADERS)
    response.headers["X-Request-Id"] = request.get(REQUEST_ID, "")
    if request.config_dict[CONTEXT].serving.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


@web.middleware
async def answered_or_problem(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every request has an id, and one that finds a place a line in the log; what goes wrong is told as a problem."""
    request[REQUEST_ID] = _id_of(request)
    try:
        with request.config_dict[CONTEXT].serving.pools.admit(Area.API) as slot:
            request[SLOT] = slot
            return await _logged(request, handler)
    except Shed as shed:  # counted and told in bulk
        return problem_answer(request, RequestRefusal(_SHED[shed.cause], headers=shed.headers))


async def _logged(request: web.Request, handler: Handler) -> web.StreamResponse:
    request_id, began_s = request[REQUEST_ID], time.monotonic()
    with structlog.contextvars.bound_contextvars(request=request_id):
        answer = await _answered(request, handler)
        log.info(
            "api.answered",
            method=request.method,
            operation=request.get(OPERATION),  # never the address, which may name anything
            status=answer.status,
            token=request[TOKEN].name if TOKEN in request else None,
            took_s=round(time.monotonic() - began_s, 4),
        )
    return answer


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except RequestRefusal as refused:
        return problem_answer(request, refused)
    except Shed:
        raise
    except web.HTTPMethodNotAllowed as refused:
        allowed = ", ".join(sorted(refused.allowed_methods))
        return problem_answer(request, RequestRefusal(ProblemType.NO_SUCH_METHOD, headers={"Allow": allowed}))
    except web.HTTPException:
        return problem_answer(request, RequestRefusal(ProblemType.NOT_FOUND))
    except Unavailable as away:
        log.warning("api.store_unavailable", reason=reason_of(away))
        return problem_answer(request, RequestRefusal(ProblemType.AWAY, headers={"Retry-After": "5"}))
    except ConnectionError:
        raise
    except Exception as failed:  # noqa: BLE001 - the caller is told that, the log what
        log.error("api.failed", kind=type(failed).__name__, reason=reason_of(failed))
        return problem_answer(request, RequestRefusal(ProblemType.FAILED))


def handler_of(operation: ApiOperation[Any, Any, Any]) -> Handler:
    """Answers requests for this operation."""

    async def handle(request: web.Request) -> web.StreamResponse:
        context = request.config_dict[CONTEXT]
        request[OPERATION] = operation.name
        request[TOKEN] = token = await _known(context, request)
        await _allow(context, operation, token)
        call, content = await _judged(context, operation, token, request)
        if not operation.is_once:
            answered = await operation.handle(call)
            return await sent(request, answered) if isinstance(answered, File) else _page(answered)
        return await _once(context, operation, call, content, request)

    return handle


async def _known(context: ApiContext, request: web.Request) -> ApiToken:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not shown:
        raise RequestRefusal(ProblemType.NO_TOKEN, headers={"WWW-Authenticate": 'Bearer realm="dalel"'})
    found = await known_by(context.keeper, shown.strip(), remote=request.remote or "?")
    if isinstance(found, ApiToken):
        return found
    raise _turned_away(found)


def _turned_away(away: AuthenticationFailed) -> RequestRefusal:
    if away.wait is not None:
        return RequestRefusal(ProblemType.TOO_MANY, headers={"Retry-After": _seconds(away.wait)})
    challenge = 'Bearer realm="dalel", error="invalid_token"'
    return RequestRefusal(ProblemType.NO_TOKEN, headers={"WWW-Authenticate": challenge})


async def _allow(context: ApiContext, operation: ApiOperation[Any, Any, Any], token: ApiToken) -> None:
    """Raises Refusal; that an act was tried is in the audit log."""
    if authorise(token.role, operation.right).is_allowed:
        return
    if operation.act is not None:
        attempt = AttemptedAct(operation.act, "api", operation.name)
        await authorise_attempt(context.serving.exchange, token, operation.right, attempt)
    challenge = f'Bearer realm="dalel", error="insufficient_scope", scope="{operation.right}"'
    raise RequestRefusal(ProblemType.NO_RIGHT, right=operation.right.value, headers={"WWW-Authenticate": challenge})


async def _judged(
    context: ApiContext, operation: ApiOperation[Any, Any, Any], token: ApiToken, request: web.Request
) -> tuple[ApiCall[Any, Any, Any], bytes]:
    path, query = read_path(operation.path_model, request), read_query(operation.query_model, request)
    body, content = await read_body(operation.body_model, request)
    return ApiCall(context, token, accepted(request), path, query, body), content


async def _once(
    context: ApiContext,
    operation: ApiOperation[Any, Any, Any],
    call: ApiCall[Any, Any, Any],
    content: bytes,
    request: web.Request,
) -> web.Response:
    """What we refuse is an answer like another; what breaks off leaves the key taken, and nobody acts twice."""
    store, now = context.serving.exchange.store, context.serving.exchange.clock.now()
    keyed = request_of(request, call.token, content, now)
    if (replayed := await begun(store, keyed, now)) is not None:
        kind = MEDIA_TYPE if replayed.status >= 400 else _JSON
        headers = {"Idempotency-Replayed": "true"}
        return web.Response(body=replayed.body, status=replayed.status, content_type=kind, headers=headers)
    try:
        answered = cast("BaseModel", await operation.handle(call))  # no act answers with a file
        answer, kept = _page(answered), dumped(answered if operation.keeps is None else operation.keeps(answered))
    except RequestRefusal as refused:
        answer = problem_answer(request, refused)
        kept = bytes(answer.body)  # type: ignore[arg-type]  # bytes, as we made it
    await store.run(EndRequest(keyed, answer.status, kept))
    return answer


def _page(answer: BaseModel) -> web.Response:
    headers = {"Link": f'<{answer.next}>; rel="next"'} if isinstance(answer, PageOf) and answer.next else {}
    return web.Response(body=dumped(answer), content_type=_JSON, headers=headers)


def problem_answer(request: web.Request, refused: RequestRefusal) -> web.Response:
    """RFC 9457, in the caller's language."""
    language, words, request_id = accepted(request), WORDS[refused.problem], request[REQUEST_ID]
    details = ProblemDetails(
        type=f"{URN}{refused.problem}",
        title=localized(language, words.title),
        status=words.status,
        detail=localized(language, words.cure),
        instance=f"urn:dalel:request:{request_id}",
        request_id=request_id,
        right=refused.right,
        reason=refused.reason,
        wrong=tuple(InvalidField(place=w.place, name=w.name, what=localized(language, w.what)) for w in refused.wrong),
    )
    body = details.model_dump_json(exclude_none=True).encode()
    headers = {**refused.headers, "Content-Language": language.value}
    return web.Response(body=body, status=words.status, content_type=MEDIA_TYPE, headers=headers)


def _id_of(request: web.Request) -> str:
    """The caller's own where it is one, so that both logs tell of the same."""
    given = request.headers.get("X-Request-Id", "")
    return given if _OURS.fullmatch(given) else str(uuid.uuid4())


def _seconds(span: timedelta) -> str:
    return str(max(1, ceil(span.total_seconds())))
