"""Sessions of the console: opened, looked up, used, ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from gateway.domain.people.access import IDLE, LONGEST_SESSION, LoginStanding
from gateway.ports.people.users import (
    AuditNote,
    EndSession,
    FindSession,
    ListSessions,
    NewSession,
    TouchSession,
    UserSession,
)
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.statements import AnyRow, AnySelect
from gateway.store.people.accounts import note, user_of
from gateway.store.tables import sessions, users


@writes(NewSession)
@each
def open_session(connection: Connection, job: NewSession) -> bool:
    """Open it if its user may still sign in; what of theirs is over goes."""
    of = users.c.user_id == job.user_id
    row = connection.execute(select(users).where(of).with_for_update()).one()
    if row.disabled_at is not None or LoginStanding(row.failures, row.locked_until).is_locked(job.at):
        return False
    over = sessions.c.opened_at < job.at - LONGEST_SESSION
    connection.execute(delete(sessions).where(sessions.c.user_id == job.user_id, over))
    connection.execute(update(users).where(of).values(failures=0, locked_until=None))
    values = {"token_sha256": job.token_sha256, "user_id": job.user_id, "opened_at": job.at, "seen_at": job.at}
    connection.execute(insert(sessions).values(values | {"remote": job.remote, "agent": job.agent}))
    came = f"from {job.remote}, {job.by}" if job.by else f"from {job.remote}"
    note(connection, [_note(row, "session.opened", came, job.at)])
    return True


@serves(FindSession)
def session_of(connection: Connection, wanted: FindSession) -> UserSession | None:
    """The session with its user as they are now."""
    row = connection.execute(_with_users().where(sessions.c.token_sha256 == wanted.token_sha256)).first()
    return None if row is None else _session(row)


@serves(ListSessions)
def sessions_of(connection: Connection, wanted: ListSessions) -> tuple[UserSession, ...]:
    """Of one user, those that are open, the one used last in front."""
    of = (sessions.c.user_id == wanted.user_id, *are_open(wanted.now))
    return tuple(
        _session(row) for row in connection.execute(_with_users().where(*of).order_by(sessions.c.seen_at.desc()))
    )


def are_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What holds of a session that is not over."""
    return (sessions.c.seen_at > now - IDLE, sessions.c.opened_at > now - LONGEST_SESSION)


@writes(TouchSession)
@each
def touch_session(connection: Connection, job: TouchSession) -> None:
    """It was used at this instant."""
    connection.execute(update(sessions).where(sessions.c.token_sha256 == job.token_sha256).values(seen_at=job.at))


@writes(EndSession)
@each
def end_session(connection: Connection, job: EndSession) -> None:
    """End it; one that is gone already is nothing new."""
    of = sessions.c.token_sha256 == job.token_sha256
    joined = sessions.join(users, users.c.user_id == sessions.c.user_id)
    row = connection.execute(select(users).select_from(joined).where(of)).first()
    if row is not None:
        connection.execute(delete(sessions).where(of))
        note(connection, [_note(row, "session.ended", "", job.at)])


def _note(row: AnyRow, act: str, reason: str, at: datetime) -> AuditNote:
    return AuditNote(f"console:{row.name}", act, f"user:{row.user_id}", reason, "done", at)


def _with_users() -> AnySelect:
    columns = [sessions.c[name] for name in ("token_sha256", "opened_at", "seen_at", "remote", "agent")]
    return select(users, *columns).select_from(sessions.join(users, users.c.user_id == sessions.c.user_id))


def _session(row: AnyRow) -> UserSession:
    return UserSession(row.token_sha256, user_of(row), row.opened_at, row.seen_at, row.remote or "", row.agent or "")
