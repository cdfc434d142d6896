"""A request to values, or to what is wrong with it: nothing is unknown, comes twice or is too long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from aiohttp import web
from pydantic import ValidationError

from contracts.party import LocalText
from dossier.procedure.wording import same
from gateway.api.problems import MISSING, NO_FIT, NO_JSON, TWICE, UNKNOWN, FieldProblem, ProblemType, RequestRefusal
from gateway.lists.models import EmptyParams, RequestModel
from gateway.ports.request_pools import Slot
from gateway.reading.context import SLOT

M = TypeVar("M", bound=RequestModel)

_MOST_SHOWN: Final = 20


def read_path(model: type[M], request: web.Request) -> M:
    """Raises Refusal: a number that cannot be is a number that there is not."""
    try:
        return model.model_validate(dict(request.match_info))
    except ValidationError as invalid:
        raise RequestRefusal(ProblemType.NOT_FOUND, tuple(_wrongs(invalid, "path"))) from invalid


def read_query(model: type[M], request: web.Request) -> M:
    """Raises Refusal."""
    if twice := sorted({name for name in request.query if len(request.query.getall(name)) > 1}):
        raise RequestRefusal(
            ProblemType.INVALID, tuple(FieldProblem("query", name[:100], TWICE) for name in twice[:_MOST_SHOWN])
        )
    return _judged(model, dict(request.query), "query")


async def read_body(model: type[M], request: web.Request) -> tuple[M, bytes]:
    """With the bytes as they came. Raises Refusal, and Shed for a body that is too long or comes too slowly."""
    async with request[SLOT].receiving():
        if model is EmptyParams:
            if request.body_exists and await request.content.read(1):
                raise RequestRefusal(
                    ProblemType.INVALID, (FieldProblem("body", "", UNKNOWN),), headers={"Connection": "close"}
                )
            return model(), b""
        content = await _bytes_of(request, request[SLOT])
    if request.content_type != "application/json":
        raise RequestRefusal(ProblemType.NOT_JSON)
    try:
        return model.model_validate_json(content), content
    except ValidationError as invalid:
        raise RequestRefusal(ProblemType.INVALID, tuple(_wrongs(invalid, "body"))) from invalid


async def _bytes_of(request: web.Request, slot: Slot) -> bytes:
    found, most_bytes = bytearray(), slot.body_bytes
    async for part in request.content.iter_chunked(most_bytes):
        found += part
        if len(found) > most_bytes:
            raise slot.too_large()
    return bytes(found)


def _judged(model: type[M], values: Mapping[str, Any], place: str) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as invalid:
        raise RequestRefusal(ProblemType.INVALID, tuple(_wrongs(invalid, place))) from invalid


def _wrongs(invalid: ValidationError, place: str) -> Iterator[FieldProblem]:
    """Without what was said, which may be anything: a password, or somebody's number."""
    for error in invalid.errors(include_url=False, include_context=False, include_input=False)[:_MOST_SHOWN]:
        name = ".".join(map(str, error["loc"]))[:100]
        yield FieldProblem(place, name, _what(error["type"], error["msg"]))


def _what(kind: str, message: str) -> LocalText:
    match kind:
        case "missing":
            return MISSING
        case "extra_forbidden":
            return UNKNOWN
        case "json_invalid":
            return NO_JSON
        case _:
            values = same(message.removeprefix("Value error, "))
            return LocalText(*(getattr(NO_FIT, one).format(ought=getattr(values, one)) for one in ("kk", "ru", "en")))
