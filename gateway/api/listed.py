"""Operations that list, made of the lists' descriptions."""

from __future__ import annotations

from typing import Any

from gateway.api.context import PREFIX
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import PERSON, FieldProblem, ProblemType, RequestRefusal
from gateway.lists.listing import Listing, ListSource, address
from gateway.lists.models import EmptyParams, PageOf
from gateway.lists.reader import Reader

Call = ApiCall[Any, Any, Any]


def list_operation(listing: Listing[Any, Any]) -> ApiOperation[Any, Any, Any]:
    """Page by page, narrowed and with columns as the list says."""
    answers = listing.answers

    async def handle(call: Call) -> PageOf[Any]:
        if persons := listing.persons_in(call.query):
            wrong = tuple(FieldProblem("query", name, PERSON) for name in persons)
            raise RequestRefusal(ProblemType.INVALID, wrong)
        reader = list_reader(call)
        source = ListSource(call.context.serving.reads, call.context.serving.figures)
        found = await listing.page(source, call.query, reader)
        knowing = reader.knowing(found.names)
        further = None if found.after is None else f"{PREFIX}{answers.path}?{address(call.query, after=found.after)}"
        return listing.page_model(items=tuple(listing.item_of(row, knowing) for row in found.rows), next=further)

    return ApiOperation(
        "GET", answers.path, answers.operation, answers.tag, answers.summary, listing.right,
        listing.page_model, EmptyParams, listing.params, EmptyParams, handle,
    )  # fmt: skip


def list_reader(call: Call) -> Reader:
    """Whose token it is."""
    exchange, token = call.context.serving.exchange, call.token
    return Reader.of(
        call.context.catalogues,
        call.language,
        exchange.directory().names,
        role=token.role,
        name=token.name,
        now=exchange.clock.now(),
    )
