"""Users of the console: what is written about them, each change with its line in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, assert_never, get_args

from sqlalchemy import Connection, delete, insert, select, update

from gateway.domain.people.access import LoginStanding, SignInMethod, UserRole
from gateway.domain.people.audit_result import refused as refused_line
from gateway.domain.refusal import ActRefusal, refusal_of
from gateway.domain.refusal import RefusalReason as R
from gateway.ports.people.users import (
    AddUser,
    AuditNote,
    BindIdentity,
    ChangeRole,
    Credentials,
    DisableUser,
    EnableUser,
    EndSessions,
    Enrol,
    FailedLogin,
    FindCredentials,
    FindUser,
    FindUserByIdentity,
    FindUserByLink,
    ListUsers,
    OpenEnrolment,
    RequireOidc,
    SetPassword,
    UnlockUser,
    User,
    UserChange,
)
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.statements import AnyRow
from gateway.store.ledger.leaves import add_proven
from gateway.store.tables import audit_log, sessions, users

_NO_LINK: Final = {"enrol_sha256": None, "enrol_until": None}
_OPEN: Final = {"failures": 0, "locked_until": None}


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a change of a user who is there comes to. ``keep``: of the sessions that end, the one that does not."""

    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    result: str = "done"
    ends_sessions: bool = False
    keep: str = ""


@serves(ListUsers)
def list_users(connection: Connection, _: ListUsers) -> tuple[User, ...]:
    """All there ever were, by name."""
    return tuple(user_of(row) for row in connection.execute(select(users).order_by(users.c.name)))


@serves(FindCredentials)
def credentials_of(connection: Connection, wanted: FindCredentials) -> Credentials | None:
    """The user of that name with the hash of the password."""
    row = connection.execute(select(users).where(users.c.name == wanted.name)).first()
    return None if row is None else Credentials(user_of(row), row.password_hash)


@serves(FindUser)
def user_named(connection: Connection, wanted: FindUser) -> User | None:
    """The user of that name."""
    known = credentials_of(connection, FindCredentials(wanted.name))
    return None if known is None else known.user


@serves(FindUserByLink)
def user_by_link(connection: Connection, wanted: FindUserByLink) -> User | None:
    """Whose link it is."""
    row = connection.execute(select(users).where(users.c.enrol_sha256 == wanted.token_sha256)).first()
    return None if row is None else user_of(row)


@serves(FindUserByIdentity)
def user_by_identity(connection: Connection, wanted: FindUserByIdentity) -> User | None:
    """Who signs in by that account elsewhere."""
    row = connection.execute(select(users).where(users.c.identity_sha256 == wanted.identity_sha256)).first()
    return None if row is None else user_of(row)


def user_of(row: AnyRow) -> User:
    """A row that has all columns of ``users``."""
    return User(
        row.user_id,
        row.name,
        row.role,
        row.created_at,
        row.disabled_at,
        LoginStanding(row.failures, row.locked_until),
        row.signs_in,
        row.signs_in is SignInMethod.ELSEWHERE or row.password_hash != "",
        row.enrol_until,
    )


@writes(*get_args(UserChange))
@each
def change_user(connection: Connection, job: UserChange) -> ActRefusal | None:
    """Carry it out, or say what stands against it."""
    others = _other_admins(connection, job.name) if isinstance(job, ChangeRole | DisableUser) else ()
    row = connection.execute(select(users).where(users.c.name == job.name).with_for_update()).first()
    if isinstance(job, AddUser):
        return _add(connection, job, row)
    if row is None:
        unknown = refusal_of(R.NO_USER, name=job.name)
        note(connection, [AuditNote(job.by, job.act, "user:none", "", refused_line(unknown.line), job.at)])
        return unknown
    effect, against = _effect(job), _against(job, row, others)
    result = effect.result if against is None else refused_line(against.line)
    note(connection, [AuditNote(job.by, job.act, f"user:{row.user_id}", effect.reason, result, job.at)])
    if against is None:
        _carry_out(connection, effect, row)
    return against


def _add(connection: Connection, job: AddUser, taken: AnyRow | None) -> ActRefusal | None:
    why = f"{job.name}: {job.reason}" if job.reason else job.name
    if taken is not None:
        refusal = refusal_of(R.USER_NAME_TAKEN, name=job.name)
        note(connection, [AuditNote(job.by, job.act, f"user:{taken.user_id}", why, refused_line(refusal.line), job.at)])
        return refusal
    values = {
        "name": job.name,
        "role": job.role,
        "password_hash": job.password_hash,
        "created_at": job.at,
        "failures": 0,
        "signs_in": job.signs_in,
        "identity_sha256": job.identity_sha256,
        "enrol_sha256": job.enrolment and job.enrolment.token_sha256,
        "enrol_until": job.enrolment and job.enrolment.until,
    }
    added = connection.execute(insert(users).values(values).returning(users.c.user_id)).scalar_one()
    result = f"added as {job.role}" + (f", signs in {job.signs_in}" if job.signs_in is SignInMethod.ELSEWHERE else "")
    note(connection, [AuditNote(job.by, job.act, f"user:{added}", why, result, job.at)])
    return None


