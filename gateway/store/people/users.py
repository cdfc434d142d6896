"""Users of the console as its pages list them: a page at a time off an index, whoever else there is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, func, select

from gateway.ports.people.users import AuditNote, FindUserNames, ListActsOnUser, SearchUsers, UserRow
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnySelect, select_among
from gateway.store.people.accounts import user_of
from gateway.store.people.sessions import are_open
from gateway.store.tables import audit_log, sessions, users

MOST_AUDIT: Final = 50
_CODE: Final = re.compile(r"user:([0-9]{1,18})")


@serves(SearchUsers)
def search_users(connection: Connection, wanted: SearchUsers) -> tuple[UserRow, ...]:
    """One page, by name."""
    of = (sessions.c.user_id == users.c.user_id, *are_open(wanted.now))
    counted = select(func.count()).select_from(sessions).where(*of).scalar_subquery()
    newest = select(func.max(sessions.c.seen_at)).where(*of).scalar_subquery()
    statement: AnySelect = select(users, counted.label("open_sessions"), newest.label("last_seen"))
    if wanted.query.role is not None:
        statement = statement.where(users.c.role == wanted.query.role)
    if wanted.query.after:
        statement = statement.where(users.c.name > wanted.query.after)
    elif wanted.query.since:
        statement = statement.where(users.c.name >= wanted.query.since)
    page = statement.order_by(users.c.name).limit(wanted.query.limit)
    return tuple(UserRow(user_of(row), row.open_sessions, row.last_seen) for row in connection.execute(page))


@serves(FindUserNames)
def users_called(connection: Connection, wanted: FindUserNames) -> Mapping[str, str]:
    """Names by ``user:7`` and the like; other codes are nobody's here."""
    numbers = {int(match[1]) for one in wanted.codes if (match := _CODE.fullmatch(one))}
    found = select_among(connection, select(users.c.user_id, users.c.name), [users.c.user_id], numbers)
    return {f"user:{row.user_id}": row.name for row in found}


@serves(ListActsOnUser)
def done_to_user(connection: Connection, wanted: ListActsOnUser) -> tuple[AuditNote, ...]:
    """Newest first, sign-ins too."""
    columns = [audit_log.c[name] for name in ("by", "act", "subject", "reason", "result", "at")]
    of = audit_log.c.subject == f"user:{wanted.user_id}"
    newest = select(*columns).where(of).order_by(audit_log.c.audit_id.desc()).limit(MOST_AUDIT)
    return tuple(AuditNote(*row) for row in connection.execute(newest))
