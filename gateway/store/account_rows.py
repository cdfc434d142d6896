"""Users of the console: what is written about them, each change with its line in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from sqlalchemy import Connection, delete, insert, select, update

from gateway.domain.access import Standing
from gateway.ports.users import AddUser, AuditNote, Credentials, DisableUser, FailedLogin, SetPassword, User, UserChange
from gateway.store.leaf_rows import add_proven
from gateway.store.statements import AnyRow
from gateway.store.tables import audit_log, sessions, users


def list_users(connection: Connection) -> tuple[User, ...]:
    """All there ever were, by name."""
    return tuple(user_of(row) for row in connection.execute(select(users).order_by(users.c.name)))


def credentials_of(connection: Connection, name: str) -> Credentials | None:
    """The user of that name with the hash of the password."""
    row = connection.execute(select(users).where(users.c.name == name)).first()
    return None if row is None else Credentials(user_of(row), row.password_hash)


def user_of(row: AnyRow) -> User:
    """A row that has all columns of ``users``."""
    standing = Standing(row.failures, row.locked_until)
    return User(row.user_id, row.name, row.role, row.created_at, row.disabled_at, standing)


def change_user(connection: Connection, jobs: Sequence[UserChange]) -> list[str | None]:
    """Carry out each, or say in words what stands against it."""
    return [_change(connection, job) for job in jobs]


def _change(connection: Connection, job: UserChange) -> str | None:
    row = connection.execute(select(users).where(users.c.name == job.name).with_for_update()).first()
    match job:
        case AddUser():
            return _add(connection, job, row)
        case SetPassword():
            opened = {"password_hash": job.password_hash, "failures": 0, "locked_until": None}
            return _alter(connection, job, row, "user.password_set", "", opened)
        case DisableUser():
            return _alter(connection, job, row, "user.disabled", job.reason, {"disabled_at": job.at})
        case _:
            assert_never(job)


def _add(connection: Connection, job: AddUser, taken: AnyRow | None) -> str | None:
    if taken is not None:
        note(connection, [AuditNote(job.by, "user.added", f"user:{taken.user_id}", "", "refused: taken", job.at)])
        return f"there is a user {job.name} already; names are never given twice"
    values = {
        "name": job.name,
        "role": job.role,
        "password_hash": job.password_hash,
        "created_at": job.at,
        "failures": 0,
    }
    added = connection.execute(insert(users).values(values).returning(users.c.user_id)).scalar_one()
    note(connection, [AuditNote(job.by, "user.added", f"user:{added}", job.name, f"added as {job.role}", job.at)])
    return None


def _alter(
    connection: Connection,
    job: SetPassword | DisableUser,
    row: AnyRow | None,
    act: str,
    reason: str,
    values: dict[str, object],
) -> str | None:
    """Change a user who is there and not disabled; whoever is signed in is signed out."""
    against = _against(job.name, row)
    subject = f"user:{row.user_id}" if row is not None else "user:none"
    note(connection, [AuditNote(job.by, act, subject, reason, "done" if against is None else "refused", job.at)])
    if row is not None and against is None:
        connection.execute(update(users).where(users.c.user_id == row.user_id).values(values))
        connection.execute(delete(sessions).where(sessions.c.user_id == row.user_id))
    return against


def _against(name: str, row: AnyRow | None) -> str | None:
    if row is None:
        return f"there is no user {name}; see them with: dalel users list"
    return f"{name} is disabled, which is for good" if row.disabled_at else None


def fail_login(connection: Connection, jobs: Sequence[FailedLogin]) -> list[None]:
    """Count each against its user, who may be locked by it."""
    for job in jobs:
        _fail(connection, job)
    return [None] * len(jobs)


def _fail(connection: Connection, job: FailedLogin) -> None:
    by, subject, result = "console", "user:none", f"refused: {job.why}"
    if job.user_id is not None:
        of = users.c.user_id == job.user_id
        row = connection.execute(select(users).where(of).with_for_update()).one()
        standing = Standing(row.failures, row.locked_until).after_failure(job.at)
        values = {"failures": standing.failures, "locked_until": standing.locked_until}
        connection.execute(update(users).where(of).values(values))
        by, subject = f"console:{row.name}", f"user:{job.user_id}"
        if standing.locked_until != row.locked_until and standing.is_locked(job.at):
            result += "; locked"
    note(connection, [AuditNote(by, "session.opened", subject, f"from {job.remote}", result, job.at)])


def note(connection: Connection, jobs: Sequence[AuditNote]) -> list[None]:
    """Lines of the audit log."""
    columns = ("at", "by", "act", "subject", "reason", "result")
    add_proven(connection, audit_log, [{name: getattr(job, name) for name in columns} for job in jobs])
    return [None] * len(jobs)