def _effect(job: UserChange) -> _Effect:  # noqa: PLR0911 - one for each change
    at_home = {"signs_in": SignInMethod.HERE, "identity_sha256": None, **_NO_LINK, **_OPEN}
    match job:
        case SetPassword():
            by_now = {"password_hash": job.password_hash, **at_home}
            return _Effect(by_now, ends_sessions=True, keep=job.keep)
        case Enrol():
            return _Effect({"password_hash": job.password_hash, **at_home}, ends_sessions=True)
        case OpenEnrolment(_, link):
            linked = {"enrol_sha256": link.token_sha256, "enrol_until": link.until}
            return _Effect(linked, job.reason, f"good until {link.until:%Y-%m-%d %H:%M} UTC")
        case RequireOidc():
            away = {**at_home, "signs_in": SignInMethod.ELSEWHERE, "password_hash": ""}
            return _Effect(away, job.reason, ends_sessions=True)
        case BindIdentity():
            return _Effect({"identity_sha256": job.identity_sha256})
        case ChangeRole():
            return _Effect({"role": job.role}, job.reason, f"{job.role} from now on")
        case DisableUser():
            out = {"disabled_at": job.at, **_NO_LINK}
            return _Effect(out, job.reason, ends_sessions=True)
        case EnableUser():
            return _Effect({"disabled_at": None, **_OPEN}, job.reason)
        case UnlockUser():
            return _Effect(_OPEN, job.reason)
        case EndSessions():
            return _Effect({}, job.reason, ends_sessions=True, keep=job.keep)
        case AddUser():
            return _Effect()
        case _:
            assert_never(job)


def _against(job: UserChange, row: AnyRow, others: Sequence[int]) -> ActRefusal | None:  # noqa: PLR0911 - one for each rule
    if (row.disabled_at is not None) is not isinstance(job, EnableUser):
        is_enabled = isinstance(job, EnableUser)
        return refusal_of(R.USER_NOT_DISABLED if is_enabled else R.USER_DISABLED, name=job.name)
    match job:
        case Enrol() if row.enrol_sha256 != job.token_sha256 or row.enrol_until is None or row.enrol_until <= job.at:
            return refusal_of(R.LINK_ENDED, name=job.name)
        case UnlockUser() if not LoginStanding(row.failures, row.locked_until).is_locked(job.at):
            return refusal_of(R.USER_NOT_LOCKED, name=job.name)
        case BindIdentity() if row.signs_in is SignInMethod.HERE or row.identity_sha256 is not None:
            return refusal_of(R.OTHER_SIGN_IN, name=job.name)
        case ChangeRole() if row.role is job.role:
            return refusal_of(R.SAME_ROLE, name=job.name, role=job.role)
        case ChangeRole() | DisableUser() if row.role is UserRole.ADMIN and not others:
            return refusal_of(R.LAST_ADMINISTRATOR, name=job.name)
    return None


def _other_admins(connection: Connection, name: str) -> Sequence[int]:
    """Who else could administer, held until the commit: of two who take it from each other, one is refused."""
    admins = select(users).where(users.c.role == UserRole.ADMIN).order_by(users.c.user_id).with_for_update()
    able = [row for row in connection.execute(admins) if row.disabled_at is None and user_of(row).has_proof]
    return [row.user_id for row in able if row.name != name]


def _carry_out(connection: Connection, effect: _Effect, row: AnyRow) -> None:
    if effect.values:
        connection.execute(update(users).where(users.c.user_id == row.user_id).values(effect.values))
    if effect.ends_sessions:
        ended = (sessions.c.user_id == row.user_id, sessions.c.token_sha256 != effect.keep)
        connection.execute(delete(sessions).where(*ended))


@writes(FailedLogin)
@each
def fail_login(connection: Connection, job: FailedLogin) -> None:
    """Count it against its user, who may be locked by it."""
    by, subject, result = "console", "user:none", refused_line(job.why)
    if job.user_id is not None:
        of = users.c.user_id == job.user_id
        row = connection.execute(select(users).where(of).with_for_update()).one()
        standing = LoginStanding(row.failures, row.locked_until).after_failure(job.at)
        values = {"failures": standing.failures, "locked_until": standing.locked_until}
        connection.execute(update(users).where(of).values(values))
        by, subject = f"console:{row.name}", f"user:{job.user_id}"
        if standing.locked_until != row.locked_until and standing.is_locked(job.at):
            result += "; locked"
    note(connection, [AuditNote(by, "session.opened", subject, f"from {job.remote}", result, job.at)])


@writes(AuditNote)
def note(connection: Connection, jobs: Sequence[AuditNote]) -> list[None]:
    """Lines of the audit log."""
    columns = ("at", "by", "act", "subject", "reason", "result")
    add_proven(connection, audit_log, [{name: getattr(job, name) for name in columns} for job in jobs])
    return [None] * len(jobs)
