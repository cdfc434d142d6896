"""Refusals a page at a time: by what the request claimed, by code and by age, off an index in the order of coming."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from gateway.ports.refusals import FindRefusal, LoadRefusalAnswer, LoadRefusedRequest, RefusalQuery, RefusalRow
from gateway.store.engine.by_time import CLOCKS_APART
from gateway.store.engine.operations import serves
from gateway.store.engine.paging import in_order
from gateway.store.tables import envelopes, refusals, refused_requests

_OF = refusals.c


@serves(RefusalQuery)
def list_refusals(connection: Connection, query: RefusalQuery) -> tuple[RefusalRow, ...]:
    """One page."""
    statement = in_order(_rows().where(*_narrowed(connection, query)), _OF.refusal_id, query)
    return tuple(RefusalRow(*row) for row in connection.execute(statement))


@serves(FindRefusal)
def refusal(connection: Connection, wanted: FindRefusal) -> RefusalRow | None:
    """The one with that number."""
    found = connection.execute(_rows().where(_OF.refusal_id == wanted.refusal_id)).first()
    return None if found is None else RefusalRow(*found)


@serves(LoadRefusedRequest)
def refused_request(connection: Connection, wanted: LoadRefusedRequest) -> bytes | None:
    """The bytes, while they are kept."""
    of = refused_requests.c.sha256 == wanted.row.request_sha256
    content = connection.scalar(select(refused_requests.c.content).where(of))
    return None if content is None else bytes(content)


@serves(LoadRefusalAnswer)
def refusal_answer(connection: Connection, wanted: LoadRefusalAnswer) -> bytes | None:
    """Our signed fault, as it went out."""
    content = connection.scalar(select(envelopes.c.content).where(envelopes.c.sha256 == wanted.row.answer_sha256))
    return None if content is None else bytes(content)


def _rows() -> Select[*tuple[Any, ...]]:
    return select(*(_OF[name] for name in RefusalRow.__dataclass_fields__))


def _narrowed(connection: Connection, query: RefusalQuery) -> Iterator[ColumnElement[bool]]:
    for name in ("sender", "code", "message_id"):
        if value := getattr(query, name):
            yield _OF[name] == value
    if query.since is not None:
        yield _OF.at >= query.since
        yield _OF.refusal_id > _last_before(connection, query.since - CLOCKS_APART)


def _last_before(connection: Connection, instant: datetime) -> int:
    """Numbers grow with time but for the clocks of different nodes; 0 where nothing is older."""
    older = select(_OF.refusal_id).where(_OF.at < instant).order_by(_OF.at.desc()).limit(1)
    return connection.scalar(older) or 0
