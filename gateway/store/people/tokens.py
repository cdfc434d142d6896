"""Tokens of programs, each change with its line in the audit log, and requests by their key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, assert_never, get_args

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from gateway.domain.people.audit_result import refused as refused_line
from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.ports.people.tokens import (
    AddToken,
    ApiToken,
    BeginRequest,
    EndRequest,
    FindToken,
    KeyedRequest,
    ListTokens,
    RefusedToken,
    RevokeToken,
    StoredAnswer,
    TokenChange,
    TouchToken,
)
from gateway.ports.people.users import AuditNote
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.statements import AnyRow, add_missing
from gateway.store.people.accounts import note
from gateway.store.tables import requests, tokens

KEPT_FOR: Final = timedelta(days=1)
"""How long a key is taken: a program that asks again after a night has found out in another way."""


@serves(ListTokens)
def list_tokens(connection: Connection, _: ListTokens) -> tuple[ApiToken, ...]:
    """All there ever were, by name."""
    return tuple(map(_token, connection.execute(select(tokens).order_by(tokens.c.name))))


@serves(FindToken)
def token_of(connection: Connection, wanted: FindToken) -> ApiToken | None:
    """The token with this digest."""
    row = connection.execute(select(tokens).where(tokens.c.token_sha256 == wanted.token_sha256)).first()
    return None if row is None else _token(row)


@writes(*get_args(TokenChange))
@each
def change_token(connection: Connection, job: TokenChange) -> ActRefusal | None:
    """Carry it out, or say what stands against it."""
    row = connection.execute(select(tokens).where(tokens.c.name == job.name).with_for_update()).first()
    match job:
        case AddToken():
            return _add(connection, job, row)
        case RevokeToken():
            return _revoke(connection, job, row)
        case _:
            assert_never(job)


@writes(TouchToken)
@each
def touch_token(connection: Connection, job: TouchToken) -> None:
    """It was used at this instant."""
    connection.execute(update(tokens).where(tokens.c.token_id == job.token_id).values(used_at=job.at))


@writes(RefusedToken)
@each
def refuse_token(connection: Connection, job: RefusedToken) -> None:
    """A line each; of a token that nobody was given nothing is kept but from where it came."""
    by = f"token:{job.name}" if job.name else "api"
    subject = f"token:{job.token_id}" if job.token_id else "token:none"
    note(connection, [AuditNote(by, "token.shown", subject, f"from {job.remote}", refused_line(job.why), job.at)])


@writes(BeginRequest)
def begin_request(connection: Connection, jobs: Sequence[BeginRequest]) -> list[StoredAnswer | None]:
    """Take each key that is free, and tell what came under those that are not."""
    newest = max(job.request.at for job in jobs)
    connection.execute(delete(requests).where(requests.c.at < newest - KEPT_FOR))
    return [_begin(connection, job.request) for job in jobs]


@writes(EndRequest)
@each
def end_request(connection: Connection, job: EndRequest) -> None:
    """Keep how it went."""
    kept = {"status": job.status, "answer": job.answer}
    connection.execute(update(requests).where(*_key(job.request)).values(kept))


def _begin(connection: Connection, job: KeyedRequest) -> StoredAnswer | None:
    row = {
        "token_id": job.token_id,
        "key_sha256": job.key_sha256,
        "request_sha256": job.request_sha256,
        "at": job.at,
    }
    if add_missing(connection, requests, [row]):
        return None
    found = connection.execute(select(requests).where(*_key(job))).one()
    return StoredAnswer(found.request_sha256, found.at, found.status, found.answer)


def _key(job: KeyedRequest) -> tuple[ColumnElement[bool], ...]:
    return requests.c.token_id == job.token_id, requests.c.key_sha256 == job.key_sha256


def _add(connection: Connection, job: AddToken, taken: AnyRow | None) -> ActRefusal | None:
    if taken is not None:
        refusal = refusal_of(RefusalReason.TOKEN_NAME_TAKEN, name=job.name)
        subject = f"token:{taken.token_id}"
        note(connection, [AuditNote(job.by, "token.added", subject, "", refused_line(refusal.line), job.at)])
        return refusal
    values = {
        "name": job.name,
        "role": job.role,
        "token_sha256": job.token_sha256,
        "hint": job.hint,
        "created_by": job.by,
        "created_at": job.at,
        "expires_at": job.expires_at,
    }
    added = connection.execute(insert(tokens).values(values).returning(tokens.c.token_id)).scalar_one()
    result = f"added as {job.role} until {job.expires_at:%Y-%m-%d}"
    note(connection, [AuditNote(job.by, "token.added", f"token:{added}", job.name, result, job.at)])
    return None


def _revoke(connection: Connection, job: RevokeToken, row: AnyRow | None) -> ActRefusal | None:
    against = _against(job.name, row)
    subject = f"token:{row.token_id}" if row is not None else "token:none"
    result = "done" if against is None else refused_line("")
    note(connection, [AuditNote(job.by, "token.revoked", subject, job.reason, result, job.at)])
    if row is not None and against is None:
        connection.execute(update(tokens).where(tokens.c.token_id == row.token_id).values(revoked_at=job.at))
    return against


def _against(name: str, row: AnyRow | None) -> ActRefusal | None:
    if row is None:
        return refusal_of(RefusalReason.NO_TOKEN, name=name)
    return refusal_of(RefusalReason.TOKEN_REVOKED, name=name) if row.revoked_at else None


def _token(row: AnyRow) -> ApiToken:
    return ApiToken(
        row.token_id,
        row.name,
        row.role,
        row.hint,
        row.created_by,
        row.created_at,
        row.expires_at,
        row.revoked_at,
        row.used_at,
    )
